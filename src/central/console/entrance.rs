//! The pages before one is signed in: first set-up, sign-in, and plain messages.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Centre;
use super::cookies;
use super::form::Form;
use super::frame::Frame;
use super::reader::{Peer, Reader};
use super::render;
use super::signed::{self, Signed};
use crate::central::access;
use crate::core::language::Language;
use crate::http::ApiError;
use crate::protocol::central::{SessionRequest, SetupRequest};

#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub frame: Frame,
    /// The user name as entered before; the password never comes back.
    pub entered: String,
}

#[derive(Template)]
#[template(path = "setup.html")]
pub struct SetupPage {
    pub frame: Frame,
    pub entered: String,
}

/// Not found, not allowed, not possible just now.
#[derive(Template)]
#[template(path = "message.html")]
pub struct MessagePage {
    pub frame: Frame,
    pub title: String,
    pub text: String,
    pub onward: &'static str,
}

/// `GET /setup/{code}`: the form for whoever holds the one-time link. Whether the code is good is
/// said only when it is used, so that looking tells nothing.
pub async fn setup_form(reader: Reader) -> Response {
    render::page(&SetupPage {
        frame: reader.frame(None, Vec::new()),
        entered: String::new(),
    })
}

/// `POST /setup/{code}`: the first administrator, who is then signed in.
pub async fn setup(
    State(centre): State<Centre>,
    Path(code): Path<String>,
    peer: Peer,
    reader: Reader,
    form: Form,
) -> Response {
    let t = reader.words();
    let user = form.one("user").to_owned();
    let password = form.secret("password").to_owned();
    let mut frame = reader.frame(None, Vec::new());
    if password != form.secret("again") {
        frame.trouble = Some(t.w("password_differs"));
        let page = SetupPage {
            frame,
            entered: user,
        };
        return (StatusCode::UNPROCESSABLE_ENTITY, render::page(&page)).into_response();
    }
    let request = SetupRequest {
        code,
        user: user.clone(),
        password: password.clone(),
    };
    let credentials = SessionRequest {
        user: user.clone(),
        password,
    };
    let result = match access::set_up(&centre, peer.0, request).await {
        Ok(()) => access::sign_in(&centre, peer.0, credentials).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(session) => ([cookies::session(&session.token)], render::see("/")).into_response(),
        Err(error) if error.code() == "setup_code_unknown" => {
            (StatusCode::GONE, render::message(frame, "setup_gone")).into_response()
        }
        Err(error) => {
            frame.trouble = Some(render::sentence(&t, &error));
            let page = SetupPage {
                frame,
                entered: user,
            };
            (render::status(&error), render::page(&page)).into_response()
        }
    }
}

/// `GET /sign-in`; whoever is signed in already goes on to today's floor.
pub async fn sign_in_form(
    State(centre): State<Centre>,
    headers: HeaderMap,
    reader: Reader,
) -> Response {
    if matches!(signed::live(&centre, &headers).await, Ok(Some(_))) {
        return render::see("/");
    }
    render::page(&SignInPage {
        frame: reader.frame(None, Vec::new()),
        entered: String::new(),
    })
}

/// `POST /sign-in`.
pub async fn sign_in(
    State(centre): State<Centre>,
    peer: Peer,
    reader: Reader,
    form: Form,
) -> Response {
    let request = SessionRequest {
        user: form.one("user").to_owned(),
        password: form.secret("password").to_owned(),
    };
    let entered = request.user.clone();
    match access::sign_in(&centre, peer.0, request).await {
        Ok(session) => ([cookies::session(&session.token)], render::see("/")).into_response(),
        Err(error) => {
            let mut frame = reader.frame(None, Vec::new());
            let t = frame.t;
            frame.trouble = Some(match error.problem().status {
                401 => t.w("sign_in_wrong"),
                _ => render::sentence(&t, &error),
            });
            let page = SignInPage { frame, entered };
            (render::status(&error), render::page(&page)).into_response()
        }
    }
}

/// `POST /sign-out`: ends the session on the server too.
pub async fn sign_out(State(centre): State<Centre>, headers: HeaderMap) -> Response {
    if let Some(token) = cookies::read(&headers, cookies::SESSION)
        && let Err(error) = access::sign_out(&centre, token).await
    {
        tracing::warn!(code = error.code(), "a session could not be ended");
    }
    ([cookies::no_session()], render::see("/sign-in")).into_response()
}

/// `POST /language`: remembers the language and goes back to the page.
pub async fn language(form: Form) -> Response {
    let back = Some(form.one("back"))
        .filter(|b| b.starts_with('/') && !b.starts_with("//") && !b.contains('\\'))
        .unwrap_or("/");
    match Language::from_tag(form.one("language")) {
        Some(language) => (
            [cookies::choice(cookies::LANGUAGE, language.tag())],
            render::see(back),
        )
            .into_response(),
        None => render::see(back),
    }
}

/// `POST /choose`: the showroom to look at from now on.
pub async fn choose(signed: Signed, form: Form) -> Response {
    match signed.known_site(form.one("site")) {
        Some(site) => ([cookies::choice(cookies::SITE, site)], render::see("/")).into_response(),
        None => signed.refuse(&ApiError::not_found()),
    }
}
