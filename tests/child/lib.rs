//! Runs programs for tests. One that hangs is killed, and fails the test instead of hanging it too.

use std::io::Read;
use std::process::{
    Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a program may take. This is no assertion on its speed: it is far more than any needs.
pub const LIMIT: Duration = Duration::from_secs(120);

/// How long a program that compiles may take.
pub const BUILD_LIMIT: Duration = Duration::from_secs(3600);

/// Runs a program like [`Command::output`], within [`LIMIT`].
///
/// # Panics
///
/// If the program cannot be started, or hangs. What it has written until then is shown.
#[track_caller]
pub fn output(command: &mut Command) -> Output {
    output_within(LIMIT, command)
}

/// Runs a program like [`output`], within another limit.
///
/// # Panics
///
/// As [`output`] does.
#[track_caller]
pub fn output_within(limit: Duration, command: &mut Command) -> Output {
    let pipes = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Running::start_within(limit, pipes).output()
}

/// A program that runs, and is killed if it hangs: then its pipes end, and its status is no success.
pub struct Running {
    /// Its standard input, if that is a pipe.
    pub stdin: Option<ChildStdin>,
    /// Its standard output, if that is a pipe.
    pub stdout: Option<ChildStdout>,
    /// Its standard error, if that is a pipe.
    pub stderr: Option<ChildStderr>,
    id: u32,
    /// The program and its limit, for the message that it hangs.
    shown: String,
    end: JoinHandle<(ExitStatus, bool)>,
}

impl Running {
    /// Starts a program that may take [`LIMIT`].
    ///
    /// # Panics
    ///
    /// If that fails.
    #[track_caller]
    pub fn start(command: &mut Command) -> Running {
        Running::start_within(LIMIT, command)
    }

    /// Starts a program that may take this long.
    ///
    /// # Panics
    ///
    /// If that fails.
    #[track_caller]
    pub fn start_within(limit: Duration, command: &mut Command) -> Running {
        let child = command.spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Running {
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            id: child.id(),
            shown: format!("{command:?} was killed after {limit:?}"),
            end: thread::spawn(move || end(child, limit)),
        }
    }

    /// Returns its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Closes its standard input, and returns its status when it has ended.
    #[must_use]
    pub fn wait(self) -> ExitStatus {
        drop(self.stdin);
        end_of(self.end).0
    }

    /// Closes its standard input, and returns what it writes to its other pipes until its end.
    ///
    /// # Panics
    ///
    /// If it hangs. What it has written until then is shown.
    #[track_caller]
    #[must_use]
    pub fn output(self) -> Output {
        drop(self.stdin);
        let stdout = Written::read(self.stdout);
        let stderr = Written::read(self.stderr);
        let (status, was_killed) = end_of(self.end);
        // Programs that it has started may keep the pipes open if it was killed.
        let output = Output {
            status,
            stdout: stdout.text(!was_killed),
            stderr: stderr.text(!was_killed),
        };
        assert!(!was_killed, "{}: {output:?}", self.shown);
        output
    }
}

fn end_of(thread: JoinHandle<(ExitStatus, bool)>) -> (ExitStatus, bool) {
    thread.join().expect("a status")
}

/// Waits for a program's end. Returns `true` with the status if it was killed.
fn end(mut child: Child, limit: Duration) -> (ExitStatus, bool) {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a status") {
            return (status, false);
        }
        if start.elapsed() >= limit {
            let _ = child.kill();
            return (child.wait().expect("a status"), true);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// What a program has written so far.
struct Written {
    text: Arc<Mutex<Vec<u8>>>,
    end: JoinHandle<()>,
}

impl Written {
    fn read(pipe: Option<impl Read + Send + 'static>) -> Written {
        let mut pipe = pipe.expect("a pipe");
        let text = Arc::<Mutex<Vec<u8>>>::default();
        let shared = Arc::clone(&text);
        let end = thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = pipe.read(&mut part) {
                let mut text = shared.lock().unwrap_or_else(PoisonError::into_inner);
                text.extend_from_slice(&part[..length]);
            }
        });
        Written { text, end }
    }

    fn text(self, is_whole: bool) -> Vec<u8> {
        if is_whole {
            self.end.join().expect("no panic");
        }
        self.text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use std::panic;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn all_that_a_program_writes_is_returned() {
        let output = output(&mut shell("cat; yes | head -n 100000; echo no >&2; exit 3"));
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(output.stdout.len(), 200_000);
        assert_eq!(output.stderr, b"no\n");
    }

    #[test]
    fn a_program_that_hangs_is_killed_and_what_it_wrote_is_shown() {
        let limit = Duration::from_secs(1);
        // The pipes stay open in the program that it starts.
        let hangs = || output_within(limit, &mut shell("echo here >&2; sleep 30 & wait"));
        let panic = panic::catch_unwind(hangs).expect_err("it is killed");
        let said = panic.downcast_ref::<String>().expect("a text");
        assert!(said.contains("was killed after 1s: "), "{said}");
        assert!(said.contains(r#"stderr: "here\n""#), "{said}");
    }

    #[test]
    fn the_pipes_of_a_program_that_hangs_end() {
        let mut hangs = shell("echo here; exec sleep 600");
        let limit = Duration::from_secs(1);
        let mut running = Running::start_within(limit, hangs.stdout(Stdio::piped()));
        let mut said = String::new();
        let mut stdout = running.stdout.take().expect("a pipe");
        stdout.read_to_string(&mut said).expect("text");
        assert_eq!(said, "here\n");
        assert!(!running.wait().success());
    }
}
