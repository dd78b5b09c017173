//! Running a pattern, and proving at its end that nothing of it is left.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio_util::sync::CancellationToken;

use super::Builder;
use crate::agent::Hold;
use crate::config::Config;
use crate::cx::{Cx, Run};
use crate::dirs::PrivateDir;
use crate::error::{Error, Halt, Result};
use crate::event::{Event, EventKind};
use crate::ids::RunId;
use crate::needs::Needs;
use crate::pattern::Pattern;
use crate::refusal::Trouble;
use crate::store::StoreError;

/// The program that decides the work, hands out briefs and delivers one result. Configured once; runs any number of
/// patterns, also at the same time. A cheap clone.
#[derive(Debug, Clone)]
pub struct Orchestrator {
    config: Arc<Config>,
    canceller: Canceller,
}

/// Ends the runs of one orchestrator from outside, for example when the user presses Ctrl-C. The library sets no
/// signal handler of its own. A cheap clone.
#[derive(Debug, Clone, Default)]
pub struct Canceller {
    gently: CancellationToken,
    now: CancellationToken,
}

impl Canceller {
    /// Asks every run to end: workers are interrupted, then terminated, then killed, with their grace between.
    pub fn cancel(&self) {
        self.gently.cancel();
    }

    /// Ends every run at once: workers are killed.
    pub fn kill(&self) {
        self.gently.cancel();
        self.now.cancel();
    }
}

impl Orchestrator {
    /// Begins the configuration of an orchestrator whose workers stand in `work_tree`.
    pub fn builder(work_tree: impl AsRef<Path>) -> Builder {
        Builder::new(work_tree.as_ref())
    }

    pub(super) fn new(config: Config) -> Self {
        Self {
            config: Arc::new(config),
            canceller: Canceller::default(),
        }
    }

    /// Runs `pattern` on `input`.
    ///
    /// Nothing is begun when a worker that the pattern [is known to need](Pattern::needs) names an agent that is not
    /// registered. When it returns, every worker of the run has ended and been reaped, with everything below it, whatever the
    /// result is.
    ///
    /// Beside the first run of an orchestrator, what killed programs left in the state directory is removed; the run waits
    /// for that at its end, and never fails by it. What a killed writer did in a place of its own is kept there as a patch:
    /// [`EventKind::WorkKept`] names it.
    ///
    /// # Errors
    /// [`Error::Unfinished`] when a worker that the pattern needed did not deliver. [`Error::Halt`] when the run was
    /// cancelled, something could not be recorded, the machine has no place for the run, or the program was misused.
    ///
    /// # Cancel safety
    /// Dropping the future cancels every worker of the run; their ends are seen to in the background.
    pub async fn run<P: Pattern + ?Sized>(&self, pattern: &P, input: P::In) -> Result<P::Out> {
        self.run_as(RunId::fresh(), pattern, input).await
    }

    /// Runs `pattern` as the run `id`. When the store knows a run of this id, its finished workers are not run again:
    /// what they delivered is taken from the store.
    ///
    /// # Errors
    /// As [`Orchestrator::run`].
    ///
    /// # Cancel safety
    /// As [`Orchestrator::run`].
    pub async fn run_as<P: Pattern + ?Sized>(&self, id: RunId, pattern: &P, input: P::In) -> Result<P::Out> {
        if let Some(unmet) = Needs::of(pattern).unmet(&self.config.holds.names()) {
            return Err(Halt::Misuse(unmet).into());
        }
        let before = self.config.store.read(id).await?;
        let private = self.private_dir(id)?;
        let run = Arc::new(Run::new(
            id,
            Arc::clone(&self.config),
            self.canceller.gently.clone(),
            &before,
        ));
        let work_tree = self.config.work_tree.display().to_string();
        run.emit(EventKind::RunStarted { work_tree }).await?;
        // Once for each orchestrator, and when somebody was killed in this very run.
        if !self.config.swept.swap(true, Ordering::Relaxed) || private.took_over() {
            run.desks
                .sweep(self.config.state.clone(), self.canceller.gently.clone());
        }
        let cx = Cx::new(Arc::clone(&run));
        let result = tokio::select! {
            biased;
            // Dropping the pattern's future cancels what is under it; `settle` waits until that is gone.
            () = self.canceller.gently.cancelled() => Err(Halt::Cancelled.into()),
            result = pattern.run(&cx, input) => result,
        };
        let settled = run.settle(&self.canceller.now).await;
        let result = match (result, settled) {
            (_, Err(left)) => Err(left),
            (result, Ok(())) => result,
        };
        if let Some(closed) = run.budget_closed() {
            run.emit(closed).await?;
        }
        let error = result.as_ref().err().map(ToString::to_string);
        run.emit(EventKind::RunFinished { error }).await?;
        result
    }

    /// The events of a run, in order.
    ///
    /// # Errors
    /// When the store cannot read them.
    pub async fn events(&self, run: RunId) -> Result<Vec<Event>, StoreError> {
        self.config.store.read(run).await
    }

    /// A handle that ends this orchestrator's runs, now and later ones.
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// How many more workers could start now, as far as the orchestrator's own limit goes. All of them, when no run
    /// goes on and everything that was let go has ended.
    pub fn free_places(&self) -> usize {
        self.config.admission.free()
    }

    /// How strongly the agent of this name holds a reader to reading; none when it is not registered.
    pub fn hold(&self, agent: &str) -> Option<Hold> {
        self.config.holds.of_agent(agent)
    }

    /// The work tree, an absolute path.
    pub fn work_tree(&self) -> &Path {
        &self.config.work_tree
    }

    fn private_dir(&self, id: RunId) -> Result<PrivateDir> {
        let made = self.config.state.claim("runs", &id.to_string());
        made.map_err(|error| {
            let doing = "private directory for the run cannot be made";
            let trouble = Trouble::of_ours(self.config.state.path(), &error);
            let halt = match trouble.refusal(doing) {
                Ok(refusal) => Halt::MachineRefused(refusal),
                // Somebody has this run already.
                Err(why) => Halt::Misuse(format!("{doing}: {why}")),
            };
            Error::Halt(halt)
        })
    }
}
