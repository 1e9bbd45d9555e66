//! A floor's key, pinned when the screen was enrolled: exactly that key is accepted, whatever its
//! certificate says, and nothing is sent to a floor with another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest, Sha256};

use crate::crypto::enrolment::KeyHash;

/// What a connection saw of the floor's key.
#[derive(Debug)]
pub(super) struct Pin {
    wanted: Option<KeyHash>,
    /// The last connection met another key.
    other: AtomicBool,
    seen: Mutex<Option<KeyHash>>,
    provider: CryptoProvider,
}

impl Pin {
    /// `wanted`: the pinned key; `None`: any, to see which there is.
    pub fn new(wanted: Option<KeyHash>) -> Arc<Self> {
        Arc::new(Self {
            wanted,
            other: AtomicBool::new(false),
            seen: Mutex::new(None),
            provider: rustls::crypto::ring::default_provider(),
        })
    }

    pub fn met_another(&self) -> bool {
        self.other.load(Ordering::Acquire)
    }

    pub fn seen(&self) -> Option<KeyHash> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// TLS as this pin wants it.
    pub fn tls(self: &Arc<Self>) -> Result<ClientConfig, Error> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(self.provider.clone()))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(self.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(certificate)?;
        let key: KeyHash = Sha256::digest(parsed.subject_public_key_info()).into();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        let right = self.wanted.is_none_or(|wanted| wanted == key);
        self.other.store(!right, Ordering::Release);
        if right {
            Ok(ServerCertVerified::assertion())
        } else {
            let reason = CertificateError::ApplicationVerificationFailure;
            Err(Error::InvalidCertificate(reason))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = self.provider.signature_verification_algorithms;
        known.supported_schemes()
    }
}
