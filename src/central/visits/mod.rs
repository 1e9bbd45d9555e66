//! The day on the floor as the centre sees it, and a ticket's page.

pub mod api;

use super::sites::existing;
use super::state::Central;
use crate::core::clock::date_of;
use crate::core::id::AgentId;
use crate::core::language::{Language, Text};
use crate::core::time::zone_or_utc;
use crate::core::visit::VisitState;
use crate::crypto::token;
use crate::http::ApiError;
use crate::protocol::central::{VisitRecord, VisitRecords};
use crate::store::central::visits::{self, AgentDay, DayRow};

/// Most visits a day's list shows, latest first.
pub const DAY_LIST: u32 = 200;

/// What a guest's phone shows (票面页). No name of the guest is known here.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    pub number: String,
    pub state: VisitState,
    /// Parties ahead; only while waiting.
    pub ahead: Option<u32>,
    pub agent: Option<AgentId>,
    pub agent_name: Option<String>,
    pub place: Option<String>,
    pub site_name: Text,
    /// The guest's.
    pub language: Language,
}

/// The ticket of a token; none when there is no such ticket (yet: the floor delivers within moments).
pub async fn ticket_by_token(central: &Central, token: &str) -> Result<Option<Ticket>, ApiError> {
    let mut tx = central.db.read().await?;
    let Some(row) = visits::ticket_by_token(&mut *tx, &token::hash(token)).await? else {
        return Ok(None);
    };
    let site = existing(&mut *tx, &row.site).await?;
    let agent = row.agent.map(AgentId);
    let agent_name = agent
        .as_ref()
        .and_then(|id| site.staff.into_iter().find(|m| m.id == *id))
        .map(|m| m.name);
    Ok(Some(Ticket {
        number: row.number,
        state: row.state,
        ahead: row.ahead,
        agent,
        agent_name,
        place: row.place,
        site_name: site.settings.name,
        language: row.language,
    }))
}

/// One day of a showroom.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// `YYYY-MM-DD` in the showroom's time zone.
    pub day: String,
    pub by_state: Vec<(VisitState, u32)>,
    pub by_agent: Vec<AgentDay>,
    /// Latest first, at most [`DAY_LIST`].
    pub visits: Vec<DayRow>,
}

/// Today in the showroom's time zone.
pub async fn today(central: &Central, site: &str) -> Result<Day, ApiError> {
    let mut tx = central.db.read().await?;
    let row = existing(&mut *tx, site).await?;
    let day = day_now(central, &row.settings.time_zone);
    Ok(Day {
        by_state: visits::by_state(&mut *tx, site, &day).await?,
        by_agent: visits::by_agent(&mut *tx, site, &day).await?,
        visits: visits::of_day(&mut *tx, site, &day, DAY_LIST).await?,
        day,
    })
}

/// All visits of a day (today without one), in order of arrival.
pub async fn records(
    central: &Central,
    site: &str,
    day: Option<String>,
) -> Result<VisitRecords, ApiError> {
    let mut tx = central.db.read().await?;
    let row = existing(&mut *tx, site).await?;
    let day = match day {
        Some(day) => day,
        None => day_now(central, &row.settings.time_zone),
    };
    let mut rows = visits::of_day(&mut *tx, site, &day, u32::MAX).await?;
    rows.reverse();
    let visits = rows
        .into_iter()
        .map(|row| VisitRecord {
            id: row.id,
            ticket: row.ticket,
            state: row.state,
            agent: row.agent,
            checked_in_at: row.checked_in_at.rfc3339(),
            known_customer: row.customer.is_some(),
        })
        .collect();
    Ok(VisitRecords { visits })
}

/// The date there is now in this zone.
fn day_now(central: &Central, time_zone: &str) -> String {
    date_of(central.clock.now(), &zone_or_utc(time_zone))
}
