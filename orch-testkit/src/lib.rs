//! What a program that orchestrates agents needs for its tests: a scripted model server, and the way to the real
//! agents.
//!
//! The map:
//! - [`responses`]: a model server on loopback that speaks the OpenAI Responses API with streaming and answers by
//!   rules, so that the real codex binary runs whole turns without an account.
//! - [`strict`]: the subset of JSON Schema that the API accepts for strict structured output.
//! - [`fuzz`]: everything that reads a worker's bytes as functions of bytes, a corpus, and a seeded mutator.
//! - [`memory_engine`]: an engine in memory that answers every job from a script.
//! - [`real`]: finds the real agent, gives it a home of its own, and keeps the account of cases left out.
//!
//! Everything here listens on 127.0.0.1 only and ends with the value that started it.
#![forbid(unsafe_code)]

pub mod fuzz;
pub mod memory_engine;
pub mod real;
pub mod server;

pub mod strict;
