//! What the crate promises from outside: whole prompts, the wall around data, and stable serialisation.

mod fences;
mod prompts;
mod serialisation;
mod workers;
