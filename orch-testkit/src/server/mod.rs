//! A scripted model server on 127.0.0.1: one script, four APIs, told apart by path.
//!
//! | [`Wire`] | path | who speaks it |
//! | --- | --- | --- |
//! | [`Wire::Responses`] | `POST /v1/responses` | codex |
//! | [`Wire::Messages`] | `POST /v1/messages` | Claude Code |
//! | [`Wire::Chat`] | `POST /v1/chat/completions` | opencode |
//! | [`Wire::Gemini`] | `POST /v1beta/models/MODEL:streamGenerateContent` | gemini-cli |
//!
//! A [`Script`] is a list of [`Rule`]s; the first that matches a request and is not used up answers it. Each rule's
//! [`Reply`] is an [`Answer`] (a streamed turn of the model), a [`Refusal`] (an HTTP error) or silence, and a
//! [`Gate`] holds it where the test wants it held. Every [`Request`] is kept, in the order of arrival, and answers
//! the same questions whatever API it came by.
//!
//! ```
//! use orch_testkit::server::{Reply, Request, Rule, Script, Server};
//!
//! # fn main() -> std::io::Result<()> {
//! let server = Server::start(
//!     Script::new()
//!         .rule(Rule::when(|r: &Request| r.prompt().contains("LENS: security")).reply(Reply::text("[]")))
//!         .rule(Rule::when(|r: &Request| r.call_outputs().is_empty()).reply(Reply::shell("ls")))
//!         .rule(Rule::always().reply(Reply::text("done"))),
//! )?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! # Ok(())
//! # }
//! ```
//!
//! What it does not do: it is no model, keeps no conversation (the request carries it), checks no key, and never
//! answers a request that no rule matches with success: that is a 500 that names the request.

mod action;
mod answer;
mod delivery;
mod gate;
mod listener;
mod reading;
mod record;
mod refusal;
mod reply;
mod request;
mod rule;
mod script;
#[cfg(test)]
mod tests;
mod usage;
mod wire;

pub use action::Action;
pub use answer::Answer;
pub use gate::Gate;
pub use listener::Server;
pub use reading::CallOutput;
pub use refusal::Refusal;
pub use reply::Reply;
pub use request::Request;
pub use rule::{Condition, Rule};
pub use script::Script;
pub use usage::Usage;
pub use wire::Wire;
