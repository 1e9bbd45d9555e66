//! Handing the office's documents down to the floors.

pub mod api;

use super::state::Central;
use crate::core::id::DeviceId;
use crate::core::site::Site;
use crate::http::ApiError;
use crate::protocol::booking::RegistrationEntry;
use crate::protocol::feed::{DeviceGrant, EnrolmentGrant, FeedBody};
use crate::store::Tx;
use crate::store::central::{bookings, devices, feed, floors, pin_codes, sites};

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Site,
    Rules,
    Devices,
    PinCodes,
    Appointments,
    Registrations,
    Overdue,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Site,
        Self::Rules,
        Self::Devices,
        Self::PinCodes,
        Self::Appointments,
        Self::Registrations,
        Self::Overdue,
    ];
}

/// Writes the present document of `kind` into the feed of every floor of the showroom.
pub async fn publish(
    central: &Central,
    tx: &mut dyn Tx,
    site: &str,
    kind: Kind,
) -> Result<(), ApiError> {
    let Some(body) = document(central, tx, site, kind).await? else {
        return Ok(());
    };
    for floor in floors::of_site(tx, site).await? {
        feed::put(tx, &floor.id, site, &body).await?;
    }
    Ok(())
}

/// The end of a change that the floors hear of: hands it down, commits, and wakes whoever waits.
pub async fn hand_down(
    central: &Central,
    mut tx: Box<dyn Tx>,
    site: &str,
    kind: Kind,
) -> Result<(), ApiError> {
    publish(central, &mut *tx, site, kind).await?;
    tx.commit().await?;
    central.announce();
    Ok(())
}

/// Everything there is, for a floor that is new.
pub async fn publish_all(
    central: &Central,
    tx: &mut dyn Tx,
    site: &str,
    floor: &str,
) -> Result<(), ApiError> {
    for kind in Kind::ALL {
        let body = document(central, tx, site, kind).await?;
        if let Some(body) = body.filter(|b| !says_nothing(b)) {
            feed::put(tx, floor, site, &body).await?;
        }
    }
    Ok(())
}

/// An empty list to a floor that knows of nothing.
fn says_nothing(body: &FeedBody) -> bool {
    match body {
        FeedBody::Appointments { appointments } => appointments.is_empty(),
        FeedBody::Registrations { registrations } => registrations.is_empty(),
        FeedBody::Overdue { overdue } => overdue.is_empty(),
        _ => false,
    }
}

/// The present document; a showroom without a notice has no site document yet, as no floor may open
/// without one.
async fn document(
    central: &Central,
    tx: &mut dyn Tx,
    site: &str,
    kind: Kind,
) -> Result<Option<FeedBody>, ApiError> {
    let row = super::sites::existing(tx, site).await?;
    Ok(match kind {
        Kind::Site => {
            let notice = sites::notice_in_force(tx, site).await?;
            notice.map(|notice| FeedBody::Site {
                site: Box::new(Site {
                    name: row.settings.name,
                    languages: row.settings.languages,
                    time_zone: row.settings.time_zone,
                    recipient: central.keys.recipient(),
                    notice,
                    visit_purposes: row.settings.visit_purposes,
                    staff: row.staff,
                    drinks: row.settings.drinks,
                    ticket_base_url: row.settings.ticket_base_url,
                }),
            })
        }
        Kind::Rules => Some(FeedBody::Rules {
            rules: Box::new(row.rules),
            by: row.rules_by,
        }),
        Kind::Devices => Some(FeedBody::Devices {
            devices: devices::of_site(tx, site)
                .await?
                .into_iter()
                .filter(|d| d.revoked_at.is_none())
                .map(|d| DeviceGrant {
                    id: DeviceId::new(d.id),
                    role: d.role,
                    token_hash: d.token_hash,
                    number: d.number,
                    enrolment: d.enrolment.map(|id| EnrolmentGrant {
                        id,
                        key: d.enrolment_key,
                        expires: d.code_expires_at.rfc3339(),
                    }),
                })
                .collect(),
        }),
        Kind::PinCodes => {
            let codes = pin_codes::of_site(tx, site, central.clock.now()).await?;
            (!codes.is_empty()).then_some(FeedBody::PinCodes { codes })
        }
        Kind::Appointments => {
            let from = super::bookings::today(central, &row);
            let all = bookings::appointments(tx, site, from).await?;
            Some(FeedBody::Appointments {
                appointments: all.iter().map(|(a, _)| a.into()).collect(),
            })
        }
        Kind::Registrations => {
            let all = bookings::registrations(tx, site).await?;
            Some(FeedBody::Registrations {
                registrations: all.iter().map(RegistrationEntry::from).collect(),
            })
        }
        Kind::Overdue => Some(FeedBody::Overdue {
            overdue: bookings::overdue(tx, site).await?,
        }),
    })
}
