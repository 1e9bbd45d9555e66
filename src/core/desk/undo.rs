//! A slip taken back: for ten seconds after a step where one is likely.

use crate::core::floor::undo::UNDO_SECONDS;
use crate::core::id::VisitId;
use crate::core::time::Millis;
use crate::core::visit::Action;

use super::{Desk, Details, Effect};

/// A step that can still be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub visit: VisitId,
    pub ticket: String,
    pub action: Action,
    pub until: Millis,
}

/// Where a slip is likely and the floor can take it back.
const fn is_likely(action: Action) -> bool {
    matches!(
        action,
        Action::Finish
            | Action::Start
            | Action::Leave
            | Action::Cancel
            | Action::NoShow
            | Action::Park
            | Action::NotABuyer
    )
}

impl Desk {
    /// A step is on its way. Counted from here: the floor counts from a moment later.
    pub(super) fn note_slip(&mut self, visit: VisitId, action: Action, now: Millis) {
        let ticket = self.visit(visit).map(|v| v.ticket.clone());
        self.sent = is_likely(action).then(|| Slip {
            visit,
            ticket: ticket.unwrap_or_default(),
            action,
            until: now.plus_seconds(UNDO_SECONDS),
        });
    }

    /// The floor has done a step: from now on it can be taken back.
    pub(super) fn slip_done(&mut self, visit: VisitId, done: bool, now: Millis) {
        if let Some(slip) = self.sent.take_if(|s| s.visit == visit)
            && done
            && now < slip.until
        {
            self.slip = Some(slip);
        }
    }

    /// Takes the last step back.
    pub(super) fn undo(&mut self, now: Millis) -> Vec<Effect> {
        let Some(slip) = self.slip.take().filter(|s| now < s.until) else {
            return Vec::new();
        };
        if !self.busy_visits.insert(slip.visit) {
            return Vec::new();
        }
        self.sent = None;
        vec![Effect::Act {
            visit: slip.visit,
            action: Action::Undo,
            details: Details::default(),
        }]
    }

    pub(super) fn forget_slip(&mut self, now: Millis) {
        self.slip.take_if(|s| now >= s.until);
    }
}
