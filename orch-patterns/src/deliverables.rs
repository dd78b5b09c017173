//! The deliverables that come with this crate, as a list: so that a check can go through all of them.

use orch_core::{Deliverable as _, SchemaError};
use serde_json::Value;

use crate::deliverable::{
    Choice, Condensed, ContextNotes, Fix, Proposal, ResearchNotes, Section, Sources, Synthesis, Verification,
};
use crate::finding::{Findings, Ruled};

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
///
/// # Errors
/// The name of one that has no strict form, and why.
pub fn shipped() -> Result<Vec<Shipped>, (&'static str, SchemaError)> {
    let all = [
        ("Findings", Findings::schema()),
        ("Fix", Fix::schema()),
        ("Verification", Verification::schema()),
        ("ContextNotes", ContextNotes::schema()),
        ("Condensed", Condensed::schema()),
        ("ResearchNotes", ResearchNotes::schema()),
        ("Sources", Sources::schema()),
        ("Synthesis", Synthesis::schema()),
        ("Proposal", Proposal::schema()),
        ("Choice", Choice::schema()),
        ("Section", Section::schema()),
        ("Vec<Ruled>", Vec::<Ruled>::schema()),
    ];
    let mut shipped = Vec::new();
    for (name, schema) in all {
        if let Some(schema) = schema.map_err(|error| (name, error))? {
            shipped.push(Shipped { name, schema });
        }
    }
    Ok(shipped)
}
