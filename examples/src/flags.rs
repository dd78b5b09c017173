//! Flags that all examples have.

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use orch_patterns::agent::{Agent, Claude, Codex, Gemini, Opencode};
use orch_patterns::{Check, Limits, check};

/// Flags that all examples have.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Who does the work: `tools` are ordinary programs (no account, no network, no money); the others are the
    /// coding agents of these names, with the account that each is logged in to.
    #[arg(long, value_enum, default_value_t = AgentChoice::Tools)]
    pub agent: AgentChoice,

    /// How many workers run at once, at most.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = at_least_one)]
    pub max_parallel: usize,

    /// How the result is printed on standard output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,

    /// The longest time that one worker may take, in seconds.
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub timeout: Option<Duration>,

    /// Lets a variable of this environment through to the workers; may be given several times.
    #[arg(long, value_name = "NAME", value_parser = variable)]
    pub pass_env: Vec<String>,

    /// Prints every command line and prompt that is known before anything runs, and starts nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AgentChoice {
    /// Ordinary programs in terminals. No model is asked.
    Tools,
    /// `codex exec`: the real CLI, with the account that it is logged in to.
    Codex,
    /// Claude Code, likewise.
    Claude,
    /// opencode, likewise.
    Opencode,
    /// Gemini CLI, likewise.
    Gemini,
}

impl AgentChoice {
    /// The agent as it is registered; none where ordinary programs do the work.
    pub fn agent(self) -> Option<Arc<dyn Agent>> {
        Some(match self {
            Self::Tools => return None,
            Self::Codex => Arc::new(Codex::new()),
            Self::Claude => Arc::new(Claude::new()),
            Self::Opencode => Arc::new(Opencode::new()),
            Self::Gemini => Arc::new(Gemini::new()),
        })
    }

    /// The name that chooses it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Codex => Codex::NAME,
            Self::Claude => Claude::NAME,
            Self::Opencode => Opencode::NAME,
            Self::Gemini => Gemini::NAME,
        }
    }
}

/// How the result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

impl Common {
    /// The limits of each worker.
    pub fn limits(&self) -> Limits {
        let limits = Limits::default();
        match self.timeout {
            Some(total) => limits.total(total).idle(limits.idle.min(total)),
            None => limits,
        }
    }
}

/// A command of a flag: its words are split at spaces, and no shell is in between.
///
/// # Errors
/// When it has no word.
pub fn command(text: &str) -> Result<Check, String> {
    let mut words = text.split_whitespace();
    let program = words.next().ok_or("give a command, such as 'cargo test'")?;
    Ok(check(program, words))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least one worker must run".to_owned()),
        Ok(count) => Ok(count),
        Err(error) => Err(error.to_string()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || "give a number of seconds greater than 0, at most a year".to_owned();
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    if seconds > 0.0 && seconds <= 366.0 * 86_400.0 {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(wrong())
    }
}

fn variable(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(['=', '\0']) {
        return Err("give the name of a variable, without its value".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_chosen_by_its_own_name() {
        for choice in AgentChoice::value_variants() {
            let flag = choice.to_possible_value().expect("a value");
            assert_eq!(flag.get_name(), choice.name());
            assert!(choice.agent().is_none_or(|agent| agent.name() == choice.name()));
        }
    }

    #[test]
    fn bad_values_are_told_what_is_right() {
        assert!(at_least_one("0").is_err() && at_least_one("x").is_err() && at_least_one("-1").is_err());
        for wrong in ["0", "-1", "NaN", "inf", "1e30", "soon"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
        assert!(command("  ").is_err());
        assert_eq!(command("cargo  test").unwrap().to_string(), "cargo test");
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert!(variable("A=1").is_err() && variable("").is_err() && variable("A").is_ok());
    }
}
