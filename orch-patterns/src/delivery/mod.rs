//! The room where something is written and verified: one writer at one desk, who is looked at by evidence, round by round.
//!
//! ```text
//!                ┌───────────────── complaint, as data ─────────────────┐
//!                ▼                                                      │
//! assignment ──▶ implementer ──▶ patch ──▶ checks ──▶ reader ──▶ confirmed? ──▶ Delivery
//!                (the one writer)          (evidence)  (opinion)
//! ```
//!
//! | type | what it is |
//! | --- | --- |
//! | [`Implementer`] | who writes, and what |
//! | [`Verifier`] | who verifies: checks, a reader, or both |
//! | [`Rounds`] | the loop of both, a pattern: [`Assignment`] in, [`Delivery`] out |
//! | [`Examination`], [`Examined`] | what a reader is asked, and what an examination came to |
//!
//! [`Funnel`](crate::Funnel) and `ContextPack` do their writing here. Nothing here decides what is to
//! be written, and nothing brings it into the user's tree: that is [`Patch::apply`](orch_core::Patch::apply), when the
//! program says so.

mod assignment;
mod examination;
mod examined;
mod implementer;
mod outcome;
mod reader;
mod rounds;
mod showing;
mod verifier;

pub use assignment::Assignment;
pub use examination::Examination;
pub use examined::Examined;
pub use implementer::Implementer;
pub use outcome::{Delivery, Round};
pub use reader::VerifyingReader;
pub use rounds::Rounds;
pub use verifier::Verifier;
