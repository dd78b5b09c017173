//! From an artefact to a verified fix: what reviewers rank highest is cured by one writer, and verified by evidence; what
//! remains goes back.
//!
//! ```text
//!                                            ┌── what is still wrong ──┐
//!                                            ▼                         │
//! artefact ──▶ review ──▶ top n findings ──▶ implementer ──▶ verifier ─┴─▶ Fixed
//!              (ranked)   (as data)          (one writer)    (evidence)     (a patch, not applied)
//! ```
//!
//! When to use it: something exists and should get better: a change before it is merged, a manual, an analysis. Nothing in
//! it is about code. When not: nothing is there yet (that is a [`ContextPack`](crate::ContextPack)); everything that is
//! found is to be fixed, however small (review it and decide yourself); nobody can say what "fixed" is.
//!
//! It costs the workers of the review (3 with the default), and for each round the implementer, and the verifying reader
//! where there is one; no implementer at all where nothing is found. Checks cost no worker.
//!
//! It applies nothing and asks nobody: what is done with the patch is the program's business, by
//! [`Fixed::verdict`].

mod brief;
mod fixed;
mod pattern;

pub use fixed::Fixed;
pub use pattern::Funnel;
