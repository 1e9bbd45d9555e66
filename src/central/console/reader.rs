//! Who reads: their language and where they are.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::cookies;
use super::frame::{Choice, Frame};
use super::words::Words;
use crate::core::language::Language;
use crate::http::{bearer, language};

/// The reader of a page, known or not.
#[derive(Clone)]
pub struct Reader {
    pub language: Language,
    /// The path of the page.
    pub here: String,
}

impl Reader {
    /// The language chosen before, else what the browser wishes for.
    pub fn of(headers: &HeaderMap, here: &str) -> Self {
        let chosen = cookies::read(headers, cookies::LANGUAGE).and_then(Language::from_tag);
        Self {
            language: chosen.unwrap_or_else(|| language::of(headers)),
            here: here.to_owned(),
        }
    }

    pub fn words(&self) -> Words {
        Words::console(self.language)
    }

    pub fn frame(&self, user: Option<String>, sites: Vec<Choice>) -> Frame {
        Frame {
            t: self.words(),
            here: self.here.clone(),
            user,
            sites,
            done: None,
            trouble: None,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, parts.uri.path()))
    }
}

/// The peer's address, by which strangers are limited.
pub struct Peer(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(bearer::peer(&parts.extensions)))
    }
}
