//! Where a worker stands: a reader in a tree, a writer at a desk.

use std::sync::Arc;

use crate::desk::Seat;
use crate::reader_check::Stand;

/// Where a worker stands, and by which right.
#[derive(Debug)]
pub(super) enum Post {
    Reader(Stand),
    Writer(Arc<Seat>),
}

impl Post {
    /// A writer's.
    pub(super) fn seat(&self) -> Option<&Seat> {
        match self {
            Self::Reader(_) => None,
            Self::Writer(seat) => Some(seat),
        }
    }
}
