//! The warden's way in: a function that the loader calls before `main`, in every program that uses this crate.

use std::ffi::{CStr, OsStr};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::libc::{self, c_int, c_void};

use super::signs::leave;
use super::table::Table;
use crate::sys::linux::handle::Handle;

/// The variable that makes a start of this executable a warden; its value is a nonce that the table repeats.
pub(super) const VARIABLE: &str = "ORCH_PTY_WARDEN";
/// How the process is called.
pub(super) const NAME: &CStr = c"orch-warden";

/// The warden's descriptors.
pub(super) const MEMORY: RawFd = 3;
pub(super) const LIFELINE: RawFd = 4;
pub(super) const HOST: RawFd = 5;

/// Whether the way in is open: the loader has called it, and from the program itself and not from a library in it.
static OPEN: AtomicBool = AtomicBool::new(false);

/// Puts a function where the loader calls it before `main`. The text of this macro is the only place for it, because
/// placing something in a section is unsafe.
macro_rules! before_main {
    ($function:path) => {
        #[allow(unsafe_code, reason = "the text stands in sys/linux/warden/post.rs")]
        #[used]
        // SAFETY: `.init_array` is an array of functions that take what `main` takes and return nothing; C lets them
        // take less. They run after the C library's own set-up, one after the other, on the only thread. 101 is the
        // first priority that is free for programs.
        #[unsafe(link_section = ".init_array.00101")]
        static BEFORE_MAIN: extern "C" fn() = {
            extern "C" fn call() {
                $function();
            }
            call
        };
    };
}
pub(crate) use before_main;

/// Where a warden stands.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) table: Table,
    pub(crate) lifeline: OwnedFd,
    pub(crate) host: Handle,
}

/// The value of the marker.
pub(in crate::sys::linux) fn marker(nonce: [u64; 2]) -> String {
    format!("{:016x}{:016x}", nonce[0], nonce[1])
}

/// Whether this executable, started once more, would get to the way in.
pub(crate) fn can_take_over() -> bool {
    OPEN.load(Ordering::Relaxed)
}

/// Called before `main`: takes the post if this start is a warden's, and says so to no other start.
pub(crate) fn take_post() -> Option<Post> {
    let way_in: fn() -> Option<Post> = take_post;
    OPEN.store(lies_in_main_program(way_in as *const c_void), Ordering::Relaxed);
    let nonce = parse(&std::env::var_os(VARIABLE)?)?;
    // A marker that was inherited by accident says nothing: only a warden is called so.
    if !is_started_as(NAME) {
        return None;
    }
    // From here on this is no start of the program: whatever is wrong, it must not get to `main`.
    Some(attach(nonce).unwrap_or_else(|| leave()))
}

fn attach(nonce: [u64; 2]) -> Option<Post> {
    // A program with more rights than its caller must not do what the caller's environment says.
    if is_privileged() {
        return None;
    }
    let table = Table::attach(adopt(MEMORY)?, nonce)?;
    let (lifeline, host) = (adopt(LIFELINE)?, adopt(HOST)?);
    settle();
    Some(Post {
        table,
        lifeline,
        host: Handle::of_unknown_number(host),
    })
}

/// Whether this program has more rights than whoever started it.
pub(in crate::sys::linux) fn is_privileged() -> bool {
    // SAFETY: takes a number.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

/// Whether this process was started under that name: the first word of its command line, which is read from the system
/// because not every C library passes it on before `main`.
pub(in crate::sys::linux) fn is_started_as(name: &CStr) -> bool {
    let words = std::fs::read("/proc/self/cmdline").unwrap_or_default();
    words.starts_with(name.to_bytes_with_nul())
}

pub(in crate::sys::linux) fn parse(marker: &OsStr) -> Option<[u64; 2]> {
    let text = std::str::from_utf8(marker.as_bytes()).ok()?;
    let words = [text.get(..16)?, text.get(16..32)?].map(|word| u64::from_str_radix(word, 16));
    match words {
        [Ok(first), Ok(second)] if text.len() == 32 => Some([first, second]),
        _ => None,
    }
}

fn adopt(fd: RawFd) -> Option<OwnedFd> {
    // SAFETY: asks for flags by number.
    let open = unsafe { libc::fcntl(fd, libc::F_GETFD) } != -1;
    // SAFETY: it is open, and this start is a warden's, to whom it was handed over.
    open.then(|| unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Out of the way of everybody: no directory held, no polite signal heard, a name of its own.
fn settle() {
    // SAFETY: each takes numbers or a string that lives for ever; a refusal leaves things as they were.
    unsafe {
        for fd in [MEMORY, LIFELINE, HOST] {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
        }
        libc::chdir(c"/".as_ptr());
        libc::prctl(libc::PR_SET_NAME, NAME.as_ptr());
        // Nobody of this user traces it, or takes its descriptors.
        libc::prctl(libc::PR_SET_DUMPABLE, 0);
        let mut deaf: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut deaf);
        for fault in [
            libc::SIGSEGV,
            libc::SIGBUS,
            libc::SIGILL,
            libc::SIGFPE,
            libc::SIGABRT,
        ] {
            libc::sigdelset(&raw mut deaf, fault);
        }
        libc::sigprocmask(libc::SIG_SETMASK, &raw const deaf, std::ptr::null_mut());
    }
}

/// Whether an address lies in the program itself rather than in a library that was loaded into it. `/proc/self/exe` of
/// such a host is another program, which would not come by here.
fn lies_in_main_program(address: *const c_void) -> bool {
    struct Search {
        address: u64,
        found: bool,
    }
    unsafe extern "C" fn first(object: *mut libc::dl_phdr_info, _size: usize, search: *mut c_void) -> c_int {
        // SAFETY: the loader passes a live description, and `search` is the local of the caller.
        let (object, search) = unsafe { (&*object, &mut *search.cast::<Search>()) };
        for at in 0..usize::from(object.dlpi_phnum) {
            // SAFETY: as many headers as the object says.
            let header = unsafe { &*object.dlpi_phdr.add(at) };
            #[allow(clippy::unnecessary_cast)] // these are narrower where addresses are
            let (begin, length) = (
                (object.dlpi_addr as u64).wrapping_add(header.p_vaddr as u64),
                header.p_memsz as u64,
            );
            let inside = search.address.wrapping_sub(begin) < length;
            search.found |= header.p_type == libc::PT_LOAD && inside;
        }
        // The program itself comes first: no further object.
        1
    }
    let mut search = Search {
        address: address as u64,
        found: false,
    };
    // SAFETY: calls `first` with each object and a pointer to the live local.
    unsafe { libc::dl_iterate_phdr(Some(first), (&raw mut search).cast()) };
    search.found
}
