//! A floor's log, chained as a floor chains it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use uuid::Uuid;
use yingbin::core::consent::Consent;
use yingbin::core::floor::event::{EVENT_VERSION, Event, Offer};
use yingbin::core::id::{AgentId, DeviceId, VisitId};
use yingbin::core::language::Language;
use yingbin::core::reception::{Fact, Needs, Rooms};
use yingbin::core::rota::TurnUse;
use yingbin::core::ticket::{Line, TicketNumber};
use yingbin::core::time::Millis;
use yingbin::core::turn_book::{Reason, Rule};
use yingbin::core::visit::{CheckIn, NoticeShown};
use yingbin::crypto::{chain, seal, token};
use yingbin::protocol::ingest::{Batch, Envelope};
use yingbin::protocol::profile::{Note, PROFILE_VERSION, Profile, Title};

/// What a guest types at the kiosk.
#[derive(Clone, Copy)]
pub struct Guest {
    pub surname: &'static str,
    pub given_name: &'static str,
    pub phone: Option<&'static str>,
}

/// A log being written.
pub struct FloorLog {
    pub epoch: Uuid,
    pub events: Vec<Envelope>,
    pub profiles: BTreeMap<String, String>,
    notice_hash: String,
    at: Millis,
    tickets: u32,
}

impl FloorLog {
    pub fn new(notice_hash: &str) -> Self {
        Self {
            epoch: Uuid::now_v7(),
            events: Vec::new(),
            profiles: BTreeMap::new(),
            notice_hash: notice_hash.to_owned(),
            at: Millis::parse_rfc3339(super::central::MORNING).unwrap(),
            tickets: 0,
        }
    }

    pub fn batch(&self) -> Batch {
        self.batch_from(0)
    }

    /// The events from an index on.
    pub fn batch_from(&self, first: usize) -> Batch {
        Batch {
            epoch: self.epoch,
            events: self.events[first..].to_vec(),
            profiles: self.profiles.clone(),
        }
    }

    pub fn push(&mut self, event: &Event) {
        self.push_raw(serde_json::to_string(event).unwrap());
    }

    pub fn push_raw(&mut self, body: String) {
        self.at = self.at.plus_seconds(1);
        let prev = self
            .events
            .last()
            .map_or_else(|| chain::GENESIS.to_owned(), chain::hash);
        self.events.push(Envelope {
            seq: self.events.len() as u64 + 1,
            id: Uuid::now_v7(),
            prev,
            at: self.at.rfc3339(),
            actor: "kiosk-1".to_owned(),
            v: EVENT_VERSION,
            body: RawValue::from_string(body).unwrap(),
        });
    }

    /// A check-in as a kiosk makes it, ready to be changed before it is pushed.
    pub fn check_in(&self) -> CheckIn {
        let consent = |purpose: &str, given| Consent {
            purpose: purpose.to_owned(),
            given,
        };
        CheckIn {
            visit: VisitId(Uuid::now_v7()),
            device: DeviceId::new("kiosk-1"),
            language: Language::ZhCn,
            first_visit: true,
            purpose: "view_homes".to_owned(),
            party_size: 2,
            notice: NoticeShown {
                version: "2026-1".to_owned(),
                hash: self.notice_hash.clone(),
            },
            consents: vec![consent("reception", true), consent("follow_up_call", false)],
            consent_manner: Default::default(),
            consent_receipt: "R-0001".to_owned(),
            asked_for: None,
            owner: None,
            appointment: None,
            channel: None,
            split_from: None,
            drink: Some("tea".to_owned()),
            idempotency_key: Uuid::now_v7().to_string(),
            profile_hash: None,
            token_hash: token::hash(&Uuid::now_v7().to_string()),
            issued: None,
        }
    }

    pub fn push_check_in(&mut self, check_in: CheckIn) -> VisitId {
        self.tickets += 1;
        let visit = check_in.visit;
        self.push(&Event::CheckedIn {
            check_in: Box::new(check_in),
            ticket: TicketNumber::Floor {
                line: Line::New,
                count: self.tickets,
            },
            wanted: None,
            line: None,
        });
        visit
    }

    /// Seals what the guest typed and lets it travel with the log.
    pub fn seal(&mut self, check_in: &mut CheckIn, guest: Guest, recipient: &str) {
        let profile = Profile {
            v: PROFILE_VERSION,
            surname: guest.surname.to_owned(),
            given_name: Some(guest.given_name.to_owned()),
            title: Title::Ms,
            phone: guest.phone.map(str::to_owned),
            idempotency_key: check_in.idempotency_key.clone(),
            notice_hash: check_in.notice.hash.clone(),
        };
        let sealed = seal::seal(&profile, recipient).unwrap();
        let hash = chain::sha256_hex(&sealed);
        self.profiles.insert(hash.clone(), STANDARD.encode(sealed));
        check_in.profile_hash = Some(hash);
    }

    /// A guest with a profile checks in.
    pub fn arrive(&mut self, guest: Guest, recipient: &str) -> VisitId {
        let mut check_in = self.check_in();
        self.seal(&mut check_in, guest, recipient);
        self.push_check_in(check_in)
    }

    pub fn offer(&mut self, visit: VisitId) {
        self.push(&Event::Offered(Box::new(Offer {
            visit,
            agent: agent(),
            rule: Rule::InTurn,
            reason: Reason::OfferedInTurn,
            turn: TurnUse::Turn,
            accept_by: self.at.plus_minutes(1),
            passed_over: vec![],
            debt: None,
            priority_run: 0,
            cursor: None,
            capped: false,
        })));
    }

    /// What the agent noted about the party, the words sealed and travelling with the log.
    pub fn note(&mut self, visit: VisitId, text: &str, recipient: &str) -> String {
        let note = Note {
            v: PROFILE_VERSION,
            visit,
            text: text.to_owned(),
        };
        let sealed = seal::seal_note(&note, recipient).unwrap();
        let hash = chain::sha256_hex(&sealed);
        self.profiles.insert(hash.clone(), STANDARD.encode(sealed));
        let needs = Needs {
            rooms: Some(Rooms::Three),
            ..Needs::default()
        };
        self.fact(
            visit,
            Fact::NeedsNoted {
                needs,
                note: Some(hash.clone()),
            },
        );
        hash
    }

    pub fn fact(&mut self, visit: VisitId, fact: Fact) {
        let agent = agent();
        self.push(&Event::Reception { visit, agent, fact });
    }

    /// Offer, call, start, finish.
    pub fn serve(&mut self, visit: VisitId) {
        self.offer(visit);
        let agent = agent();
        self.push(&Event::Called {
            visit,
            agent: agent.clone(),
            place: "3".to_owned(),
        });
        self.push(&Event::Started {
            visit,
            agent: agent.clone(),
        });
        self.push(&Event::Finished {
            visit,
            agent,
            by_new_day: false,
        });
    }
}

pub fn agent() -> AgentId {
    AgentId::new("chen-jing")
}
