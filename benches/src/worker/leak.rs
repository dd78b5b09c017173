//! Whether a terminal that is being opened shows up in a child that has nothing to do with it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result, bail};

use super::Streams;
use crate::contender::Kind;
use crate::member::COUNT_TERMINALS;

const OPENERS: usize = 2;

/// How many of `children` plain children of the standard library inherited a terminal, while two threads opened
/// terminals in the way of `kind`.
pub(super) fn inheriting(kind: Kind, children: usize) -> Result<u64> {
    let program = std::env::current_exe()?;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let openers: Vec<_> = (0..OPENERS)
            .map(|_| scope.spawn(|| open_on(kind, &over)))
            .collect();
        let mut found = 0;
        let counted = (0..children).try_for_each(|_| -> Result<()> {
            let status = Command::new(&program)
                .args(["member", COUNT_TERMINALS])
                .stdin(Stdio::null())
                .status()
                .context("an unrelated child")?;
            match status.code() {
                Some(0) => {}
                Some(1) => found += 1,
                _ => bail!("an unrelated child ended with {status}"),
            }
            Ok(())
        });
        over.store(true, Ordering::Relaxed);
        for opener in openers {
            match opener.join() {
                Ok(opened) => opened?,
                Err(_) => bail!("a thread that opened terminals panicked"),
            }
        }
        counted.map(|()| found)
    })
}

fn open_on(kind: Kind, over: &AtomicBool) -> Result<()> {
    let mut contender = kind.build()?;
    // Something that can be executed and is no program: a spawn of it opens a terminal and then fails.
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("no-interpreter");
    fs::write(&path, "#!/no/such/interpreter\n")?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
    contender.prepare(Streams::Terminal, &[path.to_string_lossy().into_owned()])?;
    while !over.load(Ordering::Relaxed) {
        contender.open()?;
    }
    Ok(())
}
