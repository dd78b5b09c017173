//! The keeper: the one thread of this crate. It holds the word whose mark tells the warden that this process is dead,
//! keeps a warden in post, and otherwise sleeps.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::standing::{Post, Standing};
use crate::sys::warden::{self, Orphan, Table};
use crate::sys::{open_files, refusal};

/// How long a warden may take until it says that it is ready: some milliseconds, except where the executable has
/// millions of relocations.
const READY_LIMIT: Duration = Duration::from_secs(3);
/// A warden that lives shorter than this did not do so by accident.
const SHORT: Duration = Duration::from_secs(1);
/// So many short lives in a row, and there is no other.
const SHORT_LIVES_MOST: u32 = 3;

/// How long a post is vacant before it is tried again, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The variable that names the owner's record to the warden.
pub(super) const RECORD: &str = "ORCH_PTY_OWNER";

pub(super) struct Keeper {
    pub(super) table: &'static Table,
    pub(super) nonce: [u64; 2],
    pub(super) record: Option<PathBuf>,
    pub(super) standing: Arc<Standing>,
}

impl Keeper {
    /// The keeper's whole life, which is the process's: its end would be taken for the process's own.
    pub(super) fn run(self) -> ! {
        warden::hear_no_signal();
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            let why = match warden::hold_for_life(self.table) {
                Ok(()) => self.keep_one_in_post(),
                Err(error) => format!("cannot tell a warden of this process's death: {error}"),
            };
            self.standing.set(Post::Vacant {
                why,
                since: Instant::now(),
            });
            // One that was in post for a while has nothing to do with the last failure.
            pause = if began.elapsed() > LONGEST_PAUSE {
                FIRST_PAUSE
            } else {
                (2 * pause).min(LONGEST_PAUSE)
            };
            self.standing.wait_for_retry(pause);
        }
    }

    /// Starts one warden after the other, and returns why there is none.
    fn keep_one_in_post(&self) -> String {
        let mut short_lives = 0;
        loop {
            let orphan = match self.start() {
                Ok(orphan) => orphan,
                Err(why) => return why,
            };
            let began = Instant::now();
            let Some(number) = warden::await_ready(&orphan.lifeline, READY_LIMIT) else {
                return format!(
                    "the warden did not report within {} s: this program, started once more, may not get to the \
                     warden's way in",
                    READY_LIMIT.as_secs()
                );
            };
            self.standing.set(Post::Manned {
                warden: number,
                limit_holds: orphan.limit_holds,
            });
            warden::await_end(&orphan.lifeline);
            short_lives = if began.elapsed() < SHORT {
                short_lives + 1
            } else {
                0
            };
            if short_lives == SHORT_LIVES_MOST {
                return format!("the warden died {SHORT_LIVES_MOST} times within a second");
            }
            self.standing.fell();
        }
    }

    fn start(&self) -> Result<Orphan, String> {
        if !warden::can_take_over() {
            return Err(
                "this library was loaded into another program, which cannot be started as its warden"
                    .to_owned(),
            );
        }
        let mut variables: Vec<(&'static str, OsString)> = Vec::new();
        if let Some(record) = &self.record {
            variables.push((RECORD, record.clone().into()));
        }
        // The loader of the same executable needs to find the same libraries.
        if let Some(libraries) = std::env::var_os("LD_LIBRARY_PATH") {
            variables.push(("LD_LIBRARY_PATH", libraries));
        }
        let room = open_files::Room::now();
        let started = match warden::start(self.table, self.nonce, &variables) {
            Err(error) if refusal::is_at_own_limit_of_descriptors(&error.source) && room.grows() => {
                warden::start(self.table, self.nonce, &variables)
            }
            started => started,
        };
        started.map_err(|error| format!("the warden cannot be started: {}: {}", error.what, error.source))
    }
}
