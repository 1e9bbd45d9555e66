//! A customer's encrypted fields: each person has a key of their own, wrapped by the master key, so
//! that deleting the row destroys what was encrypted with it, wherever a copy may be.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::crypto::field::{FieldError, FieldKey, Place};
use crate::crypto::keys::Keys;
use crate::protocol::profile::{Profile, Title};
use crate::store::central::customers::CustomerRow;

/// How a customer is called.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub surname: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    pub title: Title,
}

impl Person {
    /// Surname first.
    pub fn full_name(&self) -> String {
        format!(
            "{}{}",
            self.surname,
            self.given_name.as_deref().unwrap_or_default()
        )
    }
}

fn customer<'a>(column: &'static str, id: &'a str) -> Place<'a> {
    Place {
        table: "customers",
        column,
        row: id,
    }
}

pub fn wrap(keys: &Keys, id: &str, key: &FieldKey) -> Vec<u8> {
    key.wrap(&keys.master, customer("data_key", id))
}

/// The customer's own key.
pub fn key(keys: &Keys, row: &CustomerRow) -> Result<FieldKey, FieldError> {
    FieldKey::unwrap(&keys.master, customer("data_key", &row.id), &row.data_key)
}

pub fn seal_name(key: &FieldKey, id: &str, person: &Person) -> Vec<u8> {
    key.seal(customer("name", id), &json(person))
}

pub fn open_name(key: &FieldKey, row: &CustomerRow) -> Result<Person, FieldError> {
    let plain = key.open(customer("name", &row.id), &row.name)?;
    serde_json::from_slice(&plain).map_err(|_| FieldError)
}

/// `phone`: E.164, or as typed where it is no valid number.
pub fn seal_phone(key: &FieldKey, id: &str, phone: &str) -> Vec<u8> {
    key.seal(customer("phone", id), phone.as_bytes())
}

pub fn open_phone(
    key: &FieldKey,
    row: &CustomerRow,
) -> Result<Option<Zeroizing<String>>, FieldError> {
    let Some(sealed) = &row.phone else {
        return Ok(None);
    };
    let plain = key.open(customer("phone", &row.id), sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|_| FieldError)?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

/// What was said at one visit, whole.
pub fn seal_profile(key: &FieldKey, visit: &str, profile: &Profile) -> Vec<u8> {
    let place = Place {
        table: "profiles",
        column: "body",
        row: visit,
    };
    key.seal(place, &json(profile))
}

fn note<'a>(row: &'a str) -> Place<'a> {
    Place {
        table: "visit_notes",
        column: "body",
        row,
    }
}

/// What an agent wrote about a visit.
pub fn seal_note(key: &FieldKey, visit: &str, hash: &str, text: &str) -> Vec<u8> {
    key.seal(note(&format!("{visit}/{hash}")), text.as_bytes())
}

pub fn open_note(
    key: &FieldKey,
    visit: &str,
    hash: &str,
    sealed: &[u8],
) -> Result<Zeroizing<String>, FieldError> {
    let plain = key.open(note(&format!("{visit}/{hash}")), sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|_| FieldError)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(serde_json::to_vec(value).expect("texts always serialise"))
}
