//! Reading as a whole: what is forgiven (`forgiven`), what is refused (`refused`), addresses (`addresses`), what holds
//! for any bytes (`laws`), and that the briefs ask for what the types read (`briefs`).

mod addresses;
mod briefs;
mod forgiven;
mod laws;
mod refused;

use orch_core::Deliverable;
use serde_json::Value;

use super::*;

/// Reads an answer as a worker's.
fn read<T: Deliverable>(answer: &Value) -> Result<T, String> {
    T::parse(&answer.to_string())
}
