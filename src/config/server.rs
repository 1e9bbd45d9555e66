//! The central server's configuration.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::Fault;
use super::load::Config;
use super::parts::{Address, Tls, from_folder, safe_to_listen};
use super::role::Role;

/// `config/server.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    pub listen: SocketAddr,
    /// Folder of database and keys.
    pub data: PathBuf,
    /// Serve in clear also where others could listen.
    pub insecure: bool,
    /// The address as browsers and phones reach it; `None`: the one listened on.
    pub public_url: Option<Address>,
    pub tls: Option<Tls>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 7700).into(),
            data: "server-data".into(),
            insecure: false,
            public_url: None,
            tls: None,
        }
    }
}

impl Config for ServerConfig {
    const ROLE: Role = Role::Server;

    fn resolve(&mut self, folder: &Path) -> Result<(), Fault> {
        from_folder(&mut self.data, folder);
        if let Some(tls) = &mut self.tls {
            tls.resolve(folder);
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Fault> {
        safe_to_listen(self.listen, self.tls.as_ref(), self.insecure)
    }
}
