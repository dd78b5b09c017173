//! One run with the common flags, or its rehearsal.

use std::io::{self, Write as _};
use std::sync::Arc;

use anyhow::bail;
use orch_patterns::agent::Agent;
use orch_patterns::engine::Rehearsal;
use orch_patterns::{Builder, Error, Halt, Lines, Orchestrator, Pattern, Roster, RunId, StateDir};

use super::{Program, Setting};
use crate::flags::{Common, Format};
use crate::scripted::{self, Marked};
use crate::{exit, rehearsed};

/// Who works, where, and with which flags.
#[derive(Debug)]
pub struct Cast<'a> {
    /// The flags.
    pub common: &'a Common,
    /// Where the workers stand.
    pub setting: &'a Setting,
    /// The agents, the first of which does what names none.
    pub agents: Vec<Arc<dyn Agent>>,
    /// What is known only while the run goes on, in words: shown by a dry run.
    pub later: &'a [&'a str],
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran<T> {
    /// Its id.
    pub run: RunId,
    /// Its workers and plans.
    pub roster: Roster,
    /// What the pattern gave, or why it gave nothing.
    pub end: Result<T, Error>,
}

impl Cast<'_> {
    /// Whether the workers are programs or scripts, so that no model is asked.
    pub fn is_tools(&self) -> bool {
        self.common.agent.agent().is_none()
    }

    /// Whether some of the workers are scripts that stand for an agent.
    pub fn is_scripted(&self) -> bool {
        let mark = scripted::name("");
        self.agents.iter().any(|agent| agent.name().starts_with(&mark))
    }

    /// Lines of progress on standard error, marked where workers are scripted.
    fn lines(&self) -> Lines {
        if self.is_scripted() {
            Lines::to(Marked::new(io::stderr()))
        } else {
            Lines::stderr()
        }
    }

    fn builder(&self) -> Builder {
        let mut builder = Orchestrator::builder(self.setting.work_tree())
            .limits(self.common.limits())
            .max_parallel(self.common.max_parallel);
        if self.setting.is_sample() {
            // What is remembered of a work tree, such as who may write in it, goes with the sample.
            builder = builder.state_dir(StateDir::at(self.setting.private().join("state")));
        }
        for agent in &self.agents {
            builder = builder.agent_arc(Arc::clone(agent));
        }
        for name in &self.common.pass_env {
            builder = builder.pass_env(name);
        }
        builder
    }
}

impl Program {
    /// Runs `pattern` on `input`. Progress goes to standard error; the first Ctrl-C cancels, the second kills.
    ///
    /// # Errors
    /// When the call was wrong: an agent is not installed, or the pattern was built or asked for something that cannot be.
    /// Nothing was started then.
    pub async fn run<P: Pattern>(
        &self,
        cast: &Cast<'_>,
        pattern: &P,
        input: P::In,
    ) -> anyhow::Result<Ran<P::Out>> {
        for agent in &cast.agents {
            agent.program().locate()?;
        }
        let orch = cast.builder().observe(cast.lines()).build()?;
        self.told.pass_on(orch.canceller());
        let run = RunId::fresh();
        let end = orch.run_as(run, pattern, input).await;
        if let Err(Error::Halt(Halt::Misuse(wrong))) = end {
            bail!(wrong);
        }
        let roster = Roster::of(&orch.events(run).await?);
        Ok(Ran { run, roster, end })
    }

    /// Prints every command line and prompt of `pattern` that is known before anything runs.
    ///
    /// # Errors
    /// As [`Program::run`]; also when standard output cannot be written.
    pub async fn rehearse<P: Pattern>(
        &self,
        cast: &Cast<'_>,
        pattern: &P,
        input: P::In,
    ) -> anyhow::Result<u8> {
        let rehearsal = Rehearsal::new(cast.agents.iter().cloned());
        let orch = cast.builder().engine(rehearsal.clone()).build()?;
        match orch.run(pattern, input).await {
            // Nobody answered, which a pattern may well call unfinished.
            Ok(_) | Err(Error::Unfinished(_)) => {}
            Err(Error::Halt(Halt::MachineRefused(refusal))) => bail!(refusal),
            Err(error) => bail!(error),
        }
        let mut out = io::stdout().lock();
        let printed = match cast.common.format {
            Format::Text => write!(out, "{}", rehearsed::text(&rehearsal, cast.later)),
            Format::Json => writeln!(out, "{}", rehearsed::json(&rehearsal, cast.later)),
        };
        if let Err(error) = printed {
            self.say(&format!("printing the dry run failed: {error}"));
            return Ok(exit::PARTIAL);
        }
        Ok(exit::DONE)
    }
}
