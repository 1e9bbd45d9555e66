//! `GET /openapi.json`: the floor's API for programs.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    agents, check_ins, enrolments, kiosks, manager, pad, pad_page, screens, sheet, staff, steer,
    ticket, visits,
};
use crate::protocol::visit::OwnVisit;

#[derive(OpenApi)]
#[openapi(
    info(title = "Yingbin floor node", description = "The showroom's queue, rota and screens."),
    paths(
        screens::site, enrolments::enrol, kiosks::standing, check_ins::check_in, visits::list, visits::one, visits::act, agents::list,
        agents::set_status, screens::board, screens::board_stream, screens::desk,
        steer::chore, steer::appoint, steer::not_a_buyer, steer::close_day, steer::reopen_day,
        steer::reprint, steer::acknowledge, manager::order,
        screens::desk_stream, screens::turn_book, sheet::show, pad::why_not, visits::hand_given,
        staff::faces, staff::sign_in, staff::sign_out, staff::set_pin, staff::pin_code,
        pad_page::page, pad_page::asset, pad_page::worker, pad::view, pad::stream, pad::beat, pad::tap, ticket::page, super::health, metrics, page,
    ),
    components(schemas(OwnVisit)),
    modifiers(&DeviceTokens),
)]
struct Floor;

struct DeviceTokens;

impl Modify for DeviceTokens {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let mut scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        scheme = scheme.description(Some("The token a device got when it was enrolled"));
        api.components
            .get_or_insert_default()
            .add_security_scheme("device", SecurityScheme::Http(scheme.build()));
        let mut scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        scheme = scheme.description(Some(
            "The token of a staff session; the pad has it as a cookie and sends `X-Yingbin-Pad`",
        ));
        api.components
            .get_or_insert_default()
            .add_security_scheme("staff", SecurityScheme::Http(scheme.build()));
    }
}

static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| Floor::openapi().to_json().unwrap_or_default());

/// Figures in Prometheus's text format.
#[utoipa::path(get, path = "/metrics", responses((status = 200, content_type = "text/plain")))]
#[expect(dead_code, reason = "describes the toolkit's handler")]
fn metrics() {}

/// This document.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, content_type = "application/json")))]
pub(super) async fn page() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_floor_is_described_and_nothing_else() {
        let described = crate::http::routes::described(&Floor::openapi());
        let served = crate::http::routes::in_source(include_str!("mod.rs"));
        assert_eq!(served, described);
    }
}
