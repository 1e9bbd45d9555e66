//! `/api/v1/sites…` but floors and devices.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use serde::Serialize;
use utoipa::ToSchema;

use crate::central::access::caller::Administrator;
use crate::central::state::Central;
use crate::core::house_rules::HouseRules;
use crate::core::site::Notice;
use crate::http::{ApiError, Json, Path};
use crate::protocol::central::{NoticeDraft, SiteSettings, StaffList};
use crate::protocol::problem::Problem;
use crate::protocol::staff::PinCode;

type App = State<Arc<Central>>;

pub fn routes() -> Router<Arc<Central>> {
    Router::new()
        .route("/api/v1/sites", get(list))
        .route("/api/v1/sites/{site}", get(settings).put(save))
        .route(
            "/api/v1/sites/{site}/notices",
            get(notices).post(publish_notice),
        )
        .route("/api/v1/sites/{site}/staff", get(staff).put(save_staff))
        .route(
            "/api/v1/sites/{site}/staff/{staff}/pin-code",
            post(pin_code),
        )
        .route("/api/v1/sites/{site}/rules", get(rules).put(save_rules))
}

/// `GET /api/v1/sites`.
#[derive(Serialize, ToSchema)]
pub(crate) struct SiteList {
    /// Ids, sorted.
    sites: Vec<String>,
}

/// `GET /api/v1/sites/{site}/notices`.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticeList {
    /// The one in force first.
    notices: Vec<Notice>,
}

/// The ids of all showrooms.
#[utoipa::path(get, path = "/api/v1/sites", security(("bearer" = [])),
    responses((status = 200, body = SiteList, description = "All showrooms")))]
pub(crate) async fn list(
    _: Administrator,
    State(central): App,
) -> Result<Answer<SiteList>, ApiError> {
    let sites = super::list(&central).await?;
    Ok(Answer(SiteList {
        sites: sites.into_iter().map(|s| s.id).collect(),
    }))
}

/// A showroom's settings.
#[utoipa::path(get, path = "/api/v1/sites/{site}", security(("bearer" = [])), responses(
    (status = 200, body = SiteSettings, description = "As saved"),
    (status = 404, body = Problem, description = "No such showroom")))]
pub(crate) async fn settings(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<SiteSettings>, ApiError> {
    Ok(Answer(super::one(&central, &site).await?.settings))
}

/// Creates a showroom or replaces its settings.
#[utoipa::path(put, path = "/api/v1/sites/{site}", security(("bearer" = [])),
    request_body = SiteSettings, responses(
    (status = 201, body = SiteSettings, description = "Created"),
    (status = 200, body = SiteSettings, description = "Replaced"),
    (status = 422, body = Problem, description = "A field does not fit")))]
pub(crate) async fn save(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
    Json(settings): Json<SiteSettings>,
) -> Result<(StatusCode, Answer<SiteSettings>), ApiError> {
    let new = super::save(&central, &site, &settings).await?;
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Answer(settings)))
}

/// All versions of the privacy notice.
#[utoipa::path(get, path = "/api/v1/sites/{site}/notices", security(("bearer" = [])),
    responses((status = 200, body = NoticeList, description = "The one in force first")))]
pub(crate) async fn notices(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<NoticeList>, ApiError> {
    let notices = super::notices(&central, &site).await?;
    Ok(Answer(NoticeList { notices }))
}

/// Publishes a new version of the privacy notice.
#[utoipa::path(post, path = "/api/v1/sites/{site}/notices", security(("bearer" = [])),
    request_body = NoticeDraft, responses(
    (status = 201, body = Notice, description = "In force, with its hash"),
    (status = 409, body = Problem, description = "`notice_exists`")))]
pub(crate) async fn publish_notice(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
    Json(draft): Json<NoticeDraft>,
) -> Result<(StatusCode, Answer<Notice>), ApiError> {
    let notice = super::publish_notice(&central, &site, draft).await?;
    Ok((StatusCode::CREATED, Answer(notice)))
}

/// The staff list.
#[utoipa::path(get, path = "/api/v1/sites/{site}/staff", security(("bearer" = [])),
    responses((status = 200, body = StaffList, description = "In order")))]
pub(crate) async fn staff(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<StaffList>, ApiError> {
    let staff = super::one(&central, &site).await?.staff;
    Ok(Answer(StaffList { staff }))
}

/// Replaces the staff list.
#[utoipa::path(put, path = "/api/v1/sites/{site}/staff", security(("bearer" = [])),
    request_body = StaffList,
    responses((status = 200, body = StaffList, description = "Replaced, in this order")))]
pub(crate) async fn save_staff(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
    Json(list): Json<StaffList>,
) -> Result<Answer<StaffList>, ApiError> {
    super::save_staff(&central, &site, &list).await?;
    Ok(Answer(list))
}

/// A one-time code with which a member of staff sets their PIN at the floor. The PIN before it is out
/// of use as soon as the floor has heard.
#[utoipa::path(post, path = "/api/v1/sites/{site}/staff/{staff}/pin-code",
    security(("bearer" = [])), responses(
    (status = 201, body = PinCode, description = "Shown once"),
    (status = 404, body = Problem, description = "No such member of staff")))]
pub(crate) async fn pin_code(
    _: Administrator,
    State(central): App,
    Path((site, staff)): Path<(String, String)>,
) -> Result<(StatusCode, Answer<PinCode>), ApiError> {
    let code = super::pins::issue(&central, &site, &staff).await?;
    Ok((StatusCode::CREATED, Answer(code)))
}

/// The house's rules for turns.
#[utoipa::path(get, path = "/api/v1/sites/{site}/rules", security(("bearer" = [])),
    responses((status = 200, body = Object, description = "Every switch")))]
pub(crate) async fn rules(
    _: Administrator,
    State(central): App,
    Path(site): Path<String>,
) -> Result<Answer<HouseRules>, ApiError> {
    Ok(Answer(super::one(&central, &site).await?.rules))
}

/// Replaces the house's rules; switches left out take their defaults. The user stands with the change
/// in the turn book.
#[utoipa::path(put, path = "/api/v1/sites/{site}/rules", security(("bearer" = [])),
    request_body = Object,
    responses((status = 200, body = Object, description = "Every switch")))]
pub(crate) async fn save_rules(
    Administrator(session): Administrator,
    State(central): App,
    Path(site): Path<String>,
    Json(rules): Json<HouseRules>,
) -> Result<Answer<HouseRules>, ApiError> {
    super::save_rules(&central, &site, &rules, &session.user).await?;
    Ok(Answer(rules))
}
