//! Orchestrators to be killed, and their trees: this test binary once more, in the role that a test names.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use orch_pty::{Containment, SpawnMethod, Tier};

use crate::support::{Marker, run_role};

/// Plain, in another group, in a session of its own, a daemon, ignoring hang-ups, and a daemon that does.
pub(crate) const TREE: &str = "
    sleep $MARK &
    timeout $MARK sleep $MARK &
    setsid sleep $MARK &
    (setsid sleep $MARK &)
    (trap '' HUP INT TERM; exec sleep $MARK) &
    (trap '' HUP INT TERM; setsid sleep $MARK &)
    wait";
/// The same, each with an empty environment.
pub(super) const SCRUBBED: &str = "
    env -i sleep $MARK &
    env -i timeout $MARK env -i sleep $MARK &
    env -i setsid sleep $MARK &
    (env -i setsid sleep $MARK &)
    (trap '' HUP INT TERM; exec env -i sleep $MARK) &
    (trap '' HUP INT TERM; env -i setsid sleep $MARK &)
    wait";
/// How many of either become `sleep`.
pub(crate) const SLEEPERS: usize = 6;

/// Whether this run's children are tagged by their limit before they run; `posix_spawn` cannot.
pub(super) fn tagged_in_time() -> bool {
    std::env::var_os(SpawnMethod::VARIABLE).is_none_or(|method| method != "posix_spawn")
}

/// The highest tier that this run's way of birth can have.
pub(crate) fn best_tier() -> Tier {
    if tagged_in_time() {
        Tier::Warden
    } else {
        Tier::Environment
    }
}

/// Another process that uses the library.
pub(crate) struct Orchestrator {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Orchestrator {
    pub(crate) fn play(role: &str, marker: &Marker) -> Self {
        Self::start(run_role(role).env("MARK", marker.text()))
    }

    pub(crate) fn start(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the orchestrator starts");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        Self { process, lines }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.process.id().cast_signed()
    }

    /// What it says after `word`, in the next line that begins with it.
    pub(crate) fn said(&mut self, word: &str) -> String {
        loop {
            let line = self.lines.next().expect("a word before the end").expect("text");
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
        }
    }

    /// The number of its warden.
    pub(crate) fn warden(&mut self) -> i32 {
        self.said("warden").parse().expect("a number")
    }

    /// Lets it go on.
    pub(super) fn say(&mut self, line: &str) {
        let input = self.process.stdin.as_mut().expect("a pipe");
        input.write_all(line.as_bytes()).expect("it listens");
    }

    /// Sends the signal that kills it, and does not wait.
    pub(crate) fn strike(&self) {
        kill(Pid::from_raw(self.pid()), Signal::SIGKILL).expect("a signal");
    }

    pub(crate) fn kill(mut self) {
        self.strike();
        self.process.wait().expect("a status");
    }
}

impl Drop for Orchestrator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// In a role: tells the test which warden there is.
#[allow(clippy::print_stdout, reason = "the test reads it")]
pub(crate) fn tell(containment: &Containment) {
    println!("\nwarden {}", containment.warden.expect("a warden"));
}

/// In a role: lives until killed.
pub(crate) fn live() -> ! {
    loop {
        std::thread::park();
    }
}

/// In a role: a shell that runs `script`.
pub(super) fn shell(script: &str) -> orch_pty::blocking::Process {
    orch_pty::Command::new("/bin/sh")
        .args(["-c", script])
        .require(best_tier())
        .spawn_blocking()
        .expect("sh starts")
}

/// In a role: the script that the test has chosen.
pub(super) fn chosen_script() -> String {
    std::env::var("SCRIPT").expect("a script")
}
