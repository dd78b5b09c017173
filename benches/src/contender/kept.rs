//! Output that is kept within bounds: its first and its last bytes, as a session keeps them.

use std::collections::VecDeque;

/// How much is kept of each end.
const KEPT: usize = 32 * 1024;

#[derive(Default)]
pub(super) struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    bytes: u64,
}

impl Kept {
    pub(super) fn take(&mut self, mut chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        let first = chunk.len().min(KEPT - self.head.len());
        self.head.extend_from_slice(&chunk[..first]);
        chunk = &chunk[first..];
        chunk = &chunk[chunk.len().saturating_sub(KEPT)..];
        let overflow = (self.tail.len() + chunk.len()).saturating_sub(KEPT);
        self.tail.drain(..overflow);
        self.tail.extend(chunk);
    }

    /// How many bytes there were in all.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_kept_and_everything_is_counted() {
        let mut kept = Kept::default();
        let all: Vec<u8> = (0..200_000_u32).map(|at| at.to_le_bytes()[0]).collect();
        for chunk in all.chunks(4095) {
            kept.take(chunk);
        }
        assert_eq!(kept.bytes(), 200_000);
        assert_eq!(kept.head, all[..KEPT]);
        assert_eq!(kept.tail.make_contiguous(), &all[all.len() - KEPT..]);
    }
}
