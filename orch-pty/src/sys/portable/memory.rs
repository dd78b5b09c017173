//! Random bytes, and files that nobody else can open.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use crate::sys::descriptor::raised;

/// A file of exactly these bytes, at offset 0: mode 0600, and without a name before the first byte is written.
pub(crate) fn stdin_from_bytes(bytes: &[u8]) -> io::Result<OwnedFd> {
    let [high, low] = random()?;
    let name = format!("stdin-{high:016x}{low:016x}");
    let path = std::env::temp_dir().join(name);
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    std::fs::remove_file(&path)?;
    let file = File::from(raised(file.into())?);
    file.write_all_at(bytes, 0)?;
    Ok(file.into())
}

/// 128 random bits.
pub(crate) fn random() -> io::Result<[u64; 2]> {
    let mut words = [[0; 8]; 2];
    let mut source = File::open("/dev/urandom")?;
    for word in &mut words {
        source.read_exact(word)?;
    }
    Ok(words.map(u64::from_ne_bytes))
}
