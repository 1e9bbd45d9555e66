//! The flow by state, and the next sensible step of each row.

use crate::core::visit::{Action, VisitState};

use super::picture::Visit;

/// A column of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// 等候
    Waiting,
    /// 请接待与已叫号: an agent is bound, the service has not begun.
    Calling,
    /// 接待中
    Serving,
    /// 号码保留与已结束
    Aside,
}

impl Column {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Calling, Self::Serving, Self::Aside];

    pub const fn of(state: VisitState) -> Self {
        match state {
            VisitState::Waiting => Self::Waiting,
            VisitState::Offered | VisitState::Called => Self::Calling,
            VisitState::Serving => Self::Serving,
            VisitState::Parked
            | VisitState::Finished
            | VisitState::NoShow
            | VisitState::Left
            | VisitState::Cancelled => Self::Aside,
        }
    }
}

/// The step a receptionist most likely wants next; only if the floor says it is possible.
pub fn main_action(visit: &Visit) -> Option<Action> {
    let wanted = match visit.state {
        VisitState::Offered => Action::Accept,
        VisitState::Called => Action::Start,
        VisitState::Serving => Action::Finish,
        VisitState::Parked => Action::Resume,
        VisitState::Waiting
        | VisitState::Finished
        | VisitState::NoShow
        | VisitState::Left
        | VisitState::Cancelled => return None,
    };
    visit.actions.contains(&wanted).then_some(wanted)
}

/// The other possible steps, in the order of the table.
pub(super) fn other_actions(visit: &Visit) -> Vec<Action> {
    let main = main_action(visit);
    Action::ALL
        .into_iter()
        // Stands in a bar of its own while there is time.
        .filter(|a| *a != Action::Undo)
        .filter(|a| visit.actions.contains(a) && Some(*a) != main)
        .collect()
}

/// 未到 stands among the steps of a called guest from the first call on, so that nobody looks for
/// it; it rests until all recalls are made (rule 11).
pub(super) fn no_show_rests(visit: &Visit) -> bool {
    visit.state == VisitState::Called && !visit.actions.contains(&Action::NoShow)
}
