//! From a topic to what somebody needs in order to decide: researchers look at it from several angles, read-only and in
//! parallel; their sources become one list, their notes one synthesis.
//!
//! ```text
//!          ┌─ researcher: angle 1 ─┐
//! topic ──▶├─ researcher: angle 2 ─┤──▶ sources, each once ──▶ synthesis ──▶ Covered<Dossier>
//!          └─ researcher: … ───────┘    (named by whom)        (a worker, or your own code)
//! ```
//!
//! When to use it: a question whose answer is spread over many places, and where it matters who says what. When not: one
//! page that one worker can read; a question with a command that answers it. It costs one worker for each angle, and one
//! for the synthesis, two when its first answer has the wrong number of points.
//!
//! Three things are never mixed up. A claim without a source is marked as one. A source that nobody named is not cited:
//! such references are taken out and counted. An angle whose researcher failed stands under uncertainty as not looked
//! at, and is missing from the coverage; it is not "no evidence".
//!
//! Whether a source says what it is cited for is not checked here, no address is opened, and nothing is looked up.

mod by_code;
mod display;
mod dossier;
mod pattern;
mod researched;
mod researcher;
mod synthesiser;
#[cfg(test)]
mod tests;
mod topic;

pub use by_code::InOrderOfSupport;
pub use dossier::Dossier;
pub use pattern::Research;
pub use researched::{Angled, Researched};
pub use researcher::Researcher;
pub use synthesiser::Synthesiser;
pub use topic::Topic;
