//! What is left when the orchestrator is killed: counted by this process, which is not the orchestrator.

mod hosts;
mod janitor;
mod killed;
mod replaced;
pub(crate) mod stage;
