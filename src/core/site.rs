//! What the centre says about a showroom: brand, notice, purposes, staff. Handed down by the feed
//! as one document, so that a floor always works with one consistent version.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::AgentId;
use super::language::{Language, Text};
use super::ticket::Line;

/// A showroom (售房部) as its floor needs to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Site {
    pub name: Text,
    pub languages: Vec<Language>,
    /// IANA name, e.g. `Asia/Shanghai`. Days open and close by it, never by the machine's zone.
    pub time_zone: String,
    /// The centre's `age` recipient (`age1…`), to which personal profiles are sealed.
    pub recipient: String,
    pub notice: Notice,
    pub visit_purposes: Vec<VisitPurpose>,
    pub staff: Vec<StaffMember>,
    pub drinks: Vec<Drink>,
    /// Beginning of the address in a ticket's QR; the ticket's token follows, e.g.
    /// `https://office.example/t/`. Empty: the floor's own address is used.
    pub ticket_base_url: String,
}

/// The privacy notice (个人信息处理告知). Its hash stands in every consent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    pub version: String,
    /// Lower-case hex SHA-256 over [`Notice::canonical`].
    pub hash: String,
    /// List form: a heading, then `- label: text` lines.
    pub text: Text,
    pub purposes: Vec<ConsentPurpose>,
}

impl Notice {
    /// The bytes the hash is taken over: version, texts and purposes, in a fixed order.
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(&(&self.version, &self.text, &self.purposes))
            .expect("texts and ids always serialise")
    }
}

/// One purpose for which data may be kept, asked separately (PIPL art. 14, 23, 29).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentPurpose {
    /// `reception`, `follow_up_call`, `follow_up_sms`, `follow_up_email`, …
    pub id: String,
    pub text: Text,
}

/// Why a party comes (来访目的), and the line it joins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VisitPurpose {
    pub id: String,
    pub line: Line,
    pub text: Text,
}

/// One named account's face on the floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffMember {
    pub id: AgentId,
    pub name: String,
    /// Position shown to guests, e.g. 置业顾问.
    pub title: Text,
    /// Where this agent receives guests, e.g. `3` for 3号洽谈桌; may be empty.
    pub place: String,
    /// Not yet signed off by the coach: not in the rota (rule 12).
    #[serde(default)]
    pub newcomer: bool,
    #[serde(default)]
    pub role: StaffRole,
}

/// What a member of staff does on the floor. Only agents are in the rota.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// 置业顾问
    #[default]
    Agent,
    /// 前台
    Reception,
    /// 案场经理
    Manager,
}

impl StaffRole {
    pub const ALL: [Self; 3] = [Self::Agent, Self::Reception, Self::Manager];

    /// As on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Reception => "reception",
            Self::Manager => "manager",
        }
    }
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

impl Site {
    /// The member of staff of this id.
    pub fn member(&self, id: &AgentId) -> Option<&StaffMember> {
        self.staff.iter().find(|s| s.id == *id)
    }

    /// Those who may be in the rota, in the list's order.
    pub fn agents(&self) -> impl Iterator<Item = &StaffMember> {
        self.staff.iter().filter(|s| s.role == StaffRole::Agent)
    }
}

/// A drink the reception offers (饮品).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Drink {
    pub id: String,
    pub text: Text,
}
