//! Output that is kept within bounds, its first and its last bytes, without copying what comes: it is read into the
//! place where it stays until it is overwritten.

use super::BUFFER;

/// How much is kept of each end.
const KEPT: usize = BUFFER / 2;

pub(super) struct Kept {
    head: Vec<u8>,
    /// Two buffers long. A read starts in the first half or at its end, and never wraps.
    ring: Vec<u8>,
    /// Where the next read starts.
    next: usize,
    /// Where the previous turn around the ring ended.
    turned: usize,
    bytes: u64,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            head: Vec::with_capacity(KEPT),
            ring: vec![0; 2 * BUFFER],
            next: 0,
            turned: 0,
            bytes: 0,
        }
    }

    /// Forgets everything.
    pub(super) fn reset(&mut self) {
        self.head.clear();
        (self.next, self.turned, self.bytes) = (0, 0, 0);
    }

    /// Where to read to.
    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.ring[self.next..self.next + BUFFER]
    }

    /// That so many bytes were read there.
    pub(super) fn filled(&mut self, read: usize) {
        let end = self.next + read;
        let first = read.min(KEPT - self.head.len());
        self.head
            .extend_from_slice(&self.ring[self.next..self.next + first]);
        self.bytes += read as u64;
        // What is older than a full turn is overwritten when as much as is kept has come after it.
        (self.next, self.turned) = if end > BUFFER {
            (0, end)
        } else {
            (end, self.turned)
        };
    }

    /// How many bytes there were in all.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The last bytes, at most [`KEPT`].
    #[cfg(test)]
    fn tail(&self) -> Vec<u8> {
        let older = &self.ring[..self.turned];
        let older = &older[older.len().saturating_sub(KEPT.saturating_sub(self.next))..];
        [older, &self.ring[self.next.saturating_sub(KEPT)..self.next]].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_kept_and_everything_is_counted() {
        let all: Vec<u8> = (0..700_000_u32)
            .map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0])
            .collect();
        for size in [1, 4_095, 30_000, KEPT, BUFFER - 1, BUFFER] {
            let mut kept = Kept::new();
            let mut came = 0;
            for chunk in all.chunks(size) {
                kept.room()[..chunk.len()].copy_from_slice(chunk);
                kept.filled(chunk.len());
                came += chunk.len();
                if came % 7 == 0 {
                    assert!(
                        kept.tail() == all[came.saturating_sub(KEPT)..came],
                        "{came} by {size}"
                    );
                }
            }
            assert_eq!(kept.bytes(), 700_000);
            assert!(kept.tail() == all[all.len() - KEPT..], "by {size}");
            assert!(kept.head == all[..KEPT], "by {size}");
            kept.reset();
            assert_eq!((kept.bytes(), kept.tail().len(), kept.head.len()), (0, 0, 0));
        }
    }
}
