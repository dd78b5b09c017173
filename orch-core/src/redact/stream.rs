//! The same in a stream that is cut anywhere: what may be the beginning of a secret is held back.

use std::sync::Arc;

use super::redactor::Search;

/// Takes secrets out of a stream of bytes. It holds back only what may be the beginning of a secret, so a prompt that
/// waits for an answer is not held back.
#[derive(Default)]
#[must_use = "what is held back comes with `finish`"]
pub struct RedactStream {
    search: Option<Arc<Search>>,
    held: Vec<u8>,
}

impl RedactStream {
    pub(super) fn new(search: Option<Arc<Search>>) -> Self {
        let held = Vec::new();
        Self { search, held }
    }

    /// Takes the next bytes and appends those that are known to be clean to `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let Some(search) = &self.search else {
            return out.extend_from_slice(bytes);
        };
        self.held.extend_from_slice(bytes);
        let known = self.held.len() - search.beginning(&self.held);
        let done = clean(search, &self.held, known, out);
        self.held.drain(..done);
    }

    /// How many bytes it holds back.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Says that no more bytes come.
    pub fn finish(self, out: &mut Vec<u8>) {
        if let Some(search) = &self.search {
            clean(search, &self.held, self.held.len(), out);
        }
    }
}

/// Appends what of `bytes` begins before `known` to `out`, and says how many bytes that took.
fn clean(search: &Search, bytes: &[u8], known: usize, out: &mut Vec<u8>) -> usize {
    let mut done = 0;
    for found in search.automaton.find_iter(bytes) {
        if found.start() >= known {
            break;
        }
        out.extend_from_slice(&bytes[done..found.start()]);
        out.extend_from_slice(search.marks[found.pattern().as_usize()].as_bytes());
        done = found.end();
    }
    if done < known {
        out.extend_from_slice(&bytes[done..known]);
        done = known;
    }
    done
}

impl std::fmt::Debug for RedactStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedactStream")
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::redact::Redactor;

    fn streamed(redactor: &Redactor, chunks: impl Iterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
        let mut stream = redactor.stream();
        let mut out = Vec::new();
        for chunk in chunks {
            stream.push(chunk.as_ref(), &mut out);
        }
        stream.finish(&mut out);
        out
    }

    proptest! {
        #[test]
        fn a_stream_is_cleaned_as_the_whole_is_however_it_is_cut(
            pieces in prop::collection::vec(prop_oneof![
                Just("abcdefgh"), Just("abcdefgh-ijkl"), Just("abcd"), Just("6162636465666768"), Just("x"), Just("-ijk"),
            ], 0..20),
            chunk in 1..30_usize,
        ) {
            let redactor = Redactor::new([("SHORT", "abcdefgh"), ("LONG", "abcdefgh-ijkl")]).expect("secrets");
            let text = pieces.concat();
            let whole = redactor.text(&text).into_owned().into_bytes();
            prop_assert_eq!(streamed(&redactor, text.as_bytes().chunks(chunk)), whole);
        }
    }

    #[test]
    fn only_what_may_be_a_secret_is_held_back() {
        let redactor = Redactor::new([("KEY", "abcdefgh")]).expect("a secret");
        let mut stream = redactor.stream();
        let mut out = Vec::new();
        stream.push(b"password: ", &mut out);
        assert_eq!(out, b"password: ");
        stream.push(b"abc", &mut out);
        assert_eq!(out, b"password: ");
        stream.push(b"d!", &mut out);
        assert_eq!(out, b"password: abcd!");
    }

    #[test]
    fn without_secrets_nothing_is_held_back() {
        let mut out = Vec::new();
        Redactor::default().stream().push(b"abc", &mut out);
        assert_eq!(out, b"abc");
    }
}
