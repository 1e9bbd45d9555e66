//! What the desk asks beside the steps of a visit.

use reqwest::Method;

use super::{ClientError, FloorClient};
use crate::core::chore::Chore;
use crate::core::floor::ManagersOrder;
use crate::core::floor::day::Rest;
use crate::core::id::{AgentId, VisitId};
use crate::core::language::Language;
use crate::core::time::Millis;
use crate::core::visit::NotABuyer;
use crate::protocol::steer::{
    AcknowledgeRequest, AppointmentRequest, AppointmentView, ChoreRequest, CloseRequest,
    NotABuyerRequest, OrderRequest, ReprintAnswer,
};

impl FloorClient {
    pub async fn chore(&self, visit: VisitId, chore: Chore) -> Result<(), ClientError> {
        let path = format!("/api/v1/visits/{visit}/chores");
        let request = self.request(Method::POST, &path);
        self.done(request.json(&ChoreRequest { chore })).await
    }

    /// A thing to do was seen, and rests at every desk.
    pub async fn acknowledge(&self, key: &str) -> Result<(), ClientError> {
        let key = key.to_owned();
        let request = self.request(Method::POST, "/api/v1/acknowledgements");
        self.done(request.json(&AcknowledgeRequest { key })).await
    }

    /// Prints a ticket once more, marked as such.
    pub async fn reprint(&self, visit: VisitId) -> Result<ReprintAnswer, ClientError> {
        let path = format!("/api/v1/visits/{visit}/reprint");
        self.post(&path, &()).await
    }

    pub async fn appoint(
        &self,
        agent: &AgentId,
        time: Millis,
    ) -> Result<AppointmentView, ClientError> {
        let request = AppointmentRequest {
            agent: agent.clone(),
            time: time.rfc3339(),
        };
        self.post("/api/v1/appointments", &request).await
    }

    pub async fn not_a_buyer(&self, kind: NotABuyer) -> Result<(), ClientError> {
        let request = self.request(Method::POST, "/api/v1/not-buyers");
        self.done(request.json(&NotABuyerRequest { kind })).await
    }

    pub async fn close_day(&self, rest: Rest) -> Result<(), ClientError> {
        let request = self.request(Method::POST, "/api/v1/day/close");
        self.done(request.json(&CloseRequest { rest })).await
    }

    pub async fn reopen_day(&self) -> Result<(), ClientError> {
        self.done(self.request(Method::POST, "/api/v1/day/reopen"))
            .await
    }

    /// With a manager's own session.
    pub async fn order(&self, order: ManagersOrder, reason: &str) -> Result<(), ClientError> {
        let reason = reason.to_owned();
        let request = self.request(Method::POST, "/api/v1/manager/orders");
        self.done(request.json(&OrderRequest { order, reason }))
            .await
    }

    /// Today's turn sheet, a page to be printed and signed.
    pub async fn turn_sheet(&self, language: Language) -> Result<String, ClientError> {
        let request = self
            .request(Method::GET, "/api/v1/turn-book/sheet")
            .header("Accept-Language", language.tag());
        let response = self.heard(request).await?;
        response.text().await.map_err(|_| ClientError::Unreadable)
    }
}
