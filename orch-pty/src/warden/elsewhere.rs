//! Where there is no warden: the kernel hangs up the terminals of a dead orchestrator, and that is all.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use super::Swept;
use crate::containment::{Containment, Tier};
use crate::sys::Handle;
use crate::tag::RunTag;

/// Holds nobody.
#[derive(Debug)]
pub(crate) struct Guard;

/// Nobody is listed.
#[derive(Debug)]
pub(crate) enum Listed {}

impl Guard {
    pub(crate) fn of_this_process() -> Arc<Self> {
        Arc::new(Self)
    }

    #[allow(clippy::unused_self)] // on Linux it has something to tell
    pub(crate) fn containment(&self, _tagged_late: bool) -> Containment {
        Containment {
            tier: Tier::ProcessGroup,
            warden: None,
            replaced: 0,
            recorded: false,
            why_not: Some("there is no warden on this system".to_owned()),
        }
    }

    #[allow(clippy::unused_self)]
    pub(crate) fn hunts(&self, _run: RunTag) -> bool {
        false
    }

    #[allow(clippy::unused_self)]
    pub(crate) fn gone(&self) -> Option<&AtomicU32> {
        None
    }

    pub(crate) fn list(self: &Arc<Self>, _child: &Handle) -> Option<Listed> {
        None
    }
}

/// Ends whoever was left behind by an orchestrator that was killed together with its warden: elsewhere than on Linux
/// nobody is on record, and the answer is empty.
///
/// # Errors
/// None here.
pub fn janitor() -> io::Result<Vec<Swept>> {
    Ok(Vec::new())
}
