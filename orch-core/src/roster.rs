//! A fold over events: which workers there were, where they ran and what became of them.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::event::{Event, EventKind};
use crate::job::{Usage, WorkerEvent};
use crate::outcome::Outcome;
use crate::plain;
use crate::plan_tree::PlanTree;
use crate::step_key::StepKey;

/// The workers of a run, as its events tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Roster {
    /// The workers, by number.
    pub workers: Vec<Entry>,
    /// The plans, as they are now: those of nested patterns under the steps that they belong to.
    pub plans: PlanTree,
    /// What is known from an earlier time that the run was taken up, by step key.
    #[serde(skip)]
    known: BTreeMap<StepKey, Outcome<String>>,
}

/// One worker.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number in the run, from 1.
    pub worker: u32,
    /// What a person calls it.
    pub label: String,
    /// The labels on the path to it.
    pub path: Vec<String>,
    /// The identity of its work.
    pub key: StepKey,
    /// Its agent.
    pub agent: String,
    /// The processes that ran for it, one for each turn, in order.
    pub processes: Vec<Process>,
    /// When its first process started.
    pub started: Option<Timestamp>,
    /// When it was finished.
    pub finished: Option<Timestamp>,
    /// How many repair turns it got.
    pub repairs: u32,
    /// How often it was tried again after a failure.
    pub retries: u32,
    /// How many of its tool calls were denied, as far as its agent told and it is recorded.
    pub denied: u32,
    /// What it used, in all attempts; none when its agent reported nothing.
    pub usage: Option<Usage>,
    /// What the attempts before the last one used.
    #[serde(skip)]
    used_before: Option<Usage>,
    /// What became of it; none while it runs.
    pub outcome: Option<Outcome<String>>,
}

/// One process of a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Process {
    /// Its id while it ran.
    pub pid: u32,
    /// Its terminal while it ran.
    pub terminal: Option<String>,
}

impl Roster {
    /// The roster of a whole run.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut roster = Self::default();
        events.into_iter().for_each(|event| roster.apply(event));
        roster
    }

    /// Takes one more event.
    pub fn apply(&mut self, event: &Event) {
        self.plans.apply(event);
        match &event.kind {
            // A run that is taken up again asks for all its workers anew; those that were done are reused.
            EventKind::RunStarted { .. } => self.workers.clear(),
            EventKind::WorkerReused { worker } => {
                let key = self.worker(*worker).map(|entry| entry.key);
                let outcome = key.and_then(|key| self.known.get(&key).cloned());
                if let Some(entry) = self.entry(*worker) {
                    entry.outcome = outcome;
                }
            }
            EventKind::WorkerQueued {
                worker,
                label,
                path,
                key,
                agent,
            } => self.workers.push(Entry {
                worker: *worker,
                label: label.clone(),
                path: path.clone(),
                key: *key,
                agent: agent.clone(),
                processes: Vec::new(),
                started: None,
                finished: None,
                repairs: 0,
                retries: 0,
                denied: 0,
                usage: None,
                used_before: None,
                outcome: None,
            }),
            EventKind::Worker {
                worker,
                did: WorkerEvent::Started { pid, terminal },
            } => {
                if let Some(entry) = self.entry(*worker) {
                    entry.started.get_or_insert(event.at);
                    entry.processes.push(Process {
                        pid: *pid,
                        terminal: terminal.clone(),
                    });
                }
            }
            EventKind::Worker {
                worker,
                did: WorkerEvent::Denied { .. },
            } => {
                if let Some(entry) = self.entry(*worker) {
                    entry.denied += 1;
                }
            }
            EventKind::WorkerRepaired { worker, .. } => {
                if let Some(entry) = self.entry(*worker) {
                    entry.repairs += 1;
                }
            }
            EventKind::WorkerRetried { worker, usage, .. } => {
                if let Some(entry) = self.entry(*worker) {
                    entry.retries += 1;
                    entry.used_before = added(entry.used_before, *usage);
                }
            }
            EventKind::WorkerFinished {
                worker,
                key,
                outcome,
                usage,
                ..
            } => {
                if outcome.is_done() {
                    self.known.insert(*key, outcome.clone());
                }
                if let Some(entry) = self.entry(*worker) {
                    entry.finished = Some(event.at);
                    entry.usage = added(entry.used_before, *usage);
                    entry.outcome = Some(outcome.clone());
                }
            }
            _ => {}
        }
    }

    /// One worker by its number.
    pub fn worker(&self, worker: u32) -> Option<&Entry> {
        self.workers.iter().find(|entry| entry.worker == worker)
    }

    fn entry(&mut self, worker: u32) -> Option<&mut Entry> {
        self.workers.iter_mut().find(|entry| entry.worker == worker)
    }
}

impl Entry {
    /// What a person is told of denied calls, behind the word `done`: such a worker may have seen less than it was to.
    pub(crate) fn denials(&self) -> String {
        match self.denied {
            0 => String::new(),
            1 => ", one of its tool calls was denied".to_owned(),
            denied => format!(", {denied} of its tool calls were denied"),
        }
    }
}

/// What attempts used together. One that reported nothing leaves the sum unknown, once there is another.
fn added(before: Option<Usage>, more: Option<Usage>) -> Option<Usage> {
    match (before, more) {
        (None, more) => more,
        (Some(before), more) => Some(before.plus(more.unwrap_or_default())),
    }
}

impl fmt::Display for Roster {
    /// The plans, nested ones indented, then a line for each worker.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plans.fmt(f)?;
        for entry in &self.workers {
            let state = match &entry.outcome {
                Some(Outcome::Done(_)) => format!("done{}", entry.denials()),
                Some(Outcome::Unfinished(why)) => plain::line(&why.to_string(), 200),
                None if entry.started.is_some() => "running".to_owned(),
                None => "waiting".to_owned(),
            };
            writeln!(f, "{}: {state}", plain::line(&entry.label, 120))?;
        }
        Ok(())
    }
}
