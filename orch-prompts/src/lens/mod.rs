//! The point of view of one reviewer: ten that come ready-made, and the user's own.

mod custom;
mod focus;
mod known;
mod parse;

pub use known::Lens;
pub use parse::UnknownLens;
