//! The HTTP client every screen speaks to the floor with.

pub mod check_in;
pub mod cut_off;
pub mod enrol;
pub mod guest;
pub mod live;
pub mod membership;
pub mod office;
pub mod steer;
pub mod own_series;
mod pin;
pub mod staff;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::pin::Pin;
use crate::core::id::{AgentId, VisitId};
use crate::core::visit::Action;
use crate::crypto::enrolment::KeyHash;
use crate::protocol::agent::{AgentList, StatusRequest};
use crate::protocol::check_in::{CheckInAnswer, CheckInRequest};
use crate::protocol::desk::DeskView;
use crate::protocol::enrol::{EnrolAnswer, EnrolRequest};
use crate::protocol::kiosk::KioskStanding;
use crate::protocol::problem::Problem;
use crate::protocol::site::SiteView;
use crate::protocol::visit::{ActionRequest, ChangedConsultant, OwnVisit, VisitView};

/// Why the floor gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nothing was heard; the request may or may not have arrived, so only one with an
    /// idempotency key may be sent again.
    #[error("the floor cannot be reached")]
    Unreachable,
    /// Nothing was sent.
    #[error(
        "the floor has another key than the one this device was enrolled with; if the floor was \
         replaced, enrol this device anew"
    )]
    OtherFloor,
    #[error("the floor refused: {}", .0.code)]
    Refused(Box<Problem>),
    #[error("the floor's answer cannot be read")]
    Unreadable,
    #[error("the floor's address or this device's settings are not usable: {0}")]
    Settings(&'static str),
}

impl ClientError {
    /// Whether the same request may succeed later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Refused(p) => p.status == 429 || p.status >= 500,
            Self::OtherFloor | Self::Unreadable | Self::Settings(_) => false,
        }
    }
}

/// A device's line to its floor.
#[derive(Clone)]
pub struct FloorClient {
    http: reqwest::Client,
    base: String,
    token: String,
    pin: Option<Arc<Pin>>,
}

impl FloorClient {
    /// `base`: `http://127.0.0.1:7710` or an `https` address; `root_pem`: the certificate to trust
    /// instead of the public ones.
    pub fn new(base: &str, token: &str, root_pem: Option<&[u8]>) -> Result<Self, ClientError> {
        let mut builder = builder().tls_certs_only([]);
        if let Some(pem) = root_pem {
            let certificates = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|_| ClientError::Settings("the floor's certificate is not PEM"))?;
            builder = builder.tls_certs_only(certificates);
        }
        let http = builder
            .build()
            .map_err(|_| ClientError::Settings("TLS cannot be set up"))?;
        Ok(Self::with(http, base, token, None))
    }

    /// A line to the floor with exactly this key.
    pub fn pinned(base: &str, token: &str, key: KeyHash) -> Result<Self, ClientError> {
        Self::with_pin(base, token, Pin::new(Some(key)))
    }

    /// The key of the floor at `base`, whatever it is; `None` where the line is in clear.
    ///
    /// # Errors
    /// [`ClientError::Settings`] where somebody answers who does not encrypt as a floor does.
    pub async fn key_of(base: &str) -> Result<Option<KeyHash>, ClientError> {
        if !base.starts_with("https:") {
            return Ok(None);
        }
        let pin = Pin::new(None);
        let client = Self::with_pin(base, "", pin.clone())?;
        let request = client.http.get(format!("{}/healthz", client.base));
        let heard = request.timeout(Duration::from_secs(10)).send().await;
        match (heard, pin.seen()) {
            (Ok(_), Some(key)) => Ok(Some(key)),
            (Err(error), _) if is_no_tls(&error) => {
                Err(ClientError::Settings("no TLS is spoken at that address"))
            }
            _ => Err(ClientError::Unreachable),
        }
    }

    fn with_pin(base: &str, token: &str, pin: Arc<Pin>) -> Result<Self, ClientError> {
        let unusable = ClientError::Settings("TLS cannot be set up");
        let Ok(tls) = pin.tls() else {
            return Err(unusable);
        };
        let http = builder().tls_backend_preconfigured(tls).build();
        let http = http.map_err(|_| unusable)?;
        Ok(Self::with(http, base, token, Some(pin)))
    }

    fn with(http: reqwest::Client, base: &str, token: &str, pin: Option<Arc<Pin>>) -> Self {
        Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
            pin,
        }
    }

    /// Why nothing was heard.
    fn silence(&self) -> ClientError {
        match &self.pin {
            Some(pin) if pin.met_another() => ClientError::OtherFloor,
            _ => ClientError::Unreachable,
        }
    }

    /// Turns an enrolment code's proof into a token.
    pub async fn enrol(&self, request: &EnrolRequest) -> Result<EnrolAnswer, ClientError> {
        self.post("/api/v1/enrolments", request).await
    }

    /// Says how this kiosk stands.
    pub async fn kiosk_standing(&self, standing: &KioskStanding) -> Result<(), ClientError> {
        let request = self.request(Method::PUT, "/api/v1/kiosk").json(standing);
        self.done(request).await
    }

    pub async fn site(&self) -> Result<SiteView, ClientError> {
        self.get("/api/v1/site").await
    }

    /// Checks a party in. The same key and body again give the stored first answer, so this is the
    /// one call that may be repeated after [`ClientError::Unreachable`].
    pub async fn check_in(
        &self,
        key: &str,
        body: &CheckInRequest,
    ) -> Result<CheckInAnswer, ClientError> {
        let request = self
            .request(Method::POST, "/api/v1/check-ins")
            .header("Idempotency-Key", key)
            .json(body);
        self.answer(request).await
    }

    /// A kiosk's view of its own visit: what became of the paper.
    pub async fn own_visit(&self, visit: VisitId) -> Result<OwnVisit, ClientError> {
        self.get(&format!("/api/v1/visits/{visit}")).await
    }

    /// The guest of a kiosk's own visit wishes for another consultant than `of`. Harmless when
    /// repeated: it never sends a second one away.
    pub async fn change_consultant(
        &self,
        visit: VisitId,
        of: AgentId,
    ) -> Result<ChangedConsultant, ClientError> {
        let request = ActionRequest {
            agent: Some(of),
            ..ActionRequest::plain(Action::Refuse)
        };
        self.post(&format!("/api/v1/visits/{visit}/actions"), &request)
            .await
    }

    /// A visit as the desk sees it.
    pub async fn visit(&self, visit: VisitId) -> Result<VisitView, ClientError> {
        self.get(&format!("/api/v1/visits/{visit}")).await
    }

    pub async fn agents(&self) -> Result<AgentList, ClientError> {
        self.get("/api/v1/agents").await
    }

    pub async fn desk(&self) -> Result<DeskView, ClientError> {
        self.get("/api/v1/desk").await
    }

    pub async fn act(
        &self,
        visit: VisitId,
        action: &ActionRequest,
    ) -> Result<VisitView, ClientError> {
        self.post(&format!("/api/v1/visits/{visit}/actions"), action)
            .await
    }

    pub async fn set_status(
        &self,
        agent: &AgentId,
        status: &StatusRequest,
    ) -> Result<crate::protocol::agent::AgentView, ClientError> {
        self.post(&format!("/api/v1/agents/{agent}/status"), status)
            .await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .timeout(Duration::from_secs(10))
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.answer(self.request(Method::GET, path)).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.answer(self.request(Method::POST, path).json(body))
            .await
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let response = self.heard(request).await?;
        let bytes = response
            .bytes()
            .await
            .map_err(|_| ClientError::Unreachable)?;
        serde_json::from_slice(&bytes).map_err(|_| ClientError::Unreadable)
    }

    /// Asks for something that has no answer but that it was done.
    async fn done(&self, request: RequestBuilder) -> Result<(), ClientError> {
        self.heard(request).await.map(drop)
    }

    async fn heard(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|_| self.silence())?;
        refused(response).await
    }
}

fn builder() -> reqwest::ClientBuilder {
    // A second installation in one process is harmless: both are the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(3))
        .no_proxy()
}

/// Whether somebody answered, but not in TLS.
fn is_no_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    // An error within an error of input and output is not among its sources.
    io.is_some_and(|e| e.kind() == std::io::ErrorKind::InvalidData)
        || io.and_then(|e| e.get_ref()).is_some_and(|e| is_no_tls(e))
        || error.source().is_some_and(is_no_tls)
}

/// Turns an error status into [`ClientError::Refused`].
async fn refused(response: Response) -> Result<Response, ClientError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let bytes = response
        .bytes()
        .await
        .map_err(|_| ClientError::Unreachable)?;
    let problem = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
        Problem::new(
            status.as_u16(),
            if status == StatusCode::TOO_MANY_REQUESTS {
                "too_many_requests"
            } else {
                "unknown"
            },
            status.canonical_reason().unwrap_or("error"),
        )
    });
    Err(ClientError::Refused(Box::new(problem)))
}
