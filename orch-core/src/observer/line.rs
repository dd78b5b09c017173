//! What one event says to a person, in one line.
//!
//! Everything that somebody else has a say in is shown without control characters, and cut.

use crate::event::EventKind;
use crate::job::WorkerEvent;
use crate::limits::Overrun;
use crate::outcome::{Outcome, Unfinished};
use crate::plain;
use crate::plan::Plan;
use crate::roster::{Entry, Roster};

/// The line for an event, when a person cares about it; `roster` has the event already.
pub(super) fn of(roster: &Roster, kind: &EventKind) -> Option<String> {
    let label = |worker: &u32| roster.worker(*worker).map_or("W?", |entry| entry.label.as_str());
    Some(match kind {
        EventKind::RunStarted { work_tree } => format!("run in {}", plain::line(work_tree, 200)),
        EventKind::BaseTaken {
            artefact,
            digest,
            files,
        } => {
            format!(
                "base: {} ({files} file{}, {})",
                plain::line(artefact, 120),
                if *files == 1 { "" } else { "s" },
                digest.short()
            )
        }
        EventKind::PlanChanged { path, plan, .. } => plan_line(roster, path, plan)?,
        EventKind::WorkerReused { worker } => format!("{}: known from before", label(worker)),
        EventKind::Worker { worker, did } => format!("{}: {}", label(worker), deed(did)?),
        EventKind::WorkerEventsOmitted { worker, count } => {
            format!("{}: {count} more events are not recorded", label(worker))
        }
        EventKind::WorkerRepaired { worker, complaint } => {
            format!(
                "{}: asked to repair its answer: {}",
                label(worker),
                plain::line(complaint, 160)
            )
        }
        EventKind::WorkerFinished { worker, outcome, .. } => match outcome {
            Outcome::Done(_) => {
                let entry = roster.worker(*worker);
                let denied = entry.map_or_else(String::new, Entry::denials);
                format!("{}: done{denied}", label(worker))
            }
            Outcome::Unfinished(why) => format!("{}: {}", label(worker), plain::line(&why.to_string(), 300)),
        },
        EventKind::RunFinished { error: Some(error) } => format!("run ended: {}", plain::line(error, 300)),
        EventKind::RunFinished { error: None } => "run ended".to_owned(),
        EventKind::WorkerRetried {
            worker,
            attempt,
            of,
            why,
            after_ms,
            ..
        } => waits(label(worker), *after_ms, attempt.saturating_add(2), *of, why),
        EventKind::StepRetried {
            path,
            attempt,
            of,
            why,
            after_ms,
        } => waits(&step_named(path), *after_ms, *attempt, *of, why),
        EventKind::QuotaClosed { account, until } => {
            let until = until.map_or_else(
                || "nobody said until when".to_owned(),
                |until| format!("until {until}"),
            );
            format!("quota of {} is used up, {until}", plain::line(account, 60))
        }
        EventKind::QuotaOpened { account } => format!("quota of {} is asked again", plain::line(account, 60)),
        EventKind::BudgetOverrun(overrun) => over_line(overrun),
        EventKind::BudgetClosed { overruns, unknown } => closed_line(overruns, *unknown)?,
        EventKind::TreeChanged { paths, count } => changed_line(paths, *count),
        EventKind::TreeNotCompared { why } => format!(
            "what readers change in the work tree is not looked at: {}",
            plain::line(why, 200)
        ),
        EventKind::CheckStarted { command, .. } => format!("check: {}", plain::line(command, 200)),
        EventKind::CheckEnded { evidence, .. } => {
            format!("check: {}", plain::line(&evidence.to_string(), 300))
        }
        EventKind::DeskTaken { paths, isolation, .. } => format!("desk taken: {paths}, {isolation}"),
        EventKind::DeskFreed { paths, .. } => format!("desk given back: {paths}"),
        EventKind::PatchMade {
            files, left_out: 0, ..
        } => format!("patch: {files} file{}", if *files == 1 { "" } else { "s" }),
        EventKind::PatchMade { files, left_out, .. } => {
            format!("patch: {files} files; {left_out} more were changed beside it and are left out")
        }
        EventKind::WorkKept { patch, files } => kept_line(patch, *files),
        EventKind::WorkNotKept { place, why } => format!(
            "what a writer of a killed run did stays in {}, look at it and remove it: {}",
            plain::line(place, 300),
            plain::line(why, 300)
        ),
        EventKind::WorkerQueued { .. } => return None,
    })
}

fn step_named(path: &[String]) -> String {
    if path.is_empty() {
        "the run".to_owned()
    } else {
        format!("step {}", plain::line(&path.join("/"), 120))
    }
}

/// What somebody changed who is not known.
fn changed_line(paths: &[String], count: u64) -> String {
    let shown: Vec<String> = paths.iter().take(5).map(|path| plain::line(path, 120)).collect();
    let more = match count.saturating_sub(shown.len() as u64) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "changed while readers were at work, by nobody of theirs that is known: {}{more}",
        shown.join(", ")
    )
}

/// A pause, and what comes after it.
fn waits(who: &str, after_ms: u64, attempt: u32, of: u32, why: &Unfinished) -> String {
    let pause = match (after_ms / 1_000, after_ms % 1_000) {
        (seconds, 0) => format!("{seconds} s"),
        (0, millis) => format!("0.{millis:03} s"),
        (seconds, millis) => format!("{seconds}.{} s", millis / 100),
    };
    let of = match of {
        0 => String::new(),
        of => format!(" of {of}"),
    };
    let why = plain::line(&why.to_string(), 200);
    format!("{who}: waits {pause}, then attempt {attempt}{of}: {why}")
}

fn over_line(overrun: &Overrun) -> String {
    format!(
        "budget{} is exceeded by {}: {} were spent of {}",
        if overrun.path.is_empty() {
            String::new()
        } else {
            format!(" of {}", plain::line(&overrun.path.join("/"), 120))
        },
        overrun.what.show(overrun.excess()),
        overrun.what.show(overrun.spent),
        overrun.what.show(overrun.limit)
    )
}

/// What became of the budgets at the end, where there is something to say.
fn closed_line(overruns: &[Overrun], unknown: u64) -> Option<String> {
    let mut lines: Vec<String> = overruns.iter().map(over_line).collect();
    if unknown > 0 {
        lines.push(format!(
            "{unknown} workers did not say what they used and count as estimated"
        ));
    }
    (!lines.is_empty()).then(|| lines.join("; "))
}

/// What a killed program's writer did, and where that is now.
fn kept_line(patch: &str, files: u64) -> String {
    format!(
        "a writer of a killed run had changed {files} file{}: kept in {}, apply or remove it",
        if files == 1 { "" } else { "s" },
        plain::line(patch, 300)
    )
}

/// The step that is begun, and for a nested plan the way to it. A plan that is not begun, or done, has no line.
fn plan_line(roster: &Roster, path: &[String], plan: &Plan) -> Option<String> {
    let step = plan.current()?;
    let at = plan.steps().iter().position(|other| other == step)? + 1;
    let nested = roster.plans.nested_heading(path);
    let heading = nested.map_or_else(|| "plan".to_owned(), |labels| format!("plan of {labels}"));
    Some(format!(
        "{heading}: step {at} of {}: {}",
        plan.steps().len(),
        plain::line(&step.text, 120)
    ))
}

fn deed(did: &WorkerEvent) -> Option<String> {
    Some(match did {
        WorkerEvent::Started {
            pid,
            terminal: Some(terminal),
        } => format!("started, pid {pid} on {terminal}"),
        WorkerEvent::Started { pid, terminal: None } => format!("started, pid {pid} on pipes"),
        WorkerEvent::ToolCall { text } => format!("runs {}", plain::line(text, 120)),
        WorkerEvent::Denied { text } => format!("was denied {}", plain::line(text, 160)),
        WorkerEvent::Warning { text } => format!("warns: {}", plain::line(text, 160)),
        _ => return None,
    })
}
