//! [`Guard`]: this process's side: one for each process, started with its first spawn.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::keeper::Keeper;
use super::owner::Record;
use super::standing::{Post, Standing, TRY_AGAIN};
use crate::containment::{Containment, Tier};
use crate::sys::warden::{Root, Table};
use crate::sys::{self, Handle, open_files};
use crate::tag::{RunTag, Tag};

/// How long the first spawn waits for the warden.
const START_LIMIT: Duration = Duration::from_secs(4);
/// The keeper calls little and never deeply.
const KEEPER_STACK: usize = 128 * 1024;

/// The guard over the children of this process.
#[derive(Debug)]
pub(crate) struct Guard {
    table: Option<&'static Table>,
    free: Mutex<Slots>,
    recorded: bool,
    standing: Arc<Standing>,
    /// When it was found that there can be no table; some time later that may have changed.
    without_table: Option<Instant>,
}

/// Which slots of the table nobody uses.
#[derive(Debug, Default)]
struct Slots {
    given_back: Vec<usize>,
    never_used: usize,
}

/// A child's place in the table, until dropped.
#[derive(Debug)]
pub(crate) struct Listed {
    guard: Arc<Guard>,
    slot: usize,
}

impl Guard {
    /// The guard of this process. The first call starts it; a copy of this process made by fork has one of its own.
    pub(crate) fn of_this_process() -> Arc<Self> {
        static OWN: Mutex<Option<(u32, Arc<Guard>)>> = Mutex::new(None);
        let own = sys::own_number();
        let mut guard = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        match &*guard {
            Some((process, guard)) if *process == own && !guard.is_to_be_tried_again() => Arc::clone(guard),
            _ => {
                let fresh = Arc::new(Self::start());
                *guard = Some((own, Arc::clone(&fresh)));
                fresh
            }
        }
    }

    fn is_to_be_tried_again(&self) -> bool {
        self.without_table
            .is_some_and(|since| since.elapsed() >= TRY_AGAIN)
    }

    fn start() -> Self {
        let standing = Arc::new(Standing::new());
        match Self::try_start(&standing) {
            Ok(guard) => guard,
            Err(why) => {
                let since = Instant::now();
                standing.set(Post::Vacant { why, since });
                Self {
                    table: None,
                    free: Mutex::default(),
                    recorded: false,
                    standing,
                    without_table: Some(since),
                }
            }
        }
    }

    fn try_start(standing: &Arc<Standing>) -> Result<Self, String> {
        let run = Tag::of_this_process()
            .map_err(|error| format!("no tag could be made: {error}"))?
            .run_tag();
        let nonce =
            sys::random().map_err(|error| format!("the system has no random bytes to give: {error}"))?;
        let table = open_files::with_room(|| Table::create(nonce, run.hard(), run.prefix()))
            .map_err(|error| format!("no memory to share with a warden: {error}"))?;
        // As long as the process: the kernel reads a word in it when the keeper ends.
        let table: &'static Table = Box::leak(Box::new(table));
        let record = open_files::with_room(|| Record::write(run)).ok();
        let keeper = Keeper {
            table,
            nonce,
            record: record.clone(),
            standing: Arc::clone(standing),
        };
        thread::Builder::new()
            .name("orch-keeper".to_owned())
            .stack_size(KEEPER_STACK)
            .spawn(move || keeper.run())
            .map_err(|error| format!("no thread to keep a warden in post: {error}"))?;
        Ok(Self {
            table: Some(table),
            free: Mutex::default(),
            recorded: record.is_some(),
            standing: Arc::clone(standing),
            without_table: None,
        })
    }

    /// What holds a child that is born now. `tagged_late` when its limit cannot carry the tag from its first moment on.
    pub(crate) fn containment(&self, tagged_late: bool) -> Containment {
        let (post, replaced) = self.standing.settled(START_LIMIT);
        let (tier, warden, why_not) = match post {
            Post::Manned { warden, limit_holds } if limit_holds && !tagged_late => {
                (Tier::Warden, Some(warden), None)
            }
            Post::Manned { warden, limit_holds } => {
                let why = if limit_holds {
                    "posix_spawn puts the tag in the child's limit only after the program has started"
                } else {
                    "the limit that carries the tag (RLIMIT_LOCKS) cannot be set here, or is too low already"
                };
                (Tier::Environment, Some(warden), Some(why.to_owned()))
            }
            Post::Vacant { why, .. } => (Tier::ProcessGroup, None, Some(why)),
            Post::Starting => (
                Tier::ProcessGroup,
                None,
                Some("the warden is not ready yet".to_owned()),
            ),
        };
        if tier < Tier::Warden
            && let Some(table) = self.table
        {
            table.set_weak();
        }
        Containment {
            tier,
            warden,
            replaced,
            recorded: self.recorded,
            why_not,
        }
    }

    /// Whether the warden would find who carries a tag of `run`.
    pub(crate) fn hunts(&self, run: RunTag) -> bool {
        self.table
            .is_some_and(|table| table.run() == (run.hard(), run.prefix()))
    }

    /// The word that a newborn looks at.
    pub(crate) fn gone(&self) -> Option<&std::sync::atomic::AtomicU32> {
        self.table.map(Table::gone)
    }

    /// Lists a child for the warden, so that it finds those who descend from it by lineage too.
    pub(crate) fn list(self: &Arc<Self>, child: &Handle) -> Option<Listed> {
        let table = self.table?;
        let root = Root {
            pid: child.pid(),
            alive_at: sys::since_boot(),
        };
        let slot = self.free.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        table.list(slot, root);
        Some(Listed {
            guard: Arc::clone(self),
            slot,
        })
    }
}

impl Slots {
    fn take(&mut self) -> Option<usize> {
        self.given_back.pop().or_else(|| {
            let slot = self.never_used;
            (slot < Table::slots()).then(|| {
                self.never_used += 1;
                slot
            })
        })
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        let Some(table) = self.guard.table else { return };
        table.strike(self.slot);
        let mut free = self.guard.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.given_back.push(self.slot);
    }
}
