//! What a program that orchestrates agents needs for its tests: a scripted model server, the way to the real agents,
//! and what they must do.
//!
//! The map:
//! - [`server`]: a model server on loopback that speaks four APIs with streaming (OpenAI Responses, Anthropic
//!   Messages, chat completions, Gemini) and answers by one script, so that the real CLIs run whole turns without an
//!   account.
//! - [`conformance`]: what every agent must do, as cases that run a real CLI on the scripted server; for agents of your
//!   own too.
//! - [`real`]: finds the real agents, gives each a home of its own, and keeps the account of cases left out.
//! - [`strict`]: the subset of JSON Schema that the OpenAI API accepts for strict structured output.
//! - [`fuzz`]: everything that reads a worker's bytes as functions of bytes, a corpus, and a seeded mutator.
//! - [`memory_engine`]: an engine in memory that answers every job from a script.
//!
//! Everything here listens on 127.0.0.1 only and ends with the value that started it.
#![forbid(unsafe_code)]

pub mod conformance;
pub mod fuzz;
pub mod memory_engine;
pub mod real;
pub mod server;
pub mod strict;
