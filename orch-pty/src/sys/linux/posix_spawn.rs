//! Birth by the C library's `posix_spawn`: the second way that copies no page table. It makes about ten times the
//! system calls (it resets every signal), and it runs nothing of ours in the child: the tag's limit is set from here,
//! a moment after the program has started.

use std::ffi::{CStr, CString, c_char};
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::libc::{self, c_int, c_short, c_void, pid_t};

use super::handle::Handle;
use super::limit;
use crate::sys::newborn::{Birth, Failure, Stage};
use crate::sys::open_files;

/// `POSIX_SPAWN_SETSID` of `spawn.h`: glibc 2.26, musl 1.1.17.
const SET_SESSION: c_int = 0x80;

/// `posix_spawn_file_actions_addchdir_np`: glibc 2.29, musl 1.1.24.
type AddChdir = unsafe extern "C" fn(*mut libc::posix_spawn_file_actions_t, *const c_char) -> c_int;

/// `posix_spawn_file_actions_addclosefrom_np`: glibc 2.34.
type AddCloseFrom = unsafe extern "C" fn(*mut libc::posix_spawn_file_actions_t, c_int) -> c_int;

/// Starts the child, and returns when it has become its program or failed to.
pub(crate) fn posix_spawn(birth: &Birth<'_>) -> Result<Handle, Failure> {
    let failed = |stage| {
        move |errno: Errno| Failure {
            stage,
            errno: errno as i32,
        }
    };
    let actions = Actions::new(birth).map_err(failed(Stage::Birth))?;
    let attributes = Attributes::new().map_err(failed(Stage::Birth))?;
    let mut pid: pid_t = 0;
    // SAFETY: `birth` keeps its strings good; both objects were initialised; the call writes one number.
    let result = unsafe {
        libc::posix_spawn(
            &raw mut pid,
            birth.path,
            actions.get(),
            attributes.get(),
            birth.argv.cast(),
            birth.envp.cast(),
        )
    };
    check(result).map_err(failed(Stage::Unknown))?;
    let number = u32::try_from(pid).unwrap_or(0);
    let pinned = open_files::with_room(|| Handle::open(number));
    if let Ok(handle) = &pinned
        && handle.is_unreaped()
    {
        if let Some(limit) = &birth.limit {
            limit::set(pid, limit);
        }
        if let Some(limit) = &birth.open_files {
            limit::set_open_files(pid, limit);
        }
    }
    pinned.map_err(|error| {
        // It is our own child: unreaped, unless SIGCHLD is ignored and it has ended already.
        if error.raw_os_error() != Some(libc::ESRCH) {
            // SAFETY: numbers alone; a child that nobody has waited for keeps its number.
            unsafe {
                libc::kill(pid, libc::SIGKILL);
                libc::waitpid(pid, std::ptr::null_mut(), 0);
            }
        }
        // It may have been a program for a moment.
        Failure {
            stage: Stage::Hold,
            ..Failure::birth(&error)
        }
    })
}

fn check(result: c_int) -> Result<(), Errno> {
    match result {
        0 => Ok(()),
        number => Err(Errno::from_raw(number)),
    }
}

/// What the child does with descriptors and its directory.
struct Actions {
    actions: Box<MaybeUninit<libc::posix_spawn_file_actions_t>>,
    /// The C library may keep the pointer.
    terminal: Option<CString>,
}

impl Actions {
    fn new(birth: &Birth<'_>) -> Result<Self, Errno> {
        // Opening it again makes it the controlling terminal of the session that the child has just begun.
        let terminal = (birth.controlling != -1)
            .then(|| CString::new(format!("/proc/self/fd/{}", birth.controlling)).ok())
            .flatten();
        let mut actions = Box::new(MaybeUninit::uninit());
        // SAFETY: initialises the object it is given.
        check(unsafe { libc::posix_spawn_file_actions_init(actions.as_mut_ptr()) })?;
        let mut this = Self { actions, terminal };
        let object = this.actions.as_mut_ptr();
        let terminal = this.terminal.as_deref().map_or(std::ptr::null(), CStr::as_ptr);
        let mut opened = false;
        for (target, source) in (0..).zip(birth.stdio) {
            // SAFETY: the object is initialised and the path lives as long as it does.
            check(unsafe {
                if source == birth.controlling && !opened && !terminal.is_null() {
                    opened = true;
                    libc::posix_spawn_file_actions_addopen(object, target, terminal, libc::O_RDWR, 0)
                } else {
                    libc::posix_spawn_file_actions_adddup2(object, source, target)
                }
            })?;
        }
        if let Some(add_close_from) = add_close_from() {
            // SAFETY: the object is initialised.
            check(unsafe { add_close_from(object, 3) })?;
        } else {
            for fd in inheritable(&birth.stdio) {
                // SAFETY: the object is initialised.
                check(unsafe { libc::posix_spawn_file_actions_addclose(object, fd) })?;
            }
        }
        if !birth.directory.is_null() {
            let add_chdir = add_chdir().ok_or(Errno::ENOSYS)?;
            // SAFETY: the object is initialised and `birth` keeps the path good.
            check(unsafe { add_chdir(object, birth.directory) })?;
        }
        Ok(this)
    }

    fn get(&self) -> *const libc::posix_spawn_file_actions_t {
        self.actions.as_ptr()
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: `new` has initialised it.
        unsafe { libc::posix_spawn_file_actions_destroy(self.actions.as_mut_ptr()) };
    }
}

/// A session of its own, every signal at its default, none blocked.
struct Attributes(Box<MaybeUninit<libc::posix_spawnattr_t>>);

impl Attributes {
    fn new() -> Result<Self, Errno> {
        let mut attributes = Box::new(MaybeUninit::uninit());
        // SAFETY: initialises the object it is given.
        check(unsafe { libc::posix_spawnattr_init(attributes.as_mut_ptr()) })?;
        let mut this = Self(attributes);
        let object = this.0.as_mut_ptr();
        let flags = libc::POSIX_SPAWN_SETSIGDEF | libc::POSIX_SPAWN_SETSIGMASK | SET_SESSION;
        let flags = c_short::try_from(flags).map_err(|_| Errno::EINVAL)?;
        let mut signals = MaybeUninit::uninit();
        // SAFETY: the object is initialised; each set is initialised before it is read.
        unsafe {
            check(libc::posix_spawnattr_setflags(object, flags))?;
            libc::sigfillset(signals.as_mut_ptr());
            check(libc::posix_spawnattr_setsigdefault(object, signals.as_ptr()))?;
            libc::sigemptyset(signals.as_mut_ptr());
            check(libc::posix_spawnattr_setsigmask(object, signals.as_ptr()))?;
        }
        Ok(this)
    }

    fn get(&self) -> *const libc::posix_spawnattr_t {
        self.0.as_ptr()
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: `new` has initialised it.
        unsafe { libc::posix_spawnattr_destroy(self.0.as_mut_ptr()) };
    }
}

/// Descriptors of this process from 3 on that exec would not close. What another thread opens meanwhile is missed, and
/// glibc refuses those that are above a limit that was lowered since.
fn inheritable(stdio: &[c_int; 3]) -> Vec<c_int> {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else {
        return Vec::new();
    };
    let numbers = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|&fd| fd > 2 && !stdio.contains(&fd) && stays_open(fd))
        .collect()
}

fn stays_open(fd: c_int) -> bool {
    // SAFETY: asks for flags by number; a number that is not open gives -1.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    flags != -1 && flags & libc::FD_CLOEXEC == 0
}

fn add_chdir() -> Option<AddChdir> {
    let found = function(c"posix_spawn_file_actions_addchdir_np")?;
    // SAFETY: a function of that name has this signature in every C library that has it.
    Some(unsafe { std::mem::transmute::<NonNull<c_void>, AddChdir>(found) })
}

fn add_close_from() -> Option<AddCloseFrom> {
    let found = function(c"posix_spawn_file_actions_addclosefrom_np")?;
    // SAFETY: a function of that name has this signature in every C library that has it.
    Some(unsafe { std::mem::transmute::<NonNull<c_void>, AddCloseFrom>(found) })
}

fn function(name: &CStr) -> Option<NonNull<c_void>> {
    // SAFETY: looks a name up in the libraries of this process.
    NonNull::new(unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) })
}
