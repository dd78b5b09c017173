//! There are no PID namespaces here: none is ever opened.

use std::ffi::OsString;
use std::io;
use std::time::Duration;

use super::Handle;
use crate::signal::Signal;
use crate::sys::image::Image;
use crate::sys::newborn::{Birth, Failure, Stage};

/// Never made.
#[derive(Debug)]
pub(crate) enum Room {}

/// What the first process of a namespace has said.
#[derive(Debug, PartialEq, Eq)]
#[expect(dead_code, reason = "nobody is there to say anything")]
pub(crate) enum Report {
    Started,
    Failed(Failure),
    Ended,
    Silent,
}

impl Room {
    pub(crate) fn await_report(&self, _limit: Duration) -> Report {
        match *self {}
    }

    pub(crate) fn ended(&self) -> i32 {
        match *self {}
    }

    pub(crate) fn stopped_by(&self) -> Option<i32> {
        match *self {}
    }

    pub(crate) fn signal(&self, _signal: Signal) -> io::Result<()> {
        match *self {}
    }
}

pub(crate) fn open(
    _birth: &Birth<'_>,
    _image: &Image,
    _variables: Vec<(&'static str, OsString)>,
) -> Result<(Handle, Room), Failure> {
    Err(Failure {
        stage: Stage::Namespace,
        errno: nix::libc::ENOSYS,
    })
}

/// Whether this executable can be started once more as a first process.
pub(crate) const fn can_open() -> bool {
    true
}
