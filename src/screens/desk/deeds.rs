//! What is done beside the steps of a visit, some of it by a manager who has signed in.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::client::{ClientError, FloorClient};
use crate::core::desk::{Deed, OneTimeCode, Outcome, Private};
use crate::core::id::AgentId;
use crate::core::site::StaffRole;
use crate::core::time::Millis;
use crate::protocol::agent::{StatusChange, StatusRequest};

/// Where pages are laid, and who opens them.
pub struct Pages {
    pub folder: PathBuf,
    pub open: fn(&Path) -> std::io::Result<()>,
}

impl Default for Pages {
    /// Beside the other temporary files, in the machine's own browser.
    fn default() -> Self {
        Self {
            folder: std::env::temp_dir(),
            open: crate::screens::browser::open,
        }
    }
}

/// Keeps the manager's right while there is one.
pub(super) struct Deeds {
    manager: Mutex<Option<FloorClient>>,
    pages: Pages,
}

impl Deeds {
    pub fn new(pages: Pages) -> Self {
        Self {
            manager: Mutex::default(),
            pages,
        }
    }

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
            Deed::Acknowledge { key } => client.acknowledge(key).await?,
            Deed::AgentReady { agent, pin } => agent_ready(client, agent, &pin.0).await?,
            Deed::Reprint { visit } => drop(client.reprint(*visit).await?),
            Deed::Appoint { agent, time } => drop(client.appoint(agent, *time).await?),
            Deed::NotABuyer { kind } => client.not_a_buyer(*kind).await?,
            Deed::CloseDay { rest } => client.close_day(*rest).await?,
            Deed::GiveHand { visit, kind } => client.hand_given(*visit, *kind).await?,
            Deed::ReopenDay => client.reopen_day().await?,
            Deed::Order { order, reason } => {
                self.as_manager(client).order(order.clone(), reason).await?;
            }
            Deed::TurnSheet { language } => {
                let page = client.turn_sheet(*language).await?;
                return self.show(page).await;
            }
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
            Deed::PinCode { staff } => {
                let given = self.as_manager(client).pin_code(staff).await?;
                let expires = Millis::parse_rfc3339(&given.expires);
                return Ok(Outcome::Code(OneTimeCode {
                    code: Private(given.code),
                    expires: expires.ok_or(ClientError::Unreadable)?,
                }));
            }
            Deed::SetPin { staff, code, pin } => client.set_pin(staff, &code.0, &pin.0).await?,
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

impl Deeds {
    /// Lays the page down and opens it.
    async fn show(&self, page: String) -> Result<Outcome, ClientError> {
        let path = self.pages.folder.join("yingbin-turn-sheet.html");
        let address = path.display().to_string();
        let open = self.pages.open;
        let opened = tokio::task::spawn_blocking(move || {
            std::fs::write(&path, page)?;
            open(&path)
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
}

/// The agent comes on duty under the own name: by a session that ends at once.
async fn agent_ready(client: &FloorClient, agent: &AgentId, pin: &str) -> Result<(), ClientError> {
    let session = client.sign_in_staff(agent, pin).await?;
    let own = client.as_staff(&session).ok_or(ClientError::Unreadable)?;
    let ready = StatusRequest {
        status: StatusChange::Ready,
        reason: None,
    };
    let done = own.set_status(agent, &ready).await;
    // One that cannot be ended now ends by itself soon.
    let _ = own.sign_out_staff().await;
    done.map(drop)
}
