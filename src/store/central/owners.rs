//! Whose customer somebody is: a row for each service or decision that settled it.

use crate::core::id::AgentId;
use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{StoreError, Tx};
use crate::store::statement::statements;

statements! {
    PUT = "INSERT INTO owners (customer, source, site, agent, contact_at, claim_until)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (customer, source) DO UPDATE SET agent = excluded.agent,
            contact_at = excluded.contact_at, claim_until = excluded.claim_until";
    TAKE_BACK = "DELETE FROM owners WHERE source = ?1";
    LATEST = "SELECT agent, contact_at, claim_until FROM owners
        WHERE customer = ?1 AND contact_at <= ?2 ORDER BY contact_at DESC, source DESC LIMIT 1";
    OPEN_CLAIMS = "SELECT o.customer, o.agent, o.contact_at, o.claim_until FROM owners o
        WHERE o.site = ?1 AND o.claim_until > ?2 AND NOT EXISTS (
            SELECT 1 FROM owners n WHERE n.customer = o.customer AND (n.contact_at > o.contact_at
                OR (n.contact_at = o.contact_at AND n.source > o.source)))
        ORDER BY o.claim_until, o.customer LIMIT ?3";
    FINISHED_IN = "SELECT count(*) FROM visits
        WHERE customer = ?1 AND state = 'finished' AND line IN (?2, ?3)";
}

/// The agent a customer belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRow {
    pub agent: AgentId,
    /// The last effective contact.
    pub contact_at: Millis,
    /// Rule 6: until then a colleague may claim the customer.
    pub claim_until: Option<Millis>,
}

/// Settles whose customer this is; once more for the same `source` replaces what it had settled.
pub async fn put(
    tx: &mut dyn Tx,
    customer: &str,
    source: &str,
    site: &str,
    owner: &OwnerRow,
) -> Result<(), StoreError> {
    tx.run(
        &PUT,
        params![
            customer,
            source,
            site,
            owner.agent.as_str(),
            owner.contact_at.0,
            owner.claim_until.map(|t| t.0)
        ],
    )
    .await?;
    Ok(())
}

/// What `source` had settled was a slip.
pub async fn take_back(tx: &mut dyn Tx, source: &str) -> Result<(), StoreError> {
    tx.run(&TAKE_BACK, params![source]).await?;
    Ok(())
}

/// Whose customer this is. A floor's clock may be ahead of this one's: what it has settled counts.
pub async fn latest(tx: &mut dyn Tx, customer: &str) -> Result<Option<OwnerRow>, StoreError> {
    at(tx, customer, Millis(i64::MAX)).await
}

/// Whose customer this was at a time: logs of several floors do not arrive in the order of time.
pub async fn at(
    tx: &mut dyn Tx,
    customer: &str,
    time: Millis,
) -> Result<Option<OwnerRow>, StoreError> {
    let row = tx.row(&LATEST, params![customer, time.0]).await?;
    row.map(|row| {
        Ok(OwnerRow {
            agent: AgentId(row.text(0)?),
            contact_at: Millis(row.int(1)?),
            claim_until: row.opt_int(2)?.map(Millis),
        })
    })
    .transpose()
}

/// The showroom's customers whom a colleague may claim at `now` (rule 6), whose time ends first.
pub async fn open_claims(
    tx: &mut dyn Tx,
    site: &str,
    now: Millis,
    most: u32,
) -> Result<Vec<(String, OwnerRow)>, StoreError> {
    let rows = tx.rows(&OPEN_CLAIMS, params![site, now.0, most]).await?;
    rows.iter()
        .map(|row| {
            let owner = OwnerRow {
                agent: AgentId(row.text(1)?),
                contact_at: Millis(row.int(2)?),
                claim_until: row.opt_int(3)?.map(Millis),
            };
            Ok((row.text(0)?, owner))
        })
        .collect()
}

/// Whether the customer has been served to the end in one of two lines.
pub async fn finished_in(
    tx: &mut dyn Tx,
    customer: &str,
    lines: [&str; 2],
) -> Result<bool, StoreError> {
    let [one, other] = lines;
    let row = tx.row(&FINISHED_IN, params![customer, one, other]).await?;
    Ok(row.ok_or(StoreError::Shape(0))?.int(0)? > 0)
}
