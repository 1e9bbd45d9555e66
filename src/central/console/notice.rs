//! The privacy notice: what is in force, a draft, its preview in list form.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Centre;
use super::form::Form;
use super::frame::Frame;
use super::render;
use super::signed::Manager;
use super::site::DrinkRow as IdRow;
use super::texts::{TextField, fields, own_name};
use super::words::Words;
use crate::central::sites as office;
use crate::core::language::{Language, Text};
use crate::core::site::{ConsentPurpose, Notice};
use crate::http::ApiError;
use crate::protocol::central::NoticeDraft;
use crate::store::central::sites;

const SPARE_ROWS: usize = 1;

#[derive(Template)]
#[template(path = "notice.html")]
pub struct NoticePage {
    pub frame: Frame,
    pub preview: Option<Sheet>,
    pub current: Option<Sheet>,
    pub version: String,
    pub text: Vec<TextField>,
    pub purposes: Vec<IdRow>,
}

/// A notice as guests read it, once for every language it is written in.
pub struct Sheet {
    pub version: String,
    pub hash: String,
    pub pages: Vec<SheetPage>,
}

pub struct SheetPage {
    pub tag: &'static str,
    pub label: &'static str,
    pub parts: Vec<Part>,
    pub purposes: Vec<String>,
}

/// A line of a notice's text.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    Heading(String),
    Item { label: String, text: String },
    Line(String),
}

/// Reads the list form: the first plain line is the heading, `- label: text` lines are items (the
/// full-width colon counts too), everything else stays a line of its own.
pub fn parts(text: &str) -> Vec<Part> {
    let mut headed = false;
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let Some(item) = line.strip_prefix('-') else {
                if headed {
                    return Part::Line(line.to_owned());
                }
                headed = true;
                return Part::Heading(line.trim_start_matches(['#', ' ']).to_owned());
            };
            match item.split_once([':', '：']) {
                Some((label, text)) => Part::Item {
                    label: label.trim().to_owned(),
                    text: text.trim().to_owned(),
                },
                None => Part::Line(item.trim().to_owned()),
            }
        })
        .collect()
}

impl Sheet {
    pub fn new(version: &str, hash: &str, text: &Text, purposes: &[ConsentPurpose]) -> Self {
        Self {
            version: version.to_owned(),
            hash: hash.to_owned(),
            pages: text
                .0
                .iter()
                .map(|(l, text)| SheetPage {
                    tag: l.tag(),
                    label: own_name(*l),
                    parts: parts(text),
                    purposes: purposes.iter().map(|p| p.text.get(*l).to_owned()).collect(),
                })
                .collect(),
        }
    }

    pub fn of(notice: &Notice) -> Self {
        Self::new(
            &notice.version,
            &notice.hash,
            &notice.text,
            &notice.purposes,
        )
    }
}

impl NoticePage {
    /// The page with `draft` in its form; `preview` shows it as guests would read it.
    pub fn new(frame: Frame, current: Option<&Notice>, draft: &NoticeDraft, preview: bool) -> Self {
        Self {
            frame,
            preview: preview.then(|| Sheet::new(&draft.version, "", &draft.text, &draft.purposes)),
            current: current.map(Sheet::of),
            version: draft.version.clone(),
            text: fields("text_", &draft.text),
            purposes: draft
                .purposes
                .iter()
                .map(|p| row(&p.id, &p.text))
                .chain((0..SPARE_ROWS).map(|_| row("", &Text::default())))
                .collect(),
        }
    }
}

fn row(id: &str, text: &Text) -> IdRow {
    IdRow {
        id: id.to_owned(),
        text: fields("purpose_", text),
    }
}

/// The draft as the page's form gives it; rows without an id are dropped.
pub fn draft(form: &Form) -> NoticeDraft {
    NoticeDraft {
        version: form.one("version").to_owned(),
        text: form.text("text_", 0),
        purposes: (0..form.rows("purpose_id"))
            .filter(|row| !form.nth("purpose_id", *row).is_empty())
            .map(|row| ConsentPurpose {
                id: form.nth("purpose_id", row).to_owned(),
                text: form.text("purpose_", row),
            })
            .collect(),
    }
}

/// Whether there is enough to publish: a version, a text, and every consent in words.
pub fn complete(draft: &NoticeDraft) -> bool {
    let worded = |text: &Text| Language::ALL.iter().any(|l| text.0.contains_key(l));
    !draft.version.is_empty()
        && worded(&draft.text)
        && !draft.purposes.is_empty()
        && draft.purposes.iter().all(|p| worded(&p.text))
}

/// `GET /notice`: what is in force, and a draft that begins with it.
pub async fn show(State(centre): State<Centre>, Manager(signed): Manager) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    match current(&centre, &site.id).await {
        Ok(current) => {
            let draft = current.as_ref().map_or_else(usual, |notice| NoticeDraft {
                version: String::new(),
                text: notice.text.clone(),
                purposes: notice.purposes.clone(),
            });
            render::page(&NoticePage::new(
                signed.frame(),
                current.as_ref(),
                &draft,
                false,
            ))
        }
        Err(error) => signed.refuse(&error),
    }
}

/// `POST /notice` with `step` `preview` or `publish`.
pub async fn save(State(centre): State<Centre>, Manager(signed): Manager, form: Form) -> Response {
    let Some(site) = signed.site() else {
        return signed.site_first();
    };
    let draft = draft(&form);
    let current = match current(&centre, &site.id).await {
        Ok(current) => current,
        Err(error) => return signed.refuse(&error),
    };
    let again = |frame| NoticePage::new(frame, current.as_ref(), &draft, true);
    if !complete(&draft) {
        let mut frame = signed.frame();
        frame.trouble = Some(frame.t.w("notice_incomplete"));
        let page = render::page(&again(frame));
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    }
    if form.one("step") != "publish" {
        return render::page(&again(signed.frame()));
    }
    match office::publish_notice(&centre, &site.id, draft.clone()).await {
        Ok(_) => render::see("/notice?done=published"),
        Err(error) => {
            let page = render::page(&again(signed.trouble(&error)));
            (render::status(&error), page).into_response()
        }
    }
}

async fn current(centre: &Centre, site: &str) -> Result<Option<Notice>, ApiError> {
    let mut tx = centre.db.read().await?;
    Ok(sites::notice_in_force(&mut *tx, site).await?)
}

/// The consents a first draft begins with, in words that can be kept.
fn usual() -> NoticeDraft {
    let every_language = |name: &str| {
        Text(
            Language::ALL
                .into_iter()
                .map(|l| (l, Words::console(l).w(name)))
                .collect(),
        )
    };
    NoticeDraft {
        version: String::new(),
        text: Text::default(),
        purposes: ["reception", "follow_up_call"]
            .into_iter()
            .map(|id| ConsentPurpose {
                id: id.to_owned(),
                text: every_language(&format!("usual_consent_{id}")),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_the_list_form_is_a_heading_and_labelled_items() {
        let text = "个人信息处理告知\n- 谁: 云栖府\n- 保存多久：两年\n\n谢谢\n- 随时可撤回";
        assert_eq!(
            parts(text),
            [
                Part::Heading("个人信息处理告知".into()),
                Part::Item {
                    label: "谁".into(),
                    text: "云栖府".into()
                },
                Part::Item {
                    label: "保存多久".into(),
                    text: "两年".into()
                },
                Part::Line("谢谢".into()),
                Part::Line("随时可撤回".into()),
            ]
        );
    }
}
