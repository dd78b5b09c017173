//! How a process ended.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sys::signals;

/// How a process ended: it returned a code, or a signal ended it.
///
/// Exhaustive on purpose: these are all the ways there are to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Exit {
    /// It ended by itself with this code.
    Code(u8),
    /// A signal ended it.
    Signal {
        /// The signal's number on this system.
        signal: i32,
        /// Whether a memory image was written.
        core_dumped: bool,
    },
}

/// What a process does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// It runs, or sleeps.
    Running,
    /// A signal has stopped it: it does nothing until it is continued or killed.
    Stopped {
        /// The signal's number on this system.
        signal: i32,
    },
    /// It has ended.
    Ended(Exit),
}

impl Exit {
    /// Whether it ended with code 0.
    pub fn success(self) -> bool {
        self == Self::Code(0)
    }

    /// Reads a wait status as `wait(2)` lays it out.
    pub(crate) fn from_wait_status(status: i32) -> Self {
        let signal = status & 0x7f;
        if signal == 0 {
            Self::Code(u8::try_from((status >> 8) & 0xff).unwrap_or(u8::MAX))
        } else {
            Self::Signal {
                signal,
                core_dumped: status & 0x80 != 0,
            }
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal { signal, core_dumped } => {
                match signals::name(signal) {
                    Some(name) => write!(f, "killed by {name}")?,
                    None => write!(f, "killed by signal {signal}")?,
                }
                if core_dumped {
                    f.write_str(" (core dumped)")
                } else {
                    Ok(())
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_reads_as_a_sentence() {
        assert_eq!(Exit::Code(3).to_string(), "exit code 3");
        assert_eq!(
            Exit::Signal {
                signal: 15,
                core_dumped: false
            }
            .to_string(),
            "killed by SIGTERM"
        );
        assert_eq!(
            Exit::Signal {
                signal: 11,
                core_dumped: true
            }
            .to_string(),
            "killed by SIGSEGV (core dumped)"
        );
        assert_eq!(
            Exit::Signal {
                signal: 63,
                core_dumped: false
            }
            .to_string(),
            "killed by signal 63"
        );
    }

    #[test]
    fn wait_statuses_are_read_exactly() {
        for code in 0..=255_u8 {
            assert_eq!(Exit::from_wait_status(i32::from(code) << 8), Exit::Code(code));
        }
        assert_eq!(
            Exit::from_wait_status(9),
            Exit::Signal {
                signal: 9,
                core_dumped: false
            }
        );
        assert_eq!(
            Exit::from_wait_status(0x86),
            Exit::Signal {
                signal: 6,
                core_dumped: true
            }
        );
        assert!(Exit::Code(0).success() && !Exit::Code(1).success());
    }
}
