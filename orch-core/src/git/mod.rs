//! git, asked in a way that runs nothing of a repository's own.

mod change;
mod hardened;
mod named;

pub(crate) use change::{change_since, paths_of};
pub(crate) use hardened::Git;
