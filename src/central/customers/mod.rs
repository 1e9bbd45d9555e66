//! Customers as staff see them: masked, and every look written down.

pub mod api;
mod mask;
pub mod owner;
pub mod record;
mod timeline;

use crate::central::state::Central;
use crate::core::id::AgentId;
use crate::core::language::Language;
use crate::core::time::Millis;
use crate::crypto::phone::Phone;
use crate::http::ApiError;
use crate::protocol::central::{CustomerList, CustomerSearch, CustomerView, Timeline};
use crate::protocol::recognition::{OwnerDecision, OwnerView};
use crate::store::Tx;
use crate::store::central::accounts::SessionRow;
use crate::store::central::audit::{self, Look};
use crate::store::central::customers::{self, CustomerRow, Find};
use crate::store::central::owners::{self, OwnerRow};

/// Customers on one page of a search.
pub const PAGE: u32 = 20;

/// Searches by exactly one of phone, name and tail.
pub async fn search(
    central: &Central,
    who: &SessionRow,
    search: &CustomerSearch,
) -> Result<CustomerList, ApiError> {
    let (kind, by) = wanted(central, search)?;
    let page = search.page.unwrap_or(1);
    let offset = page
        .checked_sub(1)
        .and_then(|p| p.checked_mul(PAGE))
        .ok_or_else(|| ApiError::invalid("bad_page", "/page", "Pages count from 1"))?;
    let mut tx = central.db.write().await?;
    let mut rows = match &by {
        Some(by) => customers::find(&mut *tx, by, PAGE + 1, offset).await?,
        None => Vec::new(),
    };
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let customers = rows
        .iter()
        .map(|row| view(central, row))
        .collect::<Result<Vec<_>, _>>()?;
    let found = u32::try_from(customers.len()).unwrap_or(u32::MAX);
    write_down(central, tx, who, kind, None, None, Some(found)).await?;
    Ok(CustomerList {
        customers,
        page,
        more,
    })
}

/// What is looked for, keyed; nothing where a name has no letters to look for.
fn wanted(
    central: &Central,
    search: &CustomerSearch,
) -> Result<(&'static str, Option<Find>), ApiError> {
    let blind = &central.keys.blind;
    match (&search.phone, &search.name, &search.tail) {
        (Some(phone), None, None) => {
            let phone = Phone::parse(phone).ok_or_else(|| {
                ApiError::invalid("bad_phone", "/phone", "This is not a phone number")
            })?;
            Ok(("search_phone", Some(Find::Phone(blind.phone(&phone)))))
        }
        (None, Some(name), None) => {
            let tokens = blind.name_search(name);
            let by = (!tokens.is_empty()).then_some(Find::Name(tokens));
            Ok(("search_name", by))
        }
        (None, None, Some(tail)) => {
            let tail = blind.tail(tail.trim()).ok_or_else(|| {
                ApiError::invalid("bad_tail", "/tail", "The last four digits are needed")
            })?;
            Ok(("search_tail", Some(Find::Tail(tail))))
        }
        _ => Err(ApiError::invalid(
            "one_of_three",
            "",
            "Search by one of `phone`, `name` and `tail`",
        )),
    }
}

/// One customer, masked.
pub async fn one(central: &Central, who: &SessionRow, id: &str) -> Result<CustomerView, ApiError> {
    let mut tx = central.db.write().await?;
    let row = existing(&mut *tx, id).await?;
    let view = view(central, &row)?;
    let (site, id) = (Some(row.site), Some(row.id));
    write_down(central, tx, who, "customer", site, id, None).await?;
    Ok(view)
}

/// What happened with one customer, latest first, in the reader's language.
pub async fn timeline(
    central: &Central,
    who: &SessionRow,
    id: &str,
    language: Language,
) -> Result<Timeline, ApiError> {
    let mut tx = central.db.write().await?;
    let row = existing(&mut *tx, id).await?;
    let entries = timeline::entries(central, &mut *tx, &row, language).await?;
    let (site, id) = (Some(row.site), Some(row.id));
    write_down(central, tx, who, "timeline", site, id, None).await?;
    Ok(Timeline { entries })
}

/// Whose customer it is, also where the protection is over.
pub async fn owner(central: &Central, who: &SessionRow, id: &str) -> Result<OwnerView, ApiError> {
    let mut tx = central.db.write().await?;
    let customer = existing(&mut *tx, id).await?;
    let site = super::sites::existing(&mut *tx, &customer.site).await?;
    let owner = owners::latest(&mut *tx, id).await?;
    let bought = owner::bought(&mut *tx, id).await?;
    let (showroom, subject) = (Some(customer.site), Some(customer.id));
    write_down(central, tx, who, "owner", showroom, subject, None).await?;
    let view = OwnerView {
        bought,
        ..OwnerView::default()
    };
    Ok(owner.map_or(view.clone(), |o| OwnerView {
        protected_until: Some(owner::protected_until(o.contact_at, &site).rfc3339()),
        agent: Some(o.agent),
        contact_at: Some(o.contact_at.rfc3339()),
        claim_until: o.claim_until.map(|t| t.rfc3339()),
        ..view
    }))
}

/// A customer whom a colleague may claim (rule 6), masked.
pub struct OpenClaim {
    pub customer: CustomerView,
    /// The last who served.
    pub agent: AgentId,
    pub until: Millis,
}

/// Most claims shown at once; their time runs out by itself.
const MOST_CLAIMS: u32 = 50;

/// The showroom's customers whom a colleague may claim now, whose time ends first.
pub async fn claims(
    central: &Central,
    who: &SessionRow,
    site: &str,
) -> Result<Vec<OpenClaim>, ApiError> {
    let mut tx = central.db.write().await?;
    let now = central.clock.now();
    let mut claims = Vec::new();
    for (id, owner) in owners::open_claims(&mut *tx, site, now, MOST_CLAIMS).await? {
        let customer = view(central, &existing(&mut *tx, &id).await?)?;
        let until = owner.claim_until.unwrap_or(now);
        claims.push(OpenClaim {
            customer,
            agent: owner.agent,
            until,
        });
    }
    if claims.is_empty() {
        return Ok(claims);
    }
    let found = u32::try_from(claims.len()).ok();
    write_down(
        central,
        tx,
        who,
        "claims",
        Some(site.to_owned()),
        None,
        found,
    )
    .await?;
    Ok(claims)
}

/// A person decides whose customer it is: a claim that was granted, a dispute that was settled. The
/// protection begins anew.
pub async fn decide_owner(
    central: &Central,
    who: &SessionRow,
    id: &str,
    decision: OwnerDecision,
) -> Result<OwnerView, ApiError> {
    let mut tx = central.db.write().await?;
    let customer = existing(&mut *tx, id).await?;
    let site = super::sites::existing(&mut *tx, &customer.site).await?;
    super::bookings::on_staff(&site, &decision.agent, "/agent")?;
    let owner = OwnerRow {
        agent: decision.agent,
        contact_at: central.clock.now(),
        claim_until: None,
    };
    let source = uuid::Uuid::now_v7().to_string();
    owners::put(&mut *tx, id, &source, &site.id, &owner).await?;
    let (showroom, subject) = (Some(customer.site), Some(customer.id));
    write_down(central, tx, who, "owner_decided", showroom, subject, None).await?;
    self::owner(central, who, id).await
}

async fn existing(tx: &mut dyn Tx, id: &str) -> Result<CustomerRow, ApiError> {
    customers::one(tx, id)
        .await?
        .ok_or_else(ApiError::not_found)
}

/// Writes the look down; without that nothing is shown.
async fn write_down(
    central: &Central,
    mut tx: Box<dyn Tx>,
    who: &SessionRow,
    kind: &str,
    site: Option<String>,
    subject: Option<String>,
    found: Option<u32>,
) -> Result<(), ApiError> {
    let look = Look {
        at: central.clock.now(),
        account: who.account.clone(),
        site,
        kind: kind.to_owned(),
        subject,
        found,
    };
    audit::add(&mut *tx, &look).await?;
    Ok(tx.commit().await?)
}

fn view(central: &Central, row: &CustomerRow) -> Result<CustomerView, ApiError> {
    let key = record::key(&central.keys, row)?;
    let person = record::open_name(&key, row)?;
    let phone = record::open_phone(&key, row)?;
    Ok(CustomerView {
        id: row.id.clone(),
        name: mask::name(&person),
        phone: phone.map(|p| mask::phone(&p)),
        visits: row.visits,
        first_visit_at: row.first_visit.map(|t| t.rfc3339()),
        last_visit_at: row.last_visit.map(|t| t.rfc3339()),
    })
}
