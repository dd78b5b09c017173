//! Somebody's word on the pack before anybody writes: approved, condensed again with a note, or rejected.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use orch_core::{Error, Halt, Result, plain};
use orch_prompts::Pack;

use crate::combinator::Decision;

/// How often a pack may be sent back.
const REVISIONS: usize = 3;

type Decide = Arc<dyn Fn(Arc<Pack>) -> BoxFuture<'static, Decision> + Send + Sync>;

/// Who decides on the pack. Without one it is approved.
#[derive(Clone, Default)]
pub(super) struct Approval(Option<Decide>);

impl Approval {
    pub(super) fn by<F, Fut>(decide: F) -> Self
    where
        F: Fn(Arc<Pack>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Decision> + Send + 'static,
    {
        Self(Some(Arc::new(move |pack| Box::pin(decide(pack)))))
    }

    /// Whether anybody is asked.
    pub(super) fn is_asked(&self) -> bool {
        self.0.is_some()
    }

    /// The note with which `pack` goes back, or none when it is approved; `revisions` were made before.
    ///
    /// # Errors
    /// [`Halt::Rejected`], and unfinished when there are no more revisions.
    pub(super) async fn note(&self, pack: &Arc<Pack>, revisions: usize) -> Result<Option<String>> {
        let Some(decide) = &self.0 else {
            return Ok(None);
        };
        match decide(Arc::clone(pack)).await {
            Decision::Approve => Ok(None),
            Decision::Reject(why) => Err(Halt::Rejected(plain::block(&why)).into()),
            Decision::Revise(note) if revisions < REVISIONS => Ok(Some(note)),
            Decision::Revise(note) => Err(Error::failed(format!(
                "pack still has to be changed after {revisions} revisions: {note}; say it in the task, or condense otherwise"
            ))),
        }
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_asked() { "asked" } else { "not asked" })
    }
}
