//! The deliverables that come with this crate, as a list: so that a check can go through all of them.

use orch_core::Deliverable as _;
use serde_json::Value;

use crate::finding::Findings;

/// One shipped deliverable.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Shipped {
    /// The type's name.
    pub name: &'static str,
    /// The schema that workers get.
    pub schema: Value,
}

/// Every deliverable that has a schema.
pub fn shipped() -> Vec<Shipped> {
    let all = [("Findings", Findings::schema())];
    all.into_iter()
        .filter_map(|(name, schema)| {
            Some(Shipped {
                name,
                schema: schema?,
            })
        })
        .collect()
}
