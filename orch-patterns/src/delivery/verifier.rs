//! Who verifies, and what outranks what: a refuted check, a check that could not run, then the reader's word.
//!
//! It looks; it repairs nothing, and it does not say what happens next.

use std::sync::Arc;

use orch_core::{Check, Cx, Halt, Needs, Pattern, Result, Verdict};

use super::assignment::all_of;
use super::showing::Showing;
use super::{Examination, Examined, VerifyingReader};
use crate::deliverable::Verification;

type Reading = Arc<dyn Pattern<In = Examination, Out = Verification>>;

/// Checks, a reader, or both. Evidence outranks opinion.
///
/// | checks | the reader | verdict |
/// | --- | --- | --- |
/// | one is refuted | is not asked | refuted |
/// | one could not be run | is not asked | unverified |
/// | all are confirmed, or there are none | is asked, and gets their outputs as observed | the reader's |
/// | all are confirmed | there is none | confirmed |
/// | all are confirmed | died | unverified, and the reason is kept |
///
/// Each check and the reader looks at a place of its own, made of the user's tree and the patch: what the writer's code
/// does while a check runs it is seen by nobody else. So checks share nothing that they build; commands that are to share
/// it are one check.
///
/// ```
/// use orch_patterns::{Verifier, check};
///
/// let by_tests = Verifier::from(check("cargo", ["test"]));
/// let by_both = by_tests.and(Verifier::reader().agent("claude"));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a verifier does nothing until a pattern verifies with it"]
pub struct Verifier {
    checks: Vec<Check>,
    reader: Option<Reading>,
}

impl Verifier {
    /// A reader, to be told who it is; it becomes a verifier by itself where one is wanted.
    pub fn reader() -> VerifyingReader {
        VerifyingReader::default()
    }

    /// Any pattern as the reader: your own worker, several that vote, a closure. Its word is
    /// [weighed](Verification::weighed) whatever made it: a verdict without evidence is read as unverified.
    ///
    /// ```
    /// use orch_patterns::prelude::*;
    /// use orch_patterns::{Examination, Verification, Verifier};
    ///
    /// let no_todo = Verifier::by(step(|_cx: Cx, asked: Examination| async move {
    ///     let left = asked.diff.matches("+TODO").count();
    ///     let verdict = if left == 0 { Verdict::Confirmed } else { Verdict::Refuted };
    ///     Ok(Verification::new(verdict, "counted").observed("the diff", format!("{left} new TODO")))
    /// }));
    /// ```
    pub fn by(reader: impl Pattern<In = Examination, Out = Verification> + 'static) -> Self {
        Self {
            checks: Vec::new(),
            reader: Some(Arc::new(reader)),
        }
    }

    /// This and another: the checks of both, in this order, and a reader after them. Of two readers the later one stays.
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        let Self { checks, reader } = other.into();
        self.checks.extend(checks);
        self.reader = reader.or(self.reader);
        self
    }

    /// Looks at what is shown: `asked` without its evidence. Each check and the reader has a place of its own, since the
    /// writer's code runs in checks and could leave something for who looks next.
    ///
    /// # Errors
    /// [`Error::Halt`] alone: what kept a check or the reader from an answer is in the result.
    pub(super) async fn examine(&self, mut showing: Showing<'_>, mut asked: Examination) -> Result<Examined> {
        let mut examined = Examined::default();
        for check in &self.checks {
            let by = |cx: Cx| async move { cx.check(check).await };
            match showing.look(by).await? {
                Ok(evidence) => examined.evidence.push(evidence),
                Err(why) => {
                    examined.missing = Some(why);
                    break;
                }
            }
        }
        let seen = examined.evidence.iter().map(|evidence| evidence.verdict);
        let gap = examined.missing.as_ref().map(|_| Verdict::Unverified);
        examined.verdict = all_of(seen.chain(gap));
        if !(self.checks.is_empty() || examined.verdict.is_confirmed()) {
            return Ok(examined);
        }
        let Some(reader) = &self.reader else {
            return Ok(examined);
        };
        asked.evidence.clone_from(&examined.evidence);
        let by = |cx: Cx| {
            let asked = asked.clone();
            async move { reader.run(&cx.child("verify"), asked).await }
        };
        match showing.look(by).await? {
            Ok(verification) => {
                // Put together by a closure, it has not been weighed yet.
                let verification = verification.weighed();
                examined.verdict = verification.verdict;
                examined.verification = Some(verification);
            }
            Err(why) => {
                examined.verdict = Verdict::Unverified;
                examined.missing = Some(why);
            }
        }
        Ok(examined)
    }

    /// Says whom its reader names.
    pub(super) fn needs(&self, needs: &mut Needs) {
        if let Some(reader) = &self.reader {
            reader.needs(needs);
        }
    }

    /// What is wrong with it, before anything is started.
    pub(crate) fn fit(&self, pattern: &str) -> Result<()> {
        if self.checks.is_empty() && self.reader.is_none() {
            return Err(Halt::Misuse(format!(
                "verifier of {pattern} has neither a check nor a reader: give it `check(..)` or `Verifier::reader()`"
            ))
            .into());
        }
        Ok(())
    }
}

impl From<Check> for Verifier {
    fn from(check: Check) -> Self {
        Self::from(vec![check])
    }
}

impl From<Vec<Check>> for Verifier {
    /// All of them have to be confirmed; they run in this order, one after the other.
    fn from(checks: Vec<Check>) -> Self {
        Self { checks, reader: None }
    }
}

impl<const N: usize> From<[Check; N]> for Verifier {
    fn from(checks: [Check; N]) -> Self {
        Self::from(Vec::from(checks))
    }
}

impl From<VerifyingReader> for Verifier {
    fn from(reader: VerifyingReader) -> Self {
        Self::by(reader)
    }
}
