//! The runtime of the async contenders, and how an async program waits for its standard input.

use std::io;
use std::os::fd::AsFd as _;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::{Builder, Runtime};

/// One thread, which is the reactor.
pub(super) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Waits in the reactor until standard input is ready.
pub(super) async fn until_asked() -> io::Result<()> {
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    #[expect(
        deprecated,
        reason = "an owned descriptor is steady, and the successor is unsafe"
    )]
    let input = AsyncFd::with_interest(input, Interest::READABLE)?;
    // Ready is all there is to know: whoever comes next reads it.
    let _ready = input.readable().await?;
    Ok(())
}
