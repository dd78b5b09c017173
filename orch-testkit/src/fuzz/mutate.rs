//! Mutations of a corpus by a seed: the same seed gives the same bytes, on every machine.

/// The most bytes of a mutation; a longer one costs time and finds nothing that a shorter one does not.
const LONGEST: usize = 64 << 10;

/// Pieces that streams of JSON lines have, and pieces that they should not have.
const PIECES: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"null",
    b"-0",
    b"1e999",
    b"18446744073709551616",
    b"\\u0000",
    b"\\ud83d",
    b"\xff",
    b"\xf0\x9f\x98",
    b"\x1b[",
    b"\x1b]0;",
    b"\x00",
    b"\"type\":",
    b"{\"type\":\"",
    b"\"text\":\"",
    b"\"is_error\":true",
];

/// Makes mutations.
#[derive(Debug)]
pub struct Mutator {
    corpus: Vec<Vec<u8>>,
    state: u64,
}

impl Mutator {
    /// Mutations of `corpus`, as `seed` says.
    ///
    /// # Panics
    /// When the corpus is empty.
    pub fn new(corpus: Vec<Vec<u8>>, seed: u64) -> Self {
        assert!(!corpus.is_empty(), "there is nothing to mutate");
        // Zero is the one state from which this generator never moves.
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { corpus, state }
    }

    /// The next mutation.
    pub fn mutation(&mut self) -> Vec<u8> {
        let pick = self.below(self.corpus.len());
        let mut bytes = self.corpus[pick].clone();
        for _ in 0..=self.below(8) {
            self.change(&mut bytes);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        match self.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = self.next().to_le_bytes()[0],
            2 => {
                let to = self.end_of(at, bytes.len());
                bytes.drain(at..to);
            }
            3 => bytes.truncate(at),
            4 => {
                // A piece many times: deep nesting, many lines, one long token.
                let piece = PIECES[self.below(PIECES.len())];
                let times = 1 << self.below(10);
                let many = piece.repeat(times);
                bytes.splice(at..at, many);
            }
            5 => {
                let other = self.below(self.corpus.len());
                let from = self.below(self.corpus[other].len() + 1);
                let to = self.end_of(from, self.corpus[other].len());
                let part = self.corpus[other][from..to].to_vec();
                bytes.splice(at..at, part);
            }
            6 => {
                let to = self.end_of(at, bytes.len());
                let part = bytes[at..to].to_vec();
                bytes.extend(part);
            }
            _ => {
                let piece = PIECES[self.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }

    fn end_of(&mut self, from: usize, length: usize) -> usize {
        from + self.below(length - from + 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    /// Marsaglia's xorshift64.
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::Mutator;

    #[test]
    fn a_seed_gives_the_same_mutations_and_another_seed_others() {
        let some = |seed| -> Vec<Vec<u8>> {
            let mut mutator = Mutator::new(vec![b"{\"type\":\"x\"}\n".to_vec(), Vec::new()], seed);
            (0..50).map(|_| mutator.mutation()).collect()
        };
        assert_eq!(some(7), some(7));
        assert_ne!(some(7), some(8));
        assert_ne!(some(0), some(1));
    }
}
