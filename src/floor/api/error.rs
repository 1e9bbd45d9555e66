//! The engine's refusals over HTTP.

use axum::http::StatusCode;

use crate::core::floor::Refusal;
use crate::floor::ask::AskError;
use crate::floor::log::LogError;
use crate::http::ApiError;
use crate::protocol::feed::DeviceRole;

pub(super) fn problem(error: AskError) -> ApiError {
    match error {
        AskError::NotStored => ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not_stored",
            "It could not be stored, please try again",
        ),
        AskError::AnswerLost => ApiError::conflict(
            "answer_lost",
            "This check-in is known; its answer was lost when the floor was restored",
        ),
        AskError::KeyReused => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "key_reused",
            "This Idempotency-Key was used with another body",
        ),
        AskError::StillPrinting => {
            ApiError::conflict("still_printing", "The ticket is still on its way to paper")
        }
        AskError::NoPrinter => ApiError::conflict("no_printer", "The floor has no printer"),
        AskError::CodeRefused => ApiError::new(
            StatusCode::FORBIDDEN,
            "code_refused",
            "This code is not known, was used or is too old",
        ),
        AskError::CodeForAnother(role) => {
            let code = match role {
                DeviceRole::Kiosk => "code_for_kiosk",
                DeviceRole::Display => "code_for_display",
                DeviceRole::Desk => "code_for_desk",
            };
            ApiError::conflict(
                code,
                "This code is for another kind of screen, and still good",
            )
        }
        AskError::WrongPin => ApiError::new(
            StatusCode::UNAUTHORIZED,
            "wrong_pin",
            "Not the PIN, or not the code",
        ),
        AskError::Locked { seconds } => ApiError::locked(seconds),
        AskError::NoPin => ApiError::conflict("no_pin", "No PIN is set; a one-time code sets one"),
        AskError::NoCode => {
            ApiError::conflict("no_code", "No one-time code is open, or it has expired")
        }
        AskError::Invalid { code, pointer } => ApiError::invalid(code, &pointer, title(code)),
        AskError::Refused(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> ApiError {
    let (code, title) = (refusal.code(), refusal.to_string());
    match refusal {
        Refusal::UnknownVisit => ApiError::new(StatusCode::NOT_FOUND, code, &title),
        Refusal::ReasonNeeded => ApiError::invalid(code, "/reason", &title),
        Refusal::UnknownAgent => ApiError::invalid(code, "/agent", &title),
        Refusal::DesksWord => ApiError::forbidden(),
        // Until the centre has said which showroom this is.
        Refusal::NoDayOpen => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code, &title),
        _ => ApiError::conflict(code, &title),
    }
}

/// For developers; people get words of their own for each code.
fn title(code: &str) -> &'static str {
    match code {
        "notice_outdated" => "The notice has a newer version, which must be shown first",
        "consent_missing" => "This field needs the consent `reception`",
        "duplicate_consent" => "Each purpose is answered once",
        "unknown_consent" => "The notice has no such purpose",
        "unknown_purpose" => "The site has no such purpose of a visit",
        "unknown_language" => "The site does not offer this language",
        "unknown_agent" => "There is no such agent",
        "unknown_appointment" => "The floor knows of no such appointment",
        "unknown_registration" => "The floor knows of no such registration",
        "unknown_visit" => "There is no such visit today",
        "bad_time" => "A time is written like 2026-11-23T14:00:00+08:00",
        "bad_text" => "One line of text is needed, not too long",
        "never_valid" => "It expires before it begins",
        "desk_only" => "Only the desk can ask for this",
        "unknown_drink" => "The site offers no such drink",
        "party_size" => "A party has 1 to 99 people",
        "address_form" => "At most 64 characters, none of them control characters",
        "sealed_profile" => "Base64 of an age file of at most 16 KiB",
        "issued" => "A number of this kiosk's own series with its time, notice, token and receipt",
        "number_not_own" => "This number belongs to another kiosk's series",
        "key_invalid" => "An Idempotency-Key has 1 to 128 visible ASCII characters",
        _ => "The body does not fit",
    }
}

/// The database is the floor's own trouble: said in the log, not to the caller.
pub(super) fn unread(error: &LogError) -> ApiError {
    tracing::error!(%error, "the log could not be read");
    ApiError::unavailable()
}
