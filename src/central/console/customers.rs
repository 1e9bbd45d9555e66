//! Customers: search, and one customer's record.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Centre;
use super::bookings::{consultants, name};
use super::clock::Clock;
use super::form::Form;
use super::frame::{Choice, Frame};
use super::render;
use super::signed::{Manager, Signed};
use super::words::Words;
use crate::central::access::ADMINISTRATOR;
use crate::central::customers as records;
use crate::core::id::AgentId;
use crate::core::time::Millis;
use crate::http::ApiError;
use crate::protocol::central::CustomerSearch;
use crate::protocol::central::{CustomerList, CustomerView};
use crate::protocol::recognition::OwnerDecision;
use crate::store::central::{overview, sites};

#[derive(Template)]
#[template(path = "customers.html")]
pub struct CustomersPage {
    pub frame: Frame,
    pub ways: Vec<Choice>,
    pub by: String,
    pub term: String,
    pub found: Option<Found>,
    pub claims: Vec<ClaimRow>,
}

/// A customer whom a colleague may claim.
pub struct ClaimRow {
    pub id: String,
    pub name: String,
    pub agent: String,
    pub until: String,
}

/// Whose customer somebody is.
pub struct Owned {
    /// Empty: nobody's yet.
    pub agent: String,
    pub contact: String,
    pub protected: String,
    pub under_protection: bool,
    /// Empty: nobody may claim them.
    pub claim: String,
    pub bought: bool,
    /// For whoever may decide it.
    pub consultants: Vec<Choice>,
}

pub struct Found {
    pub customers: Vec<CustomerRow>,
    pub page: u32,
    pub more: bool,
}

#[derive(Template)]
#[template(path = "customer.html")]
pub struct CustomerPage {
    pub frame: Frame,
    pub initial: String,
    pub customer: CustomerRow,
    pub owned: Owned,
    pub visits: Vec<VisitRow>,
    pub timeline: Vec<Entry>,
    pub consents: Vec<ConsentRow>,
}

/// A customer in words, masked.
pub struct CustomerRow {
    pub id: String,
    pub name: String,
    pub phone: String,
    pub visits: u32,
    pub first: String,
    pub last: String,
}

pub struct Entry {
    pub at: String,
    pub kind: String,
    pub ticket: String,
    pub text: String,
}

pub struct VisitRow {
    pub ticket: String,
    pub at: String,
    pub purpose: String,
    pub agent: String,
    pub state: String,
}

pub struct ConsentRow {
    pub purpose: String,
    pub given: bool,
    pub at: String,
    /// Where and on which device.
    pub place: String,
    pub notice: String,
    pub receipt: String,
}

/// The ways to search, with the one in use marked.
pub fn ways(t: &Words, by: &str) -> Vec<Choice> {
    ["phone", "tail", "name"]
        .into_iter()
        .map(|way| Choice {
            value: way.to_owned(),
            label: t.code("by", way),
            chosen: way == by,
        })
        .collect()
}

impl CustomerRow {
    pub fn new(t: &Words, clock: &Clock, customer: &CustomerView) -> Self {
        let when = |at: &Option<String>| {
            at.as_deref()
                .map_or_else(|| t.w("none"), |at| clock.read(at))
        };
        Self {
            id: customer.id.clone(),
            name: customer.name.clone(),
            phone: customer.phone.clone().unwrap_or_else(|| t.w("none")),
            visits: customer.visits,
            first: when(&customer.first_visit_at),
            last: when(&customer.last_visit_at),
        }
    }
}

impl Found {
    pub fn new(t: &Words, clock: &Clock, list: &CustomerList) -> Self {
        Self {
            customers: list
                .customers
                .iter()
                .map(|c| CustomerRow::new(t, clock, c))
                .collect(),
            page: list.page,
            more: list.more,
        }
    }
}

/// Most visits listed in one customer's record.
const MOST_VISITS: u32 = 200;

/// `GET /customers`: the empty search.
pub async fn show(State(centre): State<Centre>, signed: Signed) -> Response {
    let t = signed.words();
    let claims = match open_claims(&centre, &signed).await {
        Ok(claims) => claims,
        Err(error) => return signed.refuse(&error),
    };
    render::page(&CustomersPage {
        frame: signed.frame(),
        ways: ways(&t, "phone"),
        by: "phone".to_owned(),
        term: String::new(),
        found: None,
        claims,
    })
}

async fn open_claims(centre: &Centre, signed: &Signed) -> Result<Vec<ClaimRow>, ApiError> {
    let Some(site) = signed.site() else {
        return Ok(Vec::new());
    };
    let clock = signed.clock();
    let claims = records::claims(centre, &signed.session, &site.id).await?;
    Ok(claims
        .into_iter()
        .map(|c| ClaimRow {
            id: c.customer.id,
            name: c.customer.name,
            agent: name(&site.staff, &c.agent),
            until: clock.date_time(c.until),
        })
        .collect())
}

/// `POST /customers`: a search; what is looked for stays in the body, never in the address.
pub async fn search(State(centre): State<Centre>, signed: Signed, form: Form) -> Response {
    let (t, clock) = (signed.words(), signed.clock());
    let (by, term) = (form.one("by").to_owned(), form.one("term").to_owned());
    let mut search = CustomerSearch {
        page: form.one("page").parse().ok(),
        ..CustomerSearch::default()
    };
    match by.as_str() {
        "tail" => search.tail = Some(term.clone()),
        "name" => search.name = Some(term.clone()),
        _ => search.phone = Some(term.clone()),
    }
    let result = records::search(&centre, &signed.session, &search).await;
    let (frame, status, found) = match result {
        Ok(list) => (
            signed.frame(),
            StatusCode::OK,
            Some(Found::new(&t, &clock, &list)),
        ),
        Err(error) => {
            let mut frame = signed.trouble(&error);
            if error.problem().status == 422 {
                frame.trouble = Some(t.w(match (term.as_str(), by.as_str()) {
                    ("", _) | (_, "name") => "search_empty",
                    (_, "tail") => "search_tail_wrong",
                    _ => "search_phone_wrong",
                }));
            }
            (frame, render::status(&error), None)
        }
    };
    let page = render::page(&CustomersPage {
        frame,
        ways: ways(&t, &by),
        by,
        term,
        found,
        claims: Vec::new(),
    });
    (status, page).into_response()
}

/// `GET /customers/{id}`.
pub async fn one(State(centre): State<Centre>, signed: Signed, Path(id): Path<String>) -> Response {
    match load(&centre, &signed, &id).await {
        Ok(page) => render::page(&page),
        Err(error) => signed.refuse(&error),
    }
}

/// `POST /customers/{id}/owner`: a person decides whose customer it is.
pub async fn decide(
    State(centre): State<Centre>,
    Manager(signed): Manager,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let decision = OwnerDecision {
        agent: AgentId::new(form.one("agent")),
    };
    match records::decide_owner(&centre, &signed.session, &id, decision).await {
        Ok(_) => render::see(&format!("/customers/{id}?done=saved")),
        Err(error) => signed.refuse(&error),
    }
}

async fn owned(centre: &Centre, signed: &Signed, id: &str) -> Result<Owned, ApiError> {
    let owner = records::owner(centre, &signed.session, id).await?;
    let (clock, now) = (signed.clock(), centre.clock.now());
    let staff = signed.site().map_or(&[][..], |s| &s.staff);
    let read = |at: &Option<String>| at.as_deref().map_or_else(String::new, |at| clock.read(at));
    let ahead = |at: &Option<String>| {
        let at = at.as_deref().and_then(Millis::parse_rfc3339);
        at.is_some_and(|at| at > now)
    };
    let decides = signed.session.role == ADMINISTRATOR;
    Ok(Owned {
        agent: owner
            .agent
            .as_ref()
            .map_or_else(String::new, |a| name(staff, a)),
        contact: read(&owner.contact_at),
        protected: read(&owner.protected_until),
        under_protection: ahead(&owner.protected_until),
        claim: Some(read(&owner.claim_until))
            .filter(|_| ahead(&owner.claim_until))
            .unwrap_or_default(),
        bought: owner.bought,
        consultants: if decides {
            consultants(staff, owner.agent.as_ref())
        } else {
            Vec::new()
        },
    })
}

async fn load(centre: &Centre, signed: &Signed, id: &str) -> Result<CustomerPage, ApiError> {
    let (t, clock) = (signed.words(), signed.clock());
    let view = records::one(centre, &signed.session, id).await?;
    let timeline = records::timeline(centre, &signed.session, id, t.language).await?;
    let owned = owned(centre, signed, id).await?;
    let mut tx = centre.db.read().await?;
    let tx = &mut *tx;
    let visits = overview::visits_of_customer(tx, id, MOST_VISITS).await?;
    let consents = overview::consents_of_visits(tx, &visits).await?;
    let mut purposes = BTreeMap::new();
    if let Some(site) = signed.site() {
        for notice in sites::notices(tx, &site.id).await?.into_iter().rev() {
            purposes.extend(notice.purposes.into_iter().map(|p| (p.id, p.text)));
        }
    }
    let agent = |id: &Option<String>| {
        let staff = signed.site().map_or(&[][..], |s| &s.staff);
        id.as_ref().map_or_else(
            || t.w("none"),
            |id| {
                let named = staff.iter().find(|s| s.id.as_str() == id);
                named.map_or_else(|| id.clone(), |s| s.name.clone())
            },
        )
    };
    let reason = |id: &str| {
        let known = signed.site().and_then(|s| {
            let all = &s.settings.visit_purposes;
            all.iter().find(|p| p.id == id)
        });
        known.map_or_else(|| id.to_owned(), |p| t.text(&p.text).to_owned())
    };
    Ok(CustomerPage {
        frame: signed.frame(),
        initial: view.name.chars().next().unwrap_or('·').to_string(),
        customer: CustomerRow::new(&t, &clock, &view),
        owned,
        visits: visits
            .iter()
            .map(|v| VisitRow {
                ticket: v.ticket.clone(),
                at: clock.date_time(v.checked_in_at),
                purpose: reason(&v.purpose),
                agent: agent(&v.agent),
                state: t.code("state", v.state.code()),
            })
            .collect(),
        timeline: timeline
            .entries
            .into_iter()
            .map(|e| Entry {
                at: clock.read(&e.at),
                kind: e.kind,
                ticket: e.ticket.unwrap_or_default(),
                text: e.text,
            })
            .collect(),
        consents: consents
            .into_iter()
            .map(|c| ConsentRow {
                purpose: purposes
                    .get(&c.purpose)
                    .map_or_else(|| c.purpose.clone(), |text| t.text(text).to_owned()),
                given: c.given,
                at: clock.date_time(c.at),
                place: format!(
                    "{} · {} · {} · {}",
                    c.site,
                    c.device,
                    c.language.tag(),
                    t.w(match c.manner {
                        crate::core::consent::Manner::Screen => "consent_on_screen",
                        crate::core::consent::Manner::Aloud => "consent_aloud",
                    })
                ),
                notice: t.n("consent_notice", &c.notice_version),
                receipt: t.n("consent_receipt", &c.receipt),
            })
            .collect(),
    })
}
