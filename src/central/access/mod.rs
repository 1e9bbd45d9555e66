//! Who is there: the first account, sign-in, sessions.

pub mod api;
pub mod caller;

use std::net::IpAddr;

use uuid::Uuid;

use super::state::Central;
use crate::core::time::Millis;
use crate::crypto::{password, token};
use crate::http::ApiError;
use crate::protocol::central::{SessionAnswer, SessionRequest, SetupRequest};
use crate::store::StoreError;
use crate::store::central::accounts::{self, Account, SessionRow};

/// The role that may set the office up (管理员).
pub const ADMINISTRATOR: &str = "administrator";
/// How long a session lasts, minutes: a working day.
pub const SESSION_MINUTES: i64 = 12 * 60;

/// Turns the one-time code into the first account, an administrator's. The code dies only when that
/// succeeds, so a password that is too short does not cost the link.
pub async fn set_up(
    central: &Central,
    peer: IpAddr,
    request: SetupRequest,
) -> Result<(), ApiError> {
    central.limits.sign_in.check(&peer)?;
    let now = central.clock.now();
    let mut tx = central.db.write().await?;
    if !accounts::take_setup_code(&mut *tx, &token::hash(&request.code)).await? {
        return Err(ApiError::new(
            axum::http::StatusCode::FORBIDDEN,
            "setup_code_unknown",
            "This link is not valid (any more)",
        ));
    }
    let user = user_name(&request.user)?;
    if !password::acceptable(&user, &request.password) {
        return Err(ApiError::invalid(
            "weak_password",
            "/password",
            "The password needs at least ten characters and must not be the user's name",
        ));
    }
    let account = Account {
        id: Uuid::now_v7().to_string(),
        user,
        password: hashed(central, request.password).await?,
        role: ADMINISTRATOR.to_owned(),
    };
    match accounts::add(&mut *tx, &account, now).await {
        Err(StoreError::Unique) => {
            return Err(ApiError::conflict("user_taken", "This name is taken"));
        }
        other => other?,
    }
    tx.commit().await?;
    tracing::info!("the first account was made");
    Ok(())
}

/// Names are kept without capitals and outer spaces, so that nobody is locked out by the shift key.
fn user_name(typed: &str) -> Result<String, ApiError> {
    let name = typed.trim().to_lowercase();
    let fits = (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then_some(name).ok_or_else(|| {
        ApiError::invalid(
            "bad_user",
            "/user",
            "A user name has one to sixty-four characters",
        )
    })
}

/// Opens a session. An unknown name and a wrong password are answered alike, after the same time.
pub async fn sign_in(
    central: &Central,
    peer: IpAddr,
    request: SessionRequest,
) -> Result<SessionAnswer, ApiError> {
    central.limits.sign_in.check(&peer)?;
    let name = request.user.trim().to_lowercase();
    let mut tx = central.db.read().await?;
    let account = accounts::by_name(&mut *tx, &name).await?;
    drop(tx);
    let kept = account.as_ref().map(|a| a.password.clone());
    let typed = request.password;
    let right = typed.len() <= password::LONGEST_BYTES
        && blocking(central, move || password::verify(&typed, kept.as_deref())).await?;
    let Some(account) = account.filter(|_| right) else {
        metrics::counter!("yingbin_sign_ins_refused_total").increment(1);
        return Err(ApiError::new(
            axum::http::StatusCode::UNAUTHORIZED,
            "wrong_password",
            "The name or the password is wrong",
        ));
    };
    let now = central.clock.now();
    let expires = now.plus_minutes(SESSION_MINUTES);
    let token = token::secret_token();
    let mut tx = central.db.write().await?;
    accounts::open_session(&mut *tx, &token::hash(&token), &account.id, now, expires).await?;
    tx.commit().await?;
    Ok(SessionAnswer {
        token,
        expires: expires.rfc3339(),
    })
}

/// The live session of a token, from whatever it came: a header here, the console's cookie there.
pub async fn session(central: &Central, token: &str) -> Result<Option<SessionRow>, ApiError> {
    let now: Millis = central.clock.now();
    let mut tx = central.db.read().await?;
    Ok(accounts::session(&mut *tx, &token::hash(token), now).await?)
}

/// Ends a session; harmless when there is none.
pub async fn sign_out(central: &Central, token: &str) -> Result<(), ApiError> {
    let mut tx = central.db.write().await?;
    accounts::end_session(&mut *tx, &token::hash(token)).await?;
    Ok(tx.commit().await?)
}

async fn hashed(central: &Central, password: String) -> Result<String, ApiError> {
    blocking(central, move || password::hash(&password)).await
}

/// Runs slow work off the async threads, a few at a time.
pub(super) async fn blocking<T: Send + 'static>(
    central: &Central,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let _permit = central
        .hashing
        .acquire()
        .await
        .map_err(|_| ApiError::unavailable())?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::internal())
}
