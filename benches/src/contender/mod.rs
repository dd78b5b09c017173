//! The contenders: the raw limit, ours, and the peers, each in a file, behind one seam.

mod beating;
mod cx;
mod expectrl;
mod kept;
mod orch;
mod orch_async;
mod parked;
mod portable_pty;
mod pty_process;
mod raw;
mod raw_tree;
mod seam;
mod swept;
mod tokio_pipe;

pub(crate) use seam::{Contender, Kind};

/// A line that is sent and comes back.
const PING: &[u8; 32] = b"0123456789abcdef0123456789abcde\n";
/// How much comes back: the terminal puts a carriage return before the end of line.
const PONG: usize = PING.len() + 1;
/// Holds what the kernel hands out at once, several times over.
const BUFFER: usize = 64 * 1024;
