//! What workers other than reviewers return: types with a schema, read with forgiveness and kept within bounds.
//!
//! | type | who returns it |
//! | --- | --- |
//! | [`Fix`] | an implementer, a merger |
//! | [`Verification`] | a verifier |
//! | [`ContextNotes`] | a scout |
//! | [`Condensed`] | the condenser of scouts' notes |
//! | [`ResearchNotes`], [`Sources`] | a researcher; what several of them name, once each ([`canonical`]) |
//! | [`Synthesis`] | a synthesiser |
//! | [`Proposal`], [`Choice`] | a proposer, and the judge between two of them |
//! | [`Section`] | the writer of one section |
//!
//! All of them are read alike. A key may be missing or null where that says nothing, a single entry may stand where a
//! list is meant, unknown keys are ignored; what the answer is *for* (a summary, a verdict, a claim) is never guessed,
//! and an answer that says nothing at all is an error and no empty success. Words are made plain as they are read:
//! no escape sequences, lines of at most 1,000 and texts of at most 10,000 characters, with `…` where one was cut;
//! lists have at most 1,000 entries. A [`Section`]'s text alone is kept byte for byte, since it goes into a file.
//!
//! Their `Display` is a plain text for people, and for the [`Material`](orch_prompts::Material) of the next worker.
//! Nothing here runs a worker, and no path that a worker names is opened.

mod canonical;
mod choice;
mod condensed;
mod context_notes;
mod fix;
mod proposal;
mod research_notes;
mod said;
mod section;
pub(crate) mod sheet;
mod sources;
mod synthesis;
#[cfg(test)]
mod tests;
mod verification;

pub use canonical::canonical;
pub use choice::{Choice, Winner};
pub use condensed::Condensed;
pub use context_notes::{ContextNotes, Fact, Pointer};
pub use fix::{Change, Fix};
pub use proposal::Proposal;
pub use research_notes::{Point, ResearchNotes, Support};
pub(crate) use said::ENTRIES;
pub use section::Section;
pub use sources::{Source, Sources};
pub use synthesis::{KeySource, Synthesis};
pub use verification::{Lowered, Observation, Verification};
