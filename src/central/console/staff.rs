//! The staff of a showroom, consultants in the rota's first order; and one-time codes for their PINs.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Centre;
use super::devices::Secret;
use super::form::Form;
use super::frame::{Choice, Frame};
use super::render;
use super::signed::Manager;
use super::texts::{TextField, fields};
use super::words::Words;
use crate::central::sites as office;
use crate::core::id::AgentId;
use crate::core::language::Text;
use crate::core::site::{StaffMember, StaffRole};
use crate::protocol::central::StaffList;

const SPARE_ROWS: usize = 1;

#[derive(Template)]
#[template(path = "staff.html")]
pub struct StaffPage {
    pub frame: Frame,
    pub secret: Option<Secret>,
    pub people: Vec<Person>,
}

pub struct Person {
    pub id: String,
    pub name: String,
    pub initial: String,
    pub place: String,
    pub title: Vec<TextField>,
    pub roles: Vec<Choice>,
}

impl StaffPage {
    pub fn new(frame: Frame, staff: &[StaffMember]) -> Self {
        // A new colleague most likely holds the position the last one holds.
        let usual = staff.last().map(|s| s.title.clone()).unwrap_or_default();
        let t = frame.t;
        let person = |id: &str, name: &str, place: &str, title: &Text, role| Person {
            id: id.to_owned(),
            name: name.to_owned(),
            initial: name.chars().next().unwrap_or('＋').to_string(),
            place: place.to_owned(),
            title: fields("title_", title),
            roles: roles(&t, role),
        };
        Self {
            people: staff
                .iter()
                .map(|s| person(s.id.as_str(), &s.name, &s.place, &s.title, s.role))
                .chain((0..SPARE_ROWS).map(|_| person("", "", "", &usual, StaffRole::Agent)))
                .collect(),
            secret: None,
            frame,
        }
    }
}

fn roles(t: &Words, chosen: StaffRole) -> Vec<Choice> {
    StaffRole::ALL
        .into_iter()
        .map(|role| Choice {
            value: role.code().to_owned(),
            label: t.code("staff_role", role.code()),
            chosen: role == chosen,
        })
        .collect()
}

/// The list as the page's form gives it; rows with neither name nor id are dropped.
pub fn list(form: &Form) -> StaffList {
    StaffList {
        staff: (0..form.rows("id"))
            .filter(|row| !(form.nth("id", *row).is_empty() && form.nth("name", *row).is_empty()))
            .map(|row| StaffMember {
                id: AgentId::new(form.nth("id", row)),
                name: form.nth("name", row).to_owned(),
                title: form.text("title_", row),
                place: form.nth("place", row).to_owned(),
                newcomer: form.nth("newcomer", row) == "yes",
                role: StaffRole::from_code(form.nth("role", row)).unwrap_or_default(),
            })
            .collect(),
    }
}

/// `GET /staff`.
pub async fn show(Manager(signed): Manager) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    render::page(&StaffPage::new(signed.frame(), &site.staff))
}

/// `POST /staff`: the whole list, in order.
pub async fn save(State(centre): State<Centre>, Manager(signed): Manager, form: Form) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let list = list(&form);
    match office::save_staff(&centre, &site.id, &list).await {
        Ok(()) => render::see("/staff?done=saved"),
        Err(error) => {
            let page = StaffPage::new(signed.trouble(&error), &list.staff);
            (render::status(&error), render::page(&page)).into_response()
        }
    }
}

/// `POST /staff/pin-code`: the answer is the only page that ever shows the code.
pub async fn pin_code(
    State(centre): State<Centre>,
    Manager(signed): Manager,
    form: Form,
) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    match office::pins::issue(&centre, &site.id, form.one("id")).await {
        Ok(code) => {
            let t = signed.words();
            let name = site.staff.iter().find(|s| s.id == code.staff);
            let name = name.map_or("", |s| s.name.as_str());
            let mut page = StaffPage::new(signed.frame(), &site.staff);
            page.secret = Some(Secret {
                title: t.n("pin_code_secret", name),
                hint: t.w("pin_code_hint"),
                token: code.code,
            });
            render::page(&page)
        }
        Err(error) => signed.refuse(&error),
    }
}
