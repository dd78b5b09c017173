//! Kills where the number of a process that has ended means another one in no time: nobody else is hit.
//!
//! It takes a namespace of its own, with few numbers (`kernel.pid_max`, which each namespace has since Linux 6.14).

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::recycled::{Found, NOT_HERE};
use super::{Tally, Trial};
use crate::member::RECYCLED;

/// Of one round.
const SECONDS: u64 = 8;

#[derive(Debug)]
pub(super) struct Numbers;

impl Trial for Numbers {
    fn round(&mut self, tally: &mut Tally) -> Result<()> {
        let output = Command::new("unshare")
            .args(["--user", "--map-root-user", "--pid", "--fork", "--kill-child"])
            .args(["--mount-proc", "/bin/sh", "-c", "\"$0\" \"$@\"; exit $?"])
            .arg(std::env::current_exe()?)
            .args(["member", RECYCLED, &SECONDS.to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .context("starting unshare")?;
        let said = String::from_utf8_lossy(&output.stderr);
        let not_here = output.status.code() == Some(NOT_HERE.into());
        if not_here || said.starts_with("unshare:") {
            tally.leave_out(format!("numbers that come round: {}", said.trim()));
            return Ok(());
        }
        ensure!(output.status.success(), "it ended with {}: {said}", output.status);
        let found: Found = serde_json::from_slice(&output.stdout)?;
        let what = "strangers beside kills, 200 numbers in all, that were spared";
        tally.add(what, found.strangers, found.hit);
        let what = "trees that were ended there after their leader was reaped";
        tally.add(what, found.trees, found.left);
        tally.add("times that the numbers came round", found.turns, 0);
        Ok(())
    }
}
