//! [`Record`]: one stream of a session as everybody reads it, from memory or from the file it is spilled to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Chunk, HeadTail, Offset, Spill, Spilled, Unread, Window, carry, unfinished};

/// The most bytes that one read yields.
const MOST: usize = 64 << 10;

#[derive(Debug)]
pub(in crate::session) struct Record {
    window: Mutex<Window>,
    spill: Option<Spill>,
}

impl Record {
    pub(in crate::session) fn new(window: Window, spill: Option<Spill>) -> Self {
        Self {
            window: Mutex::new(window),
            spill,
        }
    }

    /// Takes the next bytes and says how many came in all. Called by the owner task alone.
    pub(in crate::session) fn push(&self, bytes: &[u8]) -> u64 {
        // First, so that whoever sees these bytes counted finds them in the file.
        if let Some(spill) = &self.spill {
            spill.append(bytes);
        }
        let mut window = self.window();
        window.push(bytes);
        window.total()
    }

    pub(in crate::session) fn total(&self) -> u64 {
        self.window().total()
    }

    /// Whether bytes came since the last poll.
    pub(in crate::session) fn has_news(&self) -> bool {
        self.window().has_news()
    }

    /// At most `most` bytes (and 64 KiB) from `from` on, or from the first kept byte behind it.
    pub(in crate::session) fn read(&self, from: Offset, most: usize) -> Chunk {
        let (asked, most) = (from.get(), most.min(MOST));
        let (bytes, start) = loop {
            let window = self.window();
            if let Some(bytes) = window.copy(asked, most) {
                break (bytes, asked);
            }
            let kept = window.next_kept(asked);
            drop(window);
            if let Some(bytes) = self.spill.as_ref().and_then(|spill| spill.read(asked, most)) {
                break (bytes, asked);
            }
            // More may have come meanwhile, and have taken its place.
            if let Some(bytes) = self.window().copy(kept, most) {
                break (bytes, kept);
            }
        };
        let next = start + bytes.len() as u64;
        Chunk {
            bytes,
            from: Offset::new(start),
            next: Offset::new(next),
            omitted: start - asked,
        }
    }

    /// What came since the last poll, which this is: at most `most` bytes of its beginning and of its end. What would be
    /// cut at the end is left for the next poll, unless the stream has `ended`.
    pub(in crate::session) fn take_unread(&self, most: usize, ended: bool) -> Unread {
        let mut window = self.window();
        let hold = if ended {
            0
        } else {
            unfinished(&window.last(4 * carry::LONGEST))
        };
        let unread = window.unread(most, hold);
        window.advance(hold);
        unread
    }

    pub(in crate::session) fn snapshot(&self) -> HeadTail {
        self.window().snapshot()
    }

    pub(in crate::session) fn spilled(&self) -> Option<Spilled> {
        self.spill.as_ref().map(Spill::state)
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(head: usize, tail: usize, spill: Option<Spill>) -> Record {
        Record::new(Window::new(head, tail), spill)
    }

    /// Reads all from `from` on and says how much was left out.
    fn read_all(record: &Record, mut from: Offset) -> (Vec<u8>, u64) {
        let (mut all, mut omitted) = (Vec::new(), 0);
        loop {
            let chunk = record.read(from, 7);
            if chunk.bytes.is_empty() {
                return (all, omitted);
            }
            omitted += chunk.omitted;
            all.extend_from_slice(&chunk.bytes);
            from = chunk.next;
        }
    }

    #[test]
    fn without_a_file_what_is_not_kept_is_counted_to_the_byte() {
        let record = record(5, 10, None);
        let stream: Vec<u8> = (0..100).collect();
        stream.chunks(9).for_each(|bytes| {
            record.push(bytes);
        });
        assert_eq!(
            read_all(&record, Offset::START),
            ([&stream[..5], &stream[90..]].concat(), 85)
        );
        assert_eq!(read_all(&record, Offset::new(50)), (stream[90..].to_vec(), 40));
        let beyond = record.read(Offset::new(1_000), 9);
        assert_eq!(
            (beyond.bytes.len(), beyond.next, beyond.omitted),
            (0, Offset::new(1_000), 0)
        );
    }

    #[test]
    fn with_a_file_every_reader_reads_all_as_often_as_it_likes() {
        let folder = tempfile::tempdir().expect("a directory");
        let spill = Spill::create(&folder.path().join("output"), 1_000).expect("a file");
        let record = record(5, 10, Some(spill));
        let stream: Vec<u8> = (0..200).collect();
        record.push(&stream);
        let _polled = record.take_unread(3, false);
        for from in [0, 1, 50, 195, 200] {
            assert_eq!(
                read_all(&record, Offset::new(from)),
                (stream[usize::try_from(from).expect("small")..].to_vec(), 0)
            );
        }
    }

    #[test]
    fn beyond_the_files_limit_the_rest_is_counted_to_the_byte() {
        let folder = tempfile::tempdir().expect("a directory");
        let spill = Spill::create(&folder.path().join("output"), 30).expect("a file");
        let record = record(0, 10, Some(spill));
        let stream: Vec<u8> = (0..100).collect();
        stream.chunks(7).for_each(|bytes| {
            record.push(bytes);
        });
        let (all, omitted) = read_all(&record, Offset::START);
        assert_eq!((all, omitted), ([&stream[..30], &stream[90..]].concat(), 60));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn polls_at_any_moment_cut_no_character_and_no_sequence_and_together_are_the_whole(
            text in "(\\PC|\\x1b\\[[0-9;]{0,9}m|\\x1b\\]0;[a-zä]{0,9}\\x07|\\x1b\\(B|€|𝄞|\\n){0,60}",
            cuts in prop::collection::vec((1usize..9, any::<bool>()), 1..40),
        ) {
            let record = record(1_000, 1_000, None);
            let (mut rest, mut polled) = (text.as_bytes(), Vec::new());
            for (length, poll) in cuts.into_iter().cycle().take(4_000) {
                let (piece, behind) = rest.split_at(length.min(rest.len()));
                record.push(piece);
                rest = behind;
                if poll {
                    let unread = record.take_unread(usize::MAX, false);
                    let shown = [unread.head, unread.tail].concat();
                    prop_assert!(std::str::from_utf8(&shown).is_ok(), "{shown:?}");
                    prop_assert_eq!(unfinished(&shown), 0);
                    polled.extend_from_slice(&shown);
                }
                if rest.is_empty() {
                    break;
                }
            }
            record.push(rest);
            let last = record.take_unread(usize::MAX, true);
            polled.extend([last.head, last.tail].concat());
            prop_assert_eq!(polled, text.as_bytes());
            prop_assert!(!record.has_news());
        }

        #[test]
        fn polls_of_any_bytes_together_are_the_whole(
            bytes in prop::collection::vec(prop_oneof![Just(0x1b), Just(b'['), Just(b']'), Just(0xe2), any::<u8>()], 0..600),
            cut in 1usize..50,
        ) {
            let record = record(1_000, 1_000, None);
            let (mut came, mut polled) = (0, Vec::new());
            for piece in bytes.chunks(cut) {
                record.push(piece);
                came += piece.len();
                let unread = record.take_unread(usize::MAX, false);
                polled.extend([unread.head, unread.tail].concat());
                prop_assert!(came - polled.len() <= carry::LONGEST);
            }
            let last = record.take_unread(usize::MAX, true);
            polled.extend([last.head, last.tail].concat());
            prop_assert_eq!(polled, bytes);
        }
    }
}
