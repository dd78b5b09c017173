//! The beginning and the end of a stream in bounded memory, with the exact number of bytes left out between them.

use std::collections::VecDeque;

/// The first and the last bytes of a stream.
#[derive(Debug, Clone)]
pub struct HeadTail {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    head_limit: usize,
    tail_limit: usize,
    total: u64,
}

/// What a session printed, as far as it is kept.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Transcript {
    /// What came over the terminal, or over standard output on pipes.
    pub output: HeadTail,
    /// What came over standard error, when it is apart.
    pub errors: HeadTail,
}

impl HeadTail {
    /// Keeps at most `head` bytes of the beginning and `tail` bytes of the end.
    pub fn new(head: usize, tail: usize) -> Self {
        Self {
            head: Vec::new(),
            tail: VecDeque::new(),
            head_limit: head,
            tail_limit: tail,
            total: 0,
        }
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let to_head = bytes.len().min(self.head_limit - self.head.len());
        self.head.extend_from_slice(&bytes[..to_head]);
        let rest = &bytes[to_head..];
        let rest = &rest[rest.len().saturating_sub(self.tail_limit)..];
        let surplus = (self.tail.len() + rest.len()).saturating_sub(self.tail_limit);
        self.tail.drain(..surplus);
        self.tail.extend(rest);
    }

    /// Bytes that came in all.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Bytes that came and are not kept: they lie between head and tail.
    pub fn omitted(&self) -> u64 {
        self.total - self.head.len() as u64 - self.tail.len() as u64
    }

    /// What is kept, as text, with a line that says how much is left out.
    pub fn to_text(&self) -> String {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        if self.omitted() == 0 {
            return String::from_utf8_lossy(&[&self.head[..], &tail].concat()).into_owned();
        }
        let head = String::from_utf8_lossy(&self.head);
        let tail = String::from_utf8_lossy(&tail);
        format!("{head}\n… {} bytes omitted …\n{tail}", self.omitted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_kept_or_counted_however_it_comes() {
        let stream: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        for chunk in [1, 7, 64, 999, 1_000] {
            let mut kept = HeadTail::new(10, 20);
            stream.chunks(chunk).for_each(|bytes| kept.push(bytes));
            assert_eq!(kept.total(), 1_000);
            assert_eq!(kept.omitted(), 970);
            assert_eq!(kept.head, stream[..10]);
            assert_eq!(kept.tail, &stream[980..]);
        }
    }

    #[test]
    fn nothing_is_left_out_within_the_bounds() {
        let mut kept = HeadTail::new(3, 3);
        kept.push("abcdef".as_bytes());
        assert_eq!((kept.omitted(), kept.to_text().as_str()), (0, "abcdef"));
        kept.push(b"g");
        assert_eq!(kept.to_text(), "abc\n… 1 bytes omitted …\nefg");
    }
}
