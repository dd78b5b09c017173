//! Programs that are run by the measurements: members of a tree that leave it in their own ways, and a writer.
//!
//! They use no terminal library: what they do is the same for every contender.

use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::termios::{self, OutputFlags, SetArg};
use nix::time::{ClockId, clock_gettime};

use crate::soak::{noise, recycled};

/// Ends with 1 when it inherited a terminal beside its standard streams, else with 0.
pub(crate) const COUNT_TERMINALS: &str = "count-terminals";
/// Moves to a process group of its own and waits for ever.
pub(crate) const OWN_GROUP: &str = "own-group";
/// Starts its own successor in a new session and ends, again and again, while the file that it is given exists.
pub(crate) const REFORKER: &str = "reforker";
/// Writes so many bytes in pieces of 64 KiB, with or without output processing (`cooked`, `raw`).
pub(crate) const WRITER: &str = "writer";

/// Uses so many milliseconds of processor time and ends.
pub(crate) const SPINNER: &str = "spinner";
/// Writes so many bytes at once, and then ten lines a second for ever.
pub(crate) const PRINTER: &str = "printer";
/// Waits for a line, writes so many bytes that follow from a seed, and says on standard error which they were.
pub(crate) const STREAM: &str = "stream";
/// Spawns, kills and counts for so many seconds where numbers of processes come round again in no time.
pub(crate) const RECYCLED: &str = "recycled";

/// The length of the writer's lines, with the end of line.
pub(crate) const LINE: usize = 64;

/// Becomes the member that `words` name.
pub(crate) fn become_member(words: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [COUNT_TERMINALS] => Ok(ExitCode::from(u8::from(terminals_inherited()?))),
        [OWN_GROUP, _mark] => own_group(),
        [REFORKER, mark] => refork(mark),
        [STREAM, seed, bytes] => noise::write(seed.parse()?, bytes.parse()?),
        [RECYCLED, seconds] => recycled::act(Duration::from_secs(seconds.parse()?)),
        [SPINNER, milliseconds] => spin(Duration::from_millis(milliseconds.parse()?)),
        [PRINTER, first] => print(first.parse()?),
        [WRITER, mode, bytes] => write(mode == "raw", bytes.parse()?),
        _ => bail!("no such member: {words:?}"),
    }
}

fn terminals_inherited() -> Result<bool> {
    for entry in std::fs::read_dir("/proc/self/fd").context("listing own descriptors")? {
        let entry = entry?;
        let standard = matches!(entry.file_name().to_str(), Some("0" | "1" | "2"));
        let target = std::fs::read_link(entry.path()).unwrap_or_default();
        if !standard && (target.starts_with("/dev/pts") || target.ends_with("ptmx")) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn own_group() -> Result<ExitCode> {
    let own = nix::unistd::Pid::from_raw(0);
    nix::unistd::setpgid(own, own).context("a process group of its own")?;
    loop {
        nix::unistd::pause();
    }
}

fn refork(mark: &str) -> Result<ExitCode> {
    // Refused when it leads a session already, which is as good.
    let _ = nix::unistd::setsid();
    if std::fs::exists(mark)? {
        std::process::Command::new(std::env::current_exe()?)
            .args(["member", REFORKER, mark])
            .spawn()
            .context("a successor")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn spin(wanted: Duration) -> Result<ExitCode> {
    let spent = || clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from);
    while spent()? < wanted {
        std::hint::spin_loop();
    }
    Ok(ExitCode::SUCCESS)
}

fn print(first: usize) -> Result<ExitCode> {
    write(true, first)?;
    let mut output = std::io::stdout().lock();
    let mut line = [b'.'; LINE];
    line[LINE - 1] = b'\n';
    loop {
        std::thread::sleep(Duration::from_millis(100));
        output.write_all(&line)?;
        output.flush()?;
    }
}

fn write(raw: bool, mut bytes: usize) -> Result<ExitCode> {
    let mut output = std::io::stdout().lock();
    if let Ok(mut settings) = termios::tcgetattr(output.as_fd()) {
        settings.output_flags.set(OutputFlags::OPOST, !raw);
        termios::tcsetattr(output.as_fd(), SetArg::TCSANOW, &settings)?;
    }
    let mut line = [b'.'; LINE];
    line[LINE - 1] = b'\n';
    let piece = line.repeat(64 * 1024 / LINE);
    let file = std::fs::File::from(output.as_fd().try_clone_to_owned()?);
    output.flush()?;
    while bytes > 0 {
        let now = bytes.min(piece.len());
        (&file).write_all(&piece[..now])?;
        bytes -= now;
    }
    Ok(ExitCode::SUCCESS)
}
