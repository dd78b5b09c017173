//! What readers did to the trees in which they stood, found out afterwards.
//!
//! A tree is compared with what it was before. What is provably the reader's own (its agent says that it changed the
//! file, or nobody else was there) is a scope violation; anything else is somebody's, and is told. It prevents nothing:
//! that is the agent's [`Hold`](crate::agent::Hold).

mod apart;
mod notice;
mod noticed;
mod reading;
mod unjudged;
mod watch;
mod work;

pub(crate) use noticed::Noticed;
pub(crate) use reading::{Reading, Stand, begin};
pub(crate) use unjudged::Unjudged;
pub(crate) use watch::Watches;
