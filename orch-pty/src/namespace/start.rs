//! From a birth to a program that runs in a namespace of its own, or the reason why it does not.

use std::ffi::OsString;
use std::io;
use std::time::Duration;

use crate::signal::Signal;
use crate::sys::image::Image;
use crate::sys::namespace::{Report, Room, can_open, open};
use crate::sys::{Birth, Failure, Handle, Stage};
use crate::tag::Tag;

/// How long a first process may take until it reports: some milliseconds, except where the executable has millions of
/// relocations or the machine is overloaded.
const REPORT_LIMIT: Duration = Duration::from_secs(20);
/// How long one that was killed may take to end: what hangs in the kernel does not end, and is not waited for.
const END_LIMIT: Duration = Duration::from_secs(5);

/// Why nothing runs.
#[derive(Debug)]
pub(crate) enum NoStart {
    /// There is no namespace to be had, for this reason.
    Namespace(String),
    /// The program itself, as anywhere.
    Program(Failure),
}

/// Starts the program in a namespace. The handle is the first process's.
pub(crate) fn start(birth: &Birth<'_>, image: &Image) -> Result<(Handle, Room), NoStart> {
    if !can_open() {
        return Err(NoStart::Namespace(
            "this library was loaded into another program, which cannot be started as the first process of a PID \
             namespace"
                .to_owned(),
        ));
    }
    let (first, room) = open(birth, image, variables(image)).map_err(named)?;
    let report = room.await_report(REPORT_LIMIT);
    if report == Report::Started {
        return Ok((first, room));
    }
    // Its end is everybody's, so that nothing was started when this returns.
    let _ = first.signal(Signal::Kill);
    first.wait_for_end(END_LIMIT);
    let _ = first.reap();
    Err(match report {
        Report::Failed(failure) => NoStart::Program(failure),
        Report::Silent => NoStart::Namespace(format!(
            "the first process of a PID namespace did not report within {} s",
            REPORT_LIMIT.as_secs()
        )),
        Report::Ended | Report::Started => NoStart::Namespace(
            "the first process of a PID namespace ended before it reported: this program, started once more, may not \
             get to that process's way in"
                .to_owned(),
        ),
    })
}

/// The environment of the first process. The program's own would steer its loader.
fn variables(image: &Image) -> Vec<(&'static str, OsString)> {
    let mut variables = Vec::new();
    if let Some(tag) = image.variable(Tag::VARIABLE) {
        variables.push((Tag::VARIABLE, tag.to_owned()));
    }
    // The loader of the same executable needs to find the same libraries.
    if let Some(libraries) = std::env::var_os("LD_LIBRARY_PATH") {
        variables.push(("LD_LIBRARY_PATH", libraries));
    }
    variables
}

fn named(failure: Failure) -> NoStart {
    let source = io::Error::from_raw_os_error(failure.errno);
    match failure.stage {
        Stage::Namespace => NoStart::Namespace(format!(
            "a PID namespace cannot be made: {source}; without privileges that takes user namespaces \
             (user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns, a container's rules)"
        )),
        Stage::Init => NoStart::Namespace(format!(
            "this executable cannot be started once more as the first process of a PID namespace: {source}"
        )),
        _ => NoStart::Program(failure),
    }
}
