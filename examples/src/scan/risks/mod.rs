//! The lens `risks`: where a program may stop, lose an error, trust what it should not, or is not finished.
//!
//! - `rule` is the shape of a rule and how a file is looked at; `find` is what the rules search with.
//! - `rust`, `python`, `shell` and `others` are the rules, by language; `anywhere` is what is wrong in any text.
//!
//! Rules see code without comments and strings, and most of them leave tests alone.

mod anywhere;
mod find;
mod others;
mod python;
mod rule;
mod rust;
mod shell;

pub(super) use rule::look;
