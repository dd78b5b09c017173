//! The vocabulary of a worker's brief, and the text it becomes.
//!
//! A [`Brief`] is structured data: what to do, with which rights, from which point of view, knowing what. It
//! is serialisable and deterministic, so that it can be hashed and kept. [`Brief::render`] turns it into the
//! prompt, in one fixed order that begins with [`PREAMBLE`] and ends with whatever other people wrote, inside
//! a [`fence`].
//!
//! ```
//! use orch_prompts::{Artefact, Lens, Nonce, PREAMBLE, reviewer};
//!
//! let brief = reviewer(&Lens::Security, &Artefact::diff("origin/main"));
//! let prompt = brief.render(&Nonce::from_bytes([7; 16])); // a program takes 16 random bytes
//! assert!(prompt.starts_with(PREAMBLE));
//! ```
//!
//! | where | what |
//! | --- | --- |
//! | [`PREAMBLE`] | the four lines at the head of every prompt |
//! | [`Brief`] | what a worker is told, and how it is laid out |
//! | [`Scope`], [`Lens`], [`Artefact`], [`Pack`] | the words a brief is made of |
//! | [`Material`], [`Nonce`], [`fence`] | text that is data, and the wall around it |
//! | [`reviewer`](fn@reviewer), [`researcher`](fn@researcher), [`scout`](fn@scout), [`condenser`](fn@condenser), [`proposer`](fn@proposer), [`judge`](fn@judge), [`verifier`](fn@verifier), [`synthesiser`](fn@synthesiser), [`section_writer`] | the briefs of those who read |
//! | [`reviewer`](fn@reviewer), [`researcher`](fn@researcher), [`researcher_of_files`], [`scout`](fn@scout), [`proposer`](fn@proposer), [`judge`](fn@judge), [`refiner`](fn@refiner), [`verifier`](fn@verifier), [`synthesiser`](fn@synthesiser), [`section_writer`] | the briefs of those who read |
//! | [`implementer`](fn@implementer), [`implementer_of_findings`], [`merger`](fn@merger) | the briefs of the one who writes |
//! | [`Slice`], [`Slices`], [`Stance`], [`Style`] | who owns what, who aims at what, how prose is written |
//! | [`PackRule`], [`worth_a_pack`] | when a context pack is worth its cost |
//!
//! In every one of these functions a `&str` is the orchestrator's own word and becomes an instruction; what other
//! people wrote goes in as [`Material`], or as the text of an option, and stands inside a fence.
//!
//! This crate does no I/O, starts nothing and holds no randomness: the caller makes the [`Nonce`]. It knows
//! nothing of agents, terminals or the shape in which an answer is parsed.
//!
//! Paths are kept as they are given. Serialising one that is not UTF-8 is an error of the serialiser, as it
//! is for every `PathBuf` under serde.

#![forbid(unsafe_code)]

mod allotment;
mod artefact;
mod brief;
mod condenser;
mod context_pack;
mod contract;
pub mod fence;
mod fenced_pack;
mod implementer;
mod judge;
mod lens;
mod material;
mod merger;
mod nonce;
mod pack_rule;
mod preamble;
mod proposer;
mod refiner;
mod render;
mod researcher;
mod reviewer;
mod scope;
mod scout;
mod section;
mod slice;
mod stance;
mod style;
mod synthesiser;
mod verifier;
mod visible;

pub use artefact::Artefact;
pub use brief::Brief;
pub use condenser::condenser;
pub use context_pack::Pack;
pub use implementer::{implementer, implementer_of_findings};
pub use judge::judge;
pub use lens::{Lens, UnknownLens};
pub use material::Material;
pub use merger::merger;
pub use nonce::Nonce;
pub use pack_rule::{PackChoice, PackRule, Skipped, Undertaking, worth_a_pack};
pub use preamble::PREAMBLE;
pub use proposer::proposer;
pub use refiner::refiner;
pub use researcher::{researcher, researcher_of_files};
pub use reviewer::reviewer;
pub use scope::Scope;
pub use scout::scout;
pub use section::section_writer;
pub use slice::{Slice, Slices};
pub use stance::Stance;
pub use style::Style;
pub use synthesiser::synthesiser;
pub use verifier::{verifier, verifier_of};
