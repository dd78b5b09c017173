//! What the machine refuses: room on a disk, rights, open files, memory, a program that is not there.
//!
//! That is nobody's wrong use and no worker's failure, so it has a class of its own, which says what to do next. Nothing
//! here tries anything again: what is full stays full until somebody sees to it.

mod kind;
mod trouble;
mod value;

pub use kind::RefusalKind;
pub(crate) use trouble::Trouble;
pub use value::Refusal;
