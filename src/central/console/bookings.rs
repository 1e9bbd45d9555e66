//! What is arranged before a guest comes: appointments (预约) and brokers' registrations (渠道报备).

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Centre;
use super::form::Form;
use super::frame::{Choice, Frame};
use super::render;
use super::signed::{Manager, Signed};
use crate::central::bookings as arranged;
use crate::core::id::AgentId;
use crate::core::site::{StaffMember, StaffRole};
use crate::http::ApiError;
use crate::protocol::booking::{AppointmentEntry, RegistrationEntry};

#[derive(Template)]
#[template(path = "bookings.html")]
pub struct BookingsPage {
    pub frame: Frame,
    pub appointments: Vec<AppointmentRow>,
    pub registrations: Vec<RegistrationRow>,
    pub consultants: Vec<Choice>,
    /// The showroom's time, as the form's field takes it.
    pub now: String,
    pub entered: Entered,
}

/// What a refused form held, to be mended rather than typed again.
#[derive(Default)]
pub struct Entered {
    pub time: String,
    pub id: String,
    pub broker: String,
    pub days: String,
}

pub struct AppointmentRow {
    pub id: String,
    pub at: String,
    pub agent: String,
    /// Where it was arranged.
    pub by: String,
}

pub struct RegistrationRow {
    pub id: String,
    pub broker: String,
    pub agent: String,
    pub registered: String,
    pub expires: String,
    pub valid: bool,
}

/// The agents a form offers.
pub fn consultants(staff: &[StaffMember], chosen: Option<&AgentId>) -> Vec<Choice> {
    staff
        .iter()
        .filter(|m| m.role == StaffRole::Agent)
        .map(|m| Choice {
            value: m.id.as_str().to_owned(),
            label: m.name.clone(),
            chosen: chosen == Some(&m.id),
        })
        .collect()
}

/// An agent's name, or the id of one who has left.
pub fn name(staff: &[StaffMember], id: &AgentId) -> String {
    let known = staff.iter().find(|m| m.id == *id);
    known.map_or_else(|| id.as_str().to_owned(), |m| m.name.clone())
}

/// `GET /bookings`.
pub async fn show(State(centre): State<Centre>, Manager(signed): Manager) -> Response {
    let frame = signed.frame();
    page(&centre, &signed, frame, Form::default()).await
}

/// `POST /bookings/appointments`.
pub async fn appoint(
    State(centre): State<Centre>,
    Manager(signed): Manager,
    form: Form,
) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let entry = AppointmentEntry {
        id: uuid::Uuid::now_v7().to_string(),
        agent: AgentId::new(form.one("agent")),
        time: time(&signed, form.one("time")),
    };
    let done = arranged::add_appointment(&centre, &site.id, &entry).await;
    after(&centre, &signed, form, done).await
}

/// `POST /bookings/appointments/cancel`.
pub async fn cancel(
    State(centre): State<Centre>,
    Manager(signed): Manager,
    form: Form,
) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let done = arranged::cancel_appointment(&centre, &site.id, form.one("id")).await;
    after(&centre, &signed, Form::default(), done).await
}

/// `POST /bookings/registrations`.
pub async fn register(
    State(centre): State<Centre>,
    Manager(signed): Manager,
    form: Form,
) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let registered = centre.clock.now();
    let days = form.one("days").parse::<u16>().unwrap_or(0);
    let entry = RegistrationEntry {
        id: form.one("id").to_owned(),
        broker: form.one("broker").to_owned(),
        agent: AgentId::new(form.one("agent")),
        registered: registered.rfc3339(),
        expires: registered.plus_seconds(i64::from(days) * 86_400).rfc3339(),
    };
    let done = arranged::add_registration(&centre, &site.id, &entry).await;
    after(&centre, &signed, form, done).await
}

/// `POST /bookings/registrations/remove`.
pub async fn remove(
    State(centre): State<Centre>,
    Manager(signed): Manager,
    form: Form,
) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let done = arranged::remove_registration(&centre, &site.id, form.one("id")).await;
    after(&centre, &signed, Form::default(), done).await
}

/// A field of date and time is the showroom's; anything else is left for the check to refuse.
fn time(signed: &Signed, field: &str) -> String {
    let at = signed.clock().parse(field);
    at.map_or_else(|| field.to_owned(), |at| at.rfc3339())
}

async fn after(
    centre: &Centre,
    signed: &Signed,
    form: Form,
    done: Result<(), ApiError>,
) -> Response {
    match done {
        Ok(()) => render::see("/bookings?done=saved"),
        Err(error) => {
            let frame = signed.trouble(&error);
            let page = page(centre, signed, frame, form).await;
            (render::status(&error), page).into_response()
        }
    }
}

async fn page(centre: &Centre, signed: &Signed, frame: Frame, form: Form) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let lists = async {
        let appointments = arranged::made(centre, &site.id).await?;
        let registrations = arranged::registrations(centre, &site.id).await?;
        Ok::<_, ApiError>((appointments, registrations))
    };
    let (appointments, registrations) = match lists.await {
        Ok(lists) => lists,
        Err(error) => return signed.refuse(&error),
    };
    let (t, clock, now) = (signed.words(), signed.clock(), centre.clock.now());
    let agent = |id: &AgentId| name(&site.staff, id);
    let chosen = AgentId::new(form.one("agent"));
    render::page(&BookingsPage {
        frame,
        appointments: appointments
            .into_iter()
            .map(|(a, by)| AppointmentRow {
                at: clock.date_time(a.time),
                agent: agent(&a.agent),
                by: match by {
                    None => t.w("booked_office"),
                    Some(floor) => t.n("booked_desk", floor),
                },
                id: a.id,
            })
            .collect(),
        registrations: registrations
            .registrations
            .into_iter()
            .filter_map(|r| r.read().ok())
            .map(|r| RegistrationRow {
                agent: agent(&r.agent),
                registered: clock.date_time(r.registered),
                expires: clock.date_time(r.expires),
                valid: r.expires > now,
                id: r.id,
                broker: r.broker,
            })
            .collect(),
        consultants: consultants(&site.staff, Some(&chosen)),
        now: clock.field(now),
        entered: Entered {
            time: form.one("time").to_owned(),
            id: form.one("id").to_owned(),
            broker: form.one("broker").to_owned(),
            days: form.one("days").to_owned(),
        },
    })
}
