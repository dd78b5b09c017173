//! The one address of a source: of the web (`web`), or of a paper by its own name (`paper`).

mod address;
mod escapes;
mod paper;
mod web;

pub use address::canonical;
