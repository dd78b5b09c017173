//! From a Rust type to the schema a worker gets, and from its answer back to the type.

mod answer;
mod strict;

pub use answer::Deliverable;
pub use strict::{SchemaError, strict};
