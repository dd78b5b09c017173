//! A scripted model server: the OpenAI Responses API (`POST /v1/responses`, server-sent events) on 127.0.0.1.
//!
//! A [`Script`] is a list of [`Rule`]s; the first that matches a request and is not used up answers it. Each rule's
//! [`Reply`] is an [`Answer`] (a streamed turn of the model), a [`Refusal`] (an HTTP error) or silence, and a
//! [`Gate`] holds it where the test wants it held. Every [`Request`] is kept, in the order of arrival.
//!
//! ```
//! use orch_testkit::responses::{Reply, Request, Rule, Script, Server};
//! use serde_json::json;
//!
//! # fn main() -> std::io::Result<()> {
//! let server = Server::start(
//!     Script::new()
//!         .rule(Rule::when(|r: &Request| r.prompt().contains("LENS: security")).reply(Reply::text("[]")))
//!         .rule(Rule::when(|r: &Request| r.call_outputs().is_empty())
//!             .reply(Reply::tool_call("exec_command", json!({"cmd": "ls"}))))
//!         .rule(Rule::always().reply(Reply::text("done"))),
//! )?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! # Ok(())
//! # }
//! ```
//!
//! What it does not do: it is no model, keeps no conversation (the request carries it), checks no key, and never
//! answers a request that no rule matches with success: that is a 500 that names the request.

mod answer;
mod delivery;
mod gate;
mod record;
mod refusal;
mod reply;
mod request;
mod rule;
mod script;
mod server;
mod sse;
#[cfg(test)]
mod tests;
mod usage;

pub use answer::Answer;
pub use gate::Gate;
pub use refusal::Refusal;
pub use reply::Reply;
pub use request::{CallOutput, Request};
pub use rule::{Condition, Rule};
pub use script::Script;
pub use server::Server;
pub use usage::Usage;
