//! The administrator's line to the centre: setting an office up (K0) and asking about it.

use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::core::id::AgentId;
use crate::protocol::central::{
    CustomerList, CustomerSearch, DeviceCode, DeviceDraft, FloorCredential, NoticeDraft,
    SessionAnswer, SessionRequest, SetupRequest, SiteSettings, StaffList, VisitRecords,
};
use crate::protocol::feed::DeviceRole;
use crate::protocol::staff::PinCode;

/// Why the centre could not be set up or asked. Names the call, never what was sent.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    #[error("{call}: the centre cannot be reached")]
    Unreachable { call: String },
    #[error("{call}: the centre answered {status} {code}")]
    Refused {
        call: String,
        status: u16,
        code: String,
    },
    #[error("{call}: the answer cannot be read")]
    Unreadable { call: String },
}

/// The centre's API as an administrator's program uses it.
pub struct Office {
    http: reqwest::Client,
    url: String,
    /// Beginning of the addresses about the site.
    site: String,
    session: Option<String>,
}

impl Office {
    /// `url`: the centre's address. `site`: the showroom the calls are about.
    pub fn new(url: &str, site: &str) -> Self {
        // A second installation in one process is harmless: both are the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            http: reqwest::Client::new(),
            url: url.trim_end_matches('/').to_owned(),
            site: format!("/api/v1/sites/{site}"),
            session: None,
        }
    }

    /// Makes the first account with the code of the one-time administrator link.
    pub async fn set_up(&self, code: &str, user: &str, password: &str) -> Result<(), OfficeError> {
        let request = SetupRequest {
            code: code.to_owned(),
            user: user.to_owned(),
            password: password.to_owned(),
        };
        self.send(Method::POST, "/api/v1/setup", Some(&request))
            .await
    }

    /// The calls below need a session.
    pub async fn sign_in(&mut self, user: &str, password: &str) -> Result<(), OfficeError> {
        let request = SessionRequest {
            user: user.to_owned(),
            password: password.to_owned(),
        };
        let session: SessionAnswer = self
            .call(Method::POST, "/api/v1/sessions", Some(&request))
            .await?;
        self.session = Some(session.token);
        Ok(())
    }

    pub async fn set_site(&self, site: &SiteSettings) -> Result<(), OfficeError> {
        self.send(Method::PUT, &self.site, Some(site)).await
    }

    pub async fn set_notice(&self, notice: &NoticeDraft) -> Result<(), OfficeError> {
        self.send(Method::POST, &self.site_path("/notices"), Some(notice))
            .await
    }

    pub async fn set_staff(&self, staff: &StaffList) -> Result<(), OfficeError> {
        self.send(Method::PUT, &self.site_path("/staff"), Some(staff))
            .await
    }

    /// A one-time code with which a member of staff sets their PIN at the floor.
    pub async fn pin_code(&self, staff: &AgentId) -> Result<PinCode, OfficeError> {
        let path = self.site_path(&format!("/staff/{staff}/pin-code"));
        self.call::<(), _>(Method::POST, &path, None).await
    }

    pub async fn enrol_floor(&self) -> Result<FloorCredential, OfficeError> {
        self.call::<(), _>(Method::POST, &self.site_path("/floors"), None)
            .await
    }

    /// Sets a screen up; its code is typed at the screen. One of the same id, whose token or code
    /// was lost, is revoked first.
    pub async fn add_device(&self, id: &str, role: DeviceRole) -> Result<DeviceCode, OfficeError> {
        let path = self.site_path("/devices");
        let draft = DeviceDraft {
            id: id.to_owned(),
            role,
        };
        match self.call(Method::POST, &path, Some(&draft)).await {
            Err(OfficeError::Refused { status: 409, .. }) => {
                self.send::<()>(Method::DELETE, &format!("{path}/{id}"), None)
                    .await?;
                self.call(Method::POST, &path, Some(&draft)).await
            }
            other => other,
        }
    }

    /// The visits of `day`, `YYYY-MM-DD` of the site's time zone.
    pub async fn visits(&self, day: &str) -> Result<VisitRecords, OfficeError> {
        let path = self.site_path(&format!("/visits?day={day}"));
        self.call::<(), _>(Method::GET, &path, None).await
    }

    pub async fn search(&self, search: &CustomerSearch) -> Result<CustomerList, OfficeError> {
        self.call(Method::POST, "/api/v1/customers/search", Some(search))
            .await
    }

    fn site_path(&self, rest: &str) -> String {
        format!("{}{rest}", self.site)
    }

    async fn call<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<T, OfficeError> {
        let call = format!("{method} {path}");
        let bytes = self.exchange(method, path, body).await?;
        serde_json::from_slice(&bytes).map_err(|_| OfficeError::Unreadable { call })
    }

    async fn send<B: Serialize>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<(), OfficeError> {
        self.exchange(method, path, body).await.map(drop)
    }

    async fn exchange<B: Serialize>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<Vec<u8>, OfficeError> {
        let call = format!("{method} {path}");
        let unreachable = |_| OfficeError::Unreachable { call: call.clone() };
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(session) = &self.session {
            request = request.bearer_auth(session);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok(bytes.to_vec());
        }
        Err(OfficeError::Refused {
            call,
            status: status.as_u16(),
            code: code_of(status, &bytes),
        })
    }
}

fn code_of(status: StatusCode, body: &[u8]) -> String {
    serde_json::from_slice::<crate::protocol::problem::Problem>(body).map_or_else(
        |_| status.canonical_reason().unwrap_or("").to_owned(),
        |p| p.code,
    )
}
