//! `/api/v1/customers…`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json as Answer, Router};

use crate::central::access::caller::{Administrator, Staff};
use crate::central::state::Central;
use crate::http::{ApiError, Json, Path, language};
use crate::protocol::central::{CustomerList, CustomerSearch, CustomerView, Timeline};
use crate::protocol::problem::Problem;
use crate::protocol::recognition::{OwnerDecision, OwnerView};

type App = State<Arc<Central>>;

pub fn routes() -> Router<Arc<Central>> {
    Router::new()
        .route("/api/v1/customers/search", post(search))
        .route("/api/v1/customers/{id}", get(one))
        .route("/api/v1/customers/{id}/timeline", get(timeline))
        .route("/api/v1/customers/{id}/owner", get(owner).put(decide_owner))
}

/// Searches customers by phone, name or the phone's last four digits; masked, twenty a page. The
/// search is written down without its words.
#[utoipa::path(post, path = "/api/v1/customers/search", security(("bearer" = [])),
    request_body = CustomerSearch, responses(
    (status = 200, body = CustomerList, description = "Those first seen latest come first"),
    (status = 422, body = Problem, description = "`one_of_three`, `bad_phone`, `bad_tail`, `bad_page`")))]
pub(crate) async fn search(
    Staff(who): Staff,
    State(central): App,
    Json(search): Json<CustomerSearch>,
) -> Result<Answer<CustomerList>, ApiError> {
    Ok(Answer(super::search(&central, &who, &search).await?))
}

/// One customer, masked.
#[utoipa::path(get, path = "/api/v1/customers/{id}", security(("bearer" = [])), responses(
    (status = 200, body = CustomerView, description = "Masked"),
    (status = 404, body = Problem, description = "No such customer")))]
pub(crate) async fn one(
    Staff(who): Staff,
    State(central): App,
    Path(id): Path<String>,
) -> Result<Answer<CustomerView>, ApiError> {
    Ok(Answer(super::one(&central, &who, &id).await?))
}

/// What happened with one customer, in the language of `Accept-Language`.
#[utoipa::path(get, path = "/api/v1/customers/{id}/timeline", security(("bearer" = [])), responses(
    (status = 200, body = Timeline, description = "Latest first"),
    (status = 404, body = Problem, description = "No such customer")))]
pub(crate) async fn timeline(
    Staff(who): Staff,
    State(central): App,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Answer<Timeline>, ApiError> {
    let language = language::of(&headers);
    Ok(Answer(
        super::timeline(&central, &who, &id, language).await?,
    ))
}

/// Whose customer it is, and until when they are protected.
#[utoipa::path(get, path = "/api/v1/customers/{id}/owner", security(("bearer" = [])), responses(
    (status = 200, body = OwnerView, description = "Also where the protection is over"),
    (status = 404, body = Problem, description = "No such customer")))]
pub(crate) async fn owner(
    Staff(who): Staff,
    State(central): App,
    Path(id): Path<String>,
) -> Result<Answer<OwnerView>, ApiError> {
    Ok(Answer(super::owner(&central, &who, &id).await?))
}

/// Decides whose customer it is, from now on; the protection begins anew.
#[utoipa::path(put, path = "/api/v1/customers/{id}/owner", security(("bearer" = [])),
    request_body = OwnerDecision, responses(
    (status = 200, body = OwnerView, description = "As decided"),
    (status = 404, body = Problem, description = "No such customer"),
    (status = 422, body = Problem, description = "`unknown_agent`")))]
pub(crate) async fn decide_owner(
    Administrator(who): Administrator,
    State(central): App,
    Path(id): Path<String>,
    Json(decision): Json<OwnerDecision>,
) -> Result<Answer<OwnerView>, ApiError> {
    let owner = super::decide_owner(&central, &who, &id, decision).await?;
    Ok(Answer(owner))
}
