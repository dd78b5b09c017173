//! Who may write where: leases of paths, inside this process and across processes.
//!
//! It knows paths and who holds them. It knows nothing of workers, and it does not look at the files themselves.

mod guard;
mod owner;
mod register;
mod table;
mod territory;

pub(crate) use guard::{Lease, LeaseError};
pub(crate) use owner::Owner;
pub(crate) use territory::Territory;
