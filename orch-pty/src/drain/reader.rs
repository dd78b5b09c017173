//! [`Drain`].

use std::future::pending;
use std::io;
use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::grace::{Grace, Listening};
use crate::child::Child;
use crate::endpoint::Readable;
use crate::input::{Hitch, Recipient};
use crate::output::OutputReader;
use crate::terminal::Terminal;

/// Where a chunk comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The terminal.
    Terminal,
    /// Standard output, when that is a pipe.
    Stdout,
    /// Standard error, when that is a pipe.
    Stderr,
}

/// What a [`Drain`] yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Drained {
    /// Output.
    Chunk {
        /// Where it comes from.
        source: Source,
        /// How many bytes lie at the front of the buffer; at least one.
        bytes: usize,
    },
    /// There will be nothing more.
    End {
        /// Whether somebody still holds the other side, and could have gone on writing: a descendant of the child.
        leaked: bool,
    },
}

/// Reads all that a child writes to its terminal and its pipes, until nobody can write any more, or until the child
/// has exited and a [`Grace`] is over: a descendant that keeps the terminal does not hold the end up for ever.
///
/// ```no_run
/// # async fn all(process: orch_pty::Process) -> std::io::Result<()> {
/// use orch_pty::{Drain, Drained, Process};
///
/// let Process { mut child, terminal, stdout, stderr, .. } = process;
/// let mut drain = Drain::of(&child).terminal(terminal).stdout(stdout).stderr(stderr);
/// let mut buffer = vec![0; 64 * 1024];
/// let leaked = loop {
///     match drain.read(&mut buffer).await? {
///         Drained::Chunk { source, bytes } => println!("{source:?}: {bytes} bytes"),
///         Drained::End { leaked } => break leaked,
///         _ => {}
///     }
/// };
/// println!("{}, {leaked}", child.wait().await?);
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Drain {
    child: Recipient,
    terminal: Option<Arc<Terminal>>,
    stdout: Option<OutputReader>,
    stderr: Option<OutputReader>,
    open: Open,
    grace: Grace,
    listening: Option<Listening>,
    leaked: bool,
}

/// Which outputs are still read.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    terminal: bool,
    stdout: bool,
    stderr: bool,
}

impl Open {
    fn any(self) -> bool {
        self.terminal || self.stdout || self.stderr
    }

    fn first(self) -> Option<Source> {
        let all = [
            (self.terminal, Source::Terminal),
            (self.stdout, Source::Stdout),
            (self.stderr, Source::Stderr),
        ];
        all.into_iter().find_map(|(open, source)| open.then_some(source))
    }

    fn close(&mut self, source: Source) {
        match source {
            Source::Terminal => self.terminal = false,
            Source::Stdout => self.stdout = false,
            Source::Stderr => self.stderr = false,
        }
    }
}

/// What a drain waits for.
enum Event<'a> {
    Readable(Source, io::Result<Readable<'a>>),
    Exited(Hitch),
    Late,
}

impl Drain {
    /// A drain of `child`, which reads nothing yet.
    pub fn of(child: &Child) -> Self {
        Self {
            child: Recipient::new(Arc::clone(child.leader())),
            terminal: None,
            stdout: None,
            stderr: None,
            open: Open::default(),
            grace: Grace::default(),
            listening: None,
            leaked: false,
        }
    }

    /// Reads the child's terminal; an `Arc` of it may be written to meanwhile.
    pub fn terminal<T: Into<Arc<Terminal>>>(self, terminal: Option<T>) -> Self {
        let mut drain = self;
        drain.terminal = terminal.map(Into::into);
        drain.open.terminal = drain.terminal.is_some();
        drain
    }

    /// Reads the child's standard output.
    pub fn stdout(self, pipe: Option<OutputReader>) -> Self {
        let mut drain = self;
        drain.open.stdout = pipe.is_some();
        drain.stdout = pipe;
        drain
    }

    /// Reads the child's standard error.
    pub fn stderr(self, pipe: Option<OutputReader>) -> Self {
        let mut drain = self;
        drain.open.stderr = pipe.is_some();
        drain.stderr = pipe;
        drain
    }

    /// Listens so long after the child's exit.
    pub fn grace(self, grace: Grace) -> Self {
        Self { grace, ..self }
    }

    /// Reads the next chunk, of at most `buffer.len()` bytes, or the end; the end comes again at every further call.
    ///
    /// The outputs are read in turn, so none is kept waiting by another one. The end may come before the child's exit:
    /// a program can close its outputs and go on. Whether it is `leaked` is sure: it is when an output was still open
    /// as the grace ended. What the kernel held at that moment has been read, as far as one buffer takes it.
    ///
    /// # Errors
    /// The operating system's; the output it comes from is not read any further, and the others are. Also an empty
    /// buffer, as [`InvalidInput`](io::ErrorKind::InvalidInput).
    ///
    /// # Panics
    /// In a runtime without time.
    ///
    /// # Cancel safety
    /// Cancel safe: a read that did not complete has taken nothing.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<Drained> {
        if buffer.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "cannot drain into an empty buffer; 64 KiB serve best",
            ));
        }
        while self.open.any() {
            let event = self.event().await;
            match event {
                Event::Readable(source, readable) => {
                    let read = readable.and_then(|readable| readable.read(buffer));
                    if let Some(bytes) = self.settle(source, read)? {
                        return Ok(Drained::Chunk { source, bytes });
                    }
                }
                Event::Exited(Hitch::Io(error)) => return Err(error),
                Event::Exited(_) => self.listening = Some(self.grace.from(now())),
                Event::Late => {
                    if let Some(chunk) = self.last(buffer)? {
                        return Ok(chunk);
                    }
                }
            }
        }
        Ok(Drained::End { leaked: self.leaked })
    }

    /// Waits for what comes first.
    async fn event(&self) -> Event<'_> {
        let late = async {
            match self.listening {
                Some(listening) => sleep_until(listening.end().into()).await,
                None => pending().await,
            }
        };
        tokio::select! {
            readable = terminal(self.terminal.as_deref()), if self.open.terminal => {
                Event::Readable(Source::Terminal, readable)
            }
            readable = pipe(self.stdout.as_ref()), if self.open.stdout => {
                Event::Readable(Source::Stdout, readable)
            }
            readable = pipe(self.stderr.as_ref()), if self.open.stderr => {
                Event::Readable(Source::Stderr, readable)
            }
            hitch = self.child.exited(), if self.listening.is_none() => Event::Exited(hitch),
            () = late => Event::Late,
        }
    }

    /// The grace seems to be over. What has come before that counts, also when this task was late to look: each open
    /// output is read once more.
    fn last(&mut self, buffer: &mut [u8]) -> io::Result<Option<Drained>> {
        let over = self.listening.is_none_or(|listening| listening.is_over(now()));
        let mut asked = self.open;
        while let Some(source) = asked.first() {
            asked.close(source);
            let read = match source {
                Source::Terminal => self.terminal.as_ref().map(|terminal| terminal.try_read(buffer)),
                Source::Stdout => self.stdout.as_ref().map(|pipe| pipe.try_read(buffer)),
                Source::Stderr => self.stderr.as_ref().map(|pipe| pipe.try_read(buffer)),
            };
            let chunk = self.settle(source, read.unwrap_or(Ok(Some(0))))?;
            if over && self.is_open(source) {
                self.open.close(source);
                self.leaked = true;
            }
            if let Some(bytes) = chunk {
                return Ok(Some(Drained::Chunk { source, bytes }));
            }
        }
        // Nothing was heard, so it was silence.
        self.leaked |= self.open.any();
        self.open = Open::default();
        Ok(None)
    }

    /// Takes note of what a read brought: a chunk, the end, or nothing.
    fn settle(&mut self, source: Source, read: io::Result<Option<usize>>) -> io::Result<Option<usize>> {
        if !matches!(read, Ok(None | Some(1..))) {
            self.open.close(source);
        }
        let bytes = read?.filter(|&bytes| bytes > 0);
        if bytes.is_some() {
            self.listening = self.listening.map(|listening| listening.heard(now()));
        }
        Ok(bytes)
    }

    fn is_open(&self, source: Source) -> bool {
        match source {
            Source::Terminal => self.open.terminal,
            Source::Stdout => self.open.stdout,
            Source::Stderr => self.open.stderr,
        }
    }
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}

async fn terminal(terminal: Option<&Terminal>) -> io::Result<Readable<'_>> {
    match terminal {
        Some(terminal) => terminal.readable().await,
        None => pending().await,
    }
}

async fn pipe(pipe: Option<&OutputReader>) -> io::Result<Readable<'_>> {
    match pipe {
        Some(pipe) => pipe.readable().await,
        None => pending().await,
    }
}
