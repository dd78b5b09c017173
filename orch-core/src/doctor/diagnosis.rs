//! The whole examination.

use std::fmt;
use std::sync::Arc;

use futures::future::join_all;
use orch_pty::Containment;
use serde::Serialize;

use super::Checkup;
use super::examine::examine;
use crate::agent::Agent;

/// What a doctor found.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Diagnosis {
    /// How workers are held when this program dies.
    #[serde(serialize_with = "in_words")]
    pub containment: Containment,
    /// What was found of each agent, in the order in which they were given.
    pub agents: Vec<Checkup>,
}

/// Examines `agents`: is each found, which version is it, is it logged in, and what to do. Sends no prompt, costs
/// nothing, and takes no longer than the slowest program, which has half a minute for each question.
///
/// ```no_run
/// # async fn examine() {
/// use std::sync::Arc;
/// use orch_core::{agent::Codex, doctor};
///
/// let diagnosis = doctor([Arc::new(Codex::new()) as _]).await;
/// print!("{diagnosis}");
/// assert!(diagnosis.is_ready("codex"));
/// # }
/// ```
///
/// # Cancel safety
/// Dropping the future ends the programs that it started.
pub async fn doctor(agents: impl IntoIterator<Item = Arc<dyn Agent>>) -> Diagnosis {
    let containment = orch_pty::containment();
    let agents: Vec<Arc<dyn Agent>> = agents.into_iter().collect();
    let agents = join_all(agents.iter().map(|agent| examine(&**agent))).await;
    Diagnosis { containment, agents }
}

impl Diagnosis {
    /// Whether the agent of this name can work, as far as is known.
    pub fn is_ready(&self, agent: &str) -> bool {
        self.agents
            .iter()
            .any(|checkup| checkup.agent == agent && checkup.is_ready())
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "workers are contained by: {}", self.containment)?;
        for checkup in &self.agents {
            write!(f, "\n{checkup}")?;
        }
        Ok(())
    }
}

fn in_words<S: serde::Serializer>(containment: &Containment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(containment)
}
