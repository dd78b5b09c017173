//! A tree of processes that does all it can to live on, and its end.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use orch_pty::{Command, Ladder, Process, Tier};

/// A plain child, one in another group, one in a session of its own, a daemon, one that ignores every polite signal, and a
/// daemon that has no environment.
const HOSTILE: &str = "
    sleep 1000 &
    timeout 1000 sleep 1000 &
    setsid sleep 1000 &
    (setsid sleep 1000 &)
    (trap '' HUP INT TERM; exec sleep 1000) &
    (trap '' HUP; env -i setsid sleep 1000 &)
    echo grown; wait";
/// With the shell itself; `timeout` is a process of its own beside the sleeper it starts.
const SIZE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether nobody is left.
pub(crate) async fn end(tier: Tier) -> Result<bool> {
    let Process {
        mut child, terminal, ..
    } = Command::new("/bin/sh")
        .args(["-c", HOSTILE])
        .require(tier)
        .spawn()?;
    // Kept until the child has ended: dropping it hangs the terminal up.
    let terminal = terminal.context("the program was given no terminal")?;
    let mut buffer = [0; 4096];
    if terminal.read(&mut buffer).await? == 0 {
        bail!("the tree ended by itself");
    }
    let tree = child.tree();
    let grown = Instant::now();
    let members = loop {
        let members = tree.members();
        if members.len() >= SIZE || grown.elapsed() > PATIENCE {
            break members;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    println!("a hostile tree of {} processes: {members:?}", members.len());
    println!("contained by: {}", child.containment());

    let ladder = Ladder::default()
        .interrupt(Duration::from_millis(200))
        .terminate(Duration::from_millis(200));
    let began = Instant::now();
    let report = tree.stop(&ladder).await;
    let took = began.elapsed();
    println!("the leader: {}", child.wait().await?);
    println!(
        "ended in {} ms, strongest signal {:?}; {} had to be killed, {} left{}",
        took.as_millis(),
        report.strongest,
        report.killed,
        report.left.len(),
        if report.exact {
            ""
        } else {
            " (not everybody could be looked at)"
        },
    );
    Ok(report.left.is_empty())
}
