//! `yingbin enrol`: a screen joins its floor.

use std::io::Write;
use std::path::Path;

use super::cli::{EnrolArgs, ScreenRole};
use super::{AppError, runtime};
use crate::client::enrol::{Enrolled, enrol};
use crate::config::{self, Config, DeskConfig, DisplayConfig, Enrolment, KioskConfig};
use crate::protocol::feed::DeviceRole;

/// Turns the code into a token, kept beside the configuration with the floor's key.
pub fn run(args: EnrolArgs) -> Result<(), AppError> {
    let file = args.config.as_path();
    let (role, floor) = match args.role {
        ScreenRole::Kiosk => {
            let config = load::<KioskConfig>(file)?;
            (DeviceRole::Kiosk, config.floor)
        }
        ScreenRole::Display => {
            let config = load::<DisplayConfig>(file)?;
            (DeviceRole::Display, config.floor)
        }
        ScreenRole::Desk => {
            let config = load::<DeskConfig>(file)?;
            (DeviceRole::Desk, config.floor)
        }
    };
    let code = match args.code {
        Some(code) => code,
        None => ask()?,
    };
    let enrolled = runtime()?.block_on(enrol(floor.as_str(), &code, Some(role)))?;
    keep(&enrolled, file)?;
    println!("{} is enrolled.", enrolled.device);
    if let Some(key) = enrolled.floor_key_hex() {
        println!("the floor's key is pinned: {key}");
    }
    Ok(())
}

/// Keeps what the enrolment gave beside `config`.
pub fn keep(enrolled: &Enrolled, config: &Path) -> std::io::Result<()> {
    let kept = Enrolment {
        device: enrolled.device.clone(),
        role: enrolled.role.code().to_owned(),
        token: enrolled.token.clone(),
        floor_key: enrolled.floor_key_hex(),
    };
    kept.keep(config)
}

fn load<C: Config>(file: &Path) -> Result<C, AppError> {
    Ok(config::load(Some(file), std::env::vars())?)
}

fn ask() -> Result<String, AppError> {
    print!("code: ");
    std::io::stdout().flush()?;
    let mut code = String::new();
    std::io::stdin().read_line(&mut code)?;
    Ok(code)
}
