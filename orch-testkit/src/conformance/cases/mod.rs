//! The cases themselves, each a scene: what the model says, what is asked, what must hold then.

mod answers;
mod cancelled;
mod faults;
mod scene;
mod turns;
mod writes;

pub use scene::run;
