//! What the floors must know before a guest comes: appointments, brokers' registrations, overdue
//! follow-ups. Every change reaches each floor of the showroom by the feed, in the same transaction.

pub mod api;

use super::feed::{self, Kind};
use super::sites::{check::distinct, existing};
use super::state::Central;
use crate::core::booking::{Appointment, Registration};
use crate::core::clock;
use crate::core::id::AgentId;
use crate::core::time::{Millis, zone_or_utc};
use crate::http::ApiError;
use crate::protocol::booking::{
    AppointmentEntry, AppointmentList, OverdueCounts, RegistrationEntry, RegistrationList,
};
use crate::store::central::bookings;
use crate::store::central::sites::SiteRow;
use crate::store::{StoreError, Tx};

/// The first moment of today in the showroom.
pub fn today(central: &Central, site: &SiteRow) -> Millis {
    let now = central.clock.now();
    clock::today_at(now, &zone_or_utc(&site.settings.time_zone), 0, 0).unwrap_or(now)
}

/// The appointments from today on, by time.
pub async fn appointments(central: &Central, site: &str) -> Result<AppointmentList, ApiError> {
    let mut tx = central.db.read().await?;
    let row = existing(&mut *tx, site).await?;
    let from = today(central, &row);
    let all = bookings::appointments(&mut *tx, site, from).await?;
    Ok(AppointmentList {
        appointments: all.iter().map(|(a, _)| a.into()).collect(),
    })
}

/// The same, each with the floor whose desk arranged it; `None`: the office.
pub async fn made(
    central: &Central,
    site: &str,
) -> Result<Vec<(Appointment, Option<String>)>, ApiError> {
    let mut tx = central.db.read().await?;
    let row = existing(&mut *tx, site).await?;
    let all = bookings::appointments(&mut *tx, site, today(central, &row)).await?;
    let by = |by: String| Some(by).filter(|by| by != bookings::OFFICE);
    Ok(all.into_iter().map(|(a, floor)| (a, by(floor))).collect())
}

/// Adds one to the office's own appointments.
///
/// # Errors
/// 422: `bad_time`, `past_time` (before today), `bad_text`, `unknown_agent`.
pub async fn add_appointment(
    central: &Central,
    site: &str,
    entry: &AppointmentEntry,
) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    let row = existing(&mut *tx, site).await?;
    let appointment = entry.read().map_err(|(code, f)| wrong(code, "", f))?;
    on_staff(&row, &entry.agent, "/agent")?;
    if appointment.time < today(central, &row) {
        let title = "An appointment is for today or later";
        return Err(ApiError::invalid("past_time", "/time", title));
    }
    bookings::put_appointment(&mut *tx, site, &appointment, bookings::OFFICE).await?;
    feed::hand_down(central, tx, site, Kind::Appointments).await
}

/// Cancels an appointment, whoever arranged it.
pub async fn cancel_appointment(central: &Central, site: &str, id: &str) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    if !bookings::drop_appointment(&mut *tx, site, id).await? {
        return Err(ApiError::not_found());
    }
    feed::hand_down(central, tx, site, Kind::Appointments).await
}

/// Replaces the office's own appointments.
pub async fn save_appointments(
    central: &Central,
    site: &str,
    list: &AppointmentList,
) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    let row = existing(&mut *tx, site).await?;
    let mut all: Vec<Appointment> = Vec::new();
    for (i, entry) in list.appointments.iter().enumerate() {
        let at = format!("/appointments/{i}");
        all.push(entry.read().map_err(|(code, f)| wrong(code, &at, f))?);
        on_staff(&row, &entry.agent, &format!("{at}/agent"))?;
    }
    distinct(all.iter().map(|a| a.id.as_str()), "/appointments")?;
    bookings::set_appointments(&mut *tx, site, &all, today(central, &row)).await?;
    feed::hand_down(central, tx, site, Kind::Appointments).await
}

/// All registrations.
pub async fn registrations(central: &Central, site: &str) -> Result<RegistrationList, ApiError> {
    let mut tx = central.db.read().await?;
    existing(&mut *tx, site).await?;
    let all = bookings::registrations(&mut *tx, site).await?;
    Ok(RegistrationList {
        registrations: all.iter().map(RegistrationEntry::from).collect(),
    })
}

/// Replaces all registrations.
pub async fn save_registrations(
    central: &Central,
    site: &str,
    list: &RegistrationList,
) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    let row = existing(&mut *tx, site).await?;
    let mut all: Vec<Registration> = Vec::new();
    for (i, entry) in list.registrations.iter().enumerate() {
        let at = format!("/registrations/{i}");
        all.push(entry.read().map_err(|(code, f)| wrong(code, &at, f))?);
        on_staff(&row, &entry.agent, &format!("{at}/agent"))?;
    }
    distinct(all.iter().map(|r| r.id.as_str()), "/registrations")?;
    bookings::set_registrations(&mut *tx, site, &all).await?;
    feed::hand_down(central, tx, site, Kind::Registrations).await
}

/// Adds one registration.
///
/// # Errors
/// 422: `bad_time`, `never_valid`, `bad_text`, `unknown_agent`, `twice`.
pub async fn add_registration(
    central: &Central,
    site: &str,
    entry: &RegistrationEntry,
) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    let row = existing(&mut *tx, site).await?;
    let registration = entry.read().map_err(|(code, f)| wrong(code, "", f))?;
    on_staff(&row, &entry.agent, "/agent")?;
    match bookings::add_registration(&mut *tx, site, &registration).await {
        Err(StoreError::Unique) => {
            let title = "This id stands there already";
            Err(ApiError::invalid("twice", "/id", title))
        }
        done => {
            done?;
            feed::hand_down(central, tx, site, Kind::Registrations).await
        }
    }
}

/// Takes a registration off the list.
pub async fn remove_registration(central: &Central, site: &str, id: &str) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    if !bookings::drop_registration(&mut *tx, site, id).await? {
        return Err(ApiError::not_found());
    }
    feed::hand_down(central, tx, site, Kind::Registrations).await
}

/// Overdue follow-ups by agent.
pub async fn overdue(central: &Central, site: &str) -> Result<OverdueCounts, ApiError> {
    let mut tx = central.db.read().await?;
    existing(&mut *tx, site).await?;
    let overdue = bookings::overdue(&mut *tx, site).await?;
    Ok(OverdueCounts { overdue })
}

/// Replaces all counts.
pub async fn save_overdue(
    central: &Central,
    site: &str,
    counts: &OverdueCounts,
) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    let row = existing(&mut *tx, site).await?;
    for agent in counts.overdue.keys() {
        on_staff(&row, agent, "/overdue")?;
    }
    bookings::set_overdue(&mut *tx, site, &counts.overdue).await?;
    feed::hand_down(central, tx, site, Kind::Overdue).await
}

/// Takes in an appointment made at a floor's desk; all floors of the showroom hear of it.
pub async fn made_at_desk(
    central: &Central,
    tx: &mut dyn Tx,
    site: &str,
    floor: &str,
    appointment: &Appointment,
) -> Result<(), ApiError> {
    bookings::put_appointment(tx, site, appointment, floor).await?;
    feed::publish(central, tx, site, Kind::Appointments).await
}

/// # Errors
/// 422 at `pointer` when the showroom has no such agent.
pub fn on_staff(site: &SiteRow, agent: &AgentId, pointer: &str) -> Result<(), ApiError> {
    if site.staff.iter().any(|m| m.id == *agent) {
        return Ok(());
    }
    let title = "The showroom has no such agent";
    Err(ApiError::invalid("unknown_agent", pointer, title))
}

fn wrong(code: &'static str, at: &str, field: &str) -> ApiError {
    let title = match code {
        "bad_time" => "A time is written like 2026-11-23T14:00:00+08:00",
        "never_valid" => "It expires before it begins",
        _ => "One line of text is needed, not too long",
    };
    ApiError::invalid(code, &format!("{at}/{field}"), title)
}
