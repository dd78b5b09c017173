//! A mark by which processes are found again, from outside and by `/proc` alone.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long to wait for what should happen at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A number that no other process has in its command line, and a time long enough for `sleep`. It is a file's name as
/// well: while the file exists, a re-forker goes on.
pub(crate) struct Marker {
    number: String,
    file: PathBuf,
}

impl Marker {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = format!(
            "100000.{:07}{:05}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let file = std::env::temp_dir().join(format!("orch-bench-{number}"));
        Self { number, file }
    }

    /// The mark itself, a number of seconds.
    pub(crate) fn number(&self) -> &str {
        &self.number
    }

    /// The file that keeps a re-forker going; the mark is in its name.
    pub(crate) fn file(&self) -> &PathBuf {
        &self.file
    }

    /// A process that does nothing for a day.
    pub(crate) fn sleeper(&self) -> Vec<String> {
        vec!["/bin/sleep".to_owned(), self.number.clone()]
    }

    /// The living who carry it: their numbers and names.
    pub(crate) fn bearers(&self) -> Vec<(i32, String)> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let numbers = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        numbers
            .filter_map(|pid: i32| Some((pid, self.name_of(pid)?)))
            .collect()
    }

    fn name_of(&self, pid: i32) -> Option<String> {
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let marked = line
            .windows(self.number.len())
            .any(|window| window == self.number.as_bytes());
        // A zombie's command line is empty.
        marked.then(|| {
            fs::read_to_string(format!("/proc/{pid}/comm"))
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
    }

    /// Waits until `grown` says yes to who carries it.
    pub(crate) fn until(&self, what: &str, grown: impl Fn(&[(i32, String)]) -> bool) -> Result<()> {
        let start = Instant::now();
        while !grown(&self.bearers()) {
            if start.elapsed() > PATIENCE {
                bail!("never: {what}; there are {:?}", self.bearers());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Kills whoever carries it until nobody does.
    pub(crate) fn clear(&self) -> Result<()> {
        // It is not there unless somebody made it.
        let _ = fs::remove_file(&self.file);
        self.until("nobody carries the mark", |bearers| {
            for (pid, _) in bearers {
                let _ = kill(Pid::from_raw(*pid), Signal::SIGKILL);
            }
            bearers.is_empty()
        })
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        // A measurement that failed leaves nobody either; there is nobody left to tell.
        let _ = self.clear();
    }
}
