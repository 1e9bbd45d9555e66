//! What is known of each open line to a pad. A line that only *looks* open (Wi-Fi lost without a
//! word: TCP notices after minutes) must not count: whatever is sent is answered by the page, and a
//! line that leaves something unanswered is silent. Pure: time is an argument.

use std::collections::{BTreeMap, VecDeque};

use crate::core::id::AgentId;
use crate::core::time::Millis;

/// A page answers within a round trip; one that has not after this is not there. Milliseconds; well
/// below the time an agent has for accepting an offer.
pub(super) const ANSWER_WITHIN_MS: i64 = 8000;

/// All open lines, by agent.
#[derive(Default)]
pub(super) struct PadLines {
    agents: BTreeMap<AgentId, Known>,
    last: u64,
}

#[derive(Default)]
struct Known {
    lines: BTreeMap<u64, Line>,
    /// When any pad of the agent was last heard.
    heard: Millis,
    /// Since when none is there, where that was found out later.
    gone: Option<Millis>,
}

#[derive(Default)]
struct Line {
    /// Number of the last thing sent.
    sent: u64,
    /// What was sent and not answered, with its time; the oldest first. A silent line gathers none.
    open: VecDeque<(u64, Millis)>,
    silent: bool,
}

/// How an agent's pads stand (rule 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// At least one is there and answers.
    pub connected: bool,
    /// Since when none is, where that was found out later; `None`: now.
    pub since: Option<Millis>,
}

impl PadLines {
    /// A pad opens a line; asking for it is a sign of life.
    pub fn enter(&mut self, agent: &AgentId, now: Millis) -> u64 {
        self.last += 1;
        let known = self.agents.entry(agent.clone()).or_default();
        known.heard = known.heard.max(now);
        known.lines.insert(self.last, Line::default());
        self.last
    }

    /// Something is sent over the line; its number, which the page answers with.
    pub fn sends(&mut self, agent: &AgentId, line: u64, now: Millis) -> u64 {
        let known = self.agents.get_mut(agent);
        let Some(line) = known.and_then(|k| k.lines.get_mut(&line)) else {
            return 0;
        };
        line.sent += 1;
        if !line.silent {
            line.open.push_back((line.sent, now));
        }
        line.sent
    }

    /// The page has everything up to `seen`. `false`: there is no such line of this agent, or it was
    /// not sent so much.
    pub fn answers(&mut self, agent: &AgentId, line: u64, seen: u64, now: Millis) -> bool {
        let Some(known) = self.agents.get_mut(agent) else {
            return false;
        };
        let Some(line) = known.lines.get_mut(&line).filter(|l| seen <= l.sent) else {
            return false;
        };
        known.heard = known.heard.max(now);
        line.open.retain(|(number, _)| *number > seen);
        if std::mem::take(&mut line.silent) && seen < line.sent {
            // What it missed while it was silent is on its way to it.
            line.open.push_back((line.sent, now));
        }
        true
    }

    /// The line has ended.
    pub fn leave(&mut self, agent: &AgentId, line: u64) {
        let Some(known) = self.agents.get_mut(agent) else {
            return;
        };
        if let Some(line) = known.lines.remove(&line)
            && !line.silent
        {
            known.gone = (!line.open.is_empty()).then(|| known.unheard());
        }
    }

    /// Lines that have fallen silent by `now`; the agents they belong to.
    pub fn fall_silent(&mut self, now: Millis) -> Vec<AgentId> {
        let mut fallen = Vec::new();
        for (agent, known) in &mut self.agents {
            let mut any = false;
            for line in known.lines.values_mut() {
                if line.due().is_some_and(|due| due <= now) {
                    line.silent = true;
                    line.open.clear();
                    any = true;
                }
            }
            if any {
                known.gone = Some(known.unheard());
                fallen.push(agent.clone());
            }
        }
        fallen
    }

    /// Nothing that is open counts as having waited until now.
    pub fn excuse(&mut self, now: Millis) {
        let lines = self.agents.values_mut().flat_map(|k| k.lines.values_mut());
        for (_, at) in lines.flat_map(|line| line.open.iter_mut()) {
            *at = now;
        }
    }

    /// When the next line falls silent if nothing is heard.
    pub fn next_due(&self) -> Option<Millis> {
        let lines = self.agents.values().flat_map(|k| k.lines.values());
        lines.filter_map(Line::due).min()
    }

    pub fn standing(&self, agent: &AgentId) -> Standing {
        let Some(known) = self.agents.get(agent) else {
            let (connected, since) = (false, None);
            return Standing { connected, since };
        };
        let connected = known.lines.values().any(|line| !line.silent);
        Standing {
            connected,
            since: known.gone.filter(|_| !connected),
        }
    }
}

impl Known {
    /// The first moment of which nothing is known.
    const fn unheard(&self) -> Millis {
        Millis(self.heard.0 + 1)
    }
}

impl Line {
    fn due(&self) -> Option<Millis> {
        let (_, at) = self.open.front()?;
        Some(Millis(at.0 + ANSWER_WITHIN_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Millis = Millis(1_795_000_000_000);

    fn at(seconds: i64) -> Millis {
        NOON.plus_seconds(seconds)
    }

    fn standing(connected: bool, since: Option<Millis>) -> Standing {
        Standing { connected, since }
    }

    #[test]
    fn r9_a_line_that_leaves_something_unanswered_falls_silent_from_when_it_was_last_heard() {
        let (mut lines, agent) = (PadLines::default(), AgentId::new("chen-jing"));
        assert_eq!(lines.standing(&agent), standing(false, None));
        let line = lines.enter(&agent, at(0));
        assert_eq!(lines.next_due(), None, "nothing was sent yet");
        let first = lines.sends(&agent, line, at(0));
        assert!(lines.answers(&agent, line, first, at(1)));
        // The Wi-Fi goes; an offer is shown to nobody.
        lines.sends(&agent, line, at(4));
        lines.sends(&agent, line, at(5));
        assert_eq!(lines.next_due(), Some(at(12)));
        assert_eq!(lines.fall_silent(Millis(at(12).0 - 1)), []);
        assert!(lines.standing(&agent).connected);
        assert_eq!(lines.fall_silent(at(12)), std::slice::from_ref(&agent));
        let since = Millis(at(1).0 + 1);
        assert_eq!(lines.standing(&agent), standing(false, Some(since)));
        assert_eq!(lines.next_due(), None);
        assert_eq!(lines.fall_silent(at(900)), []);
        // TCP has noticed; nothing new is known by that.
        lines.leave(&agent, line);
        assert_eq!(lines.standing(&agent), standing(false, Some(since)));
    }

    #[test]
    fn r9_a_page_that_slept_is_there_again_when_it_answers() {
        let (mut lines, agent) = (PadLines::default(), AgentId::new("chen-jing"));
        let line = lines.enter(&agent, at(0));
        lines.sends(&agent, line, at(0));
        lines.fall_silent(at(8));
        for _ in 0..1000 {
            lines.sends(&agent, line, at(9));
        }
        assert!(lines.agents[&agent].lines[&line].open.is_empty());
        assert!(lines.answers(&agent, line, 1, at(60)));
        assert!(lines.standing(&agent).connected);
        assert_eq!(lines.next_due(), Some(at(68)), "the rest is to come");
        assert!(lines.answers(&agent, line, 1001, at(61)));
        assert_eq!(lines.next_due(), None);
    }

    #[test]
    fn r9_a_floor_that_slept_holds_nobody_silent_for_it() {
        let (mut lines, agent) = (PadLines::default(), AgentId::new("chen-jing"));
        let line = lines.enter(&agent, at(0));
        lines.sends(&agent, line, at(1));
        lines.excuse(at(3600));
        assert_eq!(lines.fall_silent(at(3600)), []);
        assert_eq!(lines.next_due(), Some(at(3608)));
    }

    #[test]
    fn r9_a_second_pad_keeps_the_agent_there_and_an_orderly_end_is_of_its_moment() {
        let (mut lines, agent) = (PadLines::default(), AgentId::new("chen-jing"));
        let (lost, second) = (lines.enter(&agent, at(0)), lines.enter(&agent, at(0)));
        lines.sends(&agent, lost, at(1));
        let seen = lines.sends(&agent, second, at(1));
        assert!(lines.answers(&agent, second, seen, at(2)));
        lines.fall_silent(at(9));
        assert!(lines.standing(&agent).connected);
        lines.leave(&agent, second);
        assert_eq!(lines.standing(&agent), standing(false, None));
    }

    #[test]
    fn r9_nobody_answers_for_another_or_before_they_were_asked() {
        let mut lines = PadLines::default();
        let (agent, other) = (AgentId::new("chen-jing"), AgentId::new("wu-bo"));
        let line = lines.enter(&agent, at(0));
        lines.enter(&other, at(0));
        let sent = lines.sends(&agent, line, at(0));
        assert!(!lines.answers(&other, line, sent, at(1)));
        assert!(!lines.answers(&agent, line, sent + 1, at(1)));
        assert!(!lines.answers(&agent, line + 9, 0, at(1)));
        assert_eq!(lines.fall_silent(at(8)), [agent]);
    }
}
