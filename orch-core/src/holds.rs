//! How strongly the registered agents hold their readers, and how strongly they must.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::agent::{Agent, Hold};
use crate::outcome::NotStarted;

/// Each agent's hold, and the least that is good enough.
#[derive(Debug, Clone)]
pub(crate) struct Holds {
    agents: BTreeMap<String, Hold>,
    least: Hold,
}

impl Holds {
    pub(crate) fn of(agents: &[Arc<dyn Agent>], least: Hold) -> Self {
        let hold = |agent: &Arc<dyn Agent>| (agent.name().to_owned(), agent.skills().reader);
        Self {
            agents: agents.iter().map(hold).collect(),
            least,
        }
    }

    pub(crate) fn of_agent(&self, agent: &str) -> Option<Hold> {
        self.agents.get(agent).copied()
    }

    /// The names of the registered agents, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        self.agents.keys().cloned().collect()
    }

    /// Why a worker of `agent` does not start, where there is no such agent.
    pub(crate) fn unknown(&self, agent: &str) -> Option<NotStarted> {
        (!self.agents.contains_key(agent)).then(|| NotStarted::UnknownAgent {
            name: agent.to_owned(),
            known: self.names(),
        })
    }

    /// Why a reader of `agent` does not start, where more is required of it than it holds. An agent that is not
    /// registered is refused where it is looked up.
    pub(crate) fn refusal(&self, agent: &str, required: Option<Hold>) -> Option<NotStarted> {
        let required = required.unwrap_or(self.least).max(self.least);
        let hold = self.of_agent(agent)?;
        (hold < required).then(|| {
            NotStarted::Unsupported(format!(
                "{agent} holds a reader to reading by {hold}, and {required} is required: choose another agent, or require less"
            ))
        })
    }
}
