//! Why a case failed.

use std::fmt;

/// What an agent did otherwise than it must, or what could not be set up for the case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Complaint(String);

impl Complaint {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// Complains unless it holds.
pub(super) fn check(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Complaint> {
    if holds {
        Ok(())
    } else {
        Err(Complaint::new(otherwise()))
    }
}

/// Complains that a step of the case itself failed.
pub(super) fn setting_up<E: fmt::Display>(doing: &str) -> impl FnOnce(E) -> Complaint {
    let doing = doing.to_owned();
    move |error| Complaint::new(format!("setting up the case: {doing} failed: {error}"))
}
