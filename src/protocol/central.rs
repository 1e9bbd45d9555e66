//! The centre's API for staff and for setting an office up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::feed::DeviceRole;
use crate::core::language::{Language, Text};
use crate::core::site::{ConsentPurpose, Drink, StaffMember, VisitPurpose};
use crate::core::visit::VisitState;

/// `POST /api/v1/setup`: turns the one-time administrator link into the first account.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupRequest {
    /// The code at the end of the link.
    pub code: String,
    pub user: String,
    pub password: String,
}

/// `POST /api/v1/sessions`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    pub user: String,
    pub password: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionAnswer {
    pub token: String,
    /// RFC 3339.
    pub expires: String,
}

/// `PUT /api/v1/sites/{site}`: the showroom itself. Staff and notice have their own calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    pub name: Text,
    pub languages: Vec<Language>,
    pub time_zone: String,
    pub visit_purposes: Vec<VisitPurpose>,
    pub drinks: Vec<Drink>,
    #[serde(default)]
    pub ticket_base_url: String,
}

/// `POST /api/v1/sites/{site}/notices`: a new version of the privacy notice; the centre hashes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeDraft {
    pub version: String,
    pub text: Text,
    pub purposes: Vec<ConsentPurpose>,
}

/// `PUT /api/v1/sites/{site}/staff`: the whole list, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffList {
    pub staff: Vec<StaffMember>,
}

/// `POST /api/v1/sites/{site}/floors`: the floor's id and its credential, shown this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct FloorCredential {
    pub floor: String,
    pub token: String,
}

/// `POST /api/v1/sites/{site}/devices`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceDraft {
    pub id: String,
    pub role: DeviceRole,
}

/// The device's one-time code, shown this once; only a key derived from it is kept.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DeviceCode {
    pub id: String,
    pub role: DeviceRole,
    /// E.g. `7K3MD-01ZXW`, typed at the device.
    pub code: String,
    /// RFC 3339.
    pub expires: String,
}

/// `POST /api/v1/customers/search`: one of the three.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerSearch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The last four digits of the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<String>,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CustomerList {
    pub customers: Vec<CustomerView>,
    pub page: u32,
    pub more: bool,
}

/// A customer, masked: 李**, 138****5678.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CustomerView {
    pub id: String,
    pub name: String,
    pub phone: Option<String>,
    pub visits: u32,
    /// RFC 3339.
    pub first_visit_at: Option<String>,
    /// RFC 3339.
    pub last_visit_at: Option<String>,
}

/// `GET /api/v1/customers/{id}/timeline`, latest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timeline {
    pub entries: Vec<TimelineEntry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// RFC 3339.
    pub at: String,
    /// `checked_in`, `consent`, `offered`, `called`, `started`, `finished`, …
    pub kind: String,
    pub visit: Option<String>,
    pub ticket: Option<String>,
    pub agent: Option<String>,
    /// In the reader's language.
    pub text: String,
}

/// `GET /api/v1/sites/{site}/visits`: the visits of one day, in order of arrival.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitRecords {
    pub visits: Vec<VisitRecord>,
}

/// A visit as the centre knows it. Holds nothing that tells who the guest is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitRecord {
    pub id: String,
    pub ticket: String,
    pub state: VisitState,
    pub agent: Option<String>,
    /// RFC 3339.
    pub checked_in_at: String,
    /// The guest agreed to be remembered, and is.
    pub known_customer: bool,
}
