//! The showroom's settings.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};

use super::Centre;
use super::cookies;
use super::form::Form;
use super::frame::{Choice, Frame};
use super::render;
use super::signed::Manager;
use super::texts::{TextField, fields, own_name};
use super::words::Words;
use crate::central::sites as office;
use crate::core::language::{Language, Text};
use crate::core::site::{Drink, VisitPurpose};
use crate::core::ticket::Line;
use crate::protocol::central::SiteSettings;

/// Rows kept free for what may be added without any script.
const SPARE_ROWS: usize = 2;

#[derive(Template)]
#[template(path = "site.html")]
pub struct SitePage {
    pub frame: Frame,
    /// The showroom does not exist yet, so its id may be chosen.
    pub fresh: bool,
    pub id: String,
    pub name: Vec<TextField>,
    pub languages: Vec<Choice>,
    pub time_zone: String,
    pub ticket_base_url: String,
    pub purposes: Vec<PurposeRow>,
    pub drinks: Vec<DrinkRow>,
}

pub struct PurposeRow {
    pub id: String,
    pub lines: Vec<Choice>,
    pub text: Vec<TextField>,
}

pub struct DrinkRow {
    pub id: String,
    pub text: Vec<TextField>,
}

impl SitePage {
    pub fn new(frame: Frame, id: &str, fresh: bool, settings: &SiteSettings) -> Self {
        let t = frame.t;
        Self {
            fresh,
            id: id.to_owned(),
            name: fields("name_", &settings.name),
            languages: Language::ALL
                .into_iter()
                .map(|l| Choice {
                    value: l.tag().to_owned(),
                    label: own_name(l).to_owned(),
                    chosen: settings.languages.contains(&l),
                })
                .collect(),
            time_zone: settings.time_zone.clone(),
            ticket_base_url: settings.ticket_base_url.clone(),
            purposes: settings
                .visit_purposes
                .iter()
                .map(|p| purpose_row(&t, &p.id, p.line, &p.text))
                .chain((0..SPARE_ROWS).map(|_| purpose_row(&t, "", Line::New, &Text::default())))
                .collect(),
            drinks: settings
                .drinks
                .iter()
                .map(|d| drink_row(&d.id, &d.text))
                .chain((0..SPARE_ROWS).map(|_| drink_row("", &Text::default())))
                .collect(),
            frame,
        }
    }
}

fn purpose_row(t: &Words, id: &str, line: Line, text: &Text) -> PurposeRow {
    PurposeRow {
        id: id.to_owned(),
        lines: Line::ALL
            .into_iter()
            .map(|l| Choice {
                value: l.code().to_owned(),
                label: t.line(&l),
                chosen: l == line,
            })
            .collect(),
        text: fields("purpose_", text),
    }
}

fn drink_row(id: &str, text: &Text) -> DrinkRow {
    DrinkRow {
        id: id.to_owned(),
        text: fields("drink_", text),
    }
}

/// The settings as the page's form gives them; rows without an id are dropped.
pub fn settings(form: &Form) -> SiteSettings {
    SiteSettings {
        name: form.text("name_", 0),
        languages: Language::ALL
            .into_iter()
            .filter(|l| form.has("language", l.tag()))
            .collect(),
        time_zone: form.one("time_zone").to_owned(),
        visit_purposes: (0..form.rows("purpose_id"))
            .filter(|row| !form.nth("purpose_id", *row).is_empty())
            .map(|row| VisitPurpose {
                id: form.nth("purpose_id", row).to_owned(),
                line: Line::from_code(form.nth("purpose_line", row)).unwrap_or(Line::New),
                text: form.text("purpose_", row),
            })
            .collect(),
        drinks: (0..form.rows("drink_id"))
            .filter(|row| !form.nth("drink_id", *row).is_empty())
            .map(|row| Drink {
                id: form.nth("drink_id", row).to_owned(),
                text: form.text("drink_", row),
            })
            .collect(),
        ticket_base_url: form.one("ticket_base_url").to_owned(),
    }
}

/// What a new showroom begins with: all languages, and nothing that somebody must first take out.
pub fn beginning(t: &Words) -> SiteSettings {
    let purpose = |id: &str, line| VisitPurpose {
        id: id.to_owned(),
        line,
        text: every_language(&format!("usual_purpose_{id}")),
    };
    let drink = |id: &str| Drink {
        id: id.to_owned(),
        text: every_language(&format!("usual_drink_{id}")),
    };
    SiteSettings {
        name: Text::default(),
        languages: Language::ALL.to_vec(),
        time_zone: match t.language {
            Language::ZhTw => "Asia/Taipei",
            Language::ZhCn | Language::En => "Asia/Shanghai",
        }
        .to_owned(),
        visit_purposes: vec![
            purpose("view_homes", Line::New),
            purpose("visit_again", Line::Returning),
            purpose("signing", Line::Signing),
            purpose("after_sales", Line::AfterSales),
        ],
        drinks: vec![drink("tea"), drink("water"), drink("coffee")],
        ticket_base_url: String::new(),
    }
}

fn every_language(name: &str) -> Text {
    Text(
        Language::ALL
            .into_iter()
            .map(|l| (l, Words::console(l).w(name)))
            .collect(),
    )
}

/// `GET /site`, and `GET /site?new=1` for one more showroom.
pub async fn show(Manager(signed): Manager, Query(query): Query<SiteQuery>) -> Response {
    let frame = signed.frame();
    match signed.site() {
        Some(site) if query.new.is_none() => {
            render::page(&SitePage::new(frame, &site.id, false, &site.settings))
        }
        _ => {
            let first = beginning(&frame.t);
            render::page(&SitePage::new(frame, "", true, &first))
        }
    }
}

#[derive(serde::Deserialize)]
pub struct SiteQuery {
    #[serde(default)]
    new: Option<String>,
}

/// `POST /site`.
pub async fn save(State(centre): State<Centre>, Manager(signed): Manager, form: Form) -> Response {
    let id = form.one("id");
    let settings = settings(&form);
    match office::save(&centre, id, &settings).await {
        Ok(_) => (
            [cookies::choice(cookies::SITE, id)],
            render::see("/site?done=saved"),
        )
            .into_response(),
        Err(error) => {
            let fresh = signed.known_site(id).is_none();
            let page = SitePage::new(signed.trouble(&error), id, fresh, &settings);
            (render::status(&error), render::page(&page)).into_response()
        }
    }
}
