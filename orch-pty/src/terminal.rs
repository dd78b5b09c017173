//! [`Terminal`]: our side (the master) of a child's terminal. It keeps nothing: who does not read stops the child
//! after about 11 KiB of output.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::io::Interest;
use tokio::sync::Mutex;

use crate::command::Size;
use crate::endpoint::{Endpoint, Readable};
use crate::flow::Kind;
use crate::hold::Leader;
use crate::input::{Fit, Hitch, Keyboard, Recipient, WriteError};
use crate::signal::Signal;
use crate::sys::reactor::Unregistered;
use crate::sys::terminal;

/// Our side of a terminal. Dropping it hangs the terminal up: the child and its foreground group get `SIGHUP`. Keep
/// it until the child has ended, even after the end of its output.
///
/// Reads and writes take `&self`: one task may read while another one writes, and should: a child whose output nobody
/// reads stops reading its input. Several writes at once wait for each other, so that no bytes mix.
///
/// # What is typed
///
/// Until the program says otherwise the terminal hands its input out line by line. Then it drops without a word what
/// exceeds 4,095 bytes of a line (Linux; `N_TTY_BUF_SIZE`), so a write that would lead to such a line is refused
/// before its first byte is typed, what was typed of that line before included. The terminal's mode is asked at each
/// write; a program that changes it while a write waits for room is not noticed. Long input belongs in
/// [`Stdin::Bytes`](crate::Stdin::Bytes).
///
/// Taken is not delivered: the kernel takes about 18 KiB that the child has not read and may never read. Once the
/// child has exited, nothing more is taken.
#[derive(Debug)]
pub struct Terminal {
    endpoint: Endpoint,
    recipient: Recipient,
    keyboard: Keyboard,
    /// Whose turn it is to type.
    turn: Mutex<()>,
    /// Asked for once, by those who want it: most spawns are spared a system call.
    path: OnceLock<PathBuf>,
}

impl Terminal {
    pub(crate) fn new(master: OwnedFd) -> Result<Self, Unregistered> {
        let endpoint = Endpoint::new(master, Kind::Terminal, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self {
            endpoint,
            recipient: Recipient::default(),
            keyboard: Keyboard::default(),
            turn: Mutex::new(()),
            path: OnceLock::new(),
        })
    }

    /// The terminal of this child, now that it is born.
    pub(crate) fn of(self, leader: &Arc<Leader>) -> Self {
        Self {
            recipient: Recipient::new(Arc::clone(leader)),
            ..self
        }
    }

    /// The child's side, for instance `/dev/pts/7`.
    pub fn path(&self) -> &Path {
        // A master that is open has a name on every system, so there is no failure to report.
        self.path
            .get_or_init(|| terminal::path(self.endpoint.fd()).unwrap_or_default())
    }

    /// Reads what the child has written, waiting for the first byte: at most `buffer.len()` bytes, 0 at the end.
    ///
    /// The end comes when no process holds the child's side any more, which may be long after the child has exited
    /// (a descendant holds it; see [`Drain`](crate::Drain)) and never before all output was read. A buffer of 64 KiB
    /// serves best: it takes at once all that the kernel holds, and more when the child writes meanwhile.
    ///
    /// # Errors
    /// The operating system's; the end of a terminal, which it reports as `EIO`, is none.
    ///
    /// # Panics
    /// In a runtime without time, when the terminal was hung up and opened again by its path.
    ///
    /// # Cancel safety
    /// Cancel safe: a read that did not complete has taken nothing.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.endpoint.read(buffer).await
    }

    /// Reads what is there now: `None` when that is nothing yet, `Some(0)` at the end.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        self.endpoint.try_read(buffer)
    }

    pub(crate) async fn readable(&self) -> io::Result<Readable<'_>> {
        self.endpoint.readable().await
    }

    /// Types `bytes`, waiting for room, and says how many were taken: at least one, unless `bytes` is empty.
    ///
    /// # Errors
    /// [`WriteError`]; none after the first byte was taken.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    ///
    /// # Cancel safety
    /// Cancel safe: a write that did not complete has typed nothing.
    pub async fn write(&self, bytes: &[u8]) -> Result<usize, WriteError> {
        let _turn = self.turn.lock().await;
        let fit = self.fit(bytes)?;
        if bytes.is_empty() {
            return Ok(0);
        }
        self.type_some(bytes, fit).await.map_err(|hitch| hitch.after(0))
    }

    /// Types all of `bytes`, however long the child takes to make room. [`write_within`](Self::write_within) sets a
    /// deadline.
    ///
    /// # Errors
    /// [`WriteError`], which says how many bytes were taken.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    ///
    /// # Cancel safety
    /// Not cancel safe: some of the bytes may have been typed.
    pub async fn write_all(&self, bytes: &[u8]) -> Result<(), WriteError> {
        self.type_all(bytes, &mut 0).await
    }

    /// Types all of `bytes` within `limit`, the wait for other writes included.
    ///
    /// # Errors
    /// [`WriteError`], which says how many bytes were taken; [`WriteError::Deadline`] when the child made no room in
    /// time.
    ///
    /// # Panics
    /// In a runtime without time.
    ///
    /// # Cancel safety
    /// Not cancel safe: some of the bytes may have been typed.
    pub async fn write_within(&self, bytes: &[u8], limit: Duration) -> Result<(), WriteError> {
        let mut taken = 0;
        match tokio::time::timeout(limit, self.type_all(bytes, &mut taken)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(WriteError::Deadline { limit, taken }),
        }
    }

    /// Types the end of a file: the key that the terminal is set to (`VEOF`, most often Ctrl-D), twice when a line has
    /// been begun, for then the first one only hands that line out.
    ///
    /// Whether a line has been begun is known from what was typed here. A child that has thrown its input away
    /// meanwhile sees one end too many.
    ///
    /// # Errors
    /// [`WriteError::NoEndOfFile`] when the child reads key by key, and as [`write`](Self::write).
    ///
    /// # Panics
    /// As [`read`](Self::read).
    ///
    /// # Cancel safety
    /// Cancel safe: what was typed of it is known, and the next one types the rest.
    pub async fn send_eof(&self) -> Result<(), WriteError> {
        let _turn = self.turn.lock().await;
        self.check().map_err(|hitch| hitch.after(0))?;
        let keys = self.keyboard.end_of_file(self.endpoint.fd())?;
        self.type_rest(&keys, Fit::Lines, &mut 0).await
    }

    /// Interrupts what runs in the foreground, as Ctrl-C does: what was typed and not read is discarded, and the
    /// foreground group gets `SIGINT`. When the child has switched such keys off (raw mode), it gets the signal all the
    /// same, and nothing is discarded.
    ///
    /// The signal takes no place in the queue of what was typed: it arrives also when the child reads nothing and the
    /// queue is full, where a key that is typed would not.
    ///
    /// # Errors
    /// [`WriteError::Exited`] once the child has; [`WriteError::Io`] with
    /// [`NotFound`](io::ErrorKind::NotFound) when nobody is in the foreground.
    pub fn interrupt(&self) -> Result<(), WriteError> {
        self.check().map_err(|hitch| hitch.after(0))?;
        // No descriptor may be free for that; the signal matters more.
        let _kept = self.keyboard.discard(self.endpoint.fd());
        self.signal_foreground(Signal::Interrupt)
            .map_err(|source| WriteError::Io { taken: 0, source })
    }

    /// Signals the process group in the foreground of the terminal: what a shell runs, not the shell. On Linux the
    /// kernel itself sends [`Interrupt`](Signal::Interrupt) and [`Quit`](Signal::Quit) to whoever is in the foreground
    /// at that moment; for the others the group is looked up first and pinned while it is signalled.
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) when nobody is in the foreground: the session has ended, or its shell has
    /// nobody there just now; else the operating system's.
    pub fn signal_foreground(&self, signal: Signal) -> io::Result<()> {
        if terminal::signal_foreground(self.endpoint.fd(), signal)? {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!(
                "cannot signal the foreground of {}: nobody is there; signal the child or its tree",
                self.path().display()
            ),
        ))
    }

    /// Changes the size, and tells the programs in the foreground (`SIGWINCH`).
    ///
    /// # Errors
    /// The operating system's.
    pub fn resize(&self, size: Size) -> io::Result<()> {
        terminal::resize(self.endpoint.fd(), size.rows, size.columns)
    }

    async fn type_all(&self, bytes: &[u8], taken: &mut usize) -> Result<(), WriteError> {
        let _turn = self.turn.lock().await;
        let fit = self.fit(bytes)?;
        self.type_rest(bytes, fit, taken).await
    }

    async fn type_rest(&self, bytes: &[u8], fit: Fit, taken: &mut usize) -> Result<(), WriteError> {
        while *taken < bytes.len() {
            let typed = self.type_some(&bytes[*taken..], fit).await;
            *taken += typed.map_err(|hitch| hitch.after(*taken))?;
        }
        Ok(())
    }

    /// Whether the child is there to read, and `bytes` would reach it whole.
    fn fit(&self, bytes: &[u8]) -> Result<Fit, WriteError> {
        self.check().map_err(|hitch| hitch.after(0))?;
        self.keyboard.fit(self.endpoint.fd(), bytes)
    }

    fn check(&self) -> Result<(), Hitch> {
        self.recipient.check()?;
        if self.endpoint.has_ended() {
            return Err(Hitch::NobodyReads);
        }
        Ok(())
    }

    async fn type_some(&self, bytes: &[u8], fit: Fit) -> Result<usize, Hitch> {
        let attempt = || {
            self.check()?;
            Ok(self.keyboard.offer(self.endpoint.fd(), bytes, fit)?)
        };
        tokio::select! {
            biased;
            typed = self.endpoint.write_by(attempt) => typed,
            // A descendant may hold the terminal, so that the exit alone makes no room.
            hitch = self.recipient.exited() => Err(hitch),
        }
    }
}
