//! The made-up guests at the kiosk: the same state machine, sealing and HTTP as at its window, only
//! without hands.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::AppError;
use super::account::Served;
use super::guests::Guest;
use crate::client::FloorClient;
use crate::client::guest::{GuestScript, check_in_as};
use crate::core::consent::RECEPTION;
use crate::core::guest_name::Title;
use crate::core::kiosk::Before;
use crate::crypto::token;
use crate::protocol::site::SiteView;

/// As many stand at kiosks at the same time.
const KIOSKS: usize = 4;

/// Checks everybody in; the answers in the order of the guests.
pub async fn check_in_all(
    kiosk: &FloorClient,
    guests: Vec<Guest>,
) -> Result<Vec<Served>, AppError> {
    if guests.is_empty() {
        return Ok(Vec::new());
    }
    let site = Arc::new(kiosk.site().await?);
    let kiosks = Arc::new(Semaphore::new(KIOSKS));
    let mut visits = JoinSet::new();
    for (place, guest) in guests.into_iter().enumerate() {
        let (kiosk, site, kiosks) = (kiosk.clone(), Arc::clone(&site), Arc::clone(&kiosks));
        visits.spawn(async move {
            let _kiosk = kiosks.acquire().await;
            let script = script(&guest, &site);
            let answer = check_in_as(&kiosk, &site, &script, None, token::ticket_token()).await;
            answer.map(|answer| (place, Served { guest, answer }))
        });
    }
    let mut served = Vec::new();
    while let Some(visit) = visits.join_next().await {
        let visit = visit.map_err(|e| AppError::Demo(e.to_string()))?;
        served.push(visit.map_err(|e| AppError::Demo(format!("a guest got no ticket: {e}")))?);
    }
    served.sort_by_key(|(place, _)| *place);
    Ok(served.into_iter().map(|(_, served)| served).collect())
}

/// What the guest touches on the way.
fn script(guest: &Guest, site: &SiteView) -> GuestScript {
    let chosen = |n: usize, of: usize| n % of.max(1);
    let mut agrees_to = Vec::new();
    if guest.agrees {
        agrees_to.push(RECEPTION.to_owned());
    }
    if guest.agrees_to_calls {
        agrees_to.push("follow_up_call".to_owned());
    }
    let asked_for = guest.asks_for.and_then(|n| {
        site.consultants
            .get(chosen(n, site.consultants.len()))
            .map(|c| c.id.clone())
    });
    GuestScript {
        language: guest.language,
        before: if guest.first_visit {
            Before::No
        } else {
            Before::Yes
        },
        asked_for: asked_for.filter(|_| !guest.first_visit),
        agrees_to,
        of_age: true,
        surname: guest.surname.clone(),
        given_name: guest.given_name.clone().unwrap_or_default(),
        title: if guest.ms { Title::Ms } else { Title::Mr },
        phone: guest.phone.clone().unwrap_or_default(),
        purpose: site.visit_purposes[chosen(guest.purpose, site.visit_purposes.len())]
            .id
            .clone(),
        party_size: guest.party_size,
        drink: site
            .drinks
            .get(chosen(guest.drink, site.drinks.len()))
            .map(|d| d.id.clone()),
    }
}
