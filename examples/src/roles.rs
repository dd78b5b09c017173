//! Who takes which part: the coding agent of `--agent` all of them, or for each part a script or program of its own.

use std::sync::Arc;

use orch_patterns::agent::{Agent, Tool};

use crate::flags::Common;

/// The parts of an example, and who takes them.
#[derive(Debug)]
pub struct Roles {
    chosen: Option<Arc<dyn Agent>>,
    tools: Vec<Arc<dyn Agent>>,
}

impl Roles {
    /// The agent that was chosen, or these tools where none was. Each tool's name is its part.
    pub fn of(common: &Common, tools: impl IntoIterator<Item = Tool>) -> Self {
        let tools = tools
            .into_iter()
            .map(|tool| Arc::new(tool) as Arc<dyn Agent>)
            .collect();
        Self {
            chosen: common.agent.agent(),
            tools,
        }
    }

    /// Those that an orchestrator has to know.
    pub fn agents(&self) -> Vec<Arc<dyn Agent>> {
        match &self.chosen {
            Some(agent) => vec![Arc::clone(agent)],
            None => self.tools.clone(),
        }
    }

    /// The name of the agent that takes the part `tool`.
    pub fn agent<'a>(&'a self, tool: &'a str) -> &'a str {
        match &self.chosen {
            Some(agent) => agent.name(),
            None => tool,
        }
    }

    /// Whether the parts are taken by tools.
    pub fn are_tools(&self) -> bool {
        self.chosen.is_none()
    }
}
