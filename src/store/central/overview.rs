//! What the console shows beside the resources' own lists: order of turn, a customer's records.

use super::consents::{self, ConsentRow};
use crate::core::time::Millis;
use crate::core::visit::VisitState;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    QUEUE = "SELECT id FROM visits WHERE site = ?1 AND state = 'waiting'
        ORDER BY floor, place_in_queue, id";
    VISITS = "SELECT id, ticket, purpose, agent, state, checked_in_at FROM visits
        WHERE customer = ?1 ORDER BY checked_in_at DESC, id DESC LIMIT ?2";
}

/// One visit in a customer's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerVisit {
    pub id: String,
    pub ticket: String,
    pub purpose: String,
    pub agent: Option<String>,
    pub state: VisitState,
    pub checked_in_at: Millis,
}

/// The waiting visits of a showroom in order of turn.
pub async fn queue(tx: &mut dyn Tx, site: &str) -> Result<Vec<String>, StoreError> {
    let rows = tx.rows(&QUEUE, params![site]).await?;
    rows.iter().map(|r| r.text(0)).collect()
}

/// The latest `most` visits of a customer, latest first.
pub async fn visits_of_customer(
    tx: &mut dyn Tx,
    customer: &str,
    most: u32,
) -> Result<Vec<CustomerVisit>, StoreError> {
    let rows = tx.rows(&VISITS, params![customer, most]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<CustomerVisit, StoreError> {
    Ok(CustomerVisit {
        id: row.text(0)?,
        ticket: row.text(1)?,
        purpose: row.text(2)?,
        agent: row.opt_text(3)?,
        state: VisitState::from_code(&row.text(4)?).ok_or(StoreError::Shape(4))?,
        checked_in_at: Millis(row.int(5)?),
    })
}

/// Every answer of the given visits, in the visits' order.
pub async fn consents_of_visits(
    tx: &mut dyn Tx,
    visits: &[CustomerVisit],
) -> Result<Vec<ConsentRow>, StoreError> {
    let mut all = Vec::new();
    for visit in visits {
        all.extend(consents::of_visit(tx, &visit.id).await?);
    }
    Ok(all)
}
