//! Where text in quotes begins and ends, in each language. Part of `mask`, which tests it.

use super::source::Lang;

/// How text in quotes is closed.
pub(super) enum Quoted {
    /// The lengths of opening, inside and closing.
    Whole(usize, usize, usize),
    /// At the next quote of this kind, if there is one on this line.
    OnLine(u8),
    /// Not at all: no text in quotes begins here.
    No,
}

/// The text in quotes that begins here.
pub(super) fn quoted(rest: &str, before: u8, lang: Lang) -> Quoted {
    let word_before = before.is_ascii_alphanumeric() || before == b'_';
    let first = rest.as_bytes().first().copied().unwrap_or_default();
    if lang == Lang::Rust && matches!(first, b'r' | b'b' | b'c') && !word_before {
        return rust_raw(rest);
    }
    if !matches!(first, b'"' | b'\'' | b'`') {
        return Quoted::No;
    }
    let double = rest.starts_with("\"\"\"");
    let triple = match lang {
        Lang::Python | Lang::Config => double || rest.starts_with("'''"),
        Lang::Java | Lang::Kotlin | Lang::Swift | Lang::CSharp => double,
        _ => false,
    };
    if triple {
        let inside = rest[3..].find(&rest[..3]);
        return inside.map_or(Quoted::Whole(3, rest.len() - 3, 0), |inside| {
            Quoted::Whole(3, inside, 3)
        });
    }
    match (first, lang) {
        (b'\'', Lang::Rust) => rust_char(rest),
        (b'\'', Lang::C) if before.is_ascii_digit() => Quoted::No,
        (b'\'' | b'"', Lang::Config) if word_before => Quoted::No,
        (b'"', Lang::Rust | Lang::Shell) | (b'\'' | b'"', Lang::Php | Lang::Ruby) | (b'`', Lang::Js) => {
            until(rest, first, true)
        }
        (b'\'', Lang::Shell | Lang::Sql) | (b'`', Lang::Go) => until(rest, first, false),
        (b'`', _) => Quoted::No,
        _ => Quoted::OnLine(first),
    }
}

/// Until the next such quote, over any number of lines; to the end where there is none.
fn until(rest: &str, quote: u8, backslash: bool) -> Quoted {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        if escaped {
            escaped = false;
        } else if byte == quote {
            return Quoted::Whole(1, at - 1, 1);
        } else {
            escaped = backslash && byte == b'\\';
        }
    }
    Quoted::Whole(1, rest.len() - 1, 0)
}

/// Where the next such quote stands on this line, or else where the line ends.
pub(super) fn on_line(rest: &str, quote: u8) -> Result<usize, usize> {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'\n' => return Err(at),
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return Ok(at),
            _ => {}
        }
    }
    Err(rest.len())
}

/// `r"…"`, `r#"…"#`, `br"…"`, `cr"…"`: no escapes, and as many hashes behind as before.
fn rust_raw(rest: &str) -> Quoted {
    let prefix = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    let Some(after) = prefix.strip_prefix('r') else {
        return Quoted::No;
    };
    let hashes = after.bytes().take(256).take_while(|byte| *byte == b'#').count();
    let Some(body) = after[hashes..].strip_prefix('"') else {
        return Quoted::No;
    };
    let open = rest.len() - body.len();
    let end = format!("\"{}", "#".repeat(hashes));
    body.find(&end)
        .map_or(Quoted::Whole(open, body.len(), 0), |inside| {
            Quoted::Whole(open, inside, end.len())
        })
}

/// A character in quotes; a lifetime is none.
fn rust_char(rest: &str) -> Quoted {
    let inside = match rest[1..].strip_prefix('\\') {
        // The longest escape is `\u{10FFFF}`; the character after the backslash may itself be a quote.
        Some(escape) => escape
            .bytes()
            .skip(1)
            .take(16)
            .position(|byte| byte == b'\'')
            .map(|at| at + 2),
        None => rest[1..]
            .chars()
            .next()
            .filter(|c| !matches!(c, '\'' | '\n'))
            .map(char::len_utf8),
    };
    match inside {
        Some(inside) if rest.as_bytes().get(1 + inside) == Some(&b'\'') => Quoted::Whole(1, inside, 1),
        _ => Quoted::No,
    }
}

/// The word of a `<<WORD`, `<<-WORD` or `<<'WORD'` that begins here.
pub(super) fn here_word(rest: &str, before: u8) -> Option<&str> {
    if before == b'<' {
        return None;
    }
    let after = rest.strip_prefix("<<")?;
    let after = after
        .strip_prefix('-')
        .unwrap_or(after)
        .trim_start_matches([' ', '\t']);
    let after = after.strip_prefix(['\'', '"', '\\']).unwrap_or(after);
    let length = after
        .bytes()
        .take(128)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let word = &after[..length];
    word.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        .then_some(word)
}
