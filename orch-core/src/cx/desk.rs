//! The desk: the one way in which a worker writes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orch_prompts::Scope;

use super::Cx;
use super::flight::{Flight, fly};
use super::post::Post;
use super::run::Run;
use crate::beneath::{Beneath, Leaf};
use crate::deliverable::Deliverable;
use crate::desk::{Seat, Step};
use crate::error::{Halt, Result};
use crate::event::EventKind;
use crate::ids::Digest;
use crate::isolation::Isolation;
use crate::lease::Territory;
use crate::limits::Purse;
use crate::patch::{Conflict, Patch, PatchError};
use crate::worker::{Worker, Writer};

/// The right to write some paths of the work tree, and the place where that is done.
///
/// While it is held nobody else has a desk of an overlapping path: no other step, run or process of this user with the
/// same state directory. Dropping it gives the paths back; so does the death of this process. Where a write at it was given
/// up, they are given back when the writer is gone: that is seen to when this run asks for another desk, and at its end.
/// A writer works where the desk's [`Isolation`] says, and what it did is a [`Patch`].
///
/// ```
/// # use orch_core::{Cx, Result, Worker, Writer};
/// async fn fix(cx: &Cx, worker: &Worker<String, String, Writer>) -> Result<String> {
///     let mut desk = cx.desk(["src"]).await?;
///     let first = desk.write(worker, &"the parser".to_owned()).await?;
///     let then = desk.write(worker, &"the printer".to_owned()).await?;
///     desk.patch().await?.apply().await?;
///     Ok(first + &then)
/// }
/// ```
///
/// Two writes at once at one desk do not compile:
///
/// ```compile_fail,E0499
/// # use orch_core::{Cx, Result, Worker, Writer};
/// async fn fix(cx: &Cx, worker: &Worker<String, String, Writer>) -> Result<String> {
///     let mut desk = cx.desk(["src"]).await?;
///     let first = desk.write(worker, &"the parser".to_owned());
///     let then = desk.write(worker, &"the printer".to_owned());
///     let (first, then) = futures::join!(first, then);
///     Ok(first? + &then?)
/// }
/// ```
pub struct Desk {
    pub(super) run: Arc<Run>,
    pub(super) path: Arc<[String]>,
    pub(super) base: Option<Digest>,
    pub(super) purse: Purse,
    pub(super) seat: Arc<Seat>,
    _step: Step,
}

impl Desk {
    pub(super) fn new(
        run: Arc<Run>,
        path: Arc<[String]>,
        base: Option<Digest>,
        purse: Purse,
        seat: Arc<Seat>,
        step: Step,
    ) -> Self {
        Self {
            run,
            path,
            base,
            purse,
            seat,
            _step: step,
        }
    }

    /// Runs a writer and returns its deliverable. What it wrote is in [`Desk::patch`], also when it failed.
    ///
    /// The brief is rendered before this returns, so `input` need not live on. A writer is run again when its run is
    /// taken up again: that it answered before does not say that its work is still there.
    ///
    /// # Errors
    /// As [`Cx::read`](super::Cx::read). [`Halt::Misuse`] when the worker's paths are none, or not all the desk's.
    /// `Failed` with [`ScopeViolation`](crate::FailClass::ScopeViolation) when it changed what it was not to; the detail
    /// names it, and its answer is not to be trusted.
    ///
    /// # Cancel safety
    /// Dropping the future cancels the worker and everything below it. The desk stays taken until that is gone.
    pub fn write<'a, I, T: Deliverable>(
        &'a mut self,
        worker: &Worker<I, T, Writer>,
        input: &I,
    ) -> impl Future<Output = Result<T>> + Send + use<'a, I, T> {
        let flight = self.flight::<I, T>(worker, input);
        async move {
            // A writer before this one, whose future was dropped.
            self.seat.empty().await;
            fly(&self.run, flight, self.purse).await
        }
    }

    fn flight<I, T: Deliverable>(&self, worker: &Worker<I, T, Writer>, input: &I) -> Result<Flight> {
        let spec = worker.spec();
        let wrong = |why: String| Halt::Misuse(format!("paths of {} cannot be written: {why}", spec.label));
        let own = Territory::survey(self.run.work_tree(), &spec.writes)
            .map_err(|error| wrong(error.to_string()))?;
        if !self.seat.territory().covers_all(&own) {
            let why = format!(
                "{own} is not within {}, which is the desk's",
                self.seat.territory()
            );
            return Err(wrong(why).into());
        }
        let scope = Scope::write(own.paths().iter().map(|path| match path.as_os_str() {
            root if root.is_empty() => PathBuf::from("."),
            _ => path.clone(),
        }));
        let brief = worker.brief_for(input).scope(scope);
        let post = Post::Writer(Arc::clone(&self.seat));
        Flight::prepare::<T>(&self.run, &self.path, self.base, spec, &brief, post)
    }

    /// What was done at this desk since it was taken, as a value: by its writers, also those that failed, by the program
    /// and its checks, and by readers that stood here ([`Desk::cx`]) and changed what they were only to read. Such a scope
    /// violation ends its reader's work; what it changed within the desk's paths stays, and is in the patch.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when the run has ended; `Failed` when a file cannot be read, a file of more than 256 MiB is
    /// changed, or git cannot be run; [`Halt::Store`] when it could not be recorded.
    ///
    /// # Cancel safety
    /// Safe: it only reads.
    pub async fn patch(&self) -> Result<Patch> {
        self.run.is_open()?;
        self.seat.empty().await;
        let patch = self.seat.patch().await?;
        let kind = EventKind::PatchMade {
            path: self.path.to_vec(),
            files: patch.files().count() as u64,
            left_out: patch.left_out().len() as u64,
        };
        self.run.emit(kind).await?;
        Ok(patch)
    }

    /// Brings what was done at another desk to this one: all of it that can be merged line by line with what is here.
    /// Returns what cannot: those files are as they were. This is how several writers' work becomes one patch.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when the patch has a file that is not one of this desk's, or the run has ended. `Failed` when a file
    /// cannot be read or written; nothing of the patch is here then.
    ///
    /// # Cancel safety
    /// As [`Desk::put`]: all of what can be merged is here, or nothing.
    pub async fn bring(&mut self, patch: &Patch) -> Result<Vec<Conflict>> {
        self.run.is_open()?;
        self.seat.empty().await;
        if let Some(file) = patch.files().find(|file| !self.seat.territory().covers(file)) {
            return Err(self.not_ours(file).into());
        }
        let hand = self.seat.hand().await;
        let stands = hand.stands();
        let _use = self.seat.uses().begin();
        Ok(patch.bring_to(&stands, hand).await?)
    }

    /// Writes a file here, in the program's own name: a text that was put together from what readers returned. A file
    /// that is there keeps its rights; a link in its place is replaced, never followed.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when the file is not one of the desk's, or the run has ended; `Failed` when it cannot be written: a
    /// folder lies there, a link is on the way, or the disk is full.
    ///
    /// # Cancel safety
    /// The file is there whole or as it was. Dropped, it may still come, but before anything else that is asked of this
    /// desk, and before its paths are given back.
    pub async fn put(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> Result<()> {
        self.run.is_open()?;
        self.seat.empty().await;
        let own = Territory::survey(self.run.work_tree(), [path.as_ref()]).ok();
        let own = own.filter(|own| self.seat.territory().covers_all(own));
        // As it is named from the tree's root, without a `.` in it.
        let Some([path]) = own.as_ref().map(Territory::paths) else {
            return Err(self.not_ours(path.as_ref()).into());
        };
        let (bytes, place) = (content.into(), path.to_owned());
        let stands = self.seat.stands();
        let hand = self.seat.hand().await;
        let being_used = self.seat.uses().begin();
        let written = tokio::task::spawn_blocking(move || {
            // Dropped in here: what comes next at the seat waits until this is written, also when nobody waits for it.
            let (hand, _being_used) = (hand, being_used);
            let tree = Beneath::open(&hand.stands())?;
            let executable = tree.is_executable(&place)?;
            tree.put(&place, &Leaf::File { bytes, executable })
        });
        let written = written.await.unwrap_or_else(|error| Err(error.into()));
        written.map_err(|source| PatchError::of_file(&stands, path.to_owned(), source).into())
    }

    fn not_ours(&self, path: &Path) -> Halt {
        let (path, own) = (
            crate::plain::line(&path.to_string_lossy(), 200),
            self.seat.territory(),
        );
        Halt::Misuse(format!(
            "{path} cannot be written: it is not within {own}, which is the desk's"
        ))
    }

    /// A handle whose readers stand where the writers of this desk stand, and whose checks run there: for whoever looks at
    /// what was written before it is merged. What such a reader changes there is a scope violation; it is found out
    /// where no writer and no other reader is there at the same time, and no check and no [`Desk::put`] or
    /// [`Desk::bring`] goes on. A writer in place stands among the user's files: there, what changes in the desk's paths
    /// meanwhile counts as the reader's, also where the user saved it.
    ///
    /// It is not taken back: what it changed is in [`Desk::patch`] from then on, so whoever wants only the writers' work
    /// takes the patch before the readers come, or lets them look at [`Desk::show`].
    ///
    /// The paths stay leased while the handle lives.
    pub fn cx(&self) -> Cx {
        Cx::at_desk(&self.run, &self.path, self.base, self.purse, &self.seat)
    }

    /// Where its writers stand.
    pub fn isolation(&self) -> Isolation {
        self.seat.place().isolation()
    }

    /// The directory in which its writers stand: for checks of what they wrote, before it is merged.
    pub fn directory(&self) -> PathBuf {
        self.seat.stands()
    }

    /// The paths that are leased, relative to the work tree; its root is the empty path.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.seat.territory().paths().iter().map(PathBuf::as_path)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.run.desks.note(EventKind::DeskFreed {
            path: self.path.to_vec(),
            paths: self.seat.territory().to_string(),
        });
        if self.seat.is_taken() {
            self.run.desks.linger(Arc::clone(&self.seat));
        }
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("paths", self.seat.territory())
            .field("isolation", &self.isolation())
            .finish_non_exhaustive()
    }
}
