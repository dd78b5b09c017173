//! From a question to a refined choice: several proposers answer it from stances that lie apart; checks decide what
//! they can, a judge the rest; the chosen answer is refined, the others and the reasons are kept.
//!
//! ```text
//!            ┌─ proposer: smallest ─┐            ┌─ judge (a, b) ─┐
//! question ─▶├─ proposer: lasting ──┤─▶ checks ─▶┤                ├─▶ rank ─▶ refine ─▶ Covered<Selection>
//!            └─ proposer: … ────────┘            └─ judge (b, a) ─┘
//! ```
//!
//! When to use it: a question with several workable answers, where the first that comes to mind costs dearly if it is
//! wrong. When not: a question with one right answer, or one that is cheap to take back. It costs one worker for each of
//! `n` proposers, two for each pair that no check decides (at most `n * (n - 1)`, twice a single pass), and one for the
//! refinement.
//!
//! What a check showed outranks what a judge says: where an option is confirmed, refuted ones are out of the running and
//! nobody is asked about them. A judge is asked in both orders, and a win counts only when it survives the exchange;
//! one that flips is a tie, and is reported as position bias. So the order of the proposers does not change the choice.
//! Options that are still equal stand in the order of their stances.
//!
//! Nothing is carried out here: a check runs on the work tree as it is. No proposal's own `check` is run, since it is a
//! worker's word; the program says which command a proposal is measured by.

mod candidate;
mod comparison;
mod display;
mod evidence;
mod judge;
mod judging;
mod pattern;
mod proposer;
mod question;
mod ranking;
mod refiner;
mod run;
mod selection;
mod standing;
#[cfg(test)]
mod tests;

pub use candidate::{Candidate, Pairing, Refining};
pub use comparison::{Bias, Comparison, Said, Settled};
pub use judge::{EvidenceAlone, judge};
pub use pattern::OptionsSelection;
pub use proposer::Proposer;
pub use question::Question;
pub use refiner::{AsProposed, refiner};
pub use selection::{Decided, Refinement, Selection};
pub use standing::{Standing, Tally};
