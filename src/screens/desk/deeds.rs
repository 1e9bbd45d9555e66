//! What is done beside the steps of a visit, some of it by a manager who has signed in.

use std::sync::{Mutex, PoisonError};

use crate::client::{ClientError, FloorClient};
use crate::core::desk::{Deed, Outcome};
use crate::core::site::StaffRole;

/// Keeps the manager's right while there is one.
#[derive(Default)]
pub(super) struct Deeds {
    manager: Mutex<Option<FloorClient>>,
}

impl Deeds {
    /// The line with the manager's right, or the desk's own.
    pub fn as_manager(&self, client: &FloorClient) -> FloorClient {
        let manager = self.manager.lock().unwrap_or_else(PoisonError::into_inner);
        manager.clone().unwrap_or_else(|| client.clone())
    }

    fn set_manager(&self, to: Option<FloorClient>) -> Option<FloorClient> {
        let mut manager = self.manager.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *manager, to)
    }

    pub async fn run(&self, client: &FloorClient, deed: &Deed) -> Result<Outcome, ClientError> {
        match deed {
            Deed::Chore { visit, chore } => client.chore(*visit, *chore).await?,
            Deed::Reprint { visit } => drop(client.reprint(*visit).await?),
            Deed::Appoint { agent, time } => drop(client.appoint(agent, *time).await?),
            Deed::NotABuyer { kind } => client.not_a_buyer(*kind).await?,
            Deed::CloseDay { rest } => client.close_day(*rest).await?,
            Deed::GiveHand { visit, kind } => client.hand_given(*visit, *kind).await?,
            Deed::ReopenDay => client.reopen_day().await?,
            Deed::Order { order, reason } => {
                self.as_manager(client).order(order.clone(), reason).await?;
            }
            Deed::TurnSheet => return turn_sheet(client).await,
            Deed::SignIn { staff, pin } => {
                let session = client.sign_in_staff(staff, &pin.0).await?;
                let manager = session.role == StaffRole::Manager;
                let line = client.as_staff(&session);
                if manager {
                    self.set_manager(line);
                } else if let Some(line) = line {
                    // Whoever is no manager has no business with this right.
                    let _ = line.sign_out_staff().await;
                }
                let name = session.name;
                return Ok(Outcome::Signed { name, manager });
            }
            Deed::SignOut => {
                if let Some(session) = self.set_manager(None) {
                    // A session that cannot be ended now ends by itself soon.
                    let _ = session.sign_out_staff().await;
                }
            }
        }
        Ok(Outcome::Done)
    }
}

/// Lays the page beside the other temporary files and opens it in the machine's browser.
async fn turn_sheet(client: &FloorClient) -> Result<Outcome, ClientError> {
    let page = client.turn_sheet().await?;
    let path = std::env::temp_dir().join("yingbin-turn-sheet.html");
    let address = path.display().to_string();
    let opened = tokio::task::spawn_blocking(move || {
        std::fs::write(&path, page)?;
        crate::screens::browser::open(&path)
    });
    match opened.await {
        Ok(Ok(())) => Ok(Outcome::Page {
            address,
            opened: true,
        }),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the turn sheet could not be opened");
            Ok(Outcome::Page {
                address,
                opened: false,
            })
        }
        Err(_) => Err(ClientError::Unreadable),
    }
}
