//! Records of living owners, and the janitor: for the case that an orchestrator and its warden were both killed.
//!
//! One file for each process that has spawned, in `orch/owners` of the user's state directory. It is written before the
//! first spawn, and struck by the warden when nobody of the run is left. A file whose owner is dead tells the next
//! janitor whom to hunt.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Swept;
use crate::sys::{self, processes};
use crate::tag::RunTag;
use crate::tree::{Roots, end_run};

/// A record is some 200 bytes.
const RECORD_MOST: u64 = 4096;
/// How many records one janitor looks at.
const RECORDS_MOST: usize = 10_000;
const HUNT_LIMIT: Duration = Duration::from_secs(5);
const VERSION: u32 = 1;

/// What is written about an owner.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    version: u32,
    /// Where it runs: the machine's name, the start of its system, and the process numbers' namespace. A directory may
    /// be shared between machines and containers, which see none of each other's processes.
    host: String,
    boot: String,
    numbers: String,
    /// The namespace of the clock that tells when a process started.
    clock: String,
    pid: u32,
    /// In clock ticks since the system's start.
    started: u64,
    run: String,
}

impl Record {
    /// Puts this process on record, and returns where.
    pub(super) fn write(run: RunTag) -> io::Result<PathBuf> {
        let directory = directory()?;
        let place = here()?;
        let started = processes::place(std::process::id())
            .ok_or(io::ErrorKind::Unsupported)?
            .started;
        let record = Self {
            version: VERSION,
            host: place.host,
            boot: place.boot,
            numbers: place.numbers,
            clock: place.clock,
            pid: std::process::id(),
            started,
            run: run.to_string(),
        };
        let path = directory.join(format!("{}-{started}-{run}.json", record.pid));
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .custom_flags(sys::NO_FOLLOW)
            .open(&path)?;
        let written = serde_json::to_vec(&record)
            .map_err(io::Error::from)
            .and_then(|text| file.write_all(&text));
        if let Err(error) = written {
            // A torn record would never be understood.
            let _ = fs::remove_file(&path);
            return Err(error);
        }
        Ok(path)
    }

    fn read(path: &Path) -> Option<Self> {
        let file = File::options()
            .read(true)
            .custom_flags(sys::NO_FOLLOW | sys::NO_WAIT)
            .open(path)
            .ok()?;
        // A pipe of that name has no end.
        if !file.metadata().ok()?.is_file() {
            return None;
        }
        let mut text = Vec::new();
        file.take(RECORD_MOST).read_to_end(&mut text).ok()?;
        let record: Self = serde_json::from_slice(&text).ok()?;
        (record.version == VERSION).then_some(record)
    }
}

/// Ends whoever was left behind by an orchestrator of this user that was killed together with its warden. It looks at the
/// records in `$XDG_STATE_HOME/orch/owners` (or `~/.local/state/orch/owners`); what they name as alive is left alone.
///
/// [`Command::spawn`](crate::Command::spawn) does not call it: a program does at its start. It blocks for some
/// milliseconds for each dead owner.
///
/// # Errors
/// The records cannot be read. Where there are none yet, the answer is empty.
pub fn janitor() -> io::Result<Vec<Swept>> {
    let place = here()?;
    let mut swept = Vec::new();
    for entry in fs::read_dir(directory()?)?.take(RECORDS_MOST) {
        let path = entry?.path();
        let Some(record) = Record::read(&path) else {
            continue;
        };
        let Ok(run) = record.run.parse::<RunTag>() else {
            continue;
        };
        let same_machine = record.host == place.host;
        if same_machine && record.boot != place.boot {
            // The system has started again since: nobody is left.
            let _ = fs::remove_file(&path);
            continue;
        }
        let same_place = same_machine && record.numbers == place.numbers && record.clock == place.clock;
        if !same_place || !is_dead(&record) {
            continue;
        }
        // Its children are not known by number any more: lineage begins nowhere, the tag tells.
        let report = end_run(run, &Roots::none(), true, HUNT_LIMIT);
        if report.exact && report.left.is_empty() {
            let _ = fs::remove_file(&path);
        }
        swept.push(Swept {
            owner: record.pid,
            run,
            report,
        });
    }
    Ok(swept)
}

/// Whether the owner is certain to be gone. What cannot be asked is no answer.
fn is_dead(record: &Record) -> bool {
    match processes::pin(record.pid) {
        Ok(None) => true,
        Ok(Some(process)) => {
            process.has_ended()
                || processes::place(record.pid).is_some_and(|place| place.started != record.started)
        }
        Err(_) => false,
    }
}

/// Where records lie; made when it is missing.
fn directory() -> io::Result<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| std::env::home_dir().map(|home| home.join(".local/state")))
        .filter(|path| path.is_absolute())
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no state directory: HOME is not set"))?;
    let directory = state.join("orch").join("owners");
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&directory)?;
    let found = fs::symlink_metadata(&directory)?;
    if !found.is_dir() || found.uid() != sys::own_user() || found.mode() & 0o077 != 0 {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!(
                "{} must be a directory of this user alone (mode 0700)",
                directory.display()
            ),
        ));
    }
    Ok(directory)
}

struct Place {
    host: String,
    boot: String,
    numbers: String,
    clock: String,
}

fn here() -> io::Result<Place> {
    let line = |path: &str| fs::read_to_string(path).map(|text| text.trim().to_owned());
    Ok(Place {
        host: line("/proc/sys/kernel/hostname")?,
        boot: line("/proc/sys/kernel/random/boot_id")?,
        numbers: fs::read_link("/proc/self/ns/pid")?.to_string_lossy().into_owned(),
        // There are no such namespaces before Linux 5.6, and then one clock for all.
        clock: fs::read_link("/proc/self/ns/time")
            .map(|link| link.to_string_lossy().into_owned())
            .unwrap_or_default(),
    })
}
