//! Today's floor, live.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::Centre;
use super::floor_today::{FloorNews, Snapshot, VisitNow};
use super::frame::Frame;
use super::render;
use super::signed::Signed;
use super::words::Words;
use crate::http::ApiError;
use crate::store::central::sites::SiteRow;
use crate::store::central::{devices, events, floors, overview, sites, visits};

#[derive(Template)]
#[template(path = "today.html")]
pub struct TodayPage {
    pub frame: Frame,
    /// What is still to be set up; empty once the office is complete.
    pub steps: Vec<Step>,
    pub floor: Option<FloorToday>,
}

/// One step of setting an office up.
pub struct Step {
    pub href: &'static str,
    pub title: String,
    pub text: String,
    pub done: bool,
}

pub struct FloorToday {
    /// `YYYY-MM-DD` in the showroom's zone.
    pub day: String,
    pub at: String,
    pub warnings: Vec<String>,
    /// When each floor was last heard of.
    pub news: Vec<String>,
    pub tiles: Vec<Tile>,
    pub lanes: Vec<Lane>,
    pub agents: Vec<AgentRow>,
}

pub struct Tile {
    pub label: String,
    pub value: String,
    pub gold: bool,
}

pub struct Lane {
    pub code: &'static str,
    pub title: String,
    pub empty: String,
    /// All of them, also where only the latest are listed.
    pub count: usize,
    pub visits: Vec<VisitCard>,
}

pub struct VisitCard {
    pub ticket: String,
    pub title: String,
    pub more: String,
    /// How long it has been so, or when it ended.
    pub time: String,
    /// Longer than the house would like.
    pub long: bool,
    pub customer: Option<CustomerLink>,
}

/// A customer as the page may name them: masked.
#[derive(Clone)]
pub struct CustomerLink {
    pub id: String,
    pub name: String,
}

pub struct AgentRow {
    pub name: String,
    pub title: String,
    pub code: String,
    pub now: String,
    pub received: u32,
    pub served: u32,
}

/// Most visits of a day that are read.
const MOST_VISITS: u32 = 5000;

/// `GET /`.
pub async fn show(State(centre): State<Centre>, signed: Signed) -> Response {
    let Some(site) = signed.site() else {
        return render::page(&TodayPage {
            steps: steps(&signed.words(), [false; 5]),
            floor: None,
            frame: signed.frame(),
        });
    };
    match load(&centre, site, &signed).await {
        Ok((ready, snapshot)) => {
            let t = signed.words();
            let complete = ready.iter().all(|done| *done);
            render::page(&TodayPage {
                steps: if complete {
                    Vec::new()
                } else {
                    steps(&t, ready)
                },
                floor: (complete || !snapshot.visits.is_empty())
                    .then(|| FloorToday::new(&t, &signed.clock(), &snapshot)),
                frame: signed.frame(),
            })
        }
        Err(error) => signed.refuse(&error),
    }
}

/// What is set up (site, notice, staff, floor, devices), and the floor as it stands.
async fn load(
    centre: &Centre,
    site: &SiteRow,
    signed: &Signed,
) -> Result<([bool; 5], Snapshot), ApiError> {
    let now = centre.clock.now();
    let day = signed.clock().day(now);
    let mut tx = centre.db.read().await?;
    let tx = &mut *tx;
    let notice = sites::notice_in_force(tx, &site.id).await?.is_some();
    let devices = devices::of_site(tx, &site.id).await?;
    let floors = floors::of_site(tx, &site.id).await?;
    let odd = events::quarantined(tx, &site.id, 100).await?;
    let turn = overview::queue(tx, &site.id).await?;
    let mut visits = visits::of_day(tx, &site.id, &day, MOST_VISITS).await?;
    let places: HashMap<_, _> = turn.iter().zip(0_u32..).collect();
    visits.sort_by_key(|v| places.get(&v.id));
    let ready = [
        true,
        notice,
        !site.staff.is_empty(),
        !floors.is_empty(),
        devices.iter().any(|d| d.revoked_at.is_none()),
    ];
    let see = signed.words().w("see_customer");
    let snapshot = Snapshot {
        now,
        day,
        visits: visits
            .into_iter()
            .map(|v| VisitNow {
                customer: v.customer.map(|id| CustomerLink {
                    id,
                    name: see.clone(),
                }),
                ticket: v.ticket,
                line: v.line,
                state: v.state,
                since: v.since,
                checked_in_at: v.checked_in_at,
                started_at: v.started_at,
                party_size: v.party_size,
                agent: v.agent,
                place: v.place,
            })
            .collect(),
        staff: site.staff.clone(),
        floors: floors
            .into_iter()
            .map(|f| FloorNews {
                odd: f.trouble.is_some() || odd.iter().any(|q| q.floor == f.id),
                heard: f.heard_at,
                id: f.id,
            })
            .collect(),
    };
    Ok((ready, snapshot))
}

fn steps(t: &Words, done: [bool; 5]) -> Vec<Step> {
    [
        ("site", "/site"),
        ("notice", "/notice"),
        ("staff", "/staff"),
        ("floor", "/floors"),
        ("devices", "/devices"),
    ]
    .into_iter()
    .zip(done)
    .map(|((name, href), done)| Step {
        href,
        title: t.w(&format!("step_{name}")),
        text: t.w(&format!("step_{name}_more")),
        done,
    })
    .collect()
}
