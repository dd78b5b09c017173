//! [`Settings`]: how a terminal's line discipline treats what is typed, as it is set at this moment. What follows
//! from it is decided elsewhere.

use std::io;
use std::os::fd::AsFd;
#[cfg(not(target_os = "linux"))]
use std::os::fd::AsRawFd;

use nix::libc::cc_t;
use nix::sys::termios::{self, InputFlags, LocalFlags, SpecialCharacterIndices as Index, Termios};

/// The control character that stands for "none".
#[cfg(any(target_os = "linux", target_os = "android"))]
const NO_KEY: cc_t = 0;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const NO_KEY: cc_t = nix::libc::_POSIX_VDISABLE;

/// What becomes of a carriage return that is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CarriageReturn {
    /// It stays one.
    Kept,
    /// It vanishes (`IGNCR`).
    Ignored,
    /// It becomes a line feed (`ICRNL`).
    LineFeed,
}

/// What becomes of a line feed that is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineFeed {
    /// It stays one.
    Kept,
    /// It becomes a carriage return (`INLCR`).
    CarriageReturn,
}

/// Keys that do something now; `None` where the mode they need is off, or no key is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    /// They raise SIGINT, SIGQUIT and SIGTSTP.
    pub(crate) signals: [Option<u8>; 3],
    /// They stop and start the output.
    pub(crate) flow: [Option<u8>; 2],
    /// They erase a character and a word.
    pub(crate) erase: [Option<u8>; 2],
    /// It erases the line.
    pub(crate) kill: Option<u8>,
    /// It takes the meaning from the next key.
    pub(crate) literal: Option<u8>,
    /// It shows the line again.
    pub(crate) reprint: Option<u8>,
    /// It hands out the line as it is; an empty line means end of file.
    pub(crate) end_of_file: Option<u8>,
    /// They end a line beside the line feed.
    pub(crate) end_of_line: [Option<u8>; 2],
}

/// How typed bytes are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Input is handed out line by line (`ICANON`), and a line has a longest length.
    pub(crate) lines: bool,
    /// A key that raises a signal discards what was typed and not read (`NOFLSH` is off).
    pub(crate) signals_discard: bool,
    /// The highest bit is cut off (`ISTRIP`).
    pub(crate) strips: bool,
    pub(crate) carriage_return: CarriageReturn,
    pub(crate) line_feed: LineFeed,
    pub(crate) keys: Keys,
}

impl Settings {
    /// Asks the terminal; `terminal` may be its master.
    pub(crate) fn of(terminal: impl AsFd) -> io::Result<Self> {
        Ok(Self::from_termios(&termios::tcgetattr(terminal)?))
    }

    fn from_termios(all: &Termios) -> Self {
        let (input, local) = (all.input_flags, all.local_flags);
        let key = |on: bool, index: Index| {
            let key = all.control_chars[index as usize];
            (on && key != NO_KEY).then_some(key)
        };
        let signals = local.contains(LocalFlags::ISIG);
        let flow = input.contains(InputFlags::IXON);
        let extended = local.contains(LocalFlags::IEXTEN);
        let echo = local.contains(LocalFlags::ECHO);
        Self {
            lines: local.contains(LocalFlags::ICANON),
            signals_discard: !local.contains(LocalFlags::NOFLSH),
            strips: input.contains(InputFlags::ISTRIP),
            carriage_return: if input.contains(InputFlags::IGNCR) {
                CarriageReturn::Ignored
            } else if input.contains(InputFlags::ICRNL) {
                CarriageReturn::LineFeed
            } else {
                CarriageReturn::Kept
            },
            line_feed: if input.contains(InputFlags::INLCR) {
                LineFeed::CarriageReturn
            } else {
                LineFeed::Kept
            },
            keys: Keys {
                signals: [Index::VINTR, Index::VQUIT, Index::VSUSP].map(|index| key(signals, index)),
                flow: [Index::VSTOP, Index::VSTART].map(|index| key(flow, index)),
                erase: [key(true, Index::VERASE), key(extended, Index::VWERASE)],
                kill: key(true, Index::VKILL),
                literal: key(extended, Index::VLNEXT),
                reprint: key(extended && echo, Index::VREPRINT),
                end_of_file: key(true, Index::VEOF),
                end_of_line: [key(true, Index::VEOL), key(extended, Index::VEOL2)],
            },
        }
    }
}

/// The longest line, its end not counted, that line by line input passes whole.
///
/// Linux holds 4,096 bytes of a line with its end (`N_TTY_BUF_SIZE` of `drivers/tty/n_tty.c`) and drops the rest
/// without a word.
#[cfg(target_os = "linux")]
pub(crate) fn longest_line(_terminal: impl AsFd) -> usize {
    4095
}

/// The longest line, its end not counted, that line by line input passes whole: what the system says, or what POSIX
/// promises.
#[cfg(not(target_os = "linux"))]
pub(crate) fn longest_line(terminal: impl AsFd) -> usize {
    const PROMISED: usize = 255;
    // SAFETY: takes numbers alone; -1 means that there is no limit to tell.
    let told = unsafe { nix::libc::fpathconf(terminal.as_fd().as_raw_fd(), nix::libc::_PC_MAX_CANON) };
    let told = usize::try_from(told).ok();
    told.unwrap_or(PROMISED).saturating_sub(1).max(1)
}
