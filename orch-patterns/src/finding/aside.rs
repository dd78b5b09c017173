//! Computing beside the runtime's threads, which have to hear a cancellation meanwhile.

use std::panic::resume_unwind;

use orch_core::{Halt, Result};
use tokio::task::spawn_blocking;

/// What `compute` gives, worked out on a thread that the runtime has for such work.
///
/// # Errors
/// [`Halt::Cancelled`] when the runtime ends meanwhile.
///
/// # Cancel safety
/// Dropped, the computation runs to its end and what it gives is dropped. It must start nothing and write nothing.
pub(crate) async fn aside<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    match spawn_blocking(compute).await {
        Ok(done) => Ok(done),
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => Err(Halt::Cancelled.into()),
    }
}
