//! The pages of the centre (控制台), made on the server; every page works without a script.

mod assets;
mod bookings;
mod clock;
mod cookies;
mod customers;
mod devices;
mod entrance;
mod floor_today;
mod floors;
mod form;
mod frame;
mod guard;
mod notice;
mod reader;
mod render;
mod signed;
mod site;
mod staff;
mod texts;
mod ticket;
mod today;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::state::Central;

/// What the pages' handlers have at hand.
type Centre = Arc<Central>;

/// The pages' routes with their guard; the rest of the centre's shell goes around them as around
/// the API.
pub fn routes() -> Router<Centre> {
    let pages = Router::new()
        .route("/", get(today::show))
        .route(
            "/setup/{code}",
            get(entrance::setup_form).post(entrance::setup),
        )
        .route(
            "/sign-in",
            get(entrance::sign_in_form).post(entrance::sign_in),
        )
        .route("/sign-out", post(entrance::sign_out))
        .route("/language", post(entrance::language))
        .route("/choose", post(entrance::choose))
        .route("/customers", get(customers::show).post(customers::search))
        .route("/customers/{id}", get(customers::one))
        .route("/customers/{id}/owner", post(customers::decide))
        .route("/bookings", get(bookings::show))
        .route("/bookings/appointments", post(bookings::appoint))
        .route("/bookings/appointments/cancel", post(bookings::cancel))
        .route("/bookings/registrations", post(bookings::register))
        .route("/bookings/registrations/remove", post(bookings::remove))
        .route("/site", get(site::show).post(site::save))
        .route("/notice", get(notice::show).post(notice::save))
        .route("/staff", get(staff::show).post(staff::save))
        .route("/staff/pin-code", post(staff::pin_code))
        .route("/devices", get(devices::show).post(devices::enrol))
        .route("/devices/revoke", post(devices::revoke))
        .route("/floors", get(floors::show).post(floors::add))
        .route("/floors/renew", post(floors::renew))
        .route("/t/{token}", get(ticket::show))
        .route("/assets/{edition}/{name}", get(assets::serve));
    guard::around(pages)
}

#[cfg(test)]
mod pages_test;
