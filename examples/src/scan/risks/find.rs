//! What the rules search with: words and calls in code, and the text around a place.

use crate::scan::source::Source;

/// Where `word` stands in the code with no letter, digit or underscore before it, and after it if it ends in one.
pub(super) fn words(source: &Source, word: &str) -> Vec<usize> {
    let code = source.code();
    let mut found = parts(source, word);
    found.retain(|at| is_word(code, *at, word.len()));
    found
}

/// [`words`], for any of several.
pub(super) fn any_word(source: &Source, wanted: &[&str]) -> Vec<usize> {
    wanted.iter().flat_map(|word| words(source, word)).collect()
}

/// The most places of one line that are looked at: one finding a line is what comes of them.
const A_LINE: usize = 16;

/// Where `text` stands in the code, whatever is around it; the first few places of each line.
pub(super) fn parts(source: &Source, text: &str) -> Vec<usize> {
    let code = source.code();
    let (mut last, mut on_line) = (0, 0);
    let mut found = Vec::new();
    for (at, _) in code.match_indices(text) {
        on_line = if code[last..at].contains('\n') {
            1
        } else {
            on_line + 1
        };
        last = at;
        if on_line <= A_LINE {
            found.push(at);
        }
    }
    found
}

/// Whether the text at `at` stands by itself.
pub(super) fn is_word(code: &str, at: usize, length: usize) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let begins = code[at..].starts_with(part);
    let ends = code[..at + length].ends_with(part);
    !(begins && code[..at].ends_with(part) || ends && code[at + length..].starts_with(part))
}

/// The code before a place, back to where its statement begins.
pub(super) fn statement_before(code: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(600);
    while !code.is_char_boundary(from) {
        from += 1;
    }
    let text = &code[from..at];
    text.rfind([';', '{', '}']).map_or(text, |end| &text[end + 1..])
}

/// The code from a place on, to where its statement ends.
pub(super) fn statement_after(code: &str, at: usize) -> &str {
    let text = window(code, at, 600);
    text.find(';').map_or(text, |end| &text[..end])
}

/// The code from a place on, at most `length` bytes of it.
pub(super) fn window(code: &str, at: usize, length: usize) -> &str {
    let mut end = code.len().min(at + length);
    while !code.is_char_boundary(end) {
        end -= 1;
    }
    &code[at..end]
}

/// The lines of code, from 1, that are not blank, with the byte at which each begins.
pub(super) fn lines(source: &Source) -> impl Iterator<Item = (usize, usize, &str)> {
    let count = source.lines().count();
    (1..=count)
        .map(|number| (number, source.offset(number), source.code_line(number)))
        .filter(|(_, _, line)| !line.trim().is_empty())
}

/// The block in braces that opens from a place on, as far as 1200 bytes of it.
pub(super) fn block_after(code: &str, at: usize) -> &str {
    let text = window(code, at, 1200);
    let Some(open) = text.find('{') else { return "" };
    let mut depth = 0_usize;
    for (end, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return &text[open..=end],
            b'}' => depth -= 1,
            _ => {}
        }
    }
    &text[open..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_by_itself() {
        let source = Source::new(
            "a.rs".into(),
            b"panic!() a_panic!() x.panic! \"panic!\" // panic!\n",
        );
        assert_eq!(words(&source, "panic!"), [0, 22]);
        assert_eq!(parts(&source, "panic!").len(), 3);
    }

    #[test]
    fn a_line_has_a_bound_and_the_next_begins_anew() {
        let source = Source::new("a.rs".into(), format!("{}\nx y", "x ".repeat(100)).as_bytes());
        let found = words(&source, "x");
        assert_eq!((found.len(), found.last()), (A_LINE + 1, Some(&201)));
    }

    #[test]
    fn a_statement_is_bounded() {
        let code = "a; b = c.d(); e";
        assert_eq!(statement_before(code, 7), " b = ");
        assert_eq!(statement_after(code, 7), "c.d()");
        let long = "ä".repeat(2_000);
        assert!(statement_before(&long, 3_000).len() <= 600 && statement_after(&long, 0).len() <= 600);
    }
}
