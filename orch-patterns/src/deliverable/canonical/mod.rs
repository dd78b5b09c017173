//! The one address of a source: of the web (`web`), of a paper by its own name (`paper`), or of a file (`file`).

mod address;
mod escapes;
mod file;
mod paper;
mod web;

pub use address::canonical;
