//! What each event means for the centre's picture of a visit.

use super::{Scene, note, person};
use crate::central::bookings;
use crate::central::customers::owner;
use crate::central::feed;
use crate::core::clock::date_of;
use crate::core::floor::devices::EnrolledDevice;
use crate::core::floor::event::Event;
use crate::core::id::DeviceId;
use crate::core::reception::Fact;
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::Millis;
use crate::core::visit::{CheckIn, VisitState};
use crate::http::ApiError;
use crate::store::Tx;
use crate::store::central::consents::{self, ConsentRow};
use crate::store::central::devices;
use crate::store::central::owners;
use crate::store::central::visits::{self, Move, NewVisit};

/// What is to be said of one event beside its effects.
#[derive(Default)]
pub struct Findings {
    /// What went wrong.
    pub codes: Vec<&'static str>,
    /// The profile that could not be taken in.
    pub sealed: Option<Vec<u8>>,
    /// A floor has something new to hear by the feed.
    pub told: bool,
}

impl Findings {
    pub fn add(&mut self, code: &'static str) {
        self.codes.push(code);
    }
}

/// The event's kind as on the wire.
pub fn kind_of(event: &Event) -> String {
    serde_json::to_value(event)
        .ok()
        .and_then(|v| Some(v.get("kind")?.as_str()?.to_owned()))
        .unwrap_or_default()
}

/// Brings the visit to where the event leaves it.
pub async fn apply(
    scene: &Scene<'_>,
    tx: &mut dyn Tx,
    event: &Event,
    at: Millis,
    found: &mut Findings,
) -> Result<(), ApiError> {
    if let Event::AppointmentMade { appointment } = event {
        let (central, site) = (scene.central, scene.site);
        found.told = true;
        return bookings::made_at_desk(central, tx, site, scene.floor, appointment).await;
    }
    if let Event::DeviceEnrolled { device, enrolled } = event {
        found.told = true;
        return device_enrolled(scene, tx, device, enrolled, at).await;
    }
    let Some(visit) = event.visit() else {
        return Ok(());
    };
    let id = visit.to_string();
    let floor = scene.floor;
    let step = match event {
        Event::CheckedIn {
            check_in,
            ticket,
            line,
            ..
        } => {
            let line = ticket.line().or(*line).unwrap_or(Line::New);
            return checked_in(scene, tx, check_in, (*ticket, line), at, found).await;
        }
        Event::Renumbered {
            ticket, token_hash, ..
        } => {
            let number = ticket.to_string();
            if !visits::renumber(tx, floor, &id, &number, token_hash).await? {
                found.add("visit_unknown");
            }
            return Ok(());
        }
        Event::Requeued { position, .. } => {
            let place = place_at(&visits::queue_without(tx, floor, &id).await?, *position);
            // Order first: a visit the floor has not got fails at the second step anyway.
            visits::queue_at(tx, floor, &id, place).await?;
            Move::Wait
        }
        Event::Offered(offer) => Move::Offer {
            agent: offer.agent.as_str(),
        },
        Event::Lapsed { .. }
        | Event::Refused { .. }
        | Event::Reassigned { .. }
        | Event::Withdrawn { .. } => Move::Wait,
        Event::Undone { to, .. } => match (to.back_to, &to.assignment) {
            (VisitState::Serving, Some(a)) => Move::Start {
                agent: a.agent.as_str(),
            },
            (VisitState::Called, Some(a)) => Move::Call {
                agent: a.agent.as_str(),
                place: &a.place,
            },
            (VisitState::Parked, _) => Move::Park,
            _ => Move::Wait,
        },
        Event::NotABuyer { .. } | Event::Joined { .. } => Move::End(VisitState::Cancelled),
        Event::Called { agent, place, .. } | Event::Recalled { agent, place, .. } => Move::Call {
            agent: agent.as_str(),
            place,
        },
        Event::Started { agent, .. } => Move::Start {
            agent: agent.as_str(),
        },
        Event::Parked { .. } => Move::Park,
        Event::Finished { .. } => Move::End(VisitState::Finished),
        Event::Dropped { .. } => Move::End(VisitState::NoShow),
        Event::Left { .. } => Move::End(VisitState::Left),
        Event::Cancelled { .. } => Move::End(VisitState::Cancelled),
        Event::Transferred { line, .. } => {
            if !visits::set_line(tx, floor, &id, line.code()).await? {
                found.add("visit_unknown");
                return Ok(());
            }
            Move::Wait
        }
        Event::Reception {
            fact: Fact::NeedsNoted {
                note: Some(hash), ..
            },
            ..
        } => {
            return note::take_in(scene, tx, visit, hash, at, found).await;
        }
        // Nothing that the picture of a visit shows.
        _ => return Ok(()),
    };
    if !visits::shift(tx, floor, &id, step, at).await? {
        found.add("visit_unknown");
        return Ok(());
    }
    match event {
        Event::Finished { .. } => owner::served(scene.central, tx, scene.house, floor, &id).await,
        // A finish by slip settled nothing.
        Event::Undone { .. } => Ok(owners::take_back(tx, &id).await?),
        _ => Ok(()),
    }
}

/// A place that comes at `position` among the others, which are in order.
fn place_at(others: &[f64], position: u32) -> f64 {
    let position = (position as usize).min(others.len());
    match (
        position.checked_sub(1).and_then(|i| others.get(i)),
        others.get(position),
    ) {
        (Some(before), Some(after)) => f64::midpoint(*before, *after),
        (Some(before), None) => before + 1.0,
        (None, Some(after)) => after - 1.0,
        (None, None) => 0.0,
    }
}

async fn checked_in(
    scene: &Scene<'_>,
    tx: &mut dyn Tx,
    check_in: &CheckIn,
    (ticket, line): (TicketNumber, Line),
    at: Millis,
    found: &mut Findings,
) -> Result<(), ApiError> {
    let id = check_in.visit.to_string();
    // Under a kiosk's own number the party came before the floor heard of it.
    let at = check_in.issued.as_ref().map_or(at, |i| i.at);
    let place_in_queue = match &check_in.issued {
        None => visits::last_place(tx, scene.floor).await? + 1.0,
        Some(_) => {
            let queue = visits::queue_with_times(tx, scene.floor).await?;
            let position = queue.iter().take_while(|(_, came)| *came <= at).count();
            let places: Vec<f64> = queue.iter().map(|(place, _)| *place).collect();
            place_at(&places, u32::try_from(position).unwrap_or(u32::MAX))
        }
    };
    let new = NewVisit {
        id: id.clone(),
        site: scene.site.to_owned(),
        floor: scene.floor.to_owned(),
        device: check_in.device.to_string(),
        day: date_of(at, &scene.zone),
        ticket: ticket.to_string(),
        line: line.code().to_owned(),
        at,
        place_in_queue,
        language: check_in.language,
        first_visit: check_in.first_visit,
        purpose: check_in.purpose.clone(),
        party_size: check_in.party_size,
        drink: check_in.drink.clone(),
        asked_for: check_in.asked_for.as_ref().map(ToString::to_string),
        consent_receipt: check_in.consent_receipt.clone(),
        token_hash: check_in.token_hash.clone(),
    };
    if !visits::add(tx, new).await? {
        found.add("visit_known");
        return Ok(());
    }
    for consent in &check_in.consents {
        let row = ConsentRow {
            visit: id.clone(),
            purpose: consent.purpose.clone(),
            given: consent.given,
            notice_version: check_in.notice.version.clone(),
            notice_hash: check_in.notice.hash.clone(),
            language: check_in.language,
            at,
            site: scene.site.to_owned(),
            floor: scene.floor.to_owned(),
            device: check_in.device.to_string(),
            receipt: check_in.consent_receipt.clone(),
            manner: check_in.consent_manner,
        };
        consents::add(tx, &row).await?;
    }
    if let Some(hash) = &check_in.profile_hash {
        person::take_in(scene, tx, check_in, hash, at, found).await?;
    }
    Ok(())
}

/// A code was used at this floor; the other floors of the showroom hear of the token.
async fn device_enrolled(
    scene: &Scene<'_>,
    tx: &mut dyn Tx,
    device: &DeviceId,
    enrolled: &EnrolledDevice,
    at: Millis,
) -> Result<(), ApiError> {
    let (site, id) = (scene.site, device.as_str());
    let EnrolledDevice {
        enrolment,
        token_hash,
    } = enrolled;
    if devices::enrolled(tx, site, id, enrolment, token_hash, at).await? {
        feed::publish(scene.central, tx, site, feed::Kind::Devices).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k9_a_requeued_visit_stands_where_the_floor_put_it() {
        let others = [1.0, 2.0, 3.0];
        assert!(place_at(&others, 0) < 1.0);
        let between = place_at(&others, 2);
        assert!(between > 2.0 && between < 3.0);
        assert!(place_at(&others, 9) > 3.0);
        assert_eq!(place_at(&[], 0), 0.0);
    }
}
