//! The cases by name, and what becomes of each with an agent that has no peculiarity.

use std::fmt;
use std::str::FromStr;

use orch_core::FailClass;

use super::{Ending, Expected};

/// Something that every agent must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Case {
    /// Says the model's answer.
    PlainAnswer,
    /// Runs a tool that the model calls, and tells the model what it returned.
    ToolCall,
    /// Answers by a schema, as a Rust type.
    StructuredAnswer,
    /// Answers without structure, and with it in the repair turn of the same conversation.
    RepairedStructure,
    /// Takes a further turn in the same conversation.
    FurtherTurn,
    /// Is refused once with 429 and `retry-after`.
    LimitedWithRetryAfter,
    /// Is refused once with 429 and nothing more.
    LimitedWithoutRetryAfter,
    /// Is refused with 500, again and again.
    ServerErrors,
    /// Loses the stream in the middle of an answer, once.
    DroppedStream,
    /// Hears nothing, not even headers.
    SilenceBeforeHeaders,
    /// Hears half an answer and nothing more.
    SilenceInStream,
    /// Is cancelled while a tool runs that has a descendant in the background.
    CancelInToolCall,
    /// Gets a prompt of 200 KB.
    LongPrompt,
    /// Is told by the model to write, and may only read.
    ReaderToldToWrite,
}

impl Case {
    /// Every case, in the order of the report.
    pub const ALL: [Self; 14] = [
        Self::PlainAnswer,
        Self::ToolCall,
        Self::StructuredAnswer,
        Self::RepairedStructure,
        Self::FurtherTurn,
        Self::LimitedWithRetryAfter,
        Self::LimitedWithoutRetryAfter,
        Self::ServerErrors,
        Self::DroppedStream,
        Self::SilenceBeforeHeaders,
        Self::SilenceInStream,
        Self::CancelInToolCall,
        Self::LongPrompt,
        Self::ReaderToldToWrite,
    ];

    /// Its name: lowercase words with `_` between them.
    pub fn name(self) -> &'static str {
        match self {
            Self::PlainAnswer => "plain_answer",
            Self::ToolCall => "tool_call",
            Self::StructuredAnswer => "structured_answer",
            Self::RepairedStructure => "repaired_structure",
            Self::FurtherTurn => "further_turn",
            Self::LimitedWithRetryAfter => "limited_with_retry_after",
            Self::LimitedWithoutRetryAfter => "limited_without_retry_after",
            Self::ServerErrors => "server_errors",
            Self::DroppedStream => "dropped_stream",
            Self::SilenceBeforeHeaders => "silence_before_headers",
            Self::SilenceInStream => "silence_in_stream",
            Self::CancelInToolCall => "cancel_in_tool_call",
            Self::LongPrompt => "long_prompt",
            Self::ReaderToldToWrite => "reader_told_to_write",
        }
    }

    /// What becomes of it with an agent that has no peculiarity. Silence is ended by our own deadline: no CLI is
    /// trusted with one.
    pub fn usual(self) -> Expected {
        Expected::usual(match self {
            Self::SilenceBeforeHeaders | Self::SilenceInStream => Ending::Failure(FailClass::IdleTimeout),
            Self::ServerErrors => Ending::Failure(FailClass::Transport),
            _ => Ending::Answer,
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|case| case.name() == name)
            .ok_or_else(|| {
                let known = Self::ALL.map(Self::name).join(", ");
                format!("no case is called {name}; there are {known}")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn a_case_is_found_by_its_name() {
        for case in Case::ALL {
            assert_eq!(case.name().parse(), Ok(case));
        }
        let complaint = "no_such".parse::<Case>().unwrap_err();
        assert!(complaint.contains("plain_answer"), "{complaint}");
    }
}
