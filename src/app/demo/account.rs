//! The account at the end: whether every guest of the demonstration has a number of their own, a
//! printed ticket, was served, and stands at the centre.

use std::collections::{BTreeMap, BTreeSet};

use super::guests::Guest;
use crate::client::office::{Office, OfficeError};
use crate::core::id::VisitId;
use crate::core::visit::VisitState;
use crate::protocol::central::{CustomerSearch, VisitRecord};
use crate::protocol::check_in::CheckInAnswer;
use crate::protocol::visit::{PrintState, VisitView};

/// A guest and the answer the floor gave them.
pub struct Served {
    pub guest: Guest,
    pub answer: CheckInAnswer,
}

/// What is wrong, in words; empty when nothing was lost. Names tickets, never guests.
pub async fn differences(
    day: &str,
    served: &[Served],
    on_floor: &BTreeMap<VisitId, VisitView>,
    office: &Office,
) -> Result<Vec<String>, OfficeError> {
    let mut wrong = Vec::new();
    let numbers: BTreeSet<&str> = served
        .iter()
        .map(|s| s.answer.ticket.number.as_str())
        .collect();
    if numbers.len() != served.len() {
        wrong.push(format!(
            "{} guests share {} numbers",
            served.len(),
            numbers.len()
        ));
    }
    let records: BTreeMap<String, VisitRecord> = office
        .visits(day)
        .await?
        .visits
        .into_iter()
        .map(|v| (v.id.clone(), v))
        .collect();
    for Served { guest, answer } in served {
        let ticket = &answer.ticket.number;
        match on_floor.get(&answer.visit_id) {
            None => wrong.push(format!("{ticket} is not on the floor")),
            Some(view) => {
                if view.state != VisitState::Finished {
                    wrong.push(format!("{ticket} was not served: {}", view.state.code()));
                }
                if view.print.state != PrintState::Printed {
                    wrong.push(format!("{ticket} was not printed"));
                }
            }
        }
        match records.get(&answer.visit_id.to_string()) {
            None => wrong.push(format!("{ticket} is not at the centre")),
            Some(record) => {
                if record.ticket != *ticket || record.state != VisitState::Finished {
                    wrong.push(format!("{ticket} stands differently at the centre"));
                }
                if record.known_customer != guest.agrees {
                    wrong.push(format!(
                        "{ticket}: the centre's customer does not follow consent"
                    ));
                }
            }
        }
        if let Some(phone) = &guest.phone {
            let search = CustomerSearch {
                phone: Some(phone.clone()),
                ..CustomerSearch::default()
            };
            if office.search(&search).await?.customers.len() != 1 {
                wrong.push(format!(
                    "{ticket}: not exactly one customer has this guest's phone"
                ));
            }
        }
    }
    Ok(wrong)
}
