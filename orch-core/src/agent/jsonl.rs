//! Lines of JSON out of a byte stream that is cut anywhere, with a bound on memory.
//!
//! It finds lines; it does not read JSON. A line beyond the bound is dropped whole and counted.

/// Splits a byte stream into lines.
#[derive(Debug)]
pub struct JsonLines {
    line: Vec<u8>,
    limit: usize,
    overlong: bool,
    dropped: u64,
}

impl JsonLines {
    /// Lines of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            limit,
            overlong: false,
            dropped: 0,
        }
    }

    /// Takes more bytes and hands each finished line, without its end, to `each`.
    pub fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8])) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            self.push(&rest[..end]);
            self.flush(&mut each);
            rest = &rest[end + 1..];
        }
        self.push(rest);
    }

    /// Hands out the last line when the stream ended without a line end.
    pub fn finish(&mut self, mut each: impl FnMut(&[u8])) {
        self.flush(&mut each);
    }

    /// How many lines were longer than the bound.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn push(&mut self, part: &[u8]) {
        if self.overlong {
            return;
        }
        if self.line.len() + part.len() > self.limit {
            self.overlong = true;
            self.dropped += 1;
            self.line = Vec::new();
            return;
        }
        self.line.extend_from_slice(part);
    }

    fn flush(&mut self, each: &mut impl FnMut(&[u8])) {
        if !std::mem::take(&mut self.overlong) {
            let line = self.line.strip_suffix(b"\r").unwrap_or(&self.line);
            if !line.is_empty() {
                each(line);
            }
        }
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]], limit: usize) -> (Vec<String>, u64) {
        let mut seen = Vec::new();
        let mut splitter = JsonLines::new(limit);
        for chunk in chunks {
            splitter.feed(chunk, |line| {
                seen.push(String::from_utf8_lossy(line).into_owned());
            });
        }
        splitter.finish(|line| seen.push(String::from_utf8_lossy(line).into_owned()));
        (seen, splitter.dropped())
    }

    #[test]
    fn any_cut_gives_the_same_lines() {
        let text = "{\"a\":\"ä\"}\r\n\n{}\nlast".as_bytes();
        let whole = lines(&[text], 100);
        assert_eq!(whole.0, ["{\"a\":\"ä\"}", "{}", "last"]);
        for cut in 0..text.len() {
            assert_eq!(lines(&[&text[..cut], &text[cut..]], 100), whole, "cut at {cut}");
        }
    }

    #[test]
    fn an_overlong_line_is_dropped_and_the_next_one_is_whole() {
        assert_eq!(lines(&[b"12345", b"6789\nok\n"], 6), (vec!["ok".to_owned()], 1));
    }
}
