//! Appointments and brokers' registrations as they travel: times as text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::booking::{Appointment, Registration};
use crate::core::id::AgentId;
use crate::core::time::Millis;

/// An appointment with an agent (预约). Nothing here tells who the guest is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentEntry {
    pub id: String,
    pub agent: AgentId,
    /// RFC 3339.
    pub time: String,
}

/// A broker's client, registered before arrival (渠道报备).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationEntry {
    /// What the broker gave the client to show, e.g. `BJ-2291`.
    pub id: String,
    /// The broker's firm.
    pub broker: String,
    /// The channel desk's agent.
    pub agent: AgentId,
    /// RFC 3339.
    pub registered: String,
    /// RFC 3339.
    pub expires: String,
}

/// Longest id of an appointment or a registration, characters.
pub const ID_MAX: usize = 64;
/// Longest name of a broker's firm, characters.
pub const BROKER_MAX: usize = 100;

impl AppointmentEntry {
    /// # Errors
    /// The code of what is wrong, and the field.
    pub fn read(&self) -> Result<Appointment, (&'static str, &'static str)> {
        Ok(Appointment {
            id: plain(&self.id, ID_MAX, "id")?,
            agent: self.agent.clone(),
            time: time(&self.time, "time")?,
        })
    }
}

impl RegistrationEntry {
    /// # Errors
    /// The code of what is wrong, and the field.
    pub fn read(&self) -> Result<Registration, (&'static str, &'static str)> {
        let registration = Registration {
            id: plain(&self.id, ID_MAX, "id")?,
            broker: plain(&self.broker, BROKER_MAX, "broker")?,
            agent: self.agent.clone(),
            registered: time(&self.registered, "registered")?,
            expires: time(&self.expires, "expires")?,
        };
        if registration.expires <= registration.registered {
            return Err(("never_valid", "expires"));
        }
        Ok(registration)
    }
}

fn time(text: &str, field: &'static str) -> Result<Millis, (&'static str, &'static str)> {
    Millis::parse_rfc3339(text).ok_or(("bad_time", field))
}

/// Something on one line, neither empty nor longer than `most` characters.
fn plain(
    text: &str,
    most: usize,
    field: &'static str,
) -> Result<String, (&'static str, &'static str)> {
    let text = text.trim();
    let fits = (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned()).ok_or(("bad_text", field))
}

impl From<&Appointment> for AppointmentEntry {
    fn from(a: &Appointment) -> Self {
        Self {
            id: a.id.clone(),
            agent: a.agent.clone(),
            time: a.time.rfc3339(),
        }
    }
}

impl From<&Registration> for RegistrationEntry {
    fn from(r: &Registration) -> Self {
        Self {
            id: r.id.clone(),
            broker: r.broker.clone(),
            agent: r.agent.clone(),
            registered: r.registered.rfc3339(),
            expires: r.expires.rfc3339(),
        }
    }
}

/// `GET` and `PUT /api/v1/sites/{site}/appointments`. A list that is put replaces the office's own;
/// what the desks arranged stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentList {
    pub appointments: Vec<AppointmentEntry>,
}

/// `GET` and `PUT /api/v1/sites/{site}/registrations`: all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationList {
    pub registrations: Vec<RegistrationEntry>,
}

/// `GET` and `PUT /api/v1/sites/{site}/overdue`: overdue follow-ups by agent; whoever is left out
/// has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverdueCounts {
    #[schema(value_type = BTreeMap<String, u32>)]
    pub overdue: BTreeMap<AgentId, u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> RegistrationEntry {
        RegistrationEntry {
            id: " BJ-2291 ".into(),
            broker: "安居经纪".into(),
            agent: AgentId::new("qu-dao"),
            registered: "2026-11-20T09:00:00+08:00".into(),
            expires: "2026-11-27T09:00:00+08:00".into(),
        }
    }

    #[test]
    fn k4_a_registration_is_read_with_its_times_or_refused_with_the_field() {
        let read = entry().read().unwrap();
        assert_eq!(read.id, "BJ-2291");
        let shown = RegistrationEntry::from(&read);
        assert_eq!(shown.registered, "2026-11-20T01:00:00.000Z");
        assert_eq!(shown.read().unwrap(), read);

        let refused = |change: fn(&mut RegistrationEntry)| {
            let mut entry = entry();
            change(&mut entry);
            entry.read().unwrap_err()
        };
        assert_eq!(refused(|e| e.id = " ".into()), ("bad_text", "id"));
        assert_eq!(
            refused(|e| e.broker = "a\nb".into()),
            ("bad_text", "broker")
        );
        assert_eq!(
            refused(|e| e.registered = "soon".into()),
            ("bad_time", "registered")
        );
        let never = refused(|e| e.expires.clone_from(&e.registered));
        assert_eq!(never, ("never_valid", "expires"));
    }
}
