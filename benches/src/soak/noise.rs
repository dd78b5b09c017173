//! Bytes that follow from a seed, and a digest of them, at both ends of a terminal.

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use anyhow::{Result, ensure};

/// Numbers that follow from a seed (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Small and large ones alike: 1 to 65,536.
    fn length(&mut self) -> usize {
        let most = 1 << (self.next() % 17);
        usize::try_from(self.next() % most).unwrap_or(0) + 1
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let some = self.next().to_le_bytes();
            part.copy_from_slice(&some[..part.len()]);
        }
    }
}

/// How many bytes, and a digest of them in their order (FNV-1a): it finds what is lost, doubled or swapped by accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    bytes: u64,
    hash: u64,
}

impl Digest {
    pub(crate) fn new() -> Self {
        Self {
            bytes: 0,
            hash: 0xcbf2_9ce4_8422_2325,
        }
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        for &byte in bytes {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(crate) fn text(self) -> String {
        format!("{} {:016x}", self.bytes, self.hash)
    }
}

/// A member: waits for a line, writes `bytes` in pieces of every size, and says on standard error which they were.
pub(crate) fn write(seed: u64, mut bytes: usize) -> Result<ExitCode> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    ensure!(line == "go\n", "not to go but {line:?}");
    let mut noise = Noise::new(seed);
    let mut digest = Digest::new();
    let mut piece = vec![0; 65_536];
    // Through no buffer: each piece is a write of its own.
    let output = std::fs::File::from(std::os::fd::AsFd::as_fd(&std::io::stdout()).try_clone_to_owned()?);
    while bytes > 0 {
        let now = noise.length().min(bytes);
        let piece = &mut piece[..now];
        noise.fill(piece);
        digest.add(piece);
        (&output).write_all(piece)?;
        bytes -= now;
    }
    eprintln!("{}", digest.text());
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::{Digest, Noise};

    #[test]
    fn what_is_lost_doubled_or_swapped_has_another_digest() {
        let of = |parts: &[&[u8]]| {
            let mut digest = Digest::new();
            for part in parts {
                digest.add(part);
            }
            digest
        };
        let whole = of(&[b"abcd"]);
        assert_eq!(whole, of(&[b"a", b"", b"bcd"]));
        for other in [&b"abc"[..], b"abdc", b"abccd", b""] {
            assert_ne!(whole, of(&[other]));
        }
    }

    #[test]
    fn a_seed_says_it_all() {
        let numbers = |seed| {
            let mut noise = Noise::new(seed);
            [noise.next(), noise.next(), noise.next()]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }
}
