//! Patterns made of patterns: one idea a file. Use them through [`PatternExt`](crate::PatternExt).

mod for_each;
mod gather;
mod labelled;
mod map;
mod require;
mod step;
mod then;

pub use for_each::ForEach;
pub(crate) use gather::{Branch, Gathered, gather};
pub use labelled::Labelled;
pub use map::{Map, TryMap};
pub use require::Require;
pub use step::{Step, step};
pub use then::Then;

/// A pattern behind a pointer.
pub type Boxed<'a, In, Out> = Box<dyn orch_core::Pattern<In = In, Out = Out> + 'a>;
