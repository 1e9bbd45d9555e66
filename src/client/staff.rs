//! Staff sign in through a device: a manager for one override, anybody to set their PIN.

use reqwest::Method;

use super::{ClientError, FloorClient};
use crate::core::id::{AgentId, VisitId};
use crate::core::reception::HandKind;
use crate::protocol::desk::HandGivenRequest;
use crate::protocol::staff::{PinCode, PinRequest, StaffFaces, StaffSession, StaffSessionRequest};

impl FloorClient {
    /// Who can sign in.
    pub async fn staff(&self) -> Result<StaffFaces, ClientError> {
        self.get("/api/v1/staff").await
    }

    /// Opens a short session. Refused with `wrong_pin`, `no_pin` or `locked`.
    pub async fn sign_in_staff(
        &self,
        staff: &AgentId,
        pin: &str,
    ) -> Result<StaffSession, ClientError> {
        let request = StaffSessionRequest {
            staff: staff.clone(),
            pin: pin.to_owned(),
            pad: false,
        };
        self.post("/api/v1/staff/sessions", &request).await
    }

    /// The same line with the right of a session: what is done through it is done by that person.
    /// `None` where the session came as a cookie.
    pub fn as_staff(&self, session: &StaffSession) -> Option<Self> {
        let token = session.token.clone()?;
        Some(Self {
            token,
            ..self.clone()
        })
    }

    /// Ends the session this line has the right of.
    pub async fn sign_out_staff(&self) -> Result<(), ClientError> {
        self.done(self.request(Method::DELETE, "/api/v1/staff/sessions/current"))
            .await
    }

    /// Sets a PIN with a one-time code. Refused with `wrong_pin`, `no_code`, `trivial_pin`, `locked`.
    pub async fn set_pin(&self, staff: &AgentId, code: &str, pin: &str) -> Result<(), ClientError> {
        let request = PinRequest {
            staff: staff.clone(),
            code: code.to_owned(),
            pin: pin.to_owned(),
        };
        self.done(
            self.request(Method::POST, "/api/v1/staff/pins")
                .json(&request),
        )
        .await
    }

    /// With a manager's right: takes a colleague's PIN out of use and gives a one-time code.
    pub async fn pin_code(&self, staff: &AgentId) -> Result<PinCode, ClientError> {
        let path = format!("/api/v1/staff/{staff}/pin-code");
        self.answer(self.request(Method::POST, &path)).await
    }

    /// Somebody came to an agent who had asked for a hand.
    pub async fn hand_given(&self, visit: VisitId, kind: HandKind) -> Result<(), ClientError> {
        let path = format!("/api/v1/visits/{visit}/hands");
        let request = HandGivenRequest { kind };
        self.done(self.request(Method::POST, &path).json(&request))
            .await
    }
}
