//! Serving: TLS everywhere but on loopback, and an orderly end.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::crypto::enrolment::KeyHash;

/// Why a server did not start or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(
        "{0} is not a loopback address, so TLS is needed: give a certificate and key, or say \
         `insecure = true` in so many words"
    )]
    NeedsTls(SocketAddr),
    #[error("the certificate or its key cannot be used: {0}")]
    Tls(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Certificate chain and key, both PEM.
#[derive(Clone)]
pub struct Tls {
    config: RustlsConfig,
    key_hash: KeyHash,
}

impl Tls {
    /// Reads a certificate chain and its private key, both PEM.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, ServeError> {
        let say = |e: &dyn std::fmt::Display| ServeError::Tls(e.to_string());
        let certificates = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| say(&e))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|e| say(&e))?;
        Self::new(certificates, key)
    }

    /// A certificate chain and its private key.
    pub fn new(
        certificates: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, ServeError> {
        let say = |e: &dyn std::fmt::Display| ServeError::Tls(e.to_string());
        let own = certificates.first().ok_or_else(|| say(&"no certificate"))?;
        let own = ParsedCertificate::try_from(own).map_err(|e| say(&e))?;
        let key_hash = Sha256::digest(own.subject_public_key_info()).into();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| say(&e))?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .map_err(|e| say(&e))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            config: RustlsConfig::from_config(Arc::new(config)),
            key_hash,
        })
    }

    /// What screens pin.
    pub const fn key_hash(&self) -> KeyHash {
        self.key_hash
    }
}

/// How a listener is to be served.
#[derive(Clone, Default)]
pub struct Transport {
    pub tls: Option<Tls>,
    /// Plain HTTP also on an address that is not loopback.
    pub insecure: bool,
}

/// Tells long answers (polls, streams) that the server is closing.
#[derive(Clone)]
pub struct Closing(watch::Receiver<bool>);

impl Closing {
    /// Waits until the server closes.
    pub async fn wait(&mut self) {
        // An error means the other half is gone, which is the end as well.
        let _ = self.0.wait_for(|closing| *closing).await;
    }
}

/// The other half of [`Closing`].
pub struct Closer(watch::Sender<bool>);

/// A pair made before the router, because its handlers need the first half.
pub fn closing() -> (Closer, Closing) {
    let (send, receive) = watch::channel(false);
    (Closer(send), Closing(receive))
}

/// A request's head must be there within this time, and a connection without any request is closed
/// after it: else a few hundred clients that send a byte now and then use up all connections.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests under way may take after the end was asked for.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `shutdown` is ready, then lets the requests under way finish.
pub async fn serve(
    listener: TcpListener,
    transport: Transport,
    router: Router,
    closer: Closer,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if transport.tls.is_none() && !transport.insecure && !address.ip().is_loopback() {
        return Err(ServeError::NeedsTls(address));
    }
    let handle = Handle::new();
    let ender = handle.clone();
    let watcher = tokio::spawn(async move {
        shutdown.await;
        let _ = closer.0.send(true);
        ender.graceful_shutdown(Some(GRACE));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = match transport.tls {
        Some(tls) => {
            let mut server = axum_server::from_tcp_rustls(listener, tls.config)?.handle(handle);
            server.http_builder().http1().header_read_timeout(HEAD);
            server.serve(service).await
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.handle(handle);
            server.http_builder().http1().header_read_timeout(HEAD);
            server.serve(service).await
        }
    };
    watcher.abort();
    Ok(served?)
}
