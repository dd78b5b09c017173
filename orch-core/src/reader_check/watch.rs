//! One tree, looked at before and after each reader. Looks are shared: readers that end together are served by one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tokio::sync::Notify;

use crate::work_tree::{Extent, GitPlaces, Look, NotLooked, Traces};

/// The most files of a tree that are compared: a look at so many takes about a second.
const LIMIT: usize = 250_000;

/// The trees that a run watches.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    trees: Mutex<HashMap<PathBuf, Weak<Watch>>>,
    /// What the user's repository says, once for the run: asked with the first look at the user's tree.
    extent: Arc<OnceLock<Extent>>,
}

/// One tree.
#[derive(Debug)]
pub(super) struct Watch {
    root: PathBuf,
    /// Nobody but the run's own workers writes here.
    is_private: bool,
    /// The repository that holds it, as it was before a reader could change that.
    places: Option<GitPlaces>,
    extent: Arc<OnceLock<Extent>>,
    looking: Arc<Mutex<Looking>>,
    /// How many looks were asked for.
    asked: AtomicU64,
    presence: Mutex<Presence>,
}

/// The looks at a tree. One goes on by itself once it was begun: whoever began it may not be polled any more, and the
/// others wait for it all the same.
#[derive(Debug, Default)]
struct Looking {
    last: Option<Arc<Seen>>,
    /// Says when the look that goes on is over: to those who wait in the order in which they came.
    under_way: Option<Arc<Notify>>,
}

/// The end of a look, also of one that never began since the runtime was shut down.
struct Over {
    looking: Arc<Mutex<Looking>>,
    seen: Seen,
    waiting: Arc<Notify>,
}

impl Drop for Over {
    fn drop(&mut self) {
        let nothing = Err(NotLooked::Unreadable("nobody looked".to_owned()));
        let seen = Seen {
            serves: self.seen.serves,
            traces: std::mem::replace(&mut self.seen.traces, nothing),
        };
        let mut looking = lock(&self.looking);
        looking.last = Some(Arc::new(seen));
        looking.under_way = None;
        drop(looking);
        self.waiting.notify_waiters();
    }
}

#[derive(Debug, Default)]
struct Presence {
    in_flight: usize,
    begun: u64,
    /// Looks that began before are of another time: nobody was there in between.
    floor: u64,
}

/// What a look saw.
#[derive(Debug)]
pub(super) struct Seen {
    /// It serves whoever asked up to here: it began after that.
    serves: u64,
    pub(super) traces: Result<Traces, NotLooked>,
}

/// One reader's time in the tree. Dropped, it is over.
#[derive(Debug)]
pub(super) struct Stay {
    watch: Arc<Watch>,
    number: u64,
    came_first: bool,
    before: Option<Arc<Seen>>,
}

impl Watches {
    pub(super) fn of(&self, root: &Path, is_private: bool) -> Arc<Watch> {
        let mut watches = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watch) = watches.get(root).and_then(Weak::upgrade) {
            return watch;
        }
        watches.retain(|_, watch| watch.strong_count() > 0);
        let watch = Arc::new(Watch {
            root: root.to_owned(),
            is_private,
            places: GitPlaces::of(root),
            extent: Arc::clone(&self.extent),
            looking: Arc::default(),
            asked: AtomicU64::new(0),
            presence: Mutex::default(),
        });
        watches.insert(root.to_owned(), Arc::downgrade(&watch));
        watch
    }
}

impl Watch {
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn is_private(&self) -> bool {
        self.is_private
    }

    pub(super) fn places(&self) -> Option<&GitPlaces> {
        self.places.as_ref()
    }

    /// The folders of git's own that are looked at: paths from the root where they lie beneath it.
    fn repositories(&self) -> Vec<PathBuf> {
        let mut repositories = vec![PathBuf::from(".git")];
        if let Some(GitPlaces { own, common, .. }) = &self.places {
            // What a desk's linked work tree shares is the user's, and looked at with the user's tree.
            let shared = (!self.is_private).then_some(common);
            for folder in [Some(own), shared].into_iter().flatten() {
                let folder = folder.strip_prefix(&self.root).unwrap_or(folder);
                if !repositories.iter().any(|other| other == folder) {
                    repositories.push(folder.to_owned());
                }
            }
        }
        repositories
    }

    /// Whether the user's configuration leads git to the file at `path`.
    pub(super) fn is_named(&self, path: &Path) -> bool {
        let extent = self.extent.get().filter(|_| !self.is_private);
        extent.is_some_and(|extent| extent.names(path))
    }

    fn ask(&self) -> u64 {
        self.asked.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// A look that begins now or later.
    pub(super) async fn look_now(&self) -> Arc<Seen> {
        self.look(self.ask()).await
    }

    /// A look that began no earlier than `ticket` was asked for; one that somebody else asked for will do.
    async fn look(&self, ticket: u64) -> Arc<Seen> {
        loop {
            let (over, begun) = {
                let mut looking = lock(&self.looking);
                if let Some(seen) = looking.last.as_ref().filter(|seen| seen.serves >= ticket) {
                    return Arc::clone(seen);
                }
                let (under_way, begun) = if let Some(under_way) = &looking.under_way {
                    (Arc::clone(under_way), None)
                } else {
                    let begun = self.begin_look(&mut looking);
                    (Arc::clone(&begun.waiting), Some(begun))
                };
                // Made before the lock is given back, so that the end is not missed.
                (under_way.notified_owned(), begun)
            };
            // Not under the lock: where the runtime is shut down it is over at once.
            if let Some(begun) = begun {
                self.go_on(begun);
            }
            over.await;
        }
    }

    fn begin_look(&self, looking: &mut Looking) -> Over {
        let waiting = Arc::new(Notify::new());
        looking.under_way = Some(Arc::clone(&waiting));
        Over {
            looking: Arc::clone(&self.looking),
            seen: Seen {
                serves: self.asked.load(Ordering::SeqCst),
                traces: Err(NotLooked::Unreadable("the runtime was shut down".to_owned())),
            },
            waiting,
        }
    }

    /// Looks, beside the runtime. With the first look at the user's tree its repository is asked what else is looked at;
    /// as the look itself, that goes on whoever is polled.
    fn go_on(&self, over: Over) {
        let (root, repositories) = (self.root.clone(), self.repositories());
        let look = Look {
            folders: self.is_private,
            limit: LIMIT,
        };
        let walk = move |mut over: Over, extent: Extent| {
            over.seen.traces = Traces::walk(&root, &repositories, &extent, look);
            drop(over);
        };
        let known = match self.extent.get() {
            Some(extent) if self.is_private => Some(extent.elsewhere()),
            None if self.is_private => Some(Extent::default()),
            known => known.cloned(),
        };
        if let Some(extent) = known {
            tokio::task::spawn_blocking(move || walk(over, extent));
            return;
        }
        let (root, known) = (self.root.clone(), Arc::clone(&self.extent));
        tokio::spawn(async move {
            let extent = Extent::of(&root).await;
            let extent = known.get_or_init(|| extent).clone();
            tokio::task::spawn_blocking(move || walk(over, extent));
        });
    }

    fn presence(&self) -> MutexGuard<'_, Presence> {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock(looking: &Mutex<Looking>) -> MutexGuard<'_, Looking> {
    looking.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stay {
    /// Begins a reader's time: the tree is looked at, unless it is being watched already.
    pub(super) async fn begin(watch: Arc<Watch>) -> Self {
        let (number, came_first, floor) = {
            let mut presence = watch.presence();
            let first = presence.in_flight == 0;
            if first {
                presence.floor = watch.ask();
            }
            presence.in_flight += 1;
            presence.begun += 1;
            (presence.begun, first, presence.floor)
        };
        let mut stay = Self {
            watch,
            number,
            came_first,
            before: None,
        };
        stay.before = Some(stay.watch.look(floor).await);
        stay
    }

    pub(super) fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// What there was when it began.
    pub(super) fn before(&self) -> Option<&Arc<Seen>> {
        self.before.as_ref()
    }

    /// What there is now.
    pub(super) async fn now(&self) -> Arc<Seen> {
        self.watch.look_now().await
    }

    /// Whether no other reader was there since it began.
    pub(super) fn is_alone(&self) -> bool {
        self.came_first && self.watch.presence().begun == self.number
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.watch.presence().in_flight -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use futures::future::{join_all, poll_immediate};

    use super::*;

    #[tokio::test]
    async fn readers_that_end_together_share_a_look() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let watches = Watches::default();
        let watch = watches.of(root.path(), false);
        let stays = join_all((0..64).map(|_| Stay::begin(watches.of(root.path(), false)))).await;
        assert!(stays.iter().all(|stay| !stay.is_alone()));
        fs::write(root.path().join("new"), "x").expect("a file");
        // All of them ask while a look is under way that began before.
        let waiting = Arc::new(Notify::new());
        lock(&watch.looking).under_way = Some(Arc::clone(&waiting));
        let asking = join_all(stays.iter().map(Stay::now));
        let opened = async {
            tokio::task::yield_now().await;
            lock(&watch.looking).under_way = None;
            waiting.notify_waiters();
        };
        let (seen, ()) = tokio::join!(asking, opened);
        for (stay, seen) in stays.iter().zip(&seen) {
            let before = stay
                .before()
                .and_then(|before| before.traces.clone().ok())
                .expect("a look");
            let now = seen.traces.as_ref().expect("a look");
            assert_eq!(before.touched_until(now), [PathBuf::from("new")]);
        }
        assert!(
            seen.iter().all(|other| Arc::ptr_eq(other, &seen[0])),
            "one look for all"
        );
    }

    #[tokio::test]
    async fn who_is_not_polled_any_more_holds_up_nobody() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let watches = Watches::default();
        let watch = watches.of(root.path(), false);
        let mut left = Box::pin(Stay::begin(Arc::clone(&watch)));
        for _ in 0..3 {
            // It may come to its end meanwhile: what is done is not polled again.
            if poll_immediate(&mut left).await.is_some() {
                break;
            }
        }
        let stay = Stay::begin(watch).await;
        assert_eq!(stay.before().map(|seen| seen.traces.is_ok()), Some(true));
        assert!(stay.now().await.traces.is_ok());
    }

    #[tokio::test]
    async fn what_happened_while_nobody_was_there_is_nobodys() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let watches = Watches::default();
        let watch = watches.of(root.path(), true);
        drop(Stay::begin(Arc::clone(&watch)).await);
        fs::write(root.path().join("between"), "x").expect("a file");
        let stay = Stay::begin(watch).await;
        let (before, now) = (stay.before().cloned().expect("a look"), stay.now().await);
        assert_eq!(before.traces, now.traces);
        assert!(stay.is_alone());
    }
}
