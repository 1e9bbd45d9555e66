//! What is arranged before a guest comes: appointments, brokers' registrations; and the agents'
//! overdue follow-ups.

use std::collections::BTreeMap;

use crate::core::booking::{Appointment, Registration};
use crate::core::id::AgentId;
use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{StoreError, Tx};
use crate::store::statement::statements;

statements! {
    DROP_OFFICES = "DELETE FROM appointments WHERE site = ?1 AND (made_by = ?2 OR at < ?3)";
    PUT_APPOINTMENT = "INSERT INTO appointments (site, id, agent, at, made_by)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (site, id) DO UPDATE SET agent = excluded.agent, at = excluded.at,
            made_by = excluded.made_by";
    DROP_APPOINTMENT = "DELETE FROM appointments WHERE site = ?1 AND id = ?2";
    APPOINTMENTS = "SELECT id, agent, at, made_by FROM appointments WHERE site = ?1 AND at >= ?2
        ORDER BY at, id";
    DROP_REGISTRATIONS = "DELETE FROM registrations WHERE site = ?1";
    DROP_REGISTRATION = "DELETE FROM registrations WHERE site = ?1 AND id = ?2";
    ADD_REGISTRATION = "INSERT INTO registrations
            (site, id, broker, agent, registered_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    REGISTRATIONS = "SELECT id, broker, agent, registered_at, expires_at FROM registrations
        WHERE site = ?1 ORDER BY registered_at, id";
    DROP_OVERDUE = "DELETE FROM overdue WHERE site = ?1";
    ADD_OVERDUE = "INSERT INTO overdue (site, agent, follow_ups) VALUES (?1, ?2, ?3)";
    OVERDUE = "SELECT agent, follow_ups FROM overdue WHERE site = ?1 ORDER BY agent";
}

/// Who made an appointment at the centre itself.
pub const OFFICE: &str = "office";

/// Replaces the office's own appointments and forgets those before `today`; the desks' stay.
pub async fn set_appointments(
    tx: &mut dyn Tx,
    site: &str,
    appointments: &[Appointment],
    today: Millis,
) -> Result<(), StoreError> {
    tx.run(&DROP_OFFICES, params![site, OFFICE, today.0])
        .await?;
    for appointment in appointments {
        put_appointment(tx, site, appointment, OFFICE).await?;
    }
    Ok(())
}

/// Adds an appointment, or changes the one of that id.
pub async fn put_appointment(
    tx: &mut dyn Tx,
    site: &str,
    a: &Appointment,
    made_by: &str,
) -> Result<(), StoreError> {
    let params = params![site, &a.id, a.agent.as_str(), a.time.0, made_by];
    tx.run(&PUT_APPOINTMENT, params).await?;
    Ok(())
}

/// Whether there was such an appointment to be dropped.
pub async fn drop_appointment(tx: &mut dyn Tx, site: &str, id: &str) -> Result<bool, StoreError> {
    Ok(tx.run(&DROP_APPOINTMENT, params![site, id]).await? > 0)
}

/// The appointments from a time on, by time, each with who made it: [`OFFICE`] or a floor.
pub async fn appointments(
    tx: &mut dyn Tx,
    site: &str,
    from: Millis,
) -> Result<Vec<(Appointment, String)>, StoreError> {
    let rows = tx.rows(&APPOINTMENTS, params![site, from.0]).await?;
    rows.iter()
        .map(|row| {
            let appointment = Appointment {
                id: row.text(0)?,
                agent: AgentId(row.text(1)?),
                time: Millis(row.int(2)?),
            };
            Ok((appointment, row.text(3)?))
        })
        .collect()
}

/// Replaces all registrations; [`StoreError::Unique`] when an id stands there twice.
pub async fn set_registrations(
    tx: &mut dyn Tx,
    site: &str,
    registrations: &[Registration],
) -> Result<(), StoreError> {
    tx.run(&DROP_REGISTRATIONS, params![site]).await?;
    for r in registrations {
        add_registration(tx, site, r).await?;
    }
    Ok(())
}

/// Adds a registration; [`StoreError::Unique`] when its id stands there.
pub async fn add_registration(
    tx: &mut dyn Tx,
    site: &str,
    r: &Registration,
) -> Result<(), StoreError> {
    tx.run(
        &ADD_REGISTRATION,
        params![
            site,
            &r.id,
            &r.broker,
            r.agent.as_str(),
            r.registered.0,
            r.expires.0
        ],
    )
    .await?;
    Ok(())
}

/// Whether there was such a registration to be dropped.
pub async fn drop_registration(tx: &mut dyn Tx, site: &str, id: &str) -> Result<bool, StoreError> {
    Ok(tx.run(&DROP_REGISTRATION, params![site, id]).await? > 0)
}

/// All registrations, by the time they were made.
pub async fn registrations(tx: &mut dyn Tx, site: &str) -> Result<Vec<Registration>, StoreError> {
    let rows = tx.rows(&REGISTRATIONS, params![site]).await?;
    rows.iter()
        .map(|row| {
            Ok(Registration {
                id: row.text(0)?,
                broker: row.text(1)?,
                agent: AgentId(row.text(2)?),
                registered: Millis(row.int(3)?),
                expires: Millis(row.int(4)?),
            })
        })
        .collect()
}

/// Replaces the overdue counts of all agents.
pub async fn set_overdue(
    tx: &mut dyn Tx,
    site: &str,
    overdue: &BTreeMap<AgentId, u32>,
) -> Result<(), StoreError> {
    tx.run(&DROP_OVERDUE, params![site]).await?;
    for (agent, count) in overdue {
        tx.run(&ADD_OVERDUE, params![site, agent.as_str(), *count])
            .await?;
    }
    Ok(())
}

/// Overdue follow-ups by agent; whoever is not there has none.
pub async fn overdue(tx: &mut dyn Tx, site: &str) -> Result<BTreeMap<AgentId, u32>, StoreError> {
    let rows = tx.rows(&OVERDUE, params![site]).await?;
    rows.iter()
        .map(|row| Ok((AgentId(row.text(0)?), row.count(1)?)))
        .collect()
}
