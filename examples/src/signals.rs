//! Ctrl-C and its relatives: the first asks the run to end, the second ends it at once.
//!
//! The library sets no signal handler; a program that wants this does as it is done here.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use orch_patterns::Canceller;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Whether and how the program was told to end.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<AtomicU8>);

impl Told {
    /// The exit code of a program that was told to end by a signal: 128 and the signal's number, so 130 for Ctrl-C.
    pub fn exit_code(&self) -> Option<u8> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            number => Some(128 + number),
        }
    }
}

/// Passes Ctrl-C, SIGTERM and SIGHUP on to `canceller` from now on: the first cancels, the second kills.
///
/// # Errors
/// When the handlers cannot be set.
pub fn pass_on(canceller: Canceller) -> io::Result<Told> {
    let told = Told::default();
    let mut kinds = [
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
    ];
    let heard = told.clone();
    tokio::spawn(async move {
        heard.0.store(next(&mut kinds).await, Ordering::SeqCst);
        eprintln!("ending the workers; once more kills them at once");
        canceller.cancel();
        next(&mut kinds).await;
        eprintln!("killing the workers");
        canceller.kill();
    });
    Ok(told)
}

/// The number of the next signal.
async fn next([interrupt, terminate, hangup]: &mut [Signal; 3]) -> u8 {
    tokio::select! {
        _ = interrupt.recv() => 2,
        _ = terminate.recv() => 15,
        _ = hangup.recv() => 1,
    }
}
