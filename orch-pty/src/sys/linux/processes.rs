//! What `/proc` says about processes. Every answer may be out of date when it arrives; who acts on one pins the
//! process first and asks again.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc::{self, c_int};
use nix::sys::statfs::{PROC_SUPER_MAGIC, fstatfs};

use super::handle::{self, Handle};
use super::limit;
use crate::signal::Signal;
use crate::sys::{refusal, reserve};

/// Environments are read up to here; the kernel takes no more than a quarter of the stack limit (2 MiB by default).
const ENVIRONMENT_MOST: u64 = 8 * 1024 * 1024;
/// What one call lists at most: some hundred processes.
const LIST_BYTES: usize = 16 * 1024;
/// What one call lists at most of a process's threads.
const THREADS_BYTES: usize = 2 * 1024;
/// The load of the system; its last word is the number that was given out last.
const LOAD: &str = "/proc/loadavg";

pub(crate) use limit::own as own_limit;
pub(crate) use limit::read as limit;

/// The numbers of all processes, in ascending order; an error when it gets late first.
pub(crate) fn all(is_late: impl Fn() -> bool) -> io::Result<Vec<u32>> {
    let folder = reserve::with_room(|| File::open("/proc"))?;
    numbers_in(&folder, LIST_BYTES, is_late)
}

/// The entries of a folder that are numbers. One call lists what `read_dir` needs several for, and allocates nothing
/// for each entry.
fn numbers_in(folder: &File, bytes: usize, is_late: impl Fn() -> bool) -> io::Result<Vec<u32>> {
    let (mut found, mut list) = (Vec::new(), vec![0_u8; bytes]);
    loop {
        // SAFETY: the call writes at most `list.len()` bytes to a live vector.
        let filled = Errno::result(unsafe {
            libc::syscall(
                libc::SYS_getdents64,
                folder.as_raw_fd(),
                list.as_mut_ptr(),
                list.len(),
            )
        })?;
        let mut rest = usize::try_from(filled)
            .ok()
            .and_then(|filled| list.get(..filled))
            .unwrap_or(&[]);
        if rest.is_empty() {
            return Ok(found);
        }
        while let Some((name, after)) = first_entry(rest) {
            found.extend(parse_number(name));
            rest = after;
        }
        if is_late() {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
}

/// The name of the first `struct linux_dirent64`, and what follows it: number and offset (8 bytes each), length of
/// the entry (2), kind (1), name and NUL.
fn first_entry(list: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::from(u16::from_ne_bytes([*list.get(16)?, *list.get(17)?]));
    let (entry, after) = list.split_at_checked(length)?;
    Some((entry.get(19..)?.split(|&byte| byte == 0).next()?, after))
}

fn parse_number(text: &[u8]) -> Option<u32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The numbers of a moment, in this process's PID namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GivenOut {
    /// The number that was given out last.
    pub(crate) newest: u32,
    /// How many threads there are, zombies among them; of the whole system, not of the namespace alone.
    pub(crate) threads: u32,
}

/// The number that was given out last.
pub(crate) fn newest() -> io::Result<u32> {
    let (line, read) = reserve::with_room(|| first_bytes(&File::open(LOAD)?))?;
    Ok(parse_load(line.get(..read).unwrap_or(&[]))?.newest)
}

/// The numbers of this moment as the kernel itself tells them.
///
/// # Errors
/// [`Unsupported`](io::ErrorKind::Unsupported) where another file was mounted over the kernel's (lxcfs does that; its
/// answer may be seconds old).
pub(crate) fn given_out() -> io::Result<GivenOut> {
    let file = reserve::with_room(|| File::open(LOAD))?;
    if !is_of_proc(&file) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let (line, read) = first_bytes(&file)?;
    parse_load(line.get(..read).unwrap_or(&[]))
}

fn first_bytes(mut file: &File) -> io::Result<([u8; 128], usize)> {
    let mut bytes = [0; 128];
    let read = file.read(&mut bytes)?;
    Ok((bytes, read))
}

/// Whether the file is one of a `proc` file system.
fn is_of_proc(file: &File) -> bool {
    fstatfs(file).is_ok_and(|about| about.filesystem_type() == PROC_SUPER_MAGIC)
}

/// `0.05 0.12 0.30 2/431 98765`: three averages, threads that could run and threads there are, the newest number.
fn parse_load(line: &[u8]) -> io::Result<GivenOut> {
    let mut words = line.trim_ascii().rsplit(|&byte| byte == b' ');
    let newest = words.next().and_then(parse_number);
    let threads = words
        .next()
        .and_then(|word| parse_number(word.rsplit(|&byte| byte == b'/').next()?));
    match (newest, threads) {
        (Some(newest), Some(threads)) => Ok(GivenOut { newest, threads }),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// One more than the highest number a process can have.
pub(crate) fn number_limit() -> io::Result<u32> {
    let text = reserve::with_room(|| std::fs::read_to_string("/proc/sys/kernel/pid_max"))?;
    text.trim().parse().map_err(io::Error::other)
}

/// The children of all threads of `pid`.
pub(crate) fn children(pid: u32) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    let threads = match reserve::with_room(|| File::open(format!("/proc/{pid}/task"))) {
        Ok(folder) => numbers_in(&folder, THREADS_BYTES, || false)?,
        Err(error) if refusal::is_gone(&error) => return Ok(found),
        Err(error) => return Err(error),
    };
    for thread in threads {
        match reserve::with_room(|| std::fs::read(format!("/proc/{pid}/task/{thread}/children"))) {
            Ok(line) => found.extend(line.split(|&byte| byte == b' ').filter_map(parse_number)),
            Err(error) if refusal::is_gone(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Whether the system knows `pid` by this name.
pub(crate) fn is_called(pid: u32, name: &str) -> bool {
    reserve::with_room(|| std::fs::read(format!("/proc/{pid}/comm")))
        .is_ok_and(|comm| comm.trim_ascii_end() == name.as_bytes())
}

/// Whether `pid` leads a session.
pub(crate) fn leads_a_session(pid: u32) -> bool {
    session(pid) == Some(pid)
}

/// Where a process stands among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) parent: u32,
    /// Clock ticks between the start of the system and of the process.
    pub(crate) started: u64,
}

impl Place {
    /// When it was started, in nanoseconds since the system's start, rounded down to a clock tick.
    pub(crate) fn started_since_boot(self) -> u64 {
        // SAFETY: asks for a constant of the system.
        let ticks = unsafe { nix::libc::sysconf(nix::libc::_SC_CLK_TCK) };
        let ticks = u64::try_from(ticks).unwrap_or(100).max(1);
        self.started.saturating_mul(1_000_000_000 / ticks)
    }
}

/// Now, in nanoseconds since the system's start, suspended time included: the clock of [`Place::started`]. No system call.
pub(crate) fn since_boot() -> u64 {
    let mut now = nix::libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: writes one timespec through the pointer, which points to a live local. The clock exists since 2.6.39.
    unsafe { nix::libc::clock_gettime(nix::libc::CLOCK_BOOTTIME, &raw mut now) };
    let nanoseconds = |seconds: u64| seconds.saturating_mul(1_000_000_000);
    #[allow(clippy::unnecessary_fallible_conversions)] // these are narrower on some architectures
    let (seconds, rest) = (u64::try_from(now.tv_sec), u64::try_from(now.tv_nsec));
    nanoseconds(seconds.unwrap_or(0)).saturating_add(rest.unwrap_or(0))
}

/// Where `pid` stands.
pub(crate) fn place(pid: u32) -> Option<Place> {
    parse_stat(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// The program's name is in parentheses and may itself hold parentheses, blanks and any byte: fields count from the
/// last one.
fn parse_stat(stat: &[u8]) -> Option<Place> {
    let after = stat.iter().rposition(|&byte| byte == b')')? + 1;
    let mut fields = std::str::from_utf8(stat.get(after..)?)
        .ok()?
        .split_ascii_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    // Field 22 of proc_pid_stat(5); field 4 was just read.
    let started = fields.nth(17)?.parse().ok()?;
    Some(Place { parent, started })
}

/// The value of a variable in the environment that `pid` was started with; `None` when it has none, is gone, or may
/// not be read.
pub(crate) fn variable(pid: u32, key: &str) -> io::Result<Option<String>> {
    let mut environment = Vec::new();
    let read = reserve::with_room(|| {
        let file = File::open(format!("/proc/{pid}/environ"))?;
        file.take(ENVIRONMENT_MOST).read_to_end(&mut environment)
    });
    match read {
        Ok(_) => {}
        Err(error) if refusal::is_gone(&error) || refusal::is_withheld(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    let value = environment.split(|&byte| byte == 0).find_map(|variable| {
        let value = variable.strip_prefix(key.as_bytes())?.strip_prefix(b"=")?;
        std::str::from_utf8(value).ok()
    });
    Ok(value.map(str::to_owned))
}

/// The parent of a process that is held.
pub(crate) fn parent(member: &Handle) -> Option<u32> {
    member.parent().or_else(|| {
        let place = place(member.pid())?;
        member.is_unreaped().then_some(place.parent)
    })
}

/// Takes hold of the process that has this number now; `None` when nobody has it.
pub(crate) fn pin(pid: u32) -> io::Result<Option<Handle>> {
    match reserve::with_room(|| Handle::open(pid)) {
        Ok(handle) => Ok(Some(handle)),
        // A number that means a thread alone is refused as invalid.
        Err(error) if refusal::is_gone(&error) || error.raw_os_error() == Some(libc::EINVAL) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Signals one member of a tree.
pub(crate) fn tell(member: &Handle, signal: Signal) -> io::Result<()> {
    member.signal(signal)
}

/// Signals the group that `member` is in now, unless it is this process's own group or in its session. The caller
/// has checked that the group is the tree's own.
pub(crate) fn signal_group_of(member: &Handle, signal: Signal) -> io::Result<()> {
    let group = group(member.pid()).ok_or(io::ErrorKind::NotFound)?;
    if Some(group) == self::group(0) || session(member.pid()) == session(0) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    if group == member.pid() {
        return member.signal_group_led(signal);
    }
    // While a member is unreaped, its group's number means no other group.
    if !member.may_be_signalled() {
        return Err(io::ErrorKind::NotFound.into());
    }
    handle::signal_group(group, signal)
}

/// The group of a process, alive or a zombie; 0 means the caller.
fn group(pid: u32) -> Option<u32> {
    let pid = c_int::try_from(pid).ok()?;
    // SAFETY: takes a number alone.
    u32::try_from(unsafe { libc::getpgid(pid) }).ok()
}

/// The session of a process, alive or a zombie; 0 means the caller.
fn session(pid: u32) -> Option<u32> {
    let pid = c_int::try_from(pid).ok()?;
    // SAFETY: takes a number alone.
    u32::try_from(unsafe { libc::getsid(pid) }).ok()
}

/// Waits until all have ended, at most `limit`.
pub(crate) fn wait_for_all(handles: &[&Handle], limit: Duration) -> bool {
    handle::wait_for_all(handles, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_full_of_parentheses_does_not_shift_the_fields() {
        let stat = b"71 (a) S 1 (\xff) R 40 41 42 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 987654 0 0";
        assert_eq!(
            parse_stat(stat),
            Some(Place {
                parent: 40,
                started: 987_654
            })
        );
        assert_eq!(parse_stat(b"71 (a"), None);
        assert_eq!(parse_stat(b""), None);
    }

    #[test]
    fn a_child_has_begun_before_now_and_after_what_was_before_it() {
        let tick = std::time::Duration::from_millis(30);
        let before = since_boot();
        let mut child = std::process::Command::new("sleep")
            .arg("1000")
            .spawn()
            .expect("sleep starts");
        let began = place(child.id()).expect("a place").started_since_boot();
        child.kill().expect("a signal");
        child.wait().expect("a status");
        let slack = u64::try_from(tick.as_nanos()).expect("a short time");
        assert!(
            began <= since_boot() && began + slack >= before,
            "{before} {began}"
        );
    }

    #[test]
    fn this_process_is_found_by_its_number_and_its_parent() {
        let own = std::process::id();
        assert!(all(|| false).expect("a list").contains(&own));
        assert!(all(|| true).is_err());
        let place = place(own).expect("own place");
        assert_eq!(place.parent, std::os::unix::process::parent_id());
        assert!(newest().expect("a number") < number_limit().expect("a number"));
        let handle = pin(own).expect("a descriptor").expect("this process");
        assert_eq!(parent(&handle), Some(place.parent));
    }

    #[test]
    fn a_line_of_the_load_ends_in_the_newest_number() {
        let told = parse_load(b"0.05 0.12 0.30 2/431 98765\n").expect("a line");
        let expected = GivenOut {
            newest: 98_765,
            threads: 431,
        };
        assert_eq!(told, expected);
        for broken in ["", "98765", "2/431 ", "0.30 2/ 98765", "x"] {
            assert!(parse_load(broken.as_bytes()).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_kernels_own_word_is_told_from_another_files() {
        let told = given_out().expect("the kernel's word");
        assert!(told.newest > 0 && told.threads > 0, "{told:?}");
        let own = File::open(std::env::current_exe().expect("a path")).expect("this program");
        assert!(!is_of_proc(&own));
    }

    #[test]
    fn the_own_group_and_session_are_never_signalled() {
        // In whatever group and session the tests run: this process is a member of its own.
        let handle = pin(std::process::id())
            .expect("a descriptor")
            .expect("this process");
        let refused = signal_group_of(&handle, Signal::Continue).expect_err("the own group");
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_variable_is_read_from_the_environment_and_nobody_has_one() {
        let own = std::process::id();
        let path = variable(own, "PATH").expect("a look");
        assert_eq!(path, std::env::var("PATH").ok());
        assert_eq!(variable(own, "PAT").expect("a look"), None);
        assert_eq!(variable(u32::MAX >> 1, "PATH").expect("a look"), None);
    }

    #[test]
    fn a_long_list_is_read_to_its_end_in_small_pieces() {
        let folder = File::open("/proc").expect("a folder");
        let mut found = numbers_in(&folder, 300, || false).expect("a list");
        assert!(found.contains(&std::process::id()));
        found.dedup();
        assert!(found.is_sorted(), "{found:?}");
    }
}
