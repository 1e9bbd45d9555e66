//! The chime before a call (提示音, K5), played by a program of the system.
//!
//! Sounds wait for each other and nothing waits for a sound: a call is announced by leaving a note
//! in a short queue, and what cannot be played in time is not played at all.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempPath;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::config::Chime;

static CHIME: &[u8] = include_bytes!("../../assets/chime/chime.wav");
/// Bytes before the samples; `assets/chime/make.py` writes no other chunks.
const HEADER: usize = 44;

/// How many announcements can wait. A full queue means that the newest call is still heard: the
/// sound before it belongs to the same few seconds.
const WAITING: usize = 3;
/// An announcement that waited longer would draw eyes to a call long read.
const STALE: Duration = Duration::from_secs(6);
/// A player still at it after so long is stopped.
const LONGEST: Duration = Duration::from_secs(10);
/// Names the sound's file to the player, beside `{file}` in its arguments.
const FILE_VARIABLE: &str = "YINGBIN_SOUND";

/// Players looked for when none is configured. A path inside a PowerShell text would need quoting,
/// so there the file comes by the environment.
const KNOWN_PLAYERS: [&[&str]; 4] = [
    &["aplay", "-q", "{file}"],
    &["paplay", "{file}"],
    &["afplay", "{file}"],
    &[
        "powershell",
        "-NoProfile",
        "-NonInteractive",
        "-Command",
        "(New-Object System.Media.SoundPlayer $env:YINGBIN_SOUND).PlaySync()",
    ],
];

/// Why a sound was not heard.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    #[error("the player could not be started ({0})")]
    NotStarted(io::ErrorKind),
    #[error("the player failed ({0})")]
    Failed(ExitStatus),
    #[error("the player did not come to an end and was stopped")]
    TooLong,
}

/// What makes the sound.
pub enum Player {
    /// An external program.
    Command(CommandPlayer),
    /// Nothing is heard.
    Silent,
    /// Tells of each sound that begins, and lets it end when told.
    #[cfg(test)]
    Memory {
        begun: mpsc::UnboundedSender<()>,
        end: mpsc::UnboundedReceiver<Result<(), PlayError>>,
    },
}

/// Program and arguments, and the sound as a file, which lives as long as this.
pub struct CommandPlayer {
    command: Vec<String>,
    file: TempPath,
}

impl Player {
    /// The configured player, else the first known one found in the folders of `path` (the
    /// environment's `PATH`). Without one: silent, which is said in the log.
    pub fn from_config(chime: &Chime, path: Option<&OsStr>) -> Self {
        if chime.silent || chime.volume == 0 {
            return Self::Silent;
        }
        let known = || {
            KNOWN_PLAYERS
                .into_iter()
                .find(|command| is_installed(command[0], path))
                .map(|command| command.iter().map(|part| (*part).to_owned()).collect())
        };
        let Some(command) = chime.command.clone().or_else(known) else {
            tracing::warn!(
                "no program to play the chime was found: calls are silent; name one in [chime] command"
            );
            return Self::Silent;
        };
        match sound_file(chime.volume) {
            Ok(file) => Self::Command(CommandPlayer { command, file }),
            Err(e) => {
                tracing::warn!(error = %e.kind(), "the chime's file cannot be written: calls are silent");
                Self::Silent
            }
        }
    }

    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Silent)
    }

    async fn play(&mut self) -> Result<(), PlayError> {
        match self {
            Self::Command(player) => player.play().await,
            Self::Silent => Ok(()),
            #[cfg(test)]
            Self::Memory { begun, end } => {
                let _ = begun.send(());
                end.recv().await.unwrap_or(Ok(()))
            }
        }
    }
}

impl CommandPlayer {
    async fn play(&self) -> Result<(), PlayError> {
        let file = self.file.to_string_lossy();
        let (program, arguments) = self
            .command
            .split_first()
            .ok_or(PlayError::NotStarted(io::ErrorKind::NotFound))?;
        let mut child = tokio::process::Command::new(program)
            .args(arguments.iter().map(|a| a.replace("{file}", &file)))
            .env(FILE_VARIABLE, self.file.as_os_str())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| PlayError::NotStarted(e.kind()))?;
        match tokio::time::timeout(LONGEST, child.wait()).await {
            Err(_) => Err(PlayError::TooLong),
            Ok(Err(e)) => Err(PlayError::NotStarted(e.kind())),
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(PlayError::Failed(status)),
        }
    }
}

fn is_installed(program: &str, path: Option<&OsStr>) -> bool {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    path.is_some_and(|path| {
        std::env::split_paths(path)
            .map(|folder: PathBuf| folder.join(&file))
            .any(|candidate| candidate.is_file())
    })
}

fn sound_file(volume: u8) -> io::Result<TempPath> {
    let mut file = tempfile::Builder::new()
        .prefix("yingbin-chime-")
        .suffix(".wav")
        .tempfile()?;
    file.write_all(&at_volume(CHIME, volume))?;
    // Some players cannot read what is still open for writing here.
    Ok(file.into_temp_path())
}

/// The 16-bit samples of `wav` at so many percent.
fn at_volume(wav: &[u8], percent: u8) -> Vec<u8> {
    let (header, samples) = wav.split_at(HEADER);
    let quieter = samples.chunks_exact(2).flat_map(|pair| {
        let sample = i32::from(i16::from_le_bytes([pair[0], pair[1]]));
        let sample = sample * i32::from(percent.min(100)) / 100;
        (sample as i16).to_le_bytes()
    });
    header.iter().copied().chain(quieter).collect()
}

/// The end of the queue that calls are announced at. When the last is dropped, the player ends.
#[derive(Clone)]
pub struct Announcer {
    calls: mpsc::Sender<Instant>,
}

impl Announcer {
    /// Sets the player to work as a task of its own.
    pub fn start(player: Player, runtime: &Handle) -> Self {
        let (calls, waiting) = mpsc::channel(WAITING);
        runtime.spawn(announce(player, waiting));
        Self { calls }
    }

    /// Announces a call made at `now`. Never waits; in a full queue the sounds already there speak
    /// for this call too.
    pub fn announce(&self, now: Instant) {
        let _ = self.calls.try_send(now);
    }
}

/// Plays one after the other. A trouble is said once, and again only after it was over.
async fn announce(mut player: Player, mut calls: mpsc::Receiver<Instant>) {
    let mut in_trouble = false;
    while let Some(called) = calls.recv().await {
        if called.elapsed() > STALE {
            continue;
        }
        let played = player.play().await;
        if let (Err(e), false) = (&played, in_trouble) {
            tracing::warn!(error = %e, "a call's chime was not heard");
        }
        in_trouble = played.is_err();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stage {
        announcer: Announcer,
        begun: mpsc::UnboundedReceiver<()>,
        end: mpsc::UnboundedSender<Result<(), PlayError>>,
    }

    fn stage() -> Stage {
        let (begin, begun) = mpsc::unbounded_channel();
        let (end, ended) = mpsc::unbounded_channel();
        let player = Player::Memory {
            begun: begin,
            end: ended,
        };
        Stage {
            announcer: Announcer::start(player, &Handle::current()),
            begun,
            end,
        }
    }

    /// Lets the player's task go as far as it can: the test's runtime has one thread.
    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn k5_sounds_never_overlap() {
        let mut stage = stage();
        stage.announcer.announce(Instant::now());
        stage.announcer.announce(Instant::now());
        assert_eq!(stage.begun.recv().await, Some(()));
        settle().await;
        assert!(stage.begun.try_recv().is_err(), "the first still plays");
        stage.end.send(Ok(())).expect("listened to");
        assert_eq!(stage.begun.recv().await, Some(()));
    }

    #[tokio::test]
    async fn k5_a_call_never_waits_for_a_sound_and_the_queue_is_short() {
        let mut stage = stage();
        stage.announcer.announce(Instant::now());
        assert_eq!(stage.begun.recv().await, Some(()));
        // Returns at once each time, although nothing is ever played to its end.
        for _ in 0..100 {
            stage.announcer.announce(Instant::now());
        }
        for _ in 0..100 {
            stage.end.send(Ok(())).expect("listened to");
        }
        settle().await;
        let mut later = 0;
        while stage.begun.try_recv().is_ok() {
            later += 1;
        }
        assert_eq!(later, WAITING);
    }

    #[tokio::test]
    async fn k5_a_stale_call_is_not_announced() {
        let mut stage = stage();
        let Some(long_ago) = Instant::now().checked_sub(STALE * 2) else {
            // A machine just started has no earlier instant, and so no stale call.
            return;
        };
        stage.announcer.announce(long_ago);
        settle().await;
        assert!(stage.begun.try_recv().is_err());
        stage.announcer.announce(Instant::now());
        assert_eq!(stage.begun.recv().await, Some(()));
    }

    #[tokio::test]
    async fn k5_after_a_failure_the_next_call_is_announced_all_the_same() {
        let mut stage = stage();
        stage.announcer.announce(Instant::now());
        stage.announcer.announce(Instant::now());
        assert_eq!(stage.begun.recv().await, Some(()));
        stage
            .end
            .send(Err(PlayError::TooLong))
            .expect("listened to");
        assert_eq!(stage.begun.recv().await, Some(()));
    }

    #[tokio::test]
    async fn the_player_is_started_and_its_failure_seen() {
        // This very test program stands in for a player: `--list` succeeds, nonsense fails.
        let own = std::env::current_exe()
            .expect("a path")
            .display()
            .to_string();
        let player = |argument: &str| {
            let chime = Chime {
                command: Some(vec![own.clone(), argument.to_owned()]),
                ..Chime::default()
            };
            Player::from_config(&chime, None)
        };
        assert!(player("--list").play().await.is_ok());
        let failed = player("--no-such-option").play().await;
        assert!(matches!(failed, Err(PlayError::Failed(_))));
        let chime = Chime {
            command: Some(vec!["no/such/player".to_owned()]),
            ..Chime::default()
        };
        let missing = Player::from_config(&chime, None).play().await;
        assert!(matches!(missing, Err(PlayError::NotStarted(_))));
    }

    #[test]
    fn a_known_player_is_found_and_without_one_it_is_silent() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = Some(folder.path().as_os_str());
        let chime = Chime::default();
        assert!(Player::from_config(&chime, path).is_silent());
        assert!(Player::from_config(&chime, None).is_silent());
        let program = format!("paplay{}", std::env::consts::EXE_SUFFIX);
        std::fs::write(folder.path().join(program), "").expect("a file");
        let Player::Command(player) = Player::from_config(&chime, path) else {
            panic!("paplay is there");
        };
        assert_eq!(player.command, ["paplay", "{file}"]);
        assert!(player.file.is_file());
        let silent = Chime {
            silent: true,
            ..Chime::default()
        };
        assert!(Player::from_config(&silent, path).is_silent());
    }

    #[test]
    fn the_chime_is_a_plain_wav_and_gets_quieter_by_the_volume() {
        assert_eq!(&CHIME[..4], b"RIFF");
        assert_eq!(&CHIME[8..16], b"WAVEfmt ");
        assert_eq!(&CHIME[20..24], [1, 0, 1, 0], "PCM, one channel");
        assert_eq!(&CHIME[34..40], b"\x10\0data", "16 bits, then the samples");
        let loudest = |wav: &[u8]| {
            wav[HEADER..]
                .chunks_exact(2)
                .map(|p| i16::from_le_bytes([p[0], p[1]]).unsigned_abs())
                .max()
        };
        let half = at_volume(CHIME, 50);
        assert_eq!(half.len(), CHIME.len());
        assert_eq!(loudest(&half), loudest(CHIME).map(|l| l / 2));
        assert_eq!(at_volume(CHIME, 100), CHIME);
    }
}
