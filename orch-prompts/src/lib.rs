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
//! | [`reviewer`](fn@reviewer) | the brief of one kind of worker |
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
mod context_pack;
pub mod fence;
mod lens;
mod material;
mod nonce;
mod preamble;
mod render;
mod reviewer;
mod scope;
mod visible;

pub use artefact::Artefact;
pub use brief::Brief;
pub use context_pack::Pack;
pub use lens::{Lens, UnknownLens};
pub use material::Material;
pub use nonce::Nonce;
pub use preamble::PREAMBLE;
pub use reviewer::reviewer;
pub use scope::Scope;
