//! Floors in processes of their own on one data folder, with a centre in the test's.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use yingbin::client::FloorClient;
use yingbin::core::id::VisitId;
use yingbin::core::site::Site;
use yingbin::core::visit::{Action, VisitState};
use yingbin::protocol::visit::ActionRequest;

use super::centre::{self, FakeCentre};
use super::floor::{DESK, devices};
pub use super::office::noon_zone;
use super::office::until;
use super::processes::Program;
use super::site::site;

/// The showroom of the tests, where it is about noon.
pub fn noon_site() -> Site {
    Site {
        time_zone: noon_zone(),
        ..site()
    }
}

pub struct House {
    pub centre: FakeCentre,
    pub folder: tempfile::TempDir,
}

impl House {
    /// `accept_seconds`: how long an offer stands.
    pub async fn new(accept_seconds: u32) -> Self {
        let centre = FakeCentre::start().await;
        centre.hand_down(json!({"kind": "site", "site": noon_site()}));
        let rules = json!({"accept_seconds": accept_seconds});
        centre.hand_down(json!({"kind": "rules", "rules": rules}));
        centre.hand_down(devices());
        Self {
            centre,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("floor")
    }

    /// `yingbin floor`, ready to be started.
    pub fn floor(&self) -> Program {
        self.program(Command::new(env!("CARGO_BIN_EXE_yingbin")), &["floor"])
    }

    /// `yingbin ARGS` with this floor's configuration, by a command that ends up as it.
    pub fn program(&self, mut command: Command, arguments: &[&str]) -> Program {
        command.args(arguments);
        let data = self.data();
        let mut environment =
            floor_environment(&data, &self.centre.url, "f1", centre::TOKEN).to_vec();
        // What the command says for itself counts.
        environment.retain(|(name, _)| command.get_envs().all(|(own, _)| own != *name));
        Program::run(command, &environment)
    }
}

/// A floor's configuration as it stands in the environment.
pub fn floor_environment<'a>(
    data: &'a Path,
    centre: &'a str,
    floor: &'a str,
    token: &'a str,
) -> [(&'static str, &'a str); 7] {
    [
        ("YINGBIN_FLOOR_LISTEN", "127.0.0.1:0"),
        ("YINGBIN_FLOOR_DATA", data.to_str().unwrap()),
        // Whatever room the machine of the tests has.
        ("YINGBIN_FLOOR_WARN_FREE_MB", "0"),
        ("YINGBIN_FLOOR_CENTRE__URL", centre),
        ("YINGBIN_FLOOR_CENTRE__FLOOR", floor),
        ("YINGBIN_FLOOR_CENTRE__TOKEN", token),
        ("RUST_LOG", "warn"),
    ]
}

pub fn client(url: &str, token: &str) -> FloorClient {
    FloorClient::new(url, token, None).unwrap()
}

/// The desk of a floor that has heard of its site and devices.
pub async fn desk_of(url: &str) -> FloorClient {
    let desk = client(url, DESK);
    until("the site on the floor", async || desk.site().await.ok()).await;
    desk
}

pub fn action(action: Action) -> ActionRequest {
    serde_json::from_value(json!({ "action": action })).unwrap()
}

/// What an attentive consultant does next with a visit in this state, and where that leads.
pub fn next_step(state: VisitState) -> Option<(Action, VisitState)> {
    match state {
        VisitState::Offered => Some((Action::Accept, VisitState::Called)),
        VisitState::Called => Some((Action::Start, VisitState::Serving)),
        VisitState::Serving => Some((Action::Finish, VisitState::Finished)),
        _ => None,
    }
}

/// The visits that are with a consultant now.
pub async fn with_agents(desk: &FloorClient) -> Result<Vec<VisitId>, yingbin::client::ClientError> {
    let agents = desk.agents().await?.agents;
    Ok(agents.into_iter().filter_map(|a| a.visit).collect())
}
