//! The part of a stream that is kept in memory: what came first since the last poll, and what came last of all.
//!
//! It knows nothing of files, locks or text.

use std::collections::VecDeque;

use super::head_tail::HeadTail;

/// Bytes of a stream in bounded memory, at known offsets.
///
/// ```text
/// 0 ........ mark ====head==== .......... ====tail==== total
///            last poll         left out
/// ```
/// The tail may reach back over the head, and over the mark.
#[derive(Debug)]
pub(in crate::session) struct Window {
    total: u64,
    mark: u64,
    /// How many bytes had come at the last poll; it may have held some of them back.
    seen: u64,
    /// Line feeds since the mark.
    lines: u64,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    head_limit: usize,
    tail_limit: usize,
}

/// What came since the last poll, as far as it is kept and was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::session) struct Unread {
    /// How many bytes came.
    pub(in crate::session) bytes: u64,
    /// How many lines they are; the last one need not be ended.
    pub(in crate::session) lines: u64,
    /// The first of them.
    pub(in crate::session) head: Vec<u8>,
    /// The last of them, behind the head.
    pub(in crate::session) tail: Vec<u8>,
}

impl Unread {
    /// Bytes that came and are in neither head nor tail, between which they lie.
    pub(in crate::session) fn gap(&self) -> u64 {
        self.bytes - self.head.len() as u64 - self.tail.len() as u64
    }
}

impl Window {
    /// Keeps at most `head` bytes from each mark on and `tail` bytes of the end.
    pub(in crate::session) fn new(head: usize, tail: usize) -> Self {
        Self {
            total: 0,
            mark: 0,
            seen: 0,
            lines: 0,
            head: Vec::new(),
            tail: VecDeque::new(),
            head_limit: head,
            tail_limit: tail,
        }
    }

    /// Takes the next bytes of the stream.
    pub(in crate::session) fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        self.lines += line_feeds(bytes);
        let to_head = bytes.len().min(self.head_limit - self.head.len());
        self.head.extend_from_slice(&bytes[..to_head]);
        let rest = &bytes[bytes.len().saturating_sub(self.tail_limit)..];
        let surplus = (self.tail.len() + rest.len()).saturating_sub(self.tail_limit);
        self.tail.drain(..surplus);
        self.tail.extend(rest);
    }

    /// Bytes that came in all.
    pub(in crate::session) fn total(&self) -> u64 {
        self.total
    }

    /// Whether bytes came since the last poll.
    pub(in crate::session) fn has_news(&self) -> bool {
        self.total > self.seen
    }

    /// At most `most` bytes from `from` on, as far as they lie together in memory.
    pub(in crate::session) fn copy(&self, from: u64, most: usize) -> Option<Vec<u8>> {
        if from >= self.tail_start() {
            let skip = usize::try_from(from.min(self.total) - self.tail_start()).unwrap_or(usize::MAX);
            return Some(self.of_tail(skip, most));
        }
        let skip = usize::try_from(from.checked_sub(self.mark)?).ok()?;
        let head = self.head.get(skip..).filter(|head| !head.is_empty())?;
        Some(head[..head.len().min(most)].to_vec())
    }

    /// The first offset from `from` on that is in memory.
    pub(in crate::session) fn next_kept(&self, from: u64) -> u64 {
        if from <= self.mark && !self.head.is_empty() {
            return self.mark.min(self.tail_start()).max(from);
        }
        self.tail_start().max(from)
    }

    /// What came since the mark but for the last `hold` bytes: at most `most` bytes from its beginning, and as many from
    /// its end.
    pub(in crate::session) fn unread(&self, most: usize, hold: usize) -> Unread {
        let end = self.total - hold as u64;
        let bytes = end - self.mark;
        let fits = |length: usize| usize::try_from(bytes).map_or(length, |bytes| length.min(bytes));
        let head = self.head[..fits(self.head.len().min(most))].to_vec();
        let behind_head = self.mark + head.len() as u64;
        let tail_from = behind_head
            .max(self.tail_start())
            .max(end.saturating_sub(most as u64));
        let tail_bytes = usize::try_from(end.saturating_sub(tail_from)).unwrap_or(usize::MAX);
        let tail = match usize::try_from(tail_from - self.tail_start()) {
            Ok(skip) => self.of_tail(skip, tail_bytes),
            Err(_) => Vec::new(),
        };
        let last = self
            .tail
            .len()
            .checked_sub(hold + 1)
            .and_then(|at| self.tail.get(at));
        let is_open = bytes > 0 && last != Some(&b'\n');
        Unread {
            bytes,
            lines: self.lines + u64::from(is_open),
            head,
            tail,
        }
    }

    /// The last bytes since the mark, at most `most`.
    pub(in crate::session) fn last(&self, most: usize) -> Vec<u8> {
        let from = self
            .mark
            .max(self.tail_start())
            .max(self.total.saturating_sub(most as u64));
        match usize::try_from(from - self.tail_start()) {
            Ok(skip) => self.of_tail(skip, most),
            Err(_) => Vec::new(),
        }
    }

    /// Sets the mark before the last `hold` bytes: what came before them was polled.
    pub(in crate::session) fn advance(&mut self, hold: usize) {
        let rest = self.last(hold);
        self.seen = self.total;
        self.mark = self.total - rest.len() as u64;
        self.lines = line_feeds(&rest);
        self.head.clear();
        let to_head = rest.len().min(self.head_limit);
        self.head.extend_from_slice(&rest[..to_head]);
    }

    /// What is kept, as it is now.
    pub(in crate::session) fn snapshot(&self) -> HeadTail {
        if self.mark > 0 {
            return HeadTail::new(Vec::new(), self.of_tail(0, usize::MAX), self.total);
        }
        let unread = self.unread(usize::MAX, 0);
        HeadTail::new(unread.head, unread.tail, self.total)
    }

    fn tail_start(&self) -> u64 {
        self.total - self.tail.len() as u64
    }

    fn of_tail(&self, skip: usize, most: usize) -> Vec<u8> {
        let skip = skip.min(self.tail.len());
        let end = skip.saturating_add(most).min(self.tail.len());
        let (first, second) = self.tail.as_slices();
        let mut bytes = Vec::with_capacity(end - skip);
        let cut = |at: usize| at.min(first.len());
        bytes.extend_from_slice(&first[cut(skip)..cut(end)]);
        bytes.extend_from_slice(&second[skip - cut(skip)..end - cut(end)]);
        bytes
    }
}

fn line_feeds(bytes: &[u8]) -> u64 {
    // Eight at a time: this runs over all that a session prints.
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    const LINE_FEEDS: u64 = 0x0a0a_0a0a_0a0a_0a0a;
    let (words, rest) = bytes.as_chunks::<8>();
    let in_words: u64 = words
        .iter()
        .map(|word| {
            // The highest bit of each byte that is a line feed, and no other bit.
            let other = u64::from_ne_bytes(*word) ^ LINE_FEEDS;
            u64::from((!(((other & LOW) + LOW) | other | LOW)).count_ones())
        })
        .sum();
    in_words + rest.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(head: usize, tail: usize, chunks: &[&str]) -> Window {
        let mut window = Window::new(head, tail);
        for chunk in chunks {
            window.push(chunk.as_bytes());
        }
        window
    }

    fn all(window: &Window) -> (String, u64, String) {
        let unread = window.unread(usize::MAX, 0);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("ASCII");
        (text(&unread.head), unread.gap(), text(&unread.tail))
    }

    #[test]
    fn the_prefix_and_the_suffix_are_kept_over_the_bounds() {
        let window = window(5, 5, &["0123456789", "ABCDEF"]);
        assert_eq!(all(&window), ("01234".into(), 6, "BCDEF".into()));
        assert_eq!(window.total(), 16);
    }

    #[test]
    fn bounds_of_zero_keep_nothing_and_count_all() {
        assert_eq!(
            all(&window(0, 0, &["abc", "def"])),
            (String::new(), 6, String::new())
        );
    }

    #[test]
    fn without_a_head_the_last_byte_is_kept() {
        assert_eq!(all(&window(0, 1, &["abc"])), (String::new(), 2, "c".into()));
    }

    #[test]
    fn what_was_polled_is_not_unread_and_is_read_again_by_its_offset() {
        let mut window = window(5, 5, &["0123456789"]);
        window.advance(0);
        assert_eq!(all(&window), (String::new(), 0, String::new()));
        window.push(b"xy");
        assert_eq!(all(&window), ("xy".into(), 0, String::new()));
        assert_eq!(window.copy(7, 99).as_deref(), Some(&b"789xy"[..]));
        assert_eq!(window.copy(6, 99), None);
        assert_eq!(window.next_kept(0), 7);
    }

    #[test]
    fn a_chunk_larger_than_the_tail_keeps_its_end() {
        let window = window(2, 3, &["ab", "cdefghij"]);
        assert_eq!(all(&window), ("ab".into(), 5, "hij".into()));
    }

    #[test]
    fn the_head_is_filled_before_the_tail() {
        assert_eq!(all(&window(5, 5, &["012"])), ("012".into(), 0, String::new()));
        assert_eq!(
            all(&window(5, 5, &["012", "3456"])),
            ("01234".into(), 0, "56".into())
        );
    }

    #[test]
    fn every_byte_is_kept_or_counted_however_it_comes() {
        let stream: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        for chunk in [1, 7, 64, 999, 1_000] {
            let mut window = Window::new(10, 20);
            stream.chunks(chunk).for_each(|bytes| window.push(bytes));
            let unread = window.unread(usize::MAX, 0);
            assert_eq!((window.total(), unread.gap()), (1_000, 970));
            assert_eq!(
                (&unread.head[..], &unread.tail[..]),
                (&stream[..10], &stream[980..])
            );
            assert_eq!(window.snapshot().omitted(), 970);
        }
    }

    #[test]
    fn what_is_held_back_comes_with_the_next_poll() {
        let mut window = window(4, 4, &["abcdef"]);
        assert_eq!(window.unread(99, 2).bytes, 4);
        window.advance(2);
        assert_eq!((window.has_news(), all(&window).0), (false, "ef".into()));
        window.push(b"gh");
        assert!(window.has_news());
        assert_eq!(all(&window), ("efgh".into(), 0, String::new()));
    }

    #[test]
    fn lines_are_counted_though_they_are_not_kept() {
        let mut window = window(2, 2, &["a\nb\n", "c\nd"]);
        assert_eq!(window.unread(0, 0).lines, 4);
        window.push(b"\n");
        assert_eq!(window.unread(0, 0).lines, 4);
        window.advance(0);
        assert_eq!(window.unread(0, 0).lines, 0);
    }

    #[test]
    fn line_feeds_are_counted_among_all_bytes_at_every_place() {
        let bytes: Vec<u8> = (0..=255).chain([b'\n'; 13]).chain(0..=255).collect();
        for from in 0..20 {
            let pieces = bytes[from..].split(|byte| *byte == b'\n').count();
            assert_eq!(line_feeds(&bytes[from..]), pieces as u64 - 1);
        }
    }

    #[test]
    fn head_and_tail_are_found_by_their_offsets() {
        let mut window = window(4, 4, &["0123"]);
        window.advance(0);
        window.push(b"456789ABCDEF");
        // Marked at 4: the head is 4..8, the tail is 12..16.
        assert_eq!(window.next_kept(0), 4);
        assert_eq!(window.copy(5, 99).as_deref(), Some(&b"567"[..]));
        assert_eq!((window.copy(8, 9), window.next_kept(8)), (None, 12));
        assert_eq!(window.copy(14, 99).as_deref(), Some(&b"EF"[..]));
        assert_eq!(window.copy(16, 99).as_deref(), Some(&b""[..]));
    }
}
