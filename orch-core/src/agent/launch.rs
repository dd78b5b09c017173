//! The one way to an agent's command: what the agent has no ability for is refused here, before anything starts.

use super::{Agent, AgentError, Input, Launch, Turn, WorkerDirs};
use crate::job::Job;

/// The command for one turn of `job`.
///
/// # Errors
/// [`AgentError::Unsupported`] when the agent has not what the job asks for, and what the agent itself says.
pub fn launch(agent: &dyn Agent, job: &Job, dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError> {
    let skills = agent.skills();
    let unsupported = |what: &str| AgentError::Unsupported {
        agent: agent.name().to_owned(),
        what: what.to_owned(),
    };
    if job.web && !skills.web_search {
        return Err(unsupported(
            "search the web: choose an agent that can, or give the brief without `.web()`",
        ));
    }
    if matches!(turn, Turn::Next { .. }) && !skills.further_turns {
        return Err(unsupported("take a further turn"));
    }
    agent.launch(job, dirs, turn)
}

/// The job's prompt with its schema told in words: for an agent that has no other way to take one. As it is when the
/// job has no schema.
pub fn prompt_with_schema(job: &Job) -> String {
    let Some(schema) = &job.schema else {
        return job.prompt.clone();
    };
    format!(
        "{}\n\nFORM OF THE ANSWER\nYour last message is one JSON object that conforms to this JSON Schema, and nothing \
         else: no words before or after it, no code fence.\n{schema}\n",
        job.prompt.trim_end()
    )
}

/// `prompt` as an input for a CLI that takes a prompt which begins with a mark for a command of its own (`/clear`): it
/// is put under a heading, so that it is text.
pub(super) fn text_not_command(job: &Job, prompt: String) -> Input {
    if prompt.trim_start().starts_with(['/', '!', '#', '?']) {
        Input::Text(format!("TASK\n\n{prompt}"))
    } else if prompt == job.prompt {
        Input::Prompt
    } else {
        Input::Text(prompt)
    }
}
