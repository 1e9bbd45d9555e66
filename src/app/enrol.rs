//! `yingbin enrol`: a screen joins its floor where nobody can type at its window.

use std::io::Write;
use std::path::Path;

use super::cli::{EnrolArgs, ScreenRole};
use super::{AppError, runtime};
use crate::client::membership::Membership;
use crate::config::{self, Config, DeskConfig, DisplayConfig, KioskConfig, Role};

/// Turns the code into a token, kept beside the configuration with the floor's key.
pub fn run(args: EnrolArgs) -> Result<(), AppError> {
    let file = args.config.as_path();
    let membership = match args.role {
        ScreenRole::Kiosk => {
            let config = load::<KioskConfig>(file)?;
            Membership::new(Role::Kiosk, config.floor_line(), Some(file))
        }
        ScreenRole::Display => {
            let config = load::<DisplayConfig>(file)?;
            Membership::new(Role::Display, config.floor_line(), Some(file))
        }
        ScreenRole::Desk => {
            let config = load::<DeskConfig>(file)?;
            Membership::new(Role::Desk, config.floor_line(), Some(file))
        }
    };
    let code = match args.code {
        Some(code) => code,
        None => ask()?,
    };
    let enrolled = runtime()?.block_on(membership.join(None, &code))?;
    println!("{} is enrolled.", enrolled.device);
    if let Some(key) = enrolled.floor_key_hex() {
        println!("the floor's key is pinned: {key}");
    }
    Ok(())
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
