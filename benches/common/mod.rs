//! What the benchmarks share: a house of real processes, a floor's long past, figures.
//!
//! `cargo bench` measures at full size; `cargo test --bench NAME` runs through everything in small.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use yingbin::client::FloorClient;
use yingbin::client::office::Office;
use yingbin::protocol::feed::DeviceRole;

#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../../tests/suite/support/office.rs"]
pub mod office;
pub mod past;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../../tests/suite/support/processes.rs"]
pub mod processes;

use processes::Program;

/// `full` under `cargo bench`, `small` otherwise.
pub fn size(full: usize, small: usize) -> usize {
    if std::env::args().any(|a| a == "--bench") {
        full
    } else {
        small
    }
}

/// An office that was set up, its centre, and a floor that has heard everything and stopped.
pub struct House {
    pub folder: tempfile::TempDir,
    pub kiosks: Vec<String>,
    pub desk: String,
    /// Enrolled as a display.
    pub display: String,
    floor: (String, String),
    centre: String,
}

/// Most kiosks; more clients than that share them.
const KIOSKS: usize = 8;

impl House {
    /// With so many kiosks, or as many as may be enrolled in a minute: what one device may ask in a
    /// second is limited too.
    pub async fn set_up(kiosks: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Program::server(&folder.path().join("central"));
        let centre = server.says("centre:");
        let link = server.says("first start, make the administrator's account here (works once):");
        let mut office = Office::new(&centre, "bench");
        let set_up = office::set_up(&mut office, &link).await;
        let display = office
            .add_device("bench-display", DeviceRole::Display)
            .await;
        let mut codes = Vec::new();
        for n in 0..kiosks.min(KIOSKS) {
            let id = format!("bench-kiosk-{n}");
            let added = office.add_device(&id, DeviceRole::Kiosk).await;
            codes.push(added.expect("added").code);
        }
        let mut house = Self {
            folder,
            kiosks: Vec::new(),
            desk: String::new(),
            display: String::new(),
            floor: (set_up.floor.floor, set_up.floor.token),
            centre,
        };
        let (floor, url) = house.floor("empty");
        for code in codes {
            house.kiosks.push(office::token(&url, &code).await);
        }
        house.desk = office::token(&url, &set_up.desk).await;
        house.display = office::token(&url, &display.expect("added").code).await;
        house.stop(floor);
        // Only the floor is measured; what it has for the centre waits.
        drop(server);
        house
    }

    pub fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A floor on the data folder of this name, and its address.
    pub fn floor(&self, name: &str) -> (Program, String) {
        let data = self.data(name);
        let floor = Program::start(
            &["floor"],
            &[
                ("YINGBIN_FLOOR_LISTEN", "127.0.0.1:0"),
                ("YINGBIN_FLOOR_DATA", data.to_str().expect("UTF-8")),
                ("YINGBIN_FLOOR_CENTRE__URL", &self.centre),
                ("YINGBIN_FLOOR_CENTRE__FLOOR", &self.floor.0),
                ("YINGBIN_FLOOR_CENTRE__TOKEN", &self.floor.1),
                ("RUST_LOG", "error"),
            ],
        );
        let url = floor.says("floor:");
        (floor, url)
    }

    /// An orderly end, with a snapshot.
    pub fn stop(&self, floor: Program) {
        let pid = floor.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.expect("kill").success());
        floor.end();
    }

    /// The data folder `to` as a copy of `from`, whose floor does not run.
    pub fn copy(&self, from: &str, to: &str) {
        copy(&self.data(from), &self.data(to));
    }

    pub fn client(&self, url: &str, token: &str) -> FloorClient {
        FloorClient::new(url, token, None).expect("a client")
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).expect("copied");
        }
    }
}

/// The share `part` (0 to 1) of the sorted times lies below this.
pub fn percentile(times: &mut [Duration], part: f64) -> Duration {
    times.sort();
    let at = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len());
    times[at - 1]
}

/// How long it takes.
pub async fn timed<T>(what: impl Future<Output = T>) -> (Duration, T) {
    let begun = Instant::now();
    let done = what.await;
    (begun.elapsed(), done)
}

/// A process's resident memory, MiB; Linux only, 0 elsewhere.
pub fn resident_mib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:")?.trim().strip_suffix("kB"))
        .and_then(|kib| kib.trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
