//! The real program as child processes: started, killed like by a power cut, started again.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// A running `yingbin`, killed when dropped.
pub struct Program {
    child: Child,
    /// Everything it has written, for the tests that look for what must not be there.
    said: Arc<Mutex<String>>,
    lines: std::sync::mpsc::Receiver<String>,
    /// Whoever reads what it writes, to its end.
    readers: Vec<thread::JoinHandle<()>>,
}

impl Program {
    /// Starts `yingbin ARGS` with these variables in its environment.
    pub fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yingbin"));
        command.args(arguments);
        Self::run(command, environment)
    }

    /// Starts whatever ends up as `yingbin`.
    pub fn run(mut command: Command, environment: &[(&str, &str)]) -> Self {
        let mut child = command
            .env("RUST_LOG", "debug")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("yingbin starts");
        let said = Arc::new(Mutex::new(String::new()));
        let (send, lines) = std::sync::mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let heard = Arc::clone(&said);
        let lines_read = thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                heard.lock().expect("unpoisoned").push_str(&line);
                let _ = send.send(line);
            }
        });
        let mut stderr = child.stderr.take().expect("a pipe");
        let heard = Arc::clone(&said);
        let errors_read = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = stderr.read(&mut bytes) {
                heard
                    .lock()
                    .expect("unpoisoned")
                    .push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
        });
        Self {
            child,
            said,
            lines,
            readers: vec![lines_read, errors_read],
        }
    }

    /// A server on any port, with `data` as its folder.
    pub fn server(data: &Path) -> Self {
        let data = data.to_str().expect("a folder in UTF-8");
        let environment = [
            ("YINGBIN_SERVER_LISTEN", "127.0.0.1:0"),
            ("YINGBIN_SERVER_DATA", data),
        ];
        Self::start(&["server"], &environment)
    }

    /// Its process id, for what only the system can do to it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The rest of the next line that begins with `beginning`.
    pub fn says(&self, beginning: &str) -> String {
        loop {
            let line = self.lines.recv().unwrap_or_else(|_| {
                panic!(
                    "it ended without saying {beginning}: {}",
                    self.everything_said()
                )
            });
            if let Some(rest) = line.trim().strip_prefix(beginning) {
                return rest.trim().to_owned();
            }
        }
    }

    pub fn everything_said(&self) -> String {
        self.said.lock().expect("unpoisoned").clone()
    }

    /// Ends it at once, without a chance to tidy up, and gives what it had said.
    pub fn kill(mut self) -> String {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
        self.heard_out()
    }

    /// Waits for its own end; the exit code and what it said.
    pub fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().expect("it ends");
        (status.code(), self.heard_out())
    }

    /// What it said to the last word: its end comes before its pipes are read empty.
    fn heard_out(&mut self) -> String {
        for reader in self.readers.drain(..) {
            reader.join().expect("it reads to the end");
        }
        self.everything_said()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
