//! What a pattern is known to need before it runs, so that what is not there is told before anybody is paid.
//!
//! It holds only what can be read off the pattern as a value. Whom a closure asks is known when it asks.

use crate::pattern::Pattern;
use crate::plain;
use crate::roll::{Unknown, listed};
use crate::worker::Worker;

/// The agents that a pattern's workers name, as far as they are known before it runs.
///
/// A pattern of your own that keeps its workers as values says so in [`Pattern::needs`]; a misspelt name is refused then
/// before the first of them starts. What is decided in a closure is not known here: such a worker is
/// [`NotStarted::UnknownAgent`](crate::NotStarted::UnknownAgent) when it is its turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Who names which agent.
    agents: Vec<(String, String)>,
}

impl Needs {
    /// What `pattern` says that it needs.
    pub fn of<P: Pattern + ?Sized>(pattern: &P) -> Self {
        let mut needs = Self::default();
        pattern.needs(&mut needs);
        needs
    }

    /// What this worker names. One that names no agent needs none: the orchestrator's first does its work.
    pub fn worker<I, T, S>(&mut self, worker: &Worker<I, T, S>) {
        let spec = worker.spec();
        if let Some(agent) = &spec.agent {
            self.agents.push((spec.label.clone(), agent.clone()));
        }
    }

    /// The names of the agents that are needed, as often as a worker names them.
    pub fn agents(&self) -> impl Iterator<Item = &str> {
        self.agents.iter().map(|(_, agent)| agent.as_str())
    }

    /// Everybody who names an agent that is none of `known`; none where all are there.
    pub(crate) fn unmet(&self, known: &[String]) -> Option<String> {
        let mut said: Vec<String> = Vec::new();
        let mut first = None;
        for (who, name) in &self.agents {
            if known.contains(name) {
                continue;
            }
            let nearest = Unknown { name, known }.nearest();
            first = first.or(nearest);
            let hint = nearest.map(|nearest| format!(" (did you mean `{}`?)", plain::line(nearest, 60)));
            let one = format!(
                "{} names `{}`{}",
                plain::line(who, 100),
                plain::line(name, 60),
                hint.unwrap_or_default()
            );
            if !said.contains(&one) {
                said.push(one);
            }
        }
        let all = listed(first, known);
        (!said.is_empty()).then(|| format!("no such agent: {}; there are: {all}", said.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use orch_prompts::Brief;

    use super::*;

    #[test]
    fn everybody_who_names_nobody_is_named_once_with_the_agents_that_there_are() {
        let worker = |label: &str, agent: &str| {
            let worker: Worker<(), String> = Worker::new(|(): &()| Brief::new("Look."));
            worker.label(label).agent(agent)
        };
        let mut needs = Needs::default();
        for (label, agent) in [
            ("Review security", "codx"),
            ("Review clarity", "codex"),
            ("Review security", "codx"),
            ("Judge", "me"),
        ] {
            needs.worker(&worker(label, agent));
        }
        needs.worker(&Worker::<(), String>::new(|(): &()| Brief::new("Look.")));
        let known = ["claude", "codex"].map(str::to_owned);
        assert_eq!(
            needs.unmet(&known).as_deref(),
            Some(
                "no such agent: Review security names `codx` (did you mean `codex`?), Judge names `me`; there are: codex, claude"
            )
        );
        assert_eq!(needs.agents().count(), 4);
        let all = ["codx", "codex", "me"].map(str::to_owned);
        assert_eq!(needs.unmet(&all), None);
    }
}
