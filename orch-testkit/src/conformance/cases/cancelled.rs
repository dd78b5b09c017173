//! A worker that is cancelled in the middle of a tool call.

use std::time::Duration;

use orch_core::engine::Engine as _;
use orch_core::job::End;
use orch_prompts::Scope;

use crate::conformance::complaint::{check, setting_up};
use crate::conformance::stage::{Ground, Stage};
use crate::conformance::{Candidate, Case, Complaint};
use crate::server::{Reply, Rule};

/// A descendant in a session of its own, and a tool that does not return. No command begins with `sleep`, which Claude
/// Code refuses.
const LINE: &str = "setsid sleep 86399 < /dev/null > /dev/null 2>&1 & tail -f /dev/null";

pub(super) async fn in_tool_call(candidate: &dyn Candidate) -> Result<(), Complaint> {
    let rules = [Rule::always().reply(Reply::shell(LINE))];
    let stage = Ground::new()?.stage(Case::CancelInToolCall, candidate, rules)?;
    let (engine, mut job) = stage.job("Wait for ever.")?;
    job.scope = Scope::Write(vec![".".into()]);
    let job = engine
        .submit(&job)
        .await
        .map_err(setting_up("submitting the job"))?;
    tokio::select! {
        biased;
        ended = job.wait() => {
            return Err(Complaint::new(format!("it ended before the tool ran: {ended:?}")));
        }
        () = tool_runs(&stage) => {}
    }
    job.cancel();
    let end = job.wait().await.map_err(setting_up("waiting for the job"))?;
    check(end.end == End::Cancelled, || {
        format!("a cancelled worker ended so: {end:?}")
    })?;
    check(end.left.is_empty(), || {
        format!("processes are left by its own account: {:?}", end.left)
    })?;
    stage.check_clean()
}

/// Returns when both the tool and its descendant run. Nothing tells of it, so it looks again and again.
async fn tool_runs(stage: &Stage) {
    let mut look = tokio::time::interval(Duration::from_millis(50));
    loop {
        look.tick().await;
        let processes = stage.processes();
        let runs = |words: &[&str]| processes.iter().any(|process| process.begins(words));
        if runs(&["sleep", "86399"]) && runs(&["tail", "-f"]) {
            return;
        }
    }
}
