//! Ctrl-C and its relatives: the first asks the run to end, the second ends it at once.
//!
//! The library sets no signal handler; a program that wants this does as it is done here.

use std::io::{self, Write as _};

use orch_patterns::Canceller;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Whether and how the program was told to end. A cheap clone.
#[derive(Debug, Clone)]
pub struct Told(watch::Receiver<Heard>);

/// The signals so far.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    count: u32,
    /// The number of the first.
    first: u8,
}

/// Takes Ctrl-C, SIGTERM, SIGHUP and SIGQUIT from now on, so that none of them ends the program by itself.
///
/// # Errors
/// When the handlers cannot be set.
pub fn listen() -> io::Result<Told> {
    let mut kinds = [
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
        signal(SignalKind::quit())?,
    ];
    let (sender, receiver) = watch::channel(Heard::default());
    tokio::spawn(async move {
        loop {
            let number = next(&mut kinds).await;
            sender.send_modify(|heard| {
                heard.count += 1;
                if heard.count == 1 {
                    heard.first = number;
                }
            });
        }
    });
    Ok(Told(receiver))
}

impl Told {
    /// Waits for the first signal; its exit code is [`Told::exit_code`].
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn heard(&self) {
        self.at_least(1).await;
    }

    /// The exit code of a program that was told to end by a signal: 128 and the signal's number, so 130 for Ctrl-C.
    pub fn exit_code(&self) -> Option<u8> {
        let heard = *self.0.borrow();
        (heard.count > 0).then_some(128 + heard.first)
    }

    /// Passes the signals on to `canceller`, those that came already too: the first cancels, the second kills.
    pub fn pass_on(&self, canceller: Canceller) {
        let told = self.clone();
        tokio::spawn(async move {
            told.at_least(1).await;
            // The deed before the words: standard error may be gone with the terminal, or full.
            canceller.cancel();
            say("ending the workers; once more kills them at once");
            told.at_least(2).await;
            canceller.kill();
            say("killing the workers");
        });
    }

    async fn at_least(&self, count: u32) {
        let mut heard = self.0.clone();
        // The listener ends with the runtime only, and then nobody is there to be told.
        if heard.wait_for(|heard| heard.count >= count).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn say(words: &str) {
    // Nobody is there to be told when this fails.
    let _ = writeln!(io::stderr(), "{words}");
}

/// The number of the next signal. Of several that wait, an interrupt is first.
async fn next([interrupt, terminate, hangup, quit]: &mut [Signal; 4]) -> u8 {
    tokio::select! {
        biased;
        _ = interrupt.recv() => 2,
        _ = terminate.recv() => 15,
        _ = hangup.recv() => 1,
        _ = quit.recv() => 3,
    }
}
