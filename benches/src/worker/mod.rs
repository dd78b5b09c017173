//! The worker: a process that uses terminals in one way and does what it is asked over its standard input.
//!
//! A process for each way keeps them apart: no contender sees another's signal handlers, threads or memory.

mod clock;
mod leak;
mod main_loop;
mod protocol;

use clock::Children;
pub(crate) use clock::Clock;
pub(crate) use main_loop::serve;
pub(crate) use protocol::{Ask, Beats, Reply, Streams};
