//! A certificate the floor makes for itself, in its keys' folder. Screens pin its key when they are
//! enrolled, so what else stands in it does not matter.

use std::io;
use std::path::Path;

use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use crate::config::private;
use crate::http::serve::{ServeError, Tls};

const CERTIFICATE: &str = "tls.crt";
const KEY: &str = "tls.key";

/// The floor's own certificate and key in `data/keys`, made when missing.
pub fn own_certificate(data: &Path) -> Result<Tls, ServeError> {
    let folder = data.join("keys");
    std::fs::create_dir_all(&folder)?;
    let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
    // The key is written first: a certificate that stands there has its key beside it.
    if !certificate.try_exists()? {
        let names = vec!["yingbin-floor".to_owned(), "localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names)
            .map_err(|e| ServeError::Tls(e.to_string()))?;
        private::replace(&key, &made.signing_key.serialize_der())?;
        private::replace(&certificate, made.cert.der())?;
    }
    let read = |path: &Path| {
        std::fs::read(path)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))
    };
    Tls::new(
        vec![CertificateDer::from(read(&certificate)?)],
        PrivatePkcs8KeyDer::from(read(&key)?).into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k10_the_floors_own_key_is_made_once() {
        let data = tempfile::tempdir().unwrap();
        let first = own_certificate(data.path()).unwrap().key_hash();
        assert_eq!(own_certificate(data.path()).unwrap().key_hash(), first);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(own_certificate(other.path()).unwrap().key_hash(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let key = std::fs::metadata(data.path().join("keys").join(KEY)).unwrap();
            assert_eq!(key.permissions().mode() & 0o777, 0o600);
        }
    }
}
