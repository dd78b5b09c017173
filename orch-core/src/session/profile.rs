//! [`Profile`]: the numbers by which sessions are polled, kept and limited. Pure: it starts and reads nothing.

use std::time::Duration;

use orch_pty::Grace;

/// The numbers of a table of sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Profile {
    pub(super) exec: Yields,
    pub(super) write: Yields,
    pub(super) poll: Yields,
    pub(super) output_tokens: usize,
    pub(super) output_tokens_at_most: Option<usize>,
    pub(super) head: usize,
    pub(super) tail: usize,
    pub(super) sessions: usize,
    pub(super) prune: Option<Prune>,
    /// How many that have ended are kept; none are once their end was reported.
    pub(super) ended_kept: Option<usize>,
    pub(super) only_interrupts_pipes: bool,
    pub(super) terminal: bool,
    pub(super) shell: Shell,
    pub(super) environment: &'static [(&'static str, &'static str)],
    pub(super) after_write: Duration,
    pub(super) after_exit: Option<Duration>,
}

/// How long one kind of call waits: when the caller does not say, and at least and at most when the caller does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Yields {
    /// When nothing is said.
    pub default: Duration,
    /// However short is asked for.
    pub least: Duration,
    /// However long is asked for.
    pub most: Duration,
}

/// Which shell runs a line when the call does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shell {
    /// The user's own, and not `/bin/sh`.
    pub(super) is_users: bool,
    pub(super) login: bool,
}

/// How room is made by ending sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prune {
    /// How many of those that were used last are never ended.
    pub(super) protected: usize,
}

/// As long as is asked for.
const FREE: Yields = Yields {
    default: Duration::ZERO,
    least: Duration::ZERO,
    most: Duration::MAX,
};

/// Programs that ask, page or colour in a terminal are told not to (codex, `process_manager.rs`).
const CODEX_ENVIRONMENT: [(&str, &str); 10] = [
    ("NO_COLOR", "1"),
    ("TERM", "dumb"),
    ("LANG", "C.UTF-8"),
    ("LC_CTYPE", "C.UTF-8"),
    ("LC_ALL", "C.UTF-8"),
    ("COLORTERM", ""),
    ("PAGER", "cat"),
    ("GIT_PAGER", "cat"),
    ("GH_PAGER", "cat"),
    ("CODEX_CI", "1"),
];

impl Profile {
    /// No floors, no fixed sleeps: a call waits as long as it is asked to, by default not at all. At most 256 live
    /// sessions; none of them is ever ended to make room. The last 256 that have ended are kept. Commands run in a
    /// terminal.
    pub const fn native() -> Self {
        Self {
            exec: FREE,
            write: FREE,
            poll: FREE,
            output_tokens: 10_000,
            output_tokens_at_most: None,
            head: 64 << 10,
            tail: 256 << 10,
            sessions: 256,
            prune: None,
            ended_kept: Some(256),
            only_interrupts_pipes: false,
            terminal: true,
            shell: Shell {
                is_users: false,
                login: false,
            },
            environment: &[],
            after_write: Duration::ZERO,
            after_exit: None,
        }
    }

    /// The numbers of codex's `exec_command` and `write_stdin` (openai/codex, July 2026, `core/src/unified_exec`): yields
    /// and their clamps, the size and the cut of outputs, 64 sessions and who is ended to make room, pipes by default,
    /// the environment.
    ///
    /// What a cut leaves out is counted here, no character is broken, and a session that was ended to make room says so.
    pub const fn codex() -> Self {
        let ms = Duration::from_millis;
        Self {
            exec: Yields {
                default: ms(10_000),
                least: ms(250),
                most: ms(30_000),
            },
            write: Yields {
                default: ms(250),
                least: ms(250),
                most: ms(30_000),
            },
            poll: Yields {
                default: ms(250),
                least: ms(5_000),
                most: ms(300_000),
            },
            output_tokens: 10_000,
            output_tokens_at_most: Some(10_000),
            head: 512 << 10,
            tail: 512 << 10,
            sessions: 64,
            prune: Some(Prune { protected: 8 }),
            ended_kept: None,
            only_interrupts_pipes: true,
            terminal: false,
            shell: Shell {
                is_users: true,
                login: true,
            },
            environment: &CODEX_ENVIRONMENT,
            after_write: ms(100),
            after_exit: Some(ms(50)),
        }
    }

    /// How long [`exec_command`](super::Sessions::exec_command) waits for the end.
    pub fn exec_yields(&self) -> Yields {
        self.exec
    }

    /// How long [`write_stdin`](super::Sessions::write_stdin) waits after it wrote something.
    pub fn write_yields(&self) -> Yields {
        self.write
    }

    /// How long a [`write_stdin`](super::Sessions::write_stdin) of nothing waits: a poll.
    pub fn poll_yields(&self) -> Yields {
        self.poll
    }

    /// How many sessions there may be at once: live ones, or, where room is made by ending some, all that are listed.
    pub fn sessions(self, most: usize) -> Self {
        Self {
            sessions: most.max(1),
            ..self
        }
    }

    /// How many sessions that have ended stay listed and readable, also after their end was reported.
    pub fn ended_kept(self, most: usize) -> Self {
        Self {
            ended_kept: Some(most),
            ..self
        }
    }

    /// The longest time that a poll may ask for (codex: `background_terminal_max_timeout`); never below the floor.
    pub fn longest_poll(self, most: Duration) -> Self {
        let most = most.max(self.poll.least);
        Self {
            poll: Yields { most, ..self.poll },
            ..self
        }
    }

    /// The most tokens (of 4 bytes) that one output may have, whatever a call asks for. In codex it is the budget of the
    /// model.
    pub fn output_tokens_at_most(self, most: usize) -> Self {
        Self {
            output_tokens_at_most: Some(most),
            ..self
        }
    }

    /// How many bytes of each session memory keeps: so many of what comes first after each poll, and so many of what came
    /// last. What lies between is omitted and counted, or [spilled](super::Sessions::spill).
    pub fn memory(self, head: usize, tail: usize) -> Self {
        Self { head, tail, ..self }
    }

    /// How long output is read after the exit while a descendant holds it open.
    pub(super) fn grace(&self) -> Grace {
        self.after_exit
            .map_or_else(Grace::default, |wait| Grace::default().idle(wait).cap(wait))
    }

    /// How many tokens an output has when so many were asked for.
    pub(super) fn tokens(&self, asked: Option<usize>) -> usize {
        let tokens = asked.unwrap_or(self.output_tokens);
        self.output_tokens_at_most.map_or(tokens, |most| tokens.min(most))
    }
}

/// [`Profile::native`].
impl Default for Profile {
    fn default() -> Self {
        Self::native()
    }
}

impl Yields {
    /// How long is waited when so long was asked for.
    pub fn clamp(self, asked: Option<Duration>) -> Duration {
        asked
            .unwrap_or(self.default)
            .clamp(self.least, self.most.max(self.least))
    }
}

#[cfg(test)]
mod tests;
