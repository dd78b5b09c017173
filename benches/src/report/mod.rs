//! What is said at the end: one table for people, one object for programs.

mod bar;
mod key;
pub(crate) mod machine;
mod rows;
mod shown;

pub(crate) use bar::Bar;
pub(crate) use key::Key;
pub(crate) use rows::Report;
