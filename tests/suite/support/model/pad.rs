//! What an agent does at the pad with the guest they have, and what the reception does beside the
//! rota (rule 9; the seven steps of reception).

use yingbin::core::chore::Chore;
use yingbin::core::floor::{Deed, Step};
use yingbin::core::reception::{HandKind, Mark, ReceptionStep};
use yingbin::core::time::Millis;
use yingbin::core::visit::VisitState;

use super::{Model, SECOND, Time, Word};

/// A step of the reception can be taken back for so long.
const STEP_UNDO: i64 = 15 * SECOND;

impl Model {
    pub fn own(&mut self, name: &str, ticket: &str, deed: &Deed, now: Time) -> Word {
        let guest = self.guest(ticket).ok_or("unknown_visit")?;
        let state = guest.state;
        // Who served to the end is remembered, and can do nothing more.
        let theirs = guest.with.as_ref().filter(|w| w.agent == name);
        let Some(with) = theirs else {
            return Err(match deed {
                Deed::Accept { .. } => "offer_over",
                _ => "not_yours",
            });
        };
        let offer = Millis(with.offered_at);
        let step = match deed {
            Deed::Accept { offered_at, .. } if offered_at.is_some_and(|at| at != offer) => {
                return Err("offer_over");
            }
            // Somebody was quicker than the pad; it is done.
            Deed::Accept { .. } if matches!(state, VisitState::Called | VisitState::Serving) => {
                return Ok(());
            }
            Deed::Start if state == VisitState::Serving => return Ok(()),
            Deed::Accept { place, .. } => Step::Accept {
                place: place.clone(),
            },
            Deed::Call { place } => Step::Call {
                place: place.clone(),
            },
            Deed::Recall => Step::Recall,
            Deed::Start => Step::Start,
            Deed::NoShow => Step::NoShow,
            service => {
                if state != VisitState::Serving {
                    return Err("not_serving");
                }
                return self.while_serving(ticket, service, now);
            }
        };
        self.step(ticket, &step, now)
    }

    fn while_serving(&mut self, ticket: &str, deed: &Deed, now: Time) -> Word {
        let guest = self.guest_mut(ticket);
        let begun = guest.since;
        let sheet = &mut guest.reception;
        match deed {
            Deed::Done { step, ago_ms } => {
                let done = sheet.marks.get(step).is_some_and(|m| m.skipped.is_none());
                if !done {
                    // When it was tapped, within the service.
                    let at = (now - (*ago_ms).max(0)).max(begun);
                    let mark = Mark {
                        at: Millis(at),
                        heard_at: Millis(now),
                        skipped: None,
                    };
                    sheet.marks.insert(*step, mark);
                }
            }
            Deed::Undo { step } => {
                if let Some(mark) = sheet.marks.get(step) {
                    if now - mark.heard_at.0 > STEP_UNDO {
                        return Err("too_late");
                    }
                    sheet.marks.remove(step);
                }
            }
            Deed::AskHand { kind } => {
                sheet.hands.entry(*kind).or_insert(Millis(now));
            }
            Deed::WithdrawHand { kind } => {
                sheet.hands.remove(kind);
            }
            Deed::Needs { needs, note } => {
                sheet.needs = Some(*needs);
                sheet.has_note |= note.is_some();
                self.noted += 1;
            }
            Deed::Finish { skipped, next } => {
                let seven = ReceptionStep::ALL.iter();
                let open: Vec<_> = seven.filter(|s| !sheet.marks.contains_key(s)).collect();
                if open.iter().any(|s| !skipped.contains_key(s)) {
                    return Err("steps_open");
                }
                for step in open {
                    let mark = Mark {
                        at: Millis(now),
                        heard_at: Millis(now),
                        skipped: Some(skipped[step]),
                    };
                    sheet.marks.insert(*step, mark);
                }
                sheet.next = Some(next.clone());
                return self.step(ticket, &Step::Finish, now);
            }
            Deed::Accept { .. } | Deed::Call { .. } | Deed::Recall | Deed::Start | Deed::NoShow => {
                unreachable!("a step of the flow")
            }
        }
        Ok(())
    }

    pub fn hand_given(&mut self, ticket: &str, kind: HandKind) -> Word {
        let guest = self.guest(ticket).ok_or("unknown_visit")?;
        if guest.state != VisitState::Serving {
            return Err("no_such_hand");
        }
        let given = self.guest_mut(ticket).reception.hands.remove(&kind);
        given.map(drop).ok_or("no_such_hand")
    }

    pub fn chore(&mut self, ticket: &str, chore: Chore) -> Word {
        self.guest(ticket).ok_or("unknown_visit")?;
        self.guest_mut(ticket).chores.insert(chore);
        Ok(())
    }

    /// Rule 9: an agent uses a pad from its first connection of the day on. While it is off the line
    /// an offer is not seen.
    pub fn pad(&mut self, name: &str, connected: bool, now: Time) -> Word {
        let known = self.person(name).ok_or("unknown_agent")?;
        if known.pad.map_or(!connected, |p| p.0 == connected) {
            return Ok(());
        }
        self.person_mut(name).pad = Some((connected, now));
        for guest in &mut self.guests {
            if let Some(with) = guest.with.as_mut().filter(|w| w.agent == name) {
                // Gone in the very moment of the offer: nobody can have seen it.
                with.unseen = !connected && (with.unseen || with.offered_at >= now);
            }
        }
        Ok(())
    }
}
