//! A printer on the network, usually at port 9100.
//!
//! That bytes were sent means only that this machine's kernel took them. So a job begins with
//! questions that a sick printer answers, and ends with one that is answered only after the last
//! line; between them nothing is ever sent twice.

use std::future::Future;
use std::io;
use std::time::Duration;

use escpos::utils::GS;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::replies::{Health, QUESTIONS, Replies, Reply};
use super::{Outcome, PrinterStatus, Problem};
use crate::device::ticket::status_question;

/// `GS a 0`: say nothing unasked.
const NOTHING_UNASKED: [u8; 3] = [GS, b'a', 0];
/// `GS r 1`: how is the paper? Answered in its turn, after all that was sent before.
const PAPER_QUESTION: [u8; 3] = [GS, b'r', 1];

/// Where a printer is and how long it may take.
#[derive(Clone, Debug)]
pub struct NetworkSettings {
    /// Host name or address, and port.
    pub address: String,
    /// Whether it answers questions; some copies never do.
    pub answers: bool,
    /// For the connection, the host's name included.
    pub connect: Duration,
    /// For taking the whole ticket.
    pub write: Duration,
    /// For all questions before a ticket together, and for the one after it.
    pub answer: Duration,
}

/// See the module.
#[derive(Debug)]
pub struct NetworkPrinter {
    settings: NetworkSettings,
    /// Printers speak with one at a time.
    one: Mutex<()>,
}

impl NetworkPrinter {
    pub fn new(settings: NetworkSettings) -> Self {
        Self {
            settings,
            one: Mutex::new(()),
        }
    }

    pub(super) async fn print(&self, job: &[u8]) -> Outcome {
        let _one = self.one.lock().await;
        let mut line = match self.ready_line().await {
            Ok((line, _)) => line,
            Err(problem) => return Outcome::Failed(problem),
        };
        // From here on something may be on paper.
        let write = self.settings.write;
        if let Err(problem) = within(write, line.stream.write_all(job)).await {
            return Outcome::Unknown(problem);
        }
        if self.settings.answers {
            self.confirmed(&mut line).await
        } else {
            self.taken(&mut line).await
        }
    }

    pub(super) async fn status(&self) -> PrinterStatus {
        let _one = self.one.lock().await;
        match self.ready_line().await {
            Ok((_, health)) if health.paper_low => PrinterStatus::PaperLow,
            Ok(_) => PrinterStatus::Ready,
            Err(problem) => PrinterStatus::Trouble(problem),
        }
    }

    /// A connection to a printer that says it can print.
    async fn ready_line(&self) -> Result<(Line, Health), Problem> {
        let connection = TcpStream::connect(&self.settings.address);
        let stream = match timeout(self.settings.connect, connection).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(_)) | Err(_) => return Err(Problem::Unreachable),
        };
        // Questions are three bytes long and wait for their answers.
        stream.set_nodelay(true).map_err(|_| Problem::Unreachable)?;
        let mut line = Line {
            stream,
            replies: Replies::default(),
        };
        if !self.settings.answers {
            return Ok((line, Health::default()));
        }
        let health = within(self.settings.answer, line.health()).await?;
        if let Some(problem) = trouble(health) {
            return Err(problem);
        }
        let write = self.settings.write;
        within(write, line.stream.write_all(&NOTHING_UNASKED)).await?;
        Ok((line, health))
    }

    /// Asks a printer that answers whether it has printed all.
    async fn confirmed(&self, line: &mut Line) -> Outcome {
        match within(self.settings.answer, line.last_answer()).await {
            Ok(()) => Outcome::Printed,
            // What stopped it is worth knowing: staff are to do something about it.
            Err(Problem::Timeout) => {
                let now = within(self.settings.answer, line.health()).await;
                let seen = now.ok().and_then(trouble);
                Outcome::Unknown(seen.unwrap_or(Problem::Timeout))
            }
            Err(problem) => Outcome::Unknown(problem),
        }
    }

    /// Of a printer that never answers only a broken connection can be seen: it closes its side
    /// once it has taken all, or keeps it open.
    async fn taken(&self, line: &mut Line) -> Outcome {
        let end = async {
            line.stream.shutdown().await?;
            let mut unasked = [0; 64];
            while line.stream.read(&mut unasked).await? > 0 {}
            Ok(())
        };
        match within(self.settings.answer, end).await {
            Ok(()) | Err(Problem::Timeout) => Outcome::Printed,
            Err(problem) => Outcome::Unknown(problem),
        }
    }
}

/// Why a printer with these answers cannot print. An open cover comes first: with it most printers
/// see no paper either.
const fn trouble(health: Health) -> Option<Problem> {
    if health.cover_open {
        Some(Problem::CoverOpen)
    } else if health.paper_out {
        Some(Problem::PaperOut)
    } else if health.offline {
        Some(Problem::Offline)
    } else {
        None
    }
}

/// Holds a step to its deadline.
async fn within<T>(
    limit: Duration,
    step: impl Future<Output = io::Result<T>>,
) -> Result<T, Problem> {
    match timeout(limit, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) => Err(Problem::Unreachable),
        Err(_) => Err(Problem::Timeout),
    }
}

/// One short connection.
struct Line {
    stream: TcpStream,
    replies: Replies,
}

impl Line {
    /// Asks each question of [`QUESTIONS`] after the answer to the one before.
    async fn health(&mut self) -> io::Result<Health> {
        let mut health = Health::default();
        for question in QUESTIONS {
            self.forget()?;
            self.stream.write_all(&status_question(question)).await?;
            loop {
                if let Reply::RealTime(answer) = self.next().await? {
                    health.learn(question, answer);
                    break;
                }
            }
        }
        Ok(health)
    }

    /// Asks how the paper is and waits until the printer comes to the question.
    async fn last_answer(&mut self) -> io::Result<()> {
        self.forget()?;
        self.stream.write_all(&PAPER_QUESTION).await?;
        while !matches!(self.next().await?, Reply::Paper(_)) {}
        Ok(())
    }

    /// The next thing heard that is an answer to anything.
    async fn next(&mut self) -> io::Result<Reply> {
        loop {
            let byte = self.stream.read_u8().await?;
            if let Some(reply) = self.replies.hear(byte) {
                return Ok(reply);
            }
        }
    }

    /// Lets go what came before a question: it cannot be its answer.
    fn forget(&mut self) -> io::Result<()> {
        let mut early = [0; 64];
        loop {
            match self.stream.try_read(&mut early) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    for byte in &early[..count] {
                        self.replies.hear(*byte);
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(e) => return Err(e),
            }
        }
    }
}
