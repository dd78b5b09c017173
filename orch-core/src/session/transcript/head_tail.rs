//! [`HeadTail`]: the beginning and the end of a stream, with the exact number of bytes left out between them.

/// The first and the last bytes of a stream, as they are kept at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadTail {
    head: Vec<u8>,
    tail: Vec<u8>,
    total: u64,
}

/// What a session printed, as far as it is kept.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Transcript {
    /// What came over the terminal, or over standard output on a pipe.
    pub output: HeadTail,
    /// What came over standard error, when it is apart, or over the terminal beside standard output on a pipe.
    pub errors: HeadTail,
}

impl HeadTail {
    /// `head` and `tail` of a stream of `total` bytes; they do not overlap.
    pub(super) fn new(head: Vec<u8>, tail: Vec<u8>, total: u64) -> Self {
        debug_assert!(head.len() as u64 + tail.len() as u64 <= total, "more than all");
        Self { head, tail, total }
    }

    /// Bytes that came in all.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Bytes that came and are not kept: they lie between head and tail, or before the tail where there is no head.
    pub fn omitted(&self) -> u64 {
        self.total - self.head.len() as u64 - self.tail.len() as u64
    }

    /// What is kept, as text, with a line that says how much is left out.
    pub fn to_text(&self) -> String {
        if self.omitted() == 0 {
            return String::from_utf8_lossy(&[&self.head[..], &self.tail].concat()).into_owned();
        }
        let head = String::from_utf8_lossy(&self.head);
        let tail = String::from_utf8_lossy(&self.tail);
        format!("{head}\n… {} bytes omitted …\n{tail}", self.omitted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said_between_head_and_tail() {
        let whole = HeadTail::new(b"abc".to_vec(), b"def".to_vec(), 6);
        assert_eq!((whole.omitted(), whole.to_text().as_str()), (0, "abcdef"));
        let cut = HeadTail::new(b"abc".to_vec(), b"efg".to_vec(), 7);
        assert_eq!(cut.to_text(), "abc\n… 1 bytes omitted …\nefg");
    }
}
