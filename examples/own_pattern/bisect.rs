//! The pattern of our own: a search for the place in a row where something ceases to hold.

use std::fmt;

use orch_patterns::async_trait;
use orch_patterns::prelude::*;
use serde::Serialize;

/// One question about one member of the row: the input of the pattern inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Question {
    /// What is to hold, in the program's own words.
    pub(crate) claim: String,
    /// The file that it is asked of.
    pub(crate) path: String,
}

/// A claim, and the files in which it may have been lost, the oldest first. It has a key, so `for_each` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Search {
    pub(crate) claim: String,
    pub(crate) row: Vec<String>,
}

/// Where it ceased to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Turn {
    pub(crate) claim: String,
    /// The last file of which it holds; none when it holds of none that was asked.
    pub(crate) last_good: Option<String>,
    /// The first of which it does not; none when it holds of the last one too.
    pub(crate) first_bad: Option<String>,
    /// How many files were read, of how many.
    pub(crate) read: usize,
    pub(crate) of: usize,
}

/// Asks `probe` about the middle of what is left, again and again: about log2 of the row's length workers, one after the
/// other, and not one for each member.
///
/// It is generic over what it asks: a worker, a vote of several, a retried one, or in a test a closure. It takes for
/// granted that what is lost does not come back; where it may, ask every member with `for_each`.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub(crate) struct Bisect<P> {
    probe: P,
}

impl<P: Pattern<In = Question, Out = Verdict>> Bisect<P> {
    pub(crate) fn new(probe: P) -> Self {
        Self { probe }
    }

    /// Whether the claim holds of a member. That nobody could tell is no answer: it ends this search, not the run.
    async fn holds(&self, cx: &Cx, claim: &str, path: &str) -> Result<bool> {
        let question = Question {
            claim: claim.to_owned(),
            path: path.to_owned(),
        };
        // The label keeps the step keys of different members apart, and the same in every run.
        match self.probe.run(&cx.child(path), question).await? {
            Verdict::Confirmed => Ok(true),
            Verdict::Refuted => Ok(false),
            Verdict::Unverified => Err(Error::failed(format!("nobody could tell of {path}"))),
        }
    }
}

#[async_trait]
impl<P: Pattern<In = Question, Out = Verdict>> Pattern for Bisect<P> {
    type In = Search;
    type Out = Turn;

    async fn run(&self, cx: &Cx, search: Search) -> Result<Turn> {
        let Search { claim, row } = search;
        // Wrong use is said before anything starts.
        let (Some(first), Some(last)) = (row.first(), row.last()) else {
            return Err(Halt::Misuse("bisect has no row: give it at least one file".to_owned()).into());
        };
        // A child of its own: the plan of whoever runs this is not overwritten.
        let cx = cx.child("bisect");
        cx.publish(Plan::new([
            "Ask of the last one whether it was lost at all.",
            "Ask of the first one whether it was ever there.",
            "Halve what is between, until two neighbours differ.",
        ]))
        .await?;
        let turn = |last_good: Option<&String>, first_bad: Option<&String>, read: usize| Turn {
            claim: claim.clone(),
            last_good: last_good.cloned(),
            first_bad: first_bad.cloned(),
            read,
            of: row.len(),
        };
        cx.begin_step(0).await?;
        if self.holds(&cx, &claim, last).await? {
            cx.finish_plan().await?;
            return Ok(turn(Some(last), None, 1));
        }
        cx.begin_step(1).await?;
        if row.len() == 1 || !self.holds(&cx, &claim, first).await? {
            cx.finish_plan().await?;
            return Ok(turn(None, Some(first), row.len().min(2)));
        }
        cx.begin_step(2).await?;
        let (mut good, mut bad, mut read) = (0, row.len() - 1, 2);
        while bad - good > 1 {
            let middle = good.midpoint(bad);
            if self.holds(&cx, &claim, &row[middle]).await? {
                good = middle;
            } else {
                bad = middle;
            }
            read += 1;
        }
        cx.finish_plan().await?;
        Ok(turn(row.get(good), row.get(bad), read))
    }

    fn needs(&self, needs: &mut Needs) {
        self.probe.needs(needs);
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.claim)?;
        match (&self.last_good, &self.first_bad) {
            (Some(good), Some(bad)) => write!(f, "  holds up to {good}, and no more from {bad}")?,
            (Some(good), None) => write!(f, "  still holds of {good}")?,
            (None, bad) => write!(
                f,
                "  does not hold even of {}",
                bad.as_deref().unwrap_or("the first")
            )?,
        }
        writeln!(f, " ({} of {} were read)", self.read, self.of)
    }
}
