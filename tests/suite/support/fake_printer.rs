//! A ticket printer on the network that behaves as it is told: well, badly, or not at all.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::paper::{self, Heard};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    Good,
    /// Takes a few bytes at a time.
    Slow,
    NearEnd,
    PaperOut,
    CoverOpen,
    Offline,
    /// Takes all and says nothing.
    Silent,
    /// Accepts a connection and never reads.
    Dead,
    /// Breaks the connection after so many bytes of a job.
    ResetAfter(usize),
    /// Runs out of paper after so many bytes: from then on only real-time questions are answered.
    EmptyAfter(usize),
    /// Answers what is asked before a job, and then reads no further than so many bytes: the rest
    /// stays in the network, which took it all.
    StopsReadingAfter(usize),
    /// Prints, and never says that it has.
    MuteAtTheEnd,
    /// Says things unasked between all answers.
    Noisy,
}

#[derive(Default)]
struct Log {
    heard: Vec<Heard>,
    connections: usize,
    open: usize,
    most_open: usize,
}

pub struct FakePrinter {
    /// Host and port.
    pub address: String,
    log: Arc<Mutex<Log>>,
    /// Ends with the printer.
    _tasks: JoinSet<()>,
}

impl FakePrinter {
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let log = Arc::new(Mutex::new(Log::default()));
        let mut tasks = JoinSet::new();
        let shared = log.clone();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let log = shared.clone();
                open.spawn(async move {
                    {
                        let mut log = log.lock().expect("the log");
                        log.connections += 1;
                        log.open += 1;
                        log.most_open = log.most_open.max(log.open);
                    }
                    serve(stream, behaviour, &log).await;
                    log.lock().expect("the log").open -= 1;
                });
            }
        });
        Self {
            // A name, as most showrooms give their printers one.
            address: format!("localhost:{port}"),
            log,
            _tasks: tasks,
        }
    }

    /// The address of a machine that is there and has no printer.
    pub async fn refusing() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        listener.local_addr().expect("an address").to_string()
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.log.lock().expect("the log").heard.clone()
    }
    pub fn connections(&self) -> usize {
        self.log.lock().expect("the log").connections
    }
    /// The most that were open at once.
    pub fn most_open(&self) -> usize {
        self.log.lock().expect("the log").most_open
    }
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, log: &Mutex<Log>) {
    if behaviour == Behaviour::Dead {
        return std::future::pending().await;
    }
    let mut buffer = [0; 4096];
    let room = match behaviour {
        Behaviour::Slow => 61,
        _ => buffer.len(),
    };
    let (mut waiting, mut received) = (Vec::new(), 0);
    loop {
        let Ok(count @ 1..) = stream.read(&mut buffer[..room]).await else {
            return;
        };
        received += count;
        if matches!(behaviour, Behaviour::ResetAfter(limit) if received > limit) {
            // Closing with bytes unread resets the connection.
            return;
        }
        if matches!(behaviour, Behaviour::StopsReadingAfter(limit) if received > limit) {
            return std::future::pending().await;
        }
        let empty = matches!(behaviour, Behaviour::EmptyAfter(limit) if received > limit);
        waiting.extend_from_slice(&buffer[..count]);
        while let Some((what, length)) = paper::first(&waiting) {
            waiting.drain(..length);
            let answer = answer(behaviour, empty, &what);
            log.lock().expect("the log").heard.push(what);
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}

fn answer(behaviour: Behaviour, empty: bool, what: &Heard) -> Vec<u8> {
    use Behaviour::{CoverOpen, MuteAtTheEnd, NearEnd, Noisy, Offline, PaperOut, Silent};
    let paper_out = behaviour == PaperOut || empty;
    let flag = |is: bool, bits: u8| if is { bits } else { 0 };
    let is = |one| behaviour == one;
    let byte = match what {
        _ if is(Silent) => return Vec::new(),
        Heard::Question(1) => 0x12 | flag(paper_out || is(CoverOpen) || is(Offline), 0x08),
        Heard::Question(2) => 0x12 | flag(is(CoverOpen), 0x04) | flag(paper_out, 0x20),
        Heard::Question(4) => 0x12 | flag(is(NearEnd), 0x0c) | flag(paper_out, 0x60),
        Heard::PaperQuestion(1) if !empty && !is(MuteAtTheEnd) => flag(is(NearEnd), 0x03),
        _ => return Vec::new(),
    };
    if is(Noisy) {
        // Flow control, an automatic status, garbage; and between a question and its answer, what
        // a picture's bytes may have triggered.
        let mut all = vec![0x11, 0x14, 0x00, 0x00, 0x0f, 0xff];
        if matches!(what, Heard::PaperQuestion(_)) {
            all.extend([0x12, 0x16, 0x10, 0x00, 0x00, 0x03]);
        }
        all.extend([byte, 0x91, 0x13]);
        return all;
    }
    vec![byte]
}
