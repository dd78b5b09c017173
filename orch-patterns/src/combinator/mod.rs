//! Patterns made of patterns: one idea a file. Use them through [`PatternExt`](crate::PatternExt); [`step`],
//! [`several`] and [`race`](race()) begin one.
//!
//! `retry`, `fallback`, `race`, `quorum` and `timeout` act on what is unfinished. None of them acts on a halt.

mod fallback;
mod for_each;
mod gate;
mod gather;
mod join;
mod labelled;
mod map;
mod race;
mod repeat;
mod require;
mod retry;
mod several;
mod step;
mod tap;
mod then;
mod timeout;

pub use fallback::Fallback;
pub use for_each::ForEach;
pub use gate::{Decision, Gate, Revise};
pub(crate) use gather::{Branch, Gathered, gather, gather_until};
pub use join::Join;
pub use labelled::Labelled;
pub use map::{Map, TryMap};
pub use race::{Race, RaceOf, race};
pub use repeat::{RepeatUntil, RepeatWith, Repeated};
pub use require::Require;
pub use retry::Retrying;
pub use several::{Several, several};
pub use step::{Step, step};
pub use tap::Tap;
pub use then::Then;
pub use timeout::Timeout;

/// A pattern behind a pointer.
pub type Boxed<'a, In, Out> = Box<dyn orch_core::Pattern<In = In, Out = Out> + 'a>;
