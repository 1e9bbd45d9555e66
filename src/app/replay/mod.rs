//! `yingbin replay` and `yingbin simulate`: days of a floor, or of none, in figures.

mod foretold;
mod picture;
mod table;
pub(super) mod verify;

use std::io::Write;
use std::path::{Path, PathBuf};

use super::AppError;
use super::cli::{ReplayArgs, SimulateArgs};
use crate::config::{self, FloorConfig};
use crate::core::house_rules::HouseRules;
use crate::core::language::Language;
use crate::core::replay::{self, Case, Figures, History, Month};
use crate::core::words::say;
use crate::floor::{LogError, recorded};

/// Why days cannot be played again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(
        "{}: {source}\nGive the floor's data folder with --data, or its configuration with --config.",
        folder.display()
    )]
    Log { folder: PathBuf, source: LogError },
    #[error("{}: {source}", file.display())]
    Picture {
        file: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: {what}", file.display())]
    Sheet { file: PathBuf, what: String },
    #[error("the picture cannot be drawn: {0}")]
    Template(#[from] askama::Error),
}

/// One way the days went, with its heading.
pub(super) struct Variant {
    pub name: String,
    pub figures: Figures,
}

/// `yingbin replay`.
pub fn replay(args: &ReplayArgs) -> Result<(), AppError> {
    let language = args.language.language();
    let data = match &args.data {
        Some(data) => data.clone(),
        None => config::load::<FloorConfig>(args.config.as_deref(), std::env::vars())?.data,
    };
    let log = recorded(&data)
        .map_err(|source| ReplayError::Log {
            folder: data,
            source,
        })?
        .events;
    if let Some(file) = &args.verify {
        return show(&verify::sheet(file, &log, language)?);
    }
    let from = args.from.as_deref().unwrap_or_default();
    let to = args.to.as_deref().unwrap_or_default();
    if let Some(ticket) = args.ticket {
        let case = Case::of(&log, from, ticket);
        return show(&table::case(&case, ticket, language));
    }
    let words = |key: &str| say(language, &format!("replay.{key}"), &[]);
    let mut variants = vec![Variant {
        name: words("was"),
        figures: Figures::of(&log, from, to),
    }];
    if let Some(rules) = rules(args.rules.as_deref())? {
        let would = History::read(&log).under(&rules);
        variants.push(Variant {
            name: words("would"),
            figures: Figures::of(&would.log, from, to),
        });
    }
    tell(&words("title"), &variants, args.svg.as_deref(), language)
}

/// `yingbin simulate`.
pub fn simulate(args: &SimulateArgs) -> Result<(), AppError> {
    let language = args.language.language();
    let words = |key: &str| say(language, &format!("replay.{key}"), &[]);
    let month = Month {
        seed: args.seed,
        days: args.days,
        agents: args.agents as usize,
        parties: args.parties,
        rules: rules(args.rules.as_deref())?.unwrap_or_default(),
    };
    let played = replay::simulate(&month);
    let mut variants = vec![Variant {
        name: words("rules_a"),
        figures: Figures::of(&played.log, "", ""),
    }];
    if let Some(rules) = rules(args.against.as_deref())? {
        let other = replay::simulate(&Month { rules, ..month });
        variants.push(Variant {
            name: words("rules_b"),
            figures: Figures::of(&other.log, "", ""),
        });
    }
    let title = words("title_month");
    tell(&title, &variants, args.svg.as_deref(), language)
}

fn rules(file: Option<&Path>) -> Result<Option<HouseRules>, AppError> {
    let load = |file| config::load(Some(file), std::iter::empty());
    Ok(file.map(load).transpose()?)
}

fn tell(
    title: &str,
    variants: &[Variant],
    svg: Option<&Path>,
    language: Language,
) -> Result<(), AppError> {
    if let Some(file) = svg {
        let picture = picture::draw(title, variants, language).map_err(ReplayError::from)?;
        std::fs::write(file, picture).map_err(|source| ReplayError::Picture {
            file: file.to_owned(),
            source,
        })?;
    }
    show(&table::variants(title, variants, language))
}

/// Whoever reads through a pipe may have read enough.
pub(super) fn show(text: &str) -> Result<(), AppError> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
