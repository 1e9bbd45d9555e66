//! The centre's repositories: functions over a transaction, one file a resource. They move rows and
//! know no rules; personal fields pass through already encrypted.

pub mod accounts;
pub mod audit;
pub mod bookings;
pub mod consents;
pub mod counters;
pub mod customers;
pub mod devices;
pub mod events;
pub mod feed;
pub mod floors;
pub mod notes;
pub mod overview;
pub mod pin_codes;
pub mod owners;
pub mod sites;
pub mod visits;

use super::db::StoreError;
use super::migrate::Migration;
use crate::store::migrate::migrations;

/// The central database's steps.
pub const MIGRATIONS: &[Migration] = migrations![
    "central": 1 "0001_office", 2 "0002_visits", 3 "0003_enrolment", 4 "0004_pad",
    5 "0005_returners", 6 "0006_consent_manner", 7 "0007_place_in_queue",
    8 "0008_rules_author"
];

/// A document column.
fn document<T: serde::de::DeserializeOwned>(
    text: &str,
    what: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Document(what))
}

fn to_document<T: serde::Serialize>(value: &T, what: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Document(what))
}
