//! A customer's story from the floors' events, in words.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::record;
use crate::central::ingest::{body_place, body_row};
use crate::central::state::Central;
use crate::core::floor::event::Event;
use crate::core::id::AgentId;
use crate::core::language::Language;
use crate::core::reception::Fact;
use crate::core::visit::CheckIn;
use crate::core::words::say;
use crate::http::ApiError;
use crate::protocol::central::TimelineEntry;
use crate::store::Tx;
use crate::store::central::customers::CustomerRow;
use crate::store::central::events::{self, VisitEvent};
use crate::store::central::notes;
use crate::store::central::sites::{self, SiteRow};

/// Most events one timeline is made from; older ones are left out.
const MOST: u32 = 1000;

/// The words of one site in one language.
struct Words {
    language: Language,
    site: Option<SiteRow>,
    consent_texts: BTreeMap<String, String>,
    /// What agents wrote, by visit and hash.
    notes: BTreeMap<(String, String), Zeroizing<String>>,
}

impl Words {
    fn agent(&self, id: &AgentId) -> String {
        let staff = self.site.iter().flat_map(|s| &s.staff);
        staff
            .filter(|m| m.id == *id)
            .map(|m| m.name.clone())
            .next()
            .unwrap_or_else(|| id.to_string())
    }

    fn purpose(&self, id: &str) -> String {
        let purposes = self.site.iter().flat_map(|s| &s.settings.visit_purposes);
        purposes
            .filter(|p| p.id == id)
            .map(|p| p.text.get(self.language).to_owned())
            .next()
            .unwrap_or_else(|| id.to_owned())
    }

    fn consent(&self, id: &str) -> String {
        self.consent_texts
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    fn say(&self, name: &str, params: &[(&str, &str)]) -> String {
        say(self.language, &format!("timeline.{name}"), params)
    }
}

/// The entries, latest first.
pub async fn entries(
    central: &Central,
    tx: &mut dyn Tx,
    customer: &CustomerRow,
    language: Language,
) -> Result<Vec<TimelineEntry>, ApiError> {
    let notices = sites::notices(tx, &customer.site).await?;
    let words = Words {
        language,
        site: sites::one(tx, &customer.site).await?,
        // The newest wording of each purpose.
        consent_texts: notices
            .iter()
            .rev()
            .flat_map(|n| &n.purposes)
            .map(|p| (p.id.clone(), p.text.get(language).to_owned()))
            .collect(),
        notes: open_notes(central, tx, customer).await?,
    };
    let mut entries = Vec::new();
    for kept in events::of_customer(tx, &customer.id, MOST).await? {
        let row = body_row(&kept.floor, &kept.epoch, kept.seq);
        let body = central.keys.records.open(body_place(&row), &kept.body)?;
        // One that cannot be read stands in quarantine.
        if let Ok(event) = serde_json::from_slice::<Event>(&body) {
            tell(&words, &kept, &event, &mut entries);
        }
    }
    Ok(entries)
}

async fn open_notes(
    central: &Central,
    tx: &mut dyn Tx,
    customer: &CustomerRow,
) -> Result<BTreeMap<(String, String), Zeroizing<String>>, ApiError> {
    let key = record::key(&central.keys, customer)?;
    let mut open = BTreeMap::new();
    for (visit, hash, body) in notes::of_customer(tx, &customer.id).await? {
        let text = record::open_note(&key, &visit, &hash, &body)?;
        open.insert((visit, hash), text);
    }
    Ok(open)
}

fn tell(words: &Words, kept: &VisitEvent, event: &Event, entries: &mut Vec<TimelineEntry>) {
    let mut entry = |kind: &str, agent: Option<&AgentId>, text: String| {
        entries.push(TimelineEntry {
            at: kept.at.rfc3339(),
            kind: kind.to_owned(),
            visit: Some(kept.visit.clone()),
            ticket: Some(kept.ticket.clone()),
            agent: agent.map(ToString::to_string),
            text,
        });
    };
    let ticket = kept.ticket.as_str();
    match event {
        Event::CheckedIn { check_in, .. } => {
            entry("consent", None, consent_text(words, check_in));
            let purpose = words.purpose(&check_in.purpose);
            let size = check_in.party_size.to_string();
            let params = [
                ("ticket", ticket),
                ("purpose", purpose.as_str()),
                ("size", size.as_str()),
            ];
            entry("checked_in", None, words.say("checked_in", &params));
        }
        Event::WaitsFor { agent, .. } => {
            let name = words.agent(agent);
            entry(
                "waits_for",
                Some(agent),
                words.say("waits_for", &[("agent", &name)]),
            );
        }
        Event::Offered(offer) => {
            let name = words.agent(&offer.agent);
            let text = words.say("offered", &[("agent", &name)]);
            entry("offered", Some(&offer.agent), text);
        }
        Event::Lapsed { agent, seconds, .. } => {
            let name = words.agent(agent);
            let seconds = seconds.to_string();
            let text = words.say("lapsed", &[("agent", &name), ("seconds", &seconds)]);
            entry("lapsed", Some(agent), text);
        }
        Event::Called { agent, place, .. } | Event::Recalled { agent, place, .. } => {
            let kind = match event {
                Event::Called { .. } => "called",
                _ => "recalled",
            };
            let name = words.agent(agent);
            let text = words.say(kind, &[("agent", &name), ("place", place)]);
            entry(kind, Some(agent), text);
        }
        Event::Started { agent, .. } => {
            let name = words.agent(agent);
            entry(
                "started",
                Some(agent),
                words.say("started", &[("agent", &name)]),
            );
        }
        Event::Finished { agent, .. } => {
            let name = words.agent(agent);
            entry(
                "finished",
                Some(agent),
                words.say("finished", &[("agent", &name)]),
            );
        }
        Event::Refused { agent, .. } => {
            let name = words.agent(agent);
            entry(
                "refused",
                Some(agent),
                words.say("refused", &[("agent", &name)]),
            );
        }
        Event::Parked { missed_call, .. } => {
            let name = if *missed_call { "missed" } else { "parked" };
            entry("parked", None, words.say(name, &[]));
        }
        Event::Dropped { .. } => entry("no_show", None, words.say("no_show", &[])),
        Event::Left { .. } => entry("left", None, words.say("left", &[])),
        Event::Cancelled { why, .. } => {
            entry("cancelled", None, words.say("cancelled", &[("why", why)]));
        }
        Event::Transferred { line, .. } => {
            let letter = line.letter().to_string();
            entry(
                "transferred",
                None,
                words.say("transferred", &[("line", &letter)]),
            );
        }
        Event::Reassigned { why, .. } => {
            entry("reassigned", None, words.say("reassigned", &[("why", why)]));
        }
        Event::Reception { agent, fact, .. } => {
            if let Some((kind, text)) = reception_text(words, kept, fact) {
                entry(kind, Some(agent), text);
            }
        }
        _ => {}
    }
}

fn reception_text(words: &Words, kept: &VisitEvent, fact: &Fact) -> Option<(&'static str, String)> {
    let pad = |key: String| say(words.language, &format!("pad.{key}"), &[]);
    Some(match fact {
        Fact::StepDone { step, .. } => {
            let step = pad(format!("step_{}", step.code()));
            ("step", words.say("step_done", &[("step", &step)]))
        }
        Fact::StepSkipped { step, reason } => {
            let step = pad(format!("step_{}", step.code()));
            let why = pad(format!("skip_{}", reason.code()));
            let params = [("step", step.as_str()), ("why", why.as_str())];
            ("step", words.say("step_skipped", &params))
        }
        Fact::StepUndone { step } => {
            let step = pad(format!("step_{}", step.code()));
            ("step", words.say("step_undone", &[("step", &step)]))
        }
        Fact::NeedsNoted { needs, note } => {
            let separator = words.say("separator", &[]);
            let chosen: Vec<String> = needs
                .chosen()
                .map(|(name, code)| {
                    let params = [
                        ("what", pad(name.to_owned())),
                        ("value", pad(format!("{name}_{code}"))),
                    ];
                    let params = params.each_ref().map(|(k, v)| (*k, v.as_str()));
                    words.say("need", &params)
                })
                .collect();
            let slot = note.as_ref().map(|hash| (kept.visit.clone(), hash.clone()));
            let text = slot
                .and_then(|slot| words.notes.get(&slot))
                .map(|text| words.say("note", &[("text", text)]));
            let said: Vec<String> = chosen.into_iter().chain(text).collect();
            (
                "needs",
                words.say("needs", &[("needs", &said.join(&separator))]),
            )
        }
        Fact::NextAgreed { next } => {
            let day = next.day.as_deref().unwrap_or_default();
            let next = pad(format!("next_{}", next.next.code()));
            let text = words.say("next", &[("next", &next), ("day", day)]);
            ("next", text.trim_end().to_owned())
        }
        // Of the house's own arrangements, not of the customer.
        Fact::HandAsked { .. } | Fact::HandEnded { .. } => return None,
    })
}

fn consent_text(words: &Words, check_in: &CheckIn) -> String {
    let list = |given: bool| {
        let names: Vec<_> = check_in
            .consents
            .iter()
            .filter(|c| c.given == given)
            .map(|c| words.consent(&c.purpose))
            .collect();
        if names.is_empty() {
            words.say("none", &[])
        } else {
            names.join(&words.say("separator", &[]))
        }
    };
    words.say(
        "consent",
        &[
            ("given", &list(true)),
            ("refused", &list(false)),
            ("version", &check_in.notice.version),
            ("receipt", &check_in.consent_receipt),
        ],
    )
}
