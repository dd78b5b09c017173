//! The tier of a PID namespace: the program runs as anywhere, everybody ends with it, and where there is no namespace to
//! be had there is no program.

mod ends;
mod killed;
mod program;
mod refused;

use std::future::Future;
use std::time::Duration;

use orch_pty::{Command, Output, Stdin, Tier};

use crate::support::{Marker, sh};

/// A shell in a namespace of its own, on a terminal.
fn inside(script: &str) -> Command {
    sh(script).require(Tier::PidNamespace)
}

/// The same without a terminal, its output on a pipe.
fn piped_inside(script: &str) -> Command {
    inside(script)
        .stdin(Stdin::Null)
        .stdout(Output::Pipe)
        .stderr(Output::Null)
}

/// The same with a marker.
fn marked(marker: &Marker, script: &str) -> Command {
    inside(script).env("MARK", marker.text())
}

/// The answer of something that must come, however loaded the machine is.
async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future)
        .await
        .unwrap_or_else(|_| panic!("never: {what}"))
}
