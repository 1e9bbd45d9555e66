//! Customers, found by keyed indexes only; every personal field passes through encrypted.

use crate::core::time::Millis;
use crate::store::db::params;
use crate::store::db::{Row, StoreError, Tx};
use crate::store::statement::statements;

statements! {
    BY_PHONE = "SELECT id FROM customers WHERE site = ?1 AND phone_index = ?2";
    ADD = "INSERT INTO customers (id, site, data_key, name, phone, phone_index, tail_index,
            created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)";
    SET_NAME = "UPDATE customers SET name = ?2, updated_at = ?3 WHERE id = ?1";
    ADD_TOKEN = "INSERT INTO customer_names (token, customer, site) VALUES (?1, ?2, ?3)
        ON CONFLICT (token, customer) DO NOTHING";
    ADD_PROFILE = "INSERT INTO profiles (visit, customer, site, body, at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    ONE = "SELECT c.id, c.site, c.data_key, c.name, c.phone, count(v.id), min(v.checked_in_at),
            max(v.checked_in_at)
        FROM customers c LEFT JOIN visits v ON v.customer = c.id AND v.state <> 'cancelled'
        WHERE c.id = ?1 GROUP BY c.id, c.site, c.data_key, c.name, c.phone";
    FIND_PHONE = "SELECT c.id, c.site, c.data_key, c.name, c.phone, count(v.id),
            min(v.checked_in_at), max(v.checked_in_at)
        FROM customers c LEFT JOIN visits v ON v.customer = c.id AND v.state <> 'cancelled'
        WHERE c.phone_index = ?1 GROUP BY c.id, c.site, c.data_key, c.name, c.phone
        ORDER BY c.id DESC LIMIT ?2 OFFSET ?3";
    FIND_TAIL = "SELECT c.id, c.site, c.data_key, c.name, c.phone, count(v.id),
            min(v.checked_in_at), max(v.checked_in_at)
        FROM customers c LEFT JOIN visits v ON v.customer = c.id AND v.state <> 'cancelled'
        WHERE c.tail_index = ?1 GROUP BY c.id, c.site, c.data_key, c.name, c.phone
        ORDER BY c.id DESC LIMIT ?2 OFFSET ?3";
    /// Those who have every one of the tokens.
    FIND_NAME = "SELECT c.id, c.site, c.data_key, c.name, c.phone, count(v.id),
            min(v.checked_in_at), max(v.checked_in_at)
        FROM customers c LEFT JOIN visits v ON v.customer = c.id AND v.state <> 'cancelled'
        WHERE c.id IN (
            SELECT n.customer FROM customer_names n
            WHERE n.token IN (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            GROUP BY n.customer HAVING count(*) = ?9)
        GROUP BY c.id, c.site, c.data_key, c.name, c.phone
        ORDER BY c.id DESC LIMIT ?10 OFFSET ?11";
}

/// Most tokens a search by name uses; longer names are found by their first ones.
pub const MOST_TOKENS: usize = 8;

/// A new person.
pub struct NewCustomer {
    pub id: String,
    pub site: String,
    /// The person's own key, wrapped by the master key.
    pub data_key: Vec<u8>,
    pub name: Vec<u8>,
    pub phone: Option<Vec<u8>>,
    pub phone_index: Option<String>,
    pub tail_index: Option<String>,
}

/// A person with the figures of their visits (cancelled ones left out).
#[derive(Clone)]
pub struct CustomerRow {
    pub id: String,
    pub site: String,
    pub data_key: Vec<u8>,
    pub name: Vec<u8>,
    pub phone: Option<Vec<u8>>,
    pub visits: u32,
    pub first_visit: Option<Millis>,
    pub last_visit: Option<Millis>,
}

/// By what a customer is looked for; all keyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    Phone(String),
    Tail(String),
    /// Distinct tokens, all of which must be there; at least one.
    Name(Vec<String>),
}

/// The customer of a showroom with this phone.
pub async fn by_phone(
    tx: &mut dyn Tx,
    site: &str,
    phone_index: &str,
) -> Result<Option<String>, StoreError> {
    let row = tx.row(&BY_PHONE, params![site, phone_index]).await?;
    row.map(|r| r.text(0)).transpose()
}

pub async fn add(tx: &mut dyn Tx, c: NewCustomer, at: Millis) -> Result<(), StoreError> {
    tx.run(
        &ADD,
        params![
            c.id,
            c.site,
            c.data_key,
            c.name,
            c.phone,
            c.phone_index,
            c.tail_index,
            at.0
        ],
    )
    .await?;
    Ok(())
}

pub async fn set_name(
    tx: &mut dyn Tx,
    id: &str,
    name: Vec<u8>,
    at: Millis,
) -> Result<(), StoreError> {
    tx.run(&SET_NAME, params![id, name, at.0]).await?;
    Ok(())
}

pub async fn add_name_tokens(
    tx: &mut dyn Tx,
    id: &str,
    site: &str,
    tokens: &[String],
) -> Result<(), StoreError> {
    for token in tokens {
        tx.run(&ADD_TOKEN, params![token, id, site]).await?;
    }
    Ok(())
}

/// Keeps what a guest said at one visit.
pub async fn add_profile(
    tx: &mut dyn Tx,
    visit: &str,
    customer: &str,
    site: &str,
    body: Vec<u8>,
    at: Millis,
) -> Result<(), StoreError> {
    tx.run(&ADD_PROFILE, params![visit, customer, site, body, at.0])
        .await?;
    Ok(())
}

pub async fn one(tx: &mut dyn Tx, id: &str) -> Result<Option<CustomerRow>, StoreError> {
    let row = tx.row(&ONE, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// At most `limit` customers from `offset` on, those first seen latest first.
pub async fn find(
    tx: &mut dyn Tx,
    by: &Find,
    limit: u32,
    offset: u32,
) -> Result<Vec<CustomerRow>, StoreError> {
    let rows = match by {
        Find::Phone(index) => tx.rows(&FIND_PHONE, params![index, limit, offset]).await?,
        Find::Tail(index) => tx.rows(&FIND_TAIL, params![index, limit, offset]).await?,
        Find::Name(tokens) => {
            let used = tokens.len().min(MOST_TOKENS);
            let mut params = params![];
            // The places that are left repeat the first token, which changes nothing.
            for place in 0..MOST_TOKENS {
                let token = tokens.get(place).or(tokens.first());
                params.push(token.into());
            }
            params.push((used as i64).into());
            params.extend(params![limit, offset]);
            tx.rows(&FIND_NAME, params).await?
        }
    };
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<CustomerRow, StoreError> {
    Ok(CustomerRow {
        id: row.text(0)?,
        site: row.text(1)?,
        data_key: row.bytes(2)?,
        name: row.bytes(3)?,
        phone: row.opt_bytes(4)?,
        visits: row.count(5)?,
        first_visit: row.opt_int(6)?.map(Millis),
        last_visit: row.opt_int(7)?.map(Millis),
    })
}
