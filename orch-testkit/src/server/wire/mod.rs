//! The four APIs: which paths are theirs, what their requests say, and how a turn and an error look in their words.
//! Pure: nothing is received or sent here.

mod chat;
mod chunk;
mod gemini;
mod messages;
mod responses;

use std::collections::VecDeque;

use serde_json::Value;

pub(super) use chunk::Chunk;

use super::answer::Answer;
use super::reading::Reading;
use super::refusal::Refusal;
use super::{Reply, Request};

/// An API that the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wire {
    /// OpenAI's Responses API.
    Responses,
    /// Anthropic's Messages API.
    Messages,
    /// OpenAI's chat completions, as many other services speak them.
    Chat,
    /// Google's Gemini API.
    Gemini,
}

impl Wire {
    /// The wire whose streamed turn this method and path ask for.
    pub(super) fn of(method: &str, path: &str) -> Option<Self> {
        match path {
            _ if method != "POST" => None,
            "/v1/responses" => Some(Self::Responses),
            "/v1/messages" => Some(Self::Messages),
            "/v1/chat/completions" => Some(Self::Chat),
            _ => gemini::is_turn(path).then_some(Self::Gemini),
        }
    }

    pub(super) fn read(self, body: &Value) -> Reading {
        match self {
            Self::Responses => responses::read(body),
            Self::Messages => messages::read(body),
            Self::Chat => chat::read(body),
            Self::Gemini => gemini::read(body),
        }
    }

    /// What the API refuses before it asks the model.
    pub(super) fn refuse(self, request: &Request) -> Option<Reply> {
        match self {
            Self::Responses => responses::refuse_schema(request).map(Into::into),
            Self::Messages | Self::Chat | Self::Gemini => None,
        }
    }

    /// The chunks that carry `answer` as the reply to `request`.
    pub(super) fn chunks(self, answer: Answer, request: &Request) -> VecDeque<Chunk> {
        match self {
            Self::Responses => responses::chunks(answer, request),
            Self::Messages => messages::chunks(answer, request),
            Self::Chat => chat::chunks(answer, request),
            Self::Gemini => gemini::chunks(answer, request),
        }
    }

    /// The body of an error.
    pub(super) fn error(self, refusal: &Refusal) -> Value {
        match self {
            Self::Responses | Self::Chat => responses::error(refusal),
            Self::Messages => messages::error(refusal),
            Self::Gemini => gemini::error(refusal),
        }
    }
}
