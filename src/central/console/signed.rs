//! Somebody who is signed in, at one of the showrooms.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;

use super::Centre;
use super::clock::Clock;
use super::cookies;
use super::frame::{Choice, Frame};
use super::reader::Reader;
use super::render;
use super::words::Words;
use crate::central::access::{self, ADMINISTRATOR};
use crate::central::sites;
use crate::http::{ApiError, bearer};
use crate::store::central::accounts::SessionRow;
use crate::store::central::sites::SiteRow;

/// The reader of a page behind the sign-in. Without a live session the answer is the sign-in page.
pub struct Signed {
    pub reader: Reader,
    pub session: SessionRow,
    sites: Vec<SiteRow>,
    chosen: usize,
    done: Option<&'static str>,
}

impl Signed {
    pub fn words(&self) -> Words {
        self.reader.words()
    }

    /// The showroom the reader looks at; none before the first is set up.
    pub fn site(&self) -> Option<&SiteRow> {
        self.sites.get(self.chosen)
    }

    /// The id of a showroom there is.
    pub fn known_site(&self, id: &str) -> Option<&str> {
        self.sites.iter().map(|s| s.id.as_str()).find(|s| *s == id)
    }

    /// The showroom's clock.
    pub fn clock(&self) -> Clock {
        Clock::new(self.site().map_or("UTC", |s| &s.settings.time_zone))
    }

    pub fn frame(&self) -> Frame {
        let t = self.words();
        let choices = self
            .sites
            .iter()
            .enumerate()
            .map(|(at, site)| Choice {
                value: site.id.clone(),
                label: match t.text(&site.settings.name) {
                    "" => site.id.clone(),
                    name => name.to_owned(),
                },
                chosen: at == self.chosen,
            })
            .collect();
        let mut frame = self.reader.frame(Some(self.session.user.clone()), choices);
        frame.done = self.done.map(|name| t.w(name));
        frame
    }

    /// The frame with a refusal said above the form.
    pub fn trouble(&self, error: &ApiError) -> Frame {
        let mut frame = self.frame();
        frame.trouble = Some(render::sentence(&self.words(), error));
        frame
    }

    /// The page for a refusal that no form can mend.
    pub fn refuse(&self, error: &ApiError) -> Response {
        render::refusal(self.frame(), error)
    }

    /// The page that says what is missing: a showroom comes first.
    pub fn site_first(&self) -> Response {
        render::see("/site?done=first")
    }
}

/// What a page says happened, by the name in its address.
fn done(query: Option<&str>) -> Option<&'static str> {
    match query?.strip_prefix("done=")? {
        "saved" => Some("saved"),
        "published" => Some("notice_published"),
        "revoked" => Some("revoke_done"),
        "first" => Some("site_first"),
        _ => None,
    }
}

impl FromRequestParts<Centre> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, centre: &Centre) -> Result<Self, Response> {
        let reader = Reader::of(&parts.headers, parts.uri.path());
        let refused = |error| render::refusal(reader.frame(None, Vec::new()), &error);
        let session = live(centre, &parts.headers).await.map_err(refused)?;
        let Some(session) = session else {
            let peer = bearer::peer(&parts.extensions);
            centre.limits.stranger.check(&peer).map_err(refused)?;
            return Err(render::see("/sign-in"));
        };
        let limit = &centre.limits.known;
        limit.check(&session.account).map_err(refused)?;
        let sites = sites::list(centre).await.map_err(refused)?;
        let wished = cookies::read(&parts.headers, cookies::SITE);
        let chosen = sites
            .iter()
            .position(|s| Some(s.id.as_str()) == wished)
            .unwrap_or(0);
        Ok(Self {
            reader,
            session,
            sites,
            chosen,
            done: done(parts.uri.query()),
        })
    }
}

/// Somebody who may set the office up; others are told politely that they may not.
pub struct Manager(pub Signed);

impl FromRequestParts<Centre> for Manager {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, centre: &Centre) -> Result<Self, Response> {
        let signed = Signed::from_request_parts(parts, centre).await?;
        if signed.session.role == ADMINISTRATOR {
            Ok(Self(signed))
        } else {
            Err(signed.refuse(&ApiError::forbidden()))
        }
    }
}

/// Whose live session the request's cookie is.
pub async fn live(centre: &Centre, headers: &HeaderMap) -> Result<Option<SessionRow>, ApiError> {
    match cookies::read(headers, cookies::SESSION) {
        Some(secret) => access::session(centre, secret).await,
        None => Ok(None),
    }
}
