//! Whose guest a party is, asked before anything touches the rota: rules 1 to 6.

use super::command::Refusal;
use super::decide::Draft;
use super::event::Event;
use super::state::{Due, State};
use crate::core::booking::{Appointment, Verdict};
use crate::core::clock;
use crate::core::id::{AgentId, VisitId};
use crate::core::rota::{RotaKind, Status};
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::{self, Millis};
use crate::core::turn_book::ReturnCause;
use crate::core::visit::{CheckIn, KnownOwner, OwnerSource, Visit, Wanted, WantedBy};

/// Known on every floor, whatever the site's list says: a call by phone (rule 16).
pub const PHONE_CALL: &str = "phone_call";

impl State {
    fn employs(&self, agent: &AgentId) -> bool {
        self.agents.get(agent).is_some_and(|a| a.employed)
    }

    /// Rule 1: been here before is asked first, and decides the line.
    fn line_of(&self, check_in: &CheckIn) -> Option<Line> {
        if check_in.purpose == PHONE_CALL {
            return Some(Line::Phone);
        }
        let mut purposes = self.site.visit_purposes.iter();
        let purpose = purposes.find(|p| p.id == check_in.purpose)?;
        Some(match purpose.line {
            Line::New if !check_in.first_visit => Line::Returning,
            line => line,
        })
    }

    /// Rule 3: the appointment named, or for a party in the line of appointments the nearest one
    /// of that day with the agent they ask for.
    fn appointment_of(&self, check_in: &CheckIn, line: Line, came: Millis) -> Option<&Appointment> {
        if let Some(id) = &check_in.appointment {
            return self.appointments.get(id);
        }
        let asked = check_in.asked_for.as_ref()?;
        if line != Line::Appointment {
            return None;
        }
        let taken = |id: &str| {
            self.visits.values().any(|v| {
                matches!(&v.wanted, Some(Wanted { by: WantedBy::Appointment { id: t, .. }, .. }) if t == id)
            })
        };
        // The list holds those of the days to come as well.
        let zone = time::zone(&self.site.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let today = clock::date_of(came, &zone);
        self.appointments
            .values()
            .filter(|a| a.agent == *asked && !taken(&a.id))
            .filter(|a| clock::date_of(a.time, &zone) == today)
            .min_by_key(|a| (a.time.since(came).abs(), a.id.clone()))
    }

    /// Whose guest the party is: an appointment, a broker's client, a returner's owner, somebody
    /// asked for by name, in this order.
    fn wanted_of(&self, check_in: &CheckIn, line: Line, came: Millis) -> Option<Wanted> {
        let by = |agent: &AgentId, by| Wanted {
            agent: agent.clone(),
            by,
        };
        let appointment = self.appointment_of(check_in, line, came);
        let appointed = appointment.filter(|a| self.employs(&a.agent)).map(|a| {
            let id = a.id.clone();
            by(&a.agent, WantedBy::Appointment { id, time: a.time })
        });
        let channel = || {
            let registration = check_in.channel.as_ref()?;
            let valid = registration.verdict(came) == Verdict::Valid;
            (valid && self.employs(&registration.agent)).then(|| {
                let broker = registration.broker.clone();
                by(&registration.agent, WantedBy::Channel { broker })
            })
        };
        let owner = || {
            let known = check_in.owner.as_ref().filter(|o| self.employs(&o.agent));
            let bought = |o: &KnownOwner| o.bought || bought_by(line);
            known.map(|o| by(&o.agent, owned(OwnerSource::Centre, bought(o))))
        };
        let word = || {
            let asked = check_in.asked_for.as_ref()?;
            let source = OwnerSource::Guest;
            Some(if check_in.first_visit {
                by(asked, WantedBy::Name)
            } else {
                by(asked, owned(source, bought_by(line)))
            })
        };
        appointed.or_else(channel).or_else(owner).or_else(word)
    }
}

const fn owned(source: OwnerSource, bought: bool) -> WantedBy {
    WantedBy::Owner { source, bought }
}

/// Whoever comes to sign or after the sale has bought, also before the centre knows.
const fn bought_by(line: Line) -> bool {
    matches!(line, Line::Signing | Line::AfterSales)
}

impl Draft<'_> {
    /// A party joins its line.
    pub fn check_in(&mut self, check_in: Box<CheckIn>) -> Result<(), Refusal> {
        if self.state.day.is_none() {
            return Err(Refusal::NoDayOpen);
        }
        if self.state.visits.contains_key(&check_in.visit) {
            return Err(Refusal::VisitExists);
        }
        // Nothing that changed since a number was promised refuses it.
        let promised = check_in.issued.is_some();
        let line = self.state.line_of(&check_in);
        let walk_in = match check_in.first_visit {
            true => Line::New,
            // Rule 1: been here before decides the line, whatever they came for.
            false => Line::Returning,
        };
        let line = line.or(promised.then_some(walk_in));
        let line = line.ok_or(Refusal::UnknownPurpose)?;
        if promised {
            return self.check_in_issued(check_in, line);
        }
        if let Some(asked) = &check_in.asked_for
            && !self.state.employs(asked)
        {
            return Err(Refusal::UnknownAgent);
        }
        if let Some(from) = check_in.split_from {
            self.can_part(from, check_in.party_size, line)?;
        }
        let count = self.state.counters.get(&line).copied().unwrap_or(0) + 1;
        self.join_line(check_in, TicketNumber::of_line(line, count), line, false);
        Ok(())
    }

    /// The party has its number and stands in its line; with it in the book whose guest it is.
    /// `late`: it came on a day that is over, and has gone.
    pub(super) fn join_line(
        &mut self,
        check_in: Box<CheckIn>,
        ticket: TicketNumber,
        line: Line,
        late: bool,
    ) {
        // Rules 3 and 3b look at when the party came; a promise or a part of a party arrives later.
        let whole = check_in.split_from.and_then(|v| self.state.visits.get(&v));
        let own = check_in.issued.as_ref().map(|i| i.at);
        let came = whole.map(|v| v.checked_in_at).or(own).unwrap_or(self.at);
        let wanted = self.state.wanted_of(&check_in, line, came);
        let visit = check_in.visit;
        let appointed = matches!(
            wanted,
            Some(Wanted {
                by: WantedBy::Appointment { .. },
                ..
            })
        );
        let expected = check_in.appointment.is_some() || line == Line::Appointment;
        let missing = expected && !appointed;
        let forgot = !check_in.first_visit && wanted.is_none() && line.rota() == RotaKind::WalkIn;
        let channel = check_in.channel.clone();
        let of_kiosk = ticket.line().is_none();
        self.emit(Event::CheckedIn {
            check_in,
            ticket,
            line: of_kiosk.then_some(line),
            wanted,
        });
        if missing {
            self.emit(Event::AppointmentMissing { visit });
        }
        if let Some(registration) = channel {
            let arrived = self.state.visits.get(&visit).map(|v| v.checked_in_at);
            let verdict = registration.verdict(arrived.unwrap_or(self.at));
            self.emit(Event::ChannelJudged {
                visit,
                registration,
                verdict,
            });
        }
        if late {
            self.emit(Event::Left {
                visit,
                by_new_day: true,
            });
            return;
        }
        if forgot {
            let days = self.state.rules.claim_days;
            self.emit(Event::ForgotWithWhom { visit, days });
        }
        self.wait_for_wanted(visit);
    }

    /// Rules 3 to 5: whoever belongs with a busy agent waits for that agent a while.
    pub fn wait_for_wanted(&mut self, visit: VisitId) {
        let Some(v) = self.state.visits.get(&visit) else {
            return;
        };
        let Some(wanted) = v.wanted_now().map(|w| w.agent.clone()) else {
            return;
        };
        let minutes = self.state.rules.wait_for_owner_minutes;
        let busy = |a: &crate::core::rota::Agent| a.status.visit().is_some();
        if minutes > 0 && self.state.agents.get(&wanted).is_some_and(busy) {
            let until = self.at.plus_minutes(i64::from(minutes));
            self.emit(Event::WaitsFor {
                visit,
                agent: wanted,
                until,
                minutes,
            });
        }
    }

    /// Nobody waits for an agent who went away, off or was suspended: a colleague serves (rule 4,
    /// absent).
    pub fn end_waits_for_the_absent(&mut self) {
        let absent = |agent: &AgentId| {
            self.state.agents.get(agent).is_none_or(|a| {
                matches!(a.status, Status::Away { .. } | Status::Off)
                    || !a.employed
                    || (a.suspended_until.is_some() && a.status.visit().is_none())
            })
        };
        // Whoever waits for somebody has a timer running; those are few, the waiting may be many.
        let mut ended: Vec<VisitId> = self
            .state
            .timers
            .iter()
            .filter_map(|(_, due)| match due {
                Due::Visit(id) => self.state.visits.get(id),
                Due::Agent(_) => None,
            })
            .filter(|v| v.waits_for.as_ref().is_some_and(|w| absent(&w.agent)))
            .map(|v| v.id)
            .collect();
        if ended.len() > 1 {
            let queue = &self.state.queue;
            ended.sort_by_key(|id| queue.iter().position(|q| q == id));
        }
        for visit in ended {
            self.emit(Event::WaitEnded { visit });
        }
    }

    /// Rule 3: the desk says which appointment the party came for.
    pub fn came_for(&mut self, visit: &Visit, id: &str) -> Result<(), Refusal> {
        let known = self.state.appointments.get(id);
        let appointment = known.ok_or(Refusal::UnknownAppointment)?;
        let by = WantedBy::Appointment {
            id: appointment.id.clone(),
            time: appointment.time,
        };
        let agent = appointment.agent.clone();
        self.belongs_to(visit, Some(Wanted { agent, by }))
    }

    /// Rule 3b: the desk was shown a broker's registration. One that does not count stands in the
    /// book and changes nothing else.
    pub fn came_through(
        &mut self,
        visit: &Visit,
        registration: crate::core::booking::Registration,
    ) -> Result<(), Refusal> {
        if !self.state.employs(&registration.agent) {
            return Err(Refusal::UnknownAgent);
        }
        let verdict = registration.verdict(visit.checked_in_at);
        let (agent, broker) = (registration.agent.clone(), registration.broker.clone());
        self.emit(Event::ChannelJudged {
            visit: visit.id,
            registration,
            verdict,
        });
        if verdict == Verdict::Valid {
            let by = WantedBy::Channel { broker };
            return self.belongs_to(visit, Some(Wanted { agent, by }));
        }
        Ok(())
    }

    /// Rule 4: the desk corrects whose guest this is.
    pub fn correct_owner(&mut self, visit: &Visit, agent: Option<AgentId>) -> Result<(), Refusal> {
        let learned = visit.learned_owner.as_ref();
        let wanted = agent.map(|agent| {
            let known = learned.filter(|l| l.agent == agent);
            let bought = known.map_or(bought_by(visit.line), |l| l.bought);
            let by = owned(OwnerSource::Desk, bought);
            Wanted { agent, by }
        });
        self.belongs_to(visit, wanted)
    }

    /// Whose guest the party is has become known: an offer to somebody else is withdrawn, the turn
    /// it used goes back, and the party goes where it belongs.
    fn belongs_to(&mut self, visit: &Visit, wanted: Option<Wanted>) -> Result<(), Refusal> {
        if let Some(wanted) = &wanted
            && !self.state.employs(&wanted.agent)
        {
            return Err(Refusal::UnknownAgent);
        }
        let id = visit.id;
        if visit.wanted == wanted {
            return Ok(());
        }
        let unserved = super::steps::unserved_assignment(visit);
        if let Some(assignment) = &unserved {
            let agent = assignment.agent.clone();
            self.emit(Event::Withdrawn { visit: id, agent });
        }
        self.emit(Event::BelongsTo { visit: id, wanted });
        self.return_turn(id, unserved, ReturnCause::BelongsElsewhere);
        self.wait_for_wanted(id);
        Ok(())
    }

    /// The centre's later word is told to the desk while the guest is there; nobody is moved by
    /// it. A guest who has refused that agent needs no reminding.
    pub fn learn_owner(&mut self, visit: VisitId, owner: KnownOwner) -> Result<(), Refusal> {
        let v = self.state.visits.get(&visit);
        let v = v.ok_or(Refusal::UnknownVisit)?;
        let known = v.wanted.as_ref().is_some_and(|w| w.agent == owner.agent);
        let useless = v.state.is_over() || v.refused.contains(&owner.agent);
        if known || useless || v.learned_owner.as_ref() == Some(&owner) {
            return Ok(());
        }
        self.emit(Event::OwnerLearned { visit, owner });
        Ok(())
    }
}
