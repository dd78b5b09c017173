//! Which bytes of a program are code, which are comments, which are text in quotes.
//!
//! It is a lexer of the few shapes that most languages share, and of what is peculiar to Rust, Python, JavaScript
//! and the shell. It parses nothing, and where it is wrong it recovers: at the end of the line wherever the language
//! allows. Its work is linear in the length of the text, whatever the text is.

use super::quotes::{Quoted, here_word, on_line, quoted};
use super::source::Lang;

/// A text, twice: once with all but the code blank, once with all but the comments.
///
/// Both have the length and the lines of the text. Quotes stay in the code; what is between them is blank.
#[derive(Debug, Default)]
pub(super) struct Mask {
    pub(super) code: String,
    pub(super) comments: String,
}

/// Divides a text. A language that is not code is all code and has no comments.
pub(super) fn mask(text: &str, lang: Lang) -> Mask {
    if !lang.is_code() {
        return Mask {
            code: text.to_owned(),
            comments: blank(text),
        };
    }
    let mut painter = Painter {
        text,
        at: 0,
        mask: Mask::default(),
        here_document: None,
        hopeless: [0; 256],
    };
    while !painter.rest().is_empty() {
        painter.step(lang);
    }
    painter.mask
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ink {
    Code,
    Comment,
    Quoted,
}

struct Painter<'a> {
    text: &'a str,
    at: usize,
    mask: Mask,
    /// A shell's `<<WORD`, which begins on the next line.
    here_document: Option<&'a str>,
    /// For each quote, up to which byte it is known not to close on its line: searched once, not from each quote.
    hopeless: [usize; 256],
}

impl<'a> Painter<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The byte before this one; a line's end before the first.
    fn before(&self) -> u8 {
        self.at
            .checked_sub(1)
            .map_or(b'\n', |at| self.text.as_bytes()[at])
    }

    /// Moves on over `length` bytes, which must end between two characters.
    fn paint(&mut self, length: usize, ink: Ink) {
        let piece = &self.rest()[..length];
        let empty = if ink == Ink::Quoted || length > 1 {
            blank(piece)
        } else {
            String::new()
        };
        match ink {
            Ink::Code => {
                self.mask.code.push_str(piece);
                self.mask
                    .comments
                    .push_str(if length > 1 { &empty } else { narrow(piece) });
            }
            Ink::Comment => {
                self.mask.comments.push_str(piece);
                self.mask
                    .code
                    .push_str(if length > 1 { &empty } else { narrow(piece) });
            }
            Ink::Quoted => {
                self.mask.code.push_str(&empty);
                self.mask.comments.push_str(&empty);
            }
        }
        self.at += length;
    }

    /// The lengths of opening, inside and closing of the text in quotes that begins here.
    fn quoted(&mut self, lang: Lang) -> Option<(usize, usize, usize)> {
        match quoted(self.rest(), self.before(), lang) {
            Quoted::Whole(open, inside, close) => Some((open, inside, close)),
            Quoted::OnLine(quote) if self.at >= self.hopeless[usize::from(quote)] => {
                let found = on_line(self.rest(), quote);
                if let Err(end) = found {
                    self.hopeless[usize::from(quote)] = self.at + end;
                }
                found.ok().map(|close| (1, close - 1, 1))
            }
            _ => None,
        }
    }

    fn step(&mut self, lang: Lang) {
        let rest = self.rest();
        if let Some(length) = comment(rest, self.before(), lang) {
            self.paint(length, Ink::Comment);
        } else if let Some((open, inside, close)) = self.quoted(lang) {
            self.paint(open, Ink::Code);
            self.paint(inside, Ink::Quoted);
            self.paint(close, Ink::Code);
        } else if lang == Lang::Shell && rest.starts_with('\\') {
            self.paint(1, Ink::Code);
            let escaped = self.rest().chars().next().map_or(0, char::len_utf8);
            self.paint(escaped, Ink::Code);
        } else {
            if lang == Lang::Shell && self.here_document.is_none() {
                self.here_document = here_word(rest, self.before());
            }
            // A name, or white space, at once: neither a comment nor a quote begins inside.
            let name = rest
                .bytes()
                .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
                .count();
            let space = rest.bytes().take_while(|byte| *byte == b' ').count();
            let one = rest.chars().next().map_or(0, char::len_utf8);
            self.paint(one.max(name).max(space), Ink::Code);
            if rest.starts_with('\n')
                && let Some(word) = self.here_document.take()
            {
                let body = self.rest();
                let end =
                    line_starts(body).find(|at| body[*at..].lines().next().map(str::trim) == Some(word));
                self.paint(end.unwrap_or(body.len()), Ink::Quoted);
            }
        }
    }
}

/// The length of the comment that begins here.
fn comment(rest: &str, before: u8, lang: Lang) -> Option<usize> {
    let slashes = matches!(
        lang,
        Lang::Rust
            | Lang::C
            | Lang::Java
            | Lang::CSharp
            | Lang::Kotlin
            | Lang::Swift
            | Lang::Go
            | Lang::Js
            | Lang::Php
    );
    let loose = before.is_ascii_whitespace();
    let line = match rest.as_bytes().first()? {
        b'/' if slashes => rest.starts_with("//"),
        b'#' => match lang {
            Lang::Python | Lang::Ruby | Lang::Php | Lang::Build => true,
            Lang::Shell => loose || before == b';',
            Lang::Config => loose,
            _ => false,
        },
        b';' => lang == Lang::Config && before == b'\n',
        b'-' => lang == Lang::Sql && rest.starts_with("--"),
        _ => false,
    };
    if line {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !(slashes || lang == Lang::Sql) || !rest.starts_with("/*") {
        return None;
    }
    if !matches!(lang, Lang::Rust | Lang::Kotlin | Lang::Swift) {
        return Some(rest[2..].find("*/").map_or(rest.len(), |at| at + 4));
    }
    let (mut at, mut depth) = (2, 1_usize);
    while depth > 0 {
        let Some(next) = rest[at..].find(['*', '/']) else {
            return Some(rest.len());
        };
        at += next;
        let (step, change) = match rest.as_bytes().get(at..at + 2) {
            Some(b"*/") => (2, -1),
            Some(b"/*") => (2, 1),
            _ => (1, 0),
        };
        at += step;
        depth = depth.saturating_add_signed(change);
    }
    Some(at)
}

fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1))
}

/// The same length and lines, and nothing in them.
fn blank(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if matches!(byte, b'\n' | b'\r') {
                char::from(byte)
            } else {
                ' '
            }
        })
        .collect()
}

/// [`blank`] for one byte, without making a string.
fn narrow(piece: &str) -> &'static str {
    match piece {
        "" => "",
        "\n" => "\n",
        "\r" => "\r",
        _ => " ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, lang: Lang) -> String {
        let mask = mask(text, lang);
        assert_eq!(
            (mask.code.len(), mask.comments.len()),
            (text.len(), text.len()),
            "{text:?}"
        );
        assert_eq!(
            mask.code.matches('\n').count(),
            text.matches('\n').count(),
            "{text:?}"
        );
        mask.code
    }

    #[test]
    fn rust_comments_nest_and_lifetimes_are_no_quotes() {
        assert_eq!(
            code("a /* b /* c */ d */ e // f\ng", Lang::Rust),
            "a                   e     \ng"
        );
        assert_eq!(
            code("fn f<'a>(x: &'a str) { '\\'' ; '\"' ; x }", Lang::Rust),
            "fn f<'a>(x: &'a str) { '  ' ; ' ' ; x }"
        );
        assert_eq!(
            code(r#"b'\\' "a\"b" 'ä' c"#, Lang::Rust),
            r#"b'  ' "    " '  ' c"#
        );
        assert_eq!(
            code("r#\"a\"b\"# br\"\\\" var\"x\"", Lang::Rust),
            "r#\"   \"# br\" \" var\" \""
        );
    }

    #[test]
    fn comments_are_kept_apart() {
        let mask = mask("let a = \"// no\"; // yes ä\n", Lang::Rust);
        assert_eq!(mask.comments.trim(), "// yes ä");
        assert_eq!(mask.code.trim_end(), "let a = \"     \";");
    }

    #[test]
    fn other_languages_have_their_own_quotes() {
        assert_eq!(
            code("x = '''a\n'b''' # c\ny", Lang::Python),
            "x = ''' \n  '''    \ny"
        );
        assert_eq!(code("s = `a\n${b}` // c", Lang::Js), "s = ` \n    `     ");
        assert_eq!(code("it's \"x\"\n'y'", Lang::Js), "it's \" \"\n' '");
        assert_eq!(code("n = 1'000; // c", Lang::C), "n = 1'000;     ");
        assert_eq!(code("k: don't # c\nv: 'x'", Lang::Config), "k: don't    \nv: ' '");
        assert_eq!(code("a#b 'c\nd' \\' e # f", Lang::Shell), "a#b ' \n ' \\' e    ");
    }

    #[test]
    fn a_here_document_is_text() {
        assert_eq!(
            code("cat <<'EOF' | wc\nit's\nEOF\nrm x <<<y", Lang::Shell),
            "cat <<'   ' | wc\n    \nEOF\nrm x <<<y"
        );
    }

    #[test]
    fn hostile_text_is_divided_in_linear_time_and_keeps_its_length() {
        for piece in [
            "'\\",
            "\"",
            "'''",
            "/*",
            "r#",
            "`",
            "<<A\n",
            "\\'",
            "ä'",
            "b'\\",
            "'''\"\"\"`",
            "\r",
        ] {
            let text = piece.repeat(20_000);
            for lang in [
                Lang::Rust,
                Lang::Python,
                Lang::Js,
                Lang::Shell,
                Lang::C,
                Lang::Config,
                Lang::Sql,
            ] {
                code(&text, lang);
                code(&text[..text.len() - 1].replace('ä', "é"), lang);
            }
        }
    }
}
