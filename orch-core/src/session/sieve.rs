//! [`Sieve`]: named secrets taken out of what a session says, before anybody keeps it.
//!
//! It stands where bytes enter the transcript, so memory, file, polls, readers and followers have one text and one count of
//! bytes. It keeps nothing but what may be the beginning of a secret, and it never lets go of that because time has
//! passed: who types a secret key by key makes a pause between any two of its characters.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orch_pty::Source;

use crate::redact::{RedactStream, Redactor};

/// What comes from standard error does not end a secret that standard output has begun, though both are one output: each
/// source has a stream of its own.
#[derive(Debug)]
pub(super) struct Sieve {
    idle: bool,
    terminal: RedactStream,
    output: RedactStream,
    errors: RedactStream,
    withheld: Arc<AtomicUsize>,
}

impl Sieve {
    /// Says in `withheld` how many bytes it holds back.
    pub(super) fn new(redactor: &Redactor, withheld: Arc<AtomicUsize>) -> Self {
        Self {
            idle: redactor.is_empty(),
            terminal: redactor.stream(),
            output: redactor.stream(),
            errors: redactor.stream(),
            withheld,
        }
    }

    /// What is known to be clean once these bytes have come from `source`.
    pub(super) fn pass<'a>(&mut self, source: Source, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.idle {
            return Cow::Borrowed(bytes);
        }
        let stream = match source {
            Source::Terminal => &mut self.terminal,
            Source::Stderr => &mut self.errors,
            _ => &mut self.output,
        };
        let mut clean = Vec::with_capacity(bytes.len());
        stream.push(bytes, &mut clean);
        let held = self.terminal.held() + self.output.held() + self.errors.held();
        self.withheld.store(held, Ordering::Release);
        Cow::Owned(clean)
    }

    /// What was held back, each with the source that it came from: no more comes.
    pub(super) fn finish(&mut self) -> [(Source, Vec<u8>); 3] {
        let rest = |stream: &mut RedactStream| {
            let mut clean = Vec::new();
            std::mem::take(stream).finish(&mut clean);
            clean
        };
        self.withheld.store(0, Ordering::Release);
        [
            (Source::Terminal, rest(&mut self.terminal)),
            (Source::Stdout, rest(&mut self.output)),
            (Source::Stderr, rest(&mut self.errors)),
        ]
    }
}
