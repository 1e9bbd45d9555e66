//! Whose customer somebody is (客户归属), by ROTATION 4 and 6.
//!
//! **A finished service settles it**, from what stands in the visit's events:
//!
//! 1. A courtesy service (義務接待) is given in the name of the agent the party belongs with: that
//!    agent keeps the customer, and the contact counts for them. The colleague was repaid with a
//!    turn, and gains no customer by it.
//! 2. What the desk said last about whose guest this is goes before protection, and so does a guest
//!    who refused the owner: otherwise they would be sent back to that agent the next time.
//! 3. Else an owner **under protection** stays the owner, whoever served: by turn because nobody
//!    knew, asked for by name, or by the manager's hand. Only a service by the owner, or in their
//!    name, is a contact that prolongs the protection.
//! 4. Without a protected owner the customer is from now on whoever's guest the party was.
//!
//! A guest who had forgotten with whom (6) goes by turn and belongs with who served, unless 3 says
//! otherwise; for `claim_days` a colleague may claim them, which a person decides. Unclaimed they
//! stay with the last who served.
//!
//! Protection lasts `protection_days` from the last contact and ends at that very moment; an agent
//! who is not on the staff list any more protects nobody. A party that had joined another one (8)
//! is served in that one's name: its own customer's owner stays as it was.
//!
//! **Bought.** No deals are known here. Until they are, a customer counts as having bought once a
//! visit in the line of signing or after the sale was served to its end: nobody is served there
//! without a contract, and the floor reckons likewise where the centre is silent. A wish to sign,
//! a visit that was left or one still running says nothing.

use std::collections::BTreeSet;

use crate::central::ingest::{body_place, body_row};
use crate::central::state::Central;
use crate::core::floor::event::Event;
use crate::core::id::AgentId;
use crate::core::ticket::Line;
use crate::core::time::Millis;
use crate::core::turn_book::Reason;
use crate::core::visit::{KnownOwner, OwnerSource, VisitState, Wanted, WantedBy};
use crate::http::ApiError;
use crate::store::central::owners::{self, OwnerRow};
use crate::store::central::sites::SiteRow;
use crate::store::central::{events, visits};
use crate::store::{StoreError, Tx};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The moment from which a contact protects nobody any more.
pub fn protected_until(contact: Millis, site: &SiteRow) -> Millis {
    Millis(contact.0 + i64::from(site.rules.protection_days) * DAY_MS)
}

/// Whether the owner is under protection at `now`.
fn is_protected(owner: &OwnerRow, site: &SiteRow, now: Millis) -> bool {
    let employed = site.staff.iter().any(|m| m.id == owner.agent);
    employed && protected_until(owner.contact_at, site) > now
}

/// What a floor is told of a customer: the owner under protection, and nothing else.
pub async fn known(
    tx: &mut dyn Tx,
    site: &SiteRow,
    customer: &str,
    now: Millis,
) -> Result<Option<KnownOwner>, StoreError> {
    let owner = owners::latest(tx, customer).await?;
    let Some(owner) = owner.filter(|o| is_protected(o, site, now)) else {
        return Ok(None);
    };
    Ok(Some(KnownOwner {
        agent: owner.agent,
        bought: bought(tx, customer).await?,
    }))
}

/// Whether the customer has bought, as far as visits show.
pub async fn bought(tx: &mut dyn Tx, customer: &str) -> Result<bool, StoreError> {
    let lines = [Line::Signing.code(), Line::AfterSales.code()];
    owners::finished_in(tx, customer, lines).await
}

/// A visit of this floor was served to its end: settles whose customer the guest is.
pub async fn served(
    central: &Central,
    tx: &mut dyn Tx,
    site: &SiteRow,
    floor: &str,
    visit: &str,
) -> Result<(), ApiError> {
    let Some(customer) = visits::customer_of(tx, floor, visit).await? else {
        return Ok(());
    };
    let mut service = Service::default();
    for step in events::of_visit(tx, floor, visit).await? {
        let row = body_row(floor, &step.epoch, step.seq);
        let body = central.keys.records.open(body_place(&row), &step.body)?;
        // One that cannot be read stands in quarantine.
        if let Ok(event) = serde_json::from_slice::<Event>(&body) {
            service.take(&event, step.at);
        }
    }
    let Some(at) = service.contact else {
        return Ok(());
    };
    let before = owners::at(tx, &customer, at).await?;
    let before = before.filter(|o| is_protected(o, site, at));
    if let Some(mut owner) = service.settles(before.as_ref()) {
        if service.forgot && before.is_none() {
            let days = i64::from(site.rules.claim_days);
            owner.claim_until = Some(Millis(at.0 + days * DAY_MS));
        }
        owners::put(tx, &customer, visit, &site.id, &owner).await?;
    }
    Ok(())
}

/// What a visit's events tell about whose guest it was.
#[derive(Debug, Default)]
struct Service {
    agent: Option<AgentId>,
    /// When the service, once finished, counts as a contact.
    contact: Option<Millis>,
    started: Option<Millis>,
    /// In whose name it was, where it was a courtesy.
    courtesy_for: Option<AgentId>,
    /// The desk's last word; `Some(None)`: nobody's guest.
    desk: Option<Option<AgentId>>,
    refused: BTreeSet<AgentId>,
    forgot: bool,
}

impl Service {
    fn take(&mut self, event: &Event, at: Millis) {
        match event {
            Event::ForgotWithWhom { .. } => self.forgot = true,
            Event::Offered(offer) => {
                // What was taken back goes on as it was, courtesy or not.
                let again = offer.reason == Reason::OfferedAgain;
                if !(again && self.agent.as_ref() == Some(&offer.agent)) {
                    self.courtesy_for = match &offer.reason {
                        Reason::OfferedCourtesy { asked_for, .. } => Some(asked_for.clone()),
                        _ => None,
                    };
                }
                self.agent = Some(offer.agent.clone());
            }
            Event::Refused { agent, .. } => {
                self.refused.insert(agent.clone());
            }
            Event::BelongsTo { wanted, .. } => match wanted {
                Some(Wanted { agent, by }) => {
                    self.refused.remove(agent);
                    self.desk = match by {
                        WantedBy::Owner {
                            source: OwnerSource::Desk,
                            ..
                        } => Some(Some(agent.clone())),
                        _ => None,
                    };
                }
                None => self.desk = Some(None),
            },
            Event::Started { agent, .. } => {
                self.agent = Some(agent.clone());
                self.started = Some(at);
            }
            Event::Finished {
                agent, by_new_day, ..
            } => {
                self.agent = Some(agent.clone());
                // Closed by the next morning, the guest was there when the service began.
                self.contact = self.started.filter(|_| *by_new_day).or(Some(at));
            }
            Event::Undone { to, .. } if to.back_to == VisitState::Serving => self.contact = None,
            _ => {}
        }
    }

    /// Whose customer the guest is now; `None`: as before. `before`: the owner under protection.
    fn settles(&self, before: Option<&OwnerRow>) -> Option<OwnerRow> {
        let (contact_at, server) = (self.contact?, self.agent.as_ref()?);
        let whose = self.courtesy_for.as_ref().unwrap_or(server);
        let by_desk = match &self.desk {
            Some(Some(agent)) => agent == whose,
            Some(None) => true,
            None => false,
        };
        let free = before.is_none_or(|o| o.agent == *whose || self.refused.contains(&o.agent));
        (by_desk || free).then(|| OwnerRow {
            agent: whose.clone(),
            contact_at,
            claim_until: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::floor::event::Offer;
    use crate::core::house_rules::CourtesyCredit;
    use crate::core::id::VisitId;
    use crate::core::rota::TurnUse;
    use crate::core::turn_book::Rule;

    const CHEN: &str = "chen";
    const WU: &str = "wu";
    const VISIT: VisitId = VisitId(uuid::Uuid::nil());

    fn offered(agent: &str, courtesy_for: Option<&str>) -> Event {
        let reason = match courtesy_for {
            Some(asked_for) => Reason::OfferedCourtesy {
                asked_for: asked_for.into(),
                busy: true,
                credit: CourtesyCredit::Owner,
                tie: Default::default(),
            },
            None => Reason::OfferedInTurn,
        };
        Event::Offered(Box::new(Offer {
            visit: VISIT,
            agent: agent.into(),
            rule: Rule::InTurn,
            reason,
            turn: TurnUse::Turn,
            accept_by: Millis(0),
            passed_over: vec![],
            debt: None,
            cursor: None,
            priority_run: 0,
            capped: false,
        }))
    }

    fn desk_says(agent: Option<&str>) -> Event {
        let by = WantedBy::Owner {
            source: OwnerSource::Desk,
            bought: false,
        };
        let wanted = agent.map(|agent| Wanted {
            agent: agent.into(),
            by,
        });
        Event::BelongsTo {
            visit: VISIT,
            wanted,
        }
    }

    fn refused(agent: &str) -> Event {
        Event::Refused {
            visit: VISIT,
            agent: agent.into(),
            why: None,
            turn: None,
        }
    }

    /// Served by `agent` from minute 1 to minute 2, after `before`.
    fn service(before: Vec<Event>, agent: &str) -> Service {
        let mut service = Service::default();
        for event in before {
            service.take(&event, Millis(0));
        }
        let (visit, agent) = (VISIT, AgentId::new(agent));
        let started = Event::Started {
            visit,
            agent: agent.clone(),
        };
        service.take(&started, Millis(1));
        let finished = Event::Finished {
            visit,
            agent,
            by_new_day: false,
        };
        service.take(&finished, Millis(2));
        service
    }

    fn owner(agent: &str) -> OwnerRow {
        OwnerRow {
            agent: agent.into(),
            contact_at: Millis(0),
            claim_until: None,
        }
    }

    fn settled(before: Vec<Event>, agent: &str, owner: Option<&OwnerRow>) -> Option<String> {
        let settled = service(before, agent).settles(owner);
        settled.map(|o| {
            assert_eq!(o.contact_at, Millis(2));
            o.agent.to_string()
        })
    }

    #[test]
    fn k4_who_served_owns_unless_somebody_is_protected() {
        let chen = owner(CHEN);
        let by_turn = || vec![offered(WU, None)];
        assert_eq!(settled(by_turn(), WU, None).as_deref(), Some(WU));
        assert_eq!(settled(by_turn(), WU, Some(&chen)), None);
        let renewed = settled(vec![offered(CHEN, None)], CHEN, Some(&chen));
        assert_eq!(renewed.as_deref(), Some(CHEN));
    }

    #[test]
    fn k4_a_courtesy_service_counts_for_the_owner_and_steals_nobody() {
        let chen = owner(CHEN);
        let courtesy = |name| vec![offered(WU, Some(name))];
        assert_eq!(
            settled(courtesy(CHEN), WU, Some(&chen)).as_deref(),
            Some(CHEN)
        );
        assert_eq!(settled(courtesy(CHEN), WU, None).as_deref(), Some(CHEN));
        // In the name of somebody the guest only thought to be theirs.
        assert_eq!(settled(courtesy("he"), WU, Some(&chen)), None);
    }

    #[test]
    fn k4_the_desks_word_and_the_guests_refusal_go_before_protection() {
        let chen = owner(CHEN);
        let corrected = vec![desk_says(Some(WU)), offered(WU, None)];
        assert_eq!(settled(corrected, WU, Some(&chen)).as_deref(), Some(WU));
        let nobodys = vec![desk_says(None), offered(WU, None)];
        assert_eq!(settled(nobodys, WU, Some(&chen)).as_deref(), Some(WU));
        let other = vec![desk_says(Some("he")), offered(WU, None)];
        assert_eq!(settled(other, WU, Some(&chen)), None);
        let changed = vec![offered(CHEN, None), refused(CHEN), offered(WU, None)];
        assert_eq!(settled(changed, WU, Some(&chen)).as_deref(), Some(WU));
        let wished_again = vec![
            refused(CHEN),
            desk_says(Some(CHEN)),
            offered(WU, Some(CHEN)),
        ];
        assert_eq!(
            settled(wished_again, WU, Some(&chen)).as_deref(),
            Some(CHEN)
        );
    }

    #[test]
    fn k4_a_service_closed_by_the_new_day_counts_from_its_beginning_and_a_slip_not_at_all() {
        let mut closed = service(vec![offered(WU, None)], WU);
        let finished = Event::Finished {
            visit: VISIT,
            agent: WU.into(),
            by_new_day: true,
        };
        closed.take(&finished, Millis(99));
        assert_eq!(closed.contact, Some(Millis(1)));
        let undone = Event::Undone {
            visit: VISIT,
            to: Box::new(crate::core::visit::Undo {
                until: Millis(3),
                back_to: VisitState::Serving,
                since: Millis(1),
                assignment: None,
                parked_until: None,
                pass_cancelled: false,
            }),
            cancelled: None,
            prepaid: false,
        };
        closed.take(&undone, Millis(100));
        assert!(closed.settles(None).is_none());
    }
}
