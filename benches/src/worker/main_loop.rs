//! Reads questions, does the work, answers.

use std::io::{BufRead, Write};
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::{Ask, Children, Clock, Reply, leak};
use crate::contender::{Contender, Kind};

/// Serves until standard input ends. `memory` bytes are touched first and held, in pages of the smallest size.
pub(crate) fn serve(kind: Kind, memory: usize) -> Result<()> {
    let _held = touched(memory)?;
    let mut contender = kind.build()?;
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut line = String::new();
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let ask: Ask = serde_json::from_str(&line).context("a question in a form of its own")?;
        let parks = matches!(ask, Ask::Park);
        let reply = answer(kind, contender.as_mut(), ask).unwrap_or_else(|error| Reply {
            error: Some(format!("{error:#}")),
            ..Reply::default()
        });
        let mut text = serde_json::to_string(&reply)?;
        text.push('\n');
        output.write_all(text.as_bytes())?;
        output.flush()?;
        if parks {
            contender.park()?;
        }
    }
}

fn answer(kind: Kind, contender: &mut dyn Contender, ask: Ask) -> Result<Reply> {
    let mut reply = Reply::default();
    match ask {
        Ask::Prepare { streams, words } => contender.prepare(streams, &words)?,
        Ask::Run { times } => timed(times, &mut reply, || contender.run().map(drop))?,
        Ask::Drain => {
            let mut count = 0;
            timed(1, &mut reply, || contender.drain().map(|bytes| count = bytes))?;
            reply.count = count;
        }
        Ask::Start { count } => timed(1, &mut reply, || (0..count).try_for_each(|_| contender.start()))?,
        Ask::Echo { times } => timed(1, &mut reply, || contender.echo(times))?,
        Ask::KillLeader => timed(1, &mut reply, || contender.kill_leader())?,
        Ask::KillTree => timed(1, &mut reply, || contender.kill_tree())?,
        Ask::Queue { count, at_most } => {
            let children = Children::start();
            timed(1, &mut reply, || contender.queue(count, at_most))?;
            reply.children = children.spent();
        }
        Ask::Beat {
            sessions,
            first,
            beats,
        } => reply.beats = Some(contender.beat(sessions, first, beats)?),
        Ask::Park => {}
        Ask::Leak { children } => reply.count = leak::inheriting(kind, children)?,
    }
    Ok(reply)
}

/// The wall clock is read without a system call, so that counting calls counts the work alone.
#[allow(clippy::cast_precision_loss, reason = "52 bits of nanoseconds are 52 days")]
fn timed(times: usize, reply: &mut Reply, mut work: impl FnMut() -> Result<()>) -> Result<()> {
    reply.wall.reserve(times);
    let cpu = Clock::start();
    for _ in 0..times {
        let start = Instant::now();
        work()?;
        reply.wall.push(start.elapsed().as_nanos() as f64);
    }
    reply.cpu = cpu.spent();
    Ok(())
}

fn touched(bytes: usize) -> Result<Vec<u8>> {
    if bytes > 0 {
        // Huge pages would hide what a fork costs.
        nix::sys::prctl::set_thp_disable(true).context("pages of the smallest size")?;
    }
    let mut held = vec![0_u8; bytes];
    for page in held.chunks_mut(4096) {
        page[0] = 1;
    }
    Ok(held)
}
