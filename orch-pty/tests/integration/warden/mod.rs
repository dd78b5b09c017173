//! What is left when the orchestrator is killed: counted by this process, which is not the orchestrator.

mod hosts;
mod janitor;
mod killed;
mod replaced;
pub(crate) mod stage;
mod storms;

pub(crate) use stage::best_tier;

/// A script of members that leave the tree in every way that there is; `$MARK` is their mark.
pub(crate) fn hostile_tree() -> &'static str {
    stage::TREE
}
