//! From a task to a verified result: scouts look where it matters, the least of it becomes a pack, and one writer works by
//! that pack.
//!
//! ```text
//!          ┌─ scout: where is it? ──┐
//! task ──▶ ├─ scout: who uses it? ──┤ ──▶ condense ──▶ (approve) ──▶ implementer ──▶ verifier ──▶ Executed
//!          └─ scout: …  ────────────┘     (the pack)    ▲  │          (sees the pack,  (its success
//!                                          ▲            │  │           not the notes)   check)
//!                                          └─ revise ───┴──┘
//! ```
//!
//! When to use it: a task whose ground is wider than what one worker should read before it begins, or whose approach
//! somebody has to agree to. When not: a simple look-up or a small isolated edit, which the
//! [rule](ContextPack::skip_rule) sends straight to the implementer; something that exists and should get better, which is a
//! [`Funnel`](crate::Funnel).
//!
//! It costs one worker for each question, the condensing (none by rule, one by a worker, and again for each revision), and
//! for each round the implementer, and the verifying reader where there is one.
//!
//! It applies nothing: what is done with the patch is the program's business, by [`Executed::verdict`]. It opens no path
//! that a scout names, and runs no check that a pack names: only a reader is told of that one, as data.

mod approval;
mod by_rule;
mod by_worker;
mod executed;
mod pattern;
mod prepare;
mod scout;
mod scouted;
mod task;

pub use by_rule::PackByRule;
pub use by_worker::PackByWorker;
pub use executed::Executed;
pub use pattern::ContextPack;
pub use scout::Scout;
pub use scouted::Scouted;
pub use task::Task;
