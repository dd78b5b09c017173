//! From a [`Command`](crate::Command) to a [`Process`](crate::Process): find the program, compose its environment,
//! open its streams, let it be born, and say precisely what went wrong when something does.

mod diagnosis;
mod environment;
mod launch;
mod program;
mod room;
mod streams;
