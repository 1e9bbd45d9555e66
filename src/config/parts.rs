//! What several roles have: addresses, certificates, the rule that nothing passes in clear.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::{Host, Url};

use super::error::Fault;

/// Counts a relative path from `folder`.
pub(super) fn from_folder(path: &mut PathBuf, folder: &Path) {
    // Joining an absolute path gives that path.
    *path = folder.join(&*path);
}

/// Certificate chain and key, PEM.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    pub cert: PathBuf,
    pub key: PathBuf,
}

impl Tls {
    pub(super) fn resolve(&mut self, folder: &Path) {
        from_folder(&mut self.cert, folder);
        from_folder(&mut self.key, folder);
    }
}

/// The beginning of an address, `http://host:port`, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(Url);

impl Address {
    /// Where a floor on this machine listens unless it is told otherwise.
    pub fn own_floor() -> Self {
        Self::try_from("http://127.0.0.1:7710".to_owned()).expect("an address")
    }
    /// As other addresses begin: without a slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }
    /// Whether it can only be this machine.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
    }

    /// Whether nobody else on the network could read along, or `insecure` says that it does not
    /// matter.
    pub fn is_safe(&self, insecure: bool) -> bool {
        self.is_encrypted() || self.is_loopback() || insecure
    }

    /// # Errors
    /// When `key` would send in clear over a network, without `insecure` saying so.
    pub(super) fn safe_to_call(&self, key: &str, insecure: bool) -> Result<(), Fault> {
        if self.is_safe(insecure) {
            return Ok(());
        }
        Err(Fault::new(
            key,
            "would be spoken to without encryption over a network",
            "use https:// (网络连接须加密), or, where nobody else can listen, say `insecure = true`",
        ))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Address {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = Url::parse(&text).map_err(|_| "is not an address (http://… or https://…)")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must begin with http:// or https://");
        }
        let bare = url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err("must be the beginning of an address: no ?, no #, no user");
        }
        Ok(Self(url))
    }
}

/// Whether a server may listen so: on this machine alone, or encrypted, or told `insecure` in so
/// many words.
///
/// # Errors
/// Otherwise, with the remedy.
pub fn safe_to_listen(listen: SocketAddr, tls: Option<&Tls>, insecure: bool) -> Result<(), Fault> {
    if listen.ip().is_loopback() || tls.is_some() || insecure {
        return Ok(());
    }
    Err(Fault::new(
        "listen",
        format!("{listen} can be reached by other machines, and there is no [tls]"),
        "give [tls] cert and key (非本机地址须加密; a floor may say `own_certificate = true` instead), \
         listen on 127.0.0.1, or, where nobody else can listen, \
         say `insecure = true`",
    ))
}
