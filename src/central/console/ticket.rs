//! The guest's ticket page (号票页): the number and what is happening, nothing personal.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Centre;
use super::assets;
use super::reader::{Peer, Reader};
use super::render;
use super::words::Words;
use crate::central::visits::{Ticket, ticket_by_token};
use crate::core::place::say_place;
use crate::core::visit::VisitState;

#[derive(Template)]
#[template(path = "ticket.html")]
pub struct TicketPage {
    pub t: Words,
    pub house: String,
    pub number: String,
    /// A visit's state as on the wire, or `unknown`.
    pub state: &'static str,
    pub headline: String,
    pub more: String,
    pub facts: Vec<Fact>,
    pub footnote: String,
    /// Nothing will change any more.
    pub over: bool,
    pub mark: String,
    pub style: String,
    pub script: String,
}

pub struct Fact {
    pub label: String,
    pub value: String,
}

impl TicketPage {
    pub fn new(t: Words, ticket: &Ticket) -> Self {
        use VisitState::{Called, Offered, Serving, Waiting};
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: String| {
            facts.push(Fact {
                label: t.w(name),
                value,
            });
        };
        if let (Waiting, Some(ahead)) = (ticket.state, ticket.ahead) {
            fact("ahead", t.n("ahead_n", ahead));
        }
        if let (Called, Some(place)) = (ticket.state, &ticket.place)
            && !place.is_empty()
        {
            fact("place", say_place(ticket.language, place));
        }
        if let (Offered | Called | Serving, Some(name)) = (ticket.state, &ticket.agent_name) {
            fact("agent", name.clone());
        }
        let code = ticket.state.code();
        Self {
            headline: t.w(code),
            more: t.w(&format!("{code}_more")),
            facts,
            footnote: t.w("footnote"),
            // A guest who was missed or left may still be taken up again by the desk.
            over: matches!(ticket.state, VisitState::Finished | VisitState::Cancelled),
            ..Self::bare(t, t.text(&ticket.site_name), &ticket.number, code)
        }
    }

    /// The polite page for a token nobody knows.
    pub fn unknown(t: Words) -> Self {
        Self {
            headline: t.w("unknown"),
            more: t.w("unknown_more"),
            ..Self::bare(t, "迎宾 · Yingbin", "—", "unknown")
        }
    }

    fn bare(t: Words, house: &str, number: &str, state: &'static str) -> Self {
        Self {
            t,
            house: house.to_owned(),
            number: number.to_owned(),
            state,
            headline: String::new(),
            more: String::new(),
            facts: Vec::new(),
            footnote: String::new(),
            over: true,
            mark: assets::address("mark.svg"),
            style: assets::address("style.css"),
            script: assets::address("page.js"),
        }
    }
}

/// `GET /t/{token}`: anyone with the ticket, in the ticket's language.
pub async fn show(
    State(centre): State<Centre>,
    peer: Peer,
    reader: Reader,
    Path(token): Path<String>,
) -> Response {
    if let Err(error) = centre.limits.stranger.check(&peer.0) {
        return error.into_response();
    }
    match ticket_by_token(&centre, &token).await {
        Ok(Some(ticket)) => {
            let t = Words::ticket_page(ticket.language);
            render::page(&TicketPage::new(t, &ticket))
        }
        Ok(None) => {
            let page = TicketPage::unknown(Words::ticket_page(reader.language));
            (StatusCode::NOT_FOUND, render::page(&page)).into_response()
        }
        Err(error) => error.into_response(),
    }
}
