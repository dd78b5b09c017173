//! The handle that a pattern gets while it runs, and what happens when a worker is read through it.

mod aboard;
mod books;
mod desk;
mod desk_request;
mod flight;
mod handle;
mod post;
mod repair;
mod run;
mod shown;
mod worker_log;

pub use desk::Desk;
pub use desk_request::DeskRequest;
pub use handle::Cx;
pub(crate) use run::Run;
pub use shown::Shown;
