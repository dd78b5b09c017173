//! [`Spill`]: a session's whole output in a private file.
//!
//! The owner task writes and everybody may read. A disk that is full, or fails, stops the spilling and nothing else.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The file. Removed when dropped.
#[derive(Debug)]
pub(in crate::session) struct Spill {
    file: File,
    path: PathBuf,
    limit: u64,
    /// How much of the beginning of the output it holds.
    written: AtomicU64,
    stopped: OnceLock<SpillStop>,
}

/// What became of the file that a session's output is spilled to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spilled {
    /// Where it lies. It is removed with the session.
    pub path: PathBuf,
    /// How many bytes of the output it holds, from the first on.
    pub bytes: u64,
    /// Why it holds no more; none while it takes all.
    pub stopped: Option<SpillStop>,
}

/// Why no more output is spilled. What came afterwards is read from memory, or omitted and counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpillStop {
    /// As many bytes as it may hold are in it.
    #[error("spilling stopped at its limit of {limit} bytes; raise it in the profile")]
    Limit {
        /// The limit.
        limit: u64,
    },
    /// It could not be written.
    #[error("spilling stopped: {message}; make room where the state directory is")]
    Failed {
        /// What the operating system said.
        message: String,
    },
}

impl Spill {
    /// Makes an owner-only file at `path`, for at most `limit` bytes.
    pub(in crate::session) fn create(path: &Path, limit: u64) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self {
            file,
            path: path.to_owned(),
            limit,
            written: AtomicU64::new(0),
            stopped: OnceLock::new(),
        })
    }

    /// Takes the next bytes. There is one writer, the owner task; it writes at most 64 KiB at once, into the page cache
    /// as a rule.
    pub(in crate::session) fn append(&self, bytes: &[u8]) {
        if self.stopped.get().is_some() {
            return;
        }
        let mut at = self.written.load(Ordering::Relaxed);
        let room = usize::try_from(self.limit - at).unwrap_or(usize::MAX);
        let mut rest = &bytes[..bytes.len().min(room)];
        let mut stop = (rest.len() < bytes.len()).then_some(SpillStop::Limit { limit: self.limit });
        while !rest.is_empty() {
            match self.file.write_at(rest, at) {
                Ok(0) => {
                    stop = Some(SpillStop::failed(&io::ErrorKind::WriteZero.into()));
                    break;
                }
                Ok(written) => {
                    at += written as u64;
                    rest = &rest[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    stop = Some(SpillStop::failed(&error));
                    break;
                }
            }
        }
        self.written.store(at, Ordering::Release);
        if let Some(stop) = stop {
            // There is one writer, so it is set once.
            let _ = self.stopped.set(stop);
        }
    }

    /// How many bytes of the output it holds, from the first on.
    pub(in crate::session) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// At most `most` bytes from `from` on; none where the file cannot be read.
    pub(in crate::session) fn read(&self, from: u64, most: usize) -> Option<Vec<u8>> {
        let held = self.written().checked_sub(from).filter(|held| *held > 0)?;
        let mut bytes = vec![0; usize::try_from(held).unwrap_or(usize::MAX).min(most)];
        self.file.read_exact_at(&mut bytes, from).ok()?;
        Some(bytes)
    }

    pub(in crate::session) fn state(&self) -> Spilled {
        Spilled {
            path: self.path.clone(),
            bytes: self.written(),
            stopped: self.stopped.get().cloned(),
        }
    }
}

impl SpillStop {
    fn failed(error: &io::Error) -> Self {
        Self::Failed {
            message: error.to_string(),
        }
    }
}

impl Drop for Spill {
    fn drop(&mut self) {
        // Gone already when its directory went first.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_is_owner_only_reads_back_what_was_written_and_goes_with_the_session() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("output");
        let spill = Spill::create(&path, 100).expect("a file");
        let mode = path.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        spill.append(b"0123");
        spill.append(b"4567");
        assert_eq!(spill.read(2, 4).as_deref(), Some(&b"2345"[..]));
        assert_eq!(spill.read(8, 4), None);
        assert!(
            Spill::create(&path, 1).is_err(),
            "never over a file that is there"
        );
        drop(spill);
        assert!(!path.exists());
    }

    #[test]
    fn at_its_limit_it_stops_and_says_so() {
        let folder = tempfile::tempdir().expect("a directory");
        let spill = Spill::create(&folder.path().join("output"), 6).expect("a file");
        spill.append(b"0123");
        assert_eq!(spill.state().stopped, None);
        spill.append(b"4567");
        spill.append(b"89");
        let state = spill.state();
        assert_eq!(
            (state.bytes, state.stopped),
            (6, Some(SpillStop::Limit { limit: 6 }))
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_stops_it_and_says_so() {
        let full = Spill {
            file: OpenOptions::new()
                .read(true)
                .write(true)
                .open("/dev/full")
                .expect("a device"),
            path: PathBuf::from("/dev/full/none"),
            limit: 100,
            written: AtomicU64::new(0),
            stopped: OnceLock::new(),
        };
        full.append(b"0123");
        full.append(b"4567");
        let state = full.state();
        assert_eq!(state.bytes, 0);
        assert!(
            matches!(&state.stopped, Some(SpillStop::Failed { message }) if message.contains("No space")),
            "{state:?}"
        );
    }
}
