//! The row that the arrow keys point at.

use crate::core::id::VisitId;

use super::flow::main_action;
use super::{Column, Desk, Effect, Message};

impl Desk {
    fn columns_of(&self) -> [Vec<VisitId>; 4] {
        let mut columns: [Vec<VisitId>; 4] = Default::default();
        for visit in self.picture.iter().flat_map(|p| &p.visits) {
            let column = Column::of(visit.state);
            if let Some(at) = Column::ALL.iter().position(|c| *c == column) {
                columns[at].push(visit.id);
            }
        }
        columns
    }

    /// Column and row of the selected party.
    pub(super) fn selected_at(&self) -> Option<(usize, usize)> {
        let selected = self.selected?;
        let columns = self.columns_of();
        columns.iter().enumerate().find_map(|(column, visits)| {
            let row = visits.iter().position(|v| *v == selected)?;
            Some((column, row))
        })
    }

    /// Moves by columns and rows; columns without anybody are stepped over.
    pub(super) fn select(&mut self, across: i32, down: i32) {
        let columns = self.columns_of();
        let Some((column, row)) = self.selected_at() else {
            self.selected = columns.iter().flatten().next().copied();
            return;
        };
        if across != 0 {
            let step = |at: usize| {
                if across > 0 {
                    (at + 1..columns.len()).find(|c| !columns[*c].is_empty())
                } else {
                    (0..at).rev().find(|c| !columns[*c].is_empty())
                }
            };
            if let Some(next) = step(column) {
                let row = row.min(columns[next].len() - 1);
                self.selected = columns[next].get(row).copied();
            }
        } else {
            let last = columns[column].len().saturating_sub(1);
            let row = row.saturating_add_signed(down as isize).min(last);
            self.selected = columns[column].get(row).copied();
        }
    }

    /// The most likely step of the selected party, or its sheet where there is none.
    pub(super) fn enter(&mut self, now: crate::core::time::Millis) -> Vec<Effect> {
        let Some(visit) = self.selected else {
            return Vec::new();
        };
        match self.visit(visit).and_then(main_action) {
            Some(action) => self.update(Message::Press { visit, action }, now),
            None => self.update(Message::OpenVisit(visit), now),
        }
    }
}
