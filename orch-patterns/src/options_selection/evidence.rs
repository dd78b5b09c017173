//! Which command measures a proposal, as the program says.

use std::fmt;
use std::sync::Arc;

use orch_core::{Check, Cx, Error, Evidence, Result, plain};

use crate::deliverable::Proposal;

type CheckFor = Arc<dyn Fn(&Proposal) -> Option<Check> + Send + Sync>;

/// The program's choice of a check for each proposal.
#[derive(Clone, Default)]
pub(super) struct Measure(Option<CheckFor>);

/// What a check showed, or why it did not run.
pub(super) type Measured = (Option<Evidence>, Option<String>);

impl Measure {
    pub(super) fn by(check: impl Fn(&Proposal) -> Option<Check> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(check)))
    }

    /// Runs the check of `proposal`, where there is one. A check that could not run found nothing out.
    pub(super) async fn run(&self, cx: &Cx, proposal: &Proposal) -> Result<Measured> {
        let Some(check) = self.0.as_ref().and_then(|check_for| check_for(proposal)) else {
            return Ok((None, None));
        };
        match cx.check(&check).await {
            Ok(evidence) => Ok((Some(evidence), None)),
            Err(Error::Unfinished(why)) => Ok((None, Some(plain::line(&why.to_string(), 300)))),
            Err(halt) => Err(halt),
        }
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Measure").field(&self.0.is_some()).finish()
    }
}
