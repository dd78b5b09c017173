//! The locks of a [`Party`](super::party::Party): those of the standard library, and in unit tests those whose
//! schedules a model chooses.

#[cfg(test)]
pub(super) use shuttle::sync::{Condvar, Mutex, MutexGuard};
pub(super) use std::sync::PoisonError;
#[cfg(not(test))]
pub(super) use std::sync::{Condvar, Mutex, MutexGuard};
