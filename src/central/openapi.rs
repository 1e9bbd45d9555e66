//! `GET /openapi.json`.

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{access, bookings, customers, enrol, feed, ingest, recognition, sites, visits};

#[derive(OpenApi)]
#[openapi(
    info(title = "Yingbin 迎宾: central server", description = "Errors are problem+json with a stable `code`."),
    modifiers(&Bearer),
    paths(
        access::api::set_up,
        access::api::sign_in,
        access::api::sign_out,
        bookings::api::appointments,
        bookings::api::save_appointments,
        bookings::api::registrations,
        bookings::api::save_registrations,
        bookings::api::overdue,
        bookings::api::save_overdue,
        customers::api::search,
        customers::api::one,
        customers::api::timeline,
        customers::api::owner,
        customers::api::decide_owner,
        enrol::api::floors,
        enrol::api::add_floor,
        enrol::api::renew_floor,
        enrol::api::devices,
        enrol::api::add_device,
        enrol::api::revoke_device,
        feed::api::poll,
        ingest::api::receive,
        ingest::api::history,
        ingest::api::begin_epoch,
        recognition::api::recognise,
        visits::api::of_day,
        sites::api::list,
        sites::api::settings,
        sites::api::save,
        sites::api::notices,
        sites::api::publish_notice,
        sites::api::staff,
        sites::api::save_staff,
        sites::api::pin_code,
        sites::api::rules,
        sites::api::save_rules,
    )
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The description of this server's API.
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::routes::{described, in_source};

    #[test]
    fn every_call_of_the_centre_is_described_and_nothing_else() {
        let sources = [
            include_str!("access/api.rs"),
            include_str!("bookings/api.rs"),
            include_str!("customers/api.rs"),
            include_str!("enrol/api.rs"),
            include_str!("feed/api.rs"),
            include_str!("ingest/api.rs"),
            include_str!("recognition/api.rs"),
            include_str!("sites/api.rs"),
            include_str!("visits/api.rs"),
        ];
        let merged = include_str!("mod.rs").matches("::api::routes()").count();
        assert_eq!(merged, sources.len(), "one source for each part of the API");
        let served: BTreeSet<String> = sources.into_iter().flat_map(in_source).collect();
        assert_eq!(served, described(&Document::openapi()));
    }
}
