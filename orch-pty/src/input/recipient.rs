//! [`Recipient`]: the child for which input is meant: whether it has exited.

use std::sync::Arc;

use super::hitch::Hitch;
use crate::hold::Leader;

/// The child that input is meant for; nobody as long as it is not born.
#[derive(Debug, Default)]
pub(crate) struct Recipient {
    leader: Option<Arc<Leader>>,
}

impl Recipient {
    pub(crate) fn new(leader: Arc<Leader>) -> Self {
        Self { leader: Some(leader) }
    }

    /// Asks the system, so that an exit that nobody has noticed yet counts.
    pub(crate) fn check(&self) -> Result<(), Hitch> {
        let Some(leader) = &self.leader else {
            return Ok(());
        };
        match leader.subject() {
            Some(hold) if !hold.handle().has_ended() => Ok(()),
            _ => Err(Hitch::Exited(leader.pid())),
        }
    }

    /// Returns when the child has exited. Cancel safe.
    pub(crate) async fn exited(&self) -> Hitch {
        if let Some(leader) = &self.leader {
            let Some(hold) = leader.subject() else {
                return Hitch::Exited(leader.pid());
            };
            if let Some(watch) = hold.watch() {
                return match watch.ended().await {
                    Ok(()) => Hitch::Exited(leader.pid()),
                    Err(error) => Hitch::Io(error),
                };
            }
        }
        std::future::pending().await
    }
}
