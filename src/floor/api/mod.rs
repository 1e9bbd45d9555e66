//! The floor's HTTP API on the showroom's network.

mod agents;
mod allowed;
mod caller;
mod check_ins;
mod enrolments;
mod error;
mod kiosks;
mod manager;
mod openapi;
mod pad;
mod pad_page;
mod screens;
mod steer;
mod sheet;
mod staff;
mod ticket;
mod visits;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post, put};
use tokio::sync::{Semaphore, watch};

use super::ask::Engine;
use super::clock::Timekeeper;
use super::grants::Grants;
use super::keys::Keys;
use super::kiosks::Kiosks;
use super::lights::Lights;
use super::live::Live;
use super::log::Reader;
use super::pads::Pads;
use super::recognise::Recogniser;
use super::room::Room;
use super::staff::Sessions;
use super::storage::Storage;
use crate::crypto::enrolment::KeyHash;
use crate::http::ApiError;
use crate::http::limit::Limits;
use crate::http::ready::Readiness;
use crate::http::serve::Closing;
use crate::http::{figures, shell};
use crate::protocol::board::Board;
use crate::protocol::desk::DeskView;

/// What every handler may use.
pub(super) struct Api {
    pub engine: Engine,
    pub keys: Arc<Keys>,
    pub reader: Reader,
    pub grants: watch::Receiver<Arc<Grants>>,
    pub sessions: watch::Receiver<Arc<Sessions>>,
    pub pads: Arc<Pads>,
    /// How many PINs are hashed at once.
    pub hashing: Semaphore,
    pub keeper: Timekeeper,
    /// Served by TLS.
    pub secure: bool,
    pub lights: Arc<Lights>,
    pub recogniser: Recogniser,
    pub kiosks: Arc<Kiosks>,
    /// Of this floor's TLS.
    pub key_hash: KeyHash,
    /// What stands before a ticket's token where the site names no page.
    pub own_url: String,
    pub storage: watch::Receiver<Storage>,
    pub room: Arc<Room>,
    pub limits: Limits,
    pub board: Live<Board>,
    pub desk: Live<DeskView>,
    pub closing: Closing,
    pub ready: Readiness,
}

/// Hashing takes a core and nineteen megabytes each.
pub(super) const HASHING: usize = 2;
pub(super) use screens::show;

type Shared = State<Arc<Api>>;
type Answer<T> = Result<T, ApiError>;

/// All addresses of the floor.
pub(super) fn router(api: Arc<Api>) -> Router {
    let router = Router::new()
        .route("/api/v1/site", get(screens::site))
        .route("/api/v1/enrolments", post(enrolments::enrol))
        .route("/api/v1/kiosk", put(kiosks::standing))
        .route("/api/v1/check-ins", post(check_ins::check_in))
        .route("/api/v1/visits", get(visits::list))
        .route("/api/v1/visits/{id}", get(visits::one))
        .route("/api/v1/visits/{id}/actions", post(visits::act))
        .route("/api/v1/agents", get(agents::list))
        .route("/api/v1/agents/{id}/status", post(agents::set_status))
        .route("/api/v1/board", get(screens::board))
        .route("/api/v1/board/stream", get(screens::board_stream))
        .route("/api/v1/desk", get(screens::desk))
        .route("/api/v1/desk/stream", get(screens::desk_stream))
        .route("/api/v1/turn-book", get(screens::turn_book))
        .route("/api/v1/visits/{id}/chores", post(steer::chore))
        .route("/api/v1/acknowledgements", post(steer::acknowledge))
        .route("/api/v1/visits/{id}/reprint", post(steer::reprint))
        .route("/api/v1/appointments", post(steer::appoint))
        .route("/api/v1/manager/orders", post(manager::order))
        .route("/api/v1/not-buyers", post(steer::not_a_buyer))
        .route("/api/v1/day/close", post(steer::close_day))
        .route("/api/v1/day/reopen", post(steer::reopen_day))
        .route("/api/v1/turn-book/sheet", get(sheet::show))
        .route("/api/v1/turn-book/{seq}/why", get(pad::why_not))
        .route("/api/v1/visits/{id}/hands", post(visits::hand_given))
        .route("/api/v1/staff", get(staff::faces))
        .route("/api/v1/staff/sessions", post(staff::sign_in))
        .route("/api/v1/staff/sessions/current", delete(staff::sign_out))
        .route("/api/v1/staff/pins", post(staff::set_pin))
        .route("/api/v1/staff/{id}/pin-code", post(staff::pin_code))
        .route("/api/v1/pad", get(pad::view))
        .route("/api/v1/pad/stream", get(pad::stream))
        .route("/api/v1/pad/beats", post(pad::beat))
        .route("/api/v1/pad/taps", post(pad::tap))
        .route("/pad/worker.js", get(pad_page::worker))
        .route("/pad", get(pad_page::page))
        .route("/pad/assets/{edition}/{name}", get(pad_page::asset))
        .route("/t/{token}", get(ticket::page))
        .route("/healthz", get(health))
        .route("/metrics", get(figures::page))
        .route("/openapi.json", get(openapi::page))
        .with_state(api);
    shell::around(router)
}

/// Whether the floor works; 503 when its engine does not.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "ok"), (status = 503)))]
async fn health(State(api): Shared) -> Answer<impl IntoResponse> {
    api.ready.check()?;
    api.engine.read(|_| ()).await.map_err(error::problem)?;
    Ok("ok")
}
