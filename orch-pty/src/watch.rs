//! [`Watch`]: notices the end of a child without a thread that waits.

use std::sync::Arc;

use crate::sys::Handle;
use crate::sys::reactor::Unregistered;

pub(crate) use imp::Watch;

#[cfg(target_os = "linux")]
mod imp {
    use std::io;

    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    use super::{Arc, Handle, Unregistered};
    use crate::sys::reactor;

    /// A pidfd in the reactor: readable once the process has ended.
    #[derive(Debug)]
    pub(crate) struct Watch(AsyncFd<Arc<Handle>>);

    impl Watch {
        pub(crate) fn new(handle: Arc<Handle>) -> Result<Self, Unregistered> {
            reactor::register(handle, Interest::READABLE).map(Self)
        }

        /// Returns when the process has ended, reaped or not. Cancel safe.
        pub(crate) async fn ended(&self) -> io::Result<()> {
            // A pidfd becomes readable once, at the end, and stays so: there is nothing to clear, and nothing to ask.
            self.0.readable().await?.retain_ready();
            Ok(())
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    use std::io;
    use std::time::Duration;

    use super::{Arc, Handle, Unregistered};

    /// How often a child is looked at.
    const STEP: Duration = Duration::from_millis(10);

    /// A child that is looked at again and again.
    #[derive(Debug)]
    pub(crate) struct Watch(Arc<Handle>);

    impl Watch {
        pub(crate) fn new(handle: Arc<Handle>) -> Result<Self, Unregistered> {
            match tokio::runtime::Handle::try_current() {
                Ok(_) => Ok(Self(handle)),
                Err(_) => Err(Unregistered::NoReactor),
            }
        }

        /// Returns when the process has ended, reaped or not. Cancel safe.
        pub(crate) async fn ended(&self) -> io::Result<()> {
            while !self.0.has_ended() {
                tokio::time::sleep(STEP).await;
            }
            Ok(())
        }
    }
}
