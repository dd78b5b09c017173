//! The functions of a file, and how deep its control flow goes. By braces, or by indentation in Python.
//!
//! A function is what looks like one: `fn name(…) {`, or in a language without such a word a name, parentheses and a
//! brace. What it cannot tell it leaves out.

use super::source::{Lang, Source};

/// One function.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// The byte of the code at which its name stands.
    pub(super) offset: usize,
    /// The lines from its name to its end, from 1, both included.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) parameters: usize,
    /// The most blocks of control flow inside one another, and the line where the innermost begins.
    pub(super) deepest: (usize, usize),
}

/// Words that open a block of control flow.
const CONTROL: [&str; 13] = [
    "if", "else", "for", "while", "loop", "match", "switch", "try", "catch", "elif", "except", "do",
    "foreach",
];
/// The longest text before a brace that is read, in bytes.
const LONGEST: usize = 1200;

/// The functions of a file in the order in which they begin; none in a language that is not read.
pub(super) fn functions(source: &Source) -> Vec<Function> {
    match source.lang {
        Lang::Python => indented(source),
        Lang::Rust
        | Lang::C
        | Lang::Java
        | Lang::CSharp
        | Lang::Kotlin
        | Lang::Swift
        | Lang::Go
        | Lang::Js
        | Lang::Php => braced(source),
        _ => Vec::new(),
    }
}

fn braced(source: &Source) -> Vec<Function> {
    let code = source.code();
    let mut done = Vec::new();
    // The blocks that are open: for a function its place in `done`, and whether it is control flow.
    let mut open: Vec<(Option<usize>, bool)> = Vec::new();
    // The functions around this place: where each is in `done`, and the control flow open in it.
    let mut around: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'{' => {
                let mut from = start.max(at.saturating_sub(LONGEST));
                while !code.is_char_boundary(from) {
                    from += 1;
                }
                let header = &code[from..at];
                let function = function(source, header, from).map(|function| {
                    done.push(function);
                    around.push((done.len() - 1, 0));
                    done.len() - 1
                });
                let control = function.is_none() && is_control(header);
                if control && let Some((inside, depth)) = around.last_mut() {
                    *depth += 1;
                    if *depth > done[*inside].deepest.0 {
                        done[*inside].deepest = (*depth, source.line_of(at));
                    }
                }
                open.push((function, control));
                start = at + 1;
            }
            b'}' => {
                match open.pop() {
                    Some((Some(function), _)) => {
                        done[function].last = source.line_of(at);
                        around.pop();
                    }
                    Some((None, true)) => {
                        if let Some((_, depth)) = around.last_mut() {
                            *depth -= 1;
                        }
                    }
                    _ => {}
                }
                start = at + 1;
            }
            b';' => start = at + 1,
            _ => {}
        }
    }
    done
}

/// The function whose body's brace follows the header, which begins at the byte `from`.
fn function(source: &Source, header: &str, from: usize) -> Option<Function> {
    let keyword = match source.lang {
        Lang::Rust => Some("fn"),
        Lang::Go | Lang::Swift => Some("func"),
        Lang::Kotlin => Some("fun"),
        Lang::Js | Lang::Php => Some("function"),
        _ => None,
    };
    let named = keyword.and_then(|keyword| after_word(header, keyword));
    let (name_at, open) = match (named, source.lang) {
        (Some(at), _) => {
            let at = at + receiver(&header[at..]);
            let at = at + header[at..].len() - header[at..].trim_start().len();
            (at, at + past_generics(&header[at..])?)
        }
        (None, Lang::C | Lang::Java | Lang::CSharp | Lang::Js | Lang::Php) => {
            let open = header.find('(')?;
            let name = header[..open].trim_end();
            let length = name.bytes().rev().take_while(|byte| is_word(*byte)).count();
            if header.contains('=') || name.len() == length && source.lang != Lang::Js {
                return None;
            }
            (name.len() - length, open)
        }
        _ => return None,
    };
    let name: String = header[name_at..]
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let first = name.chars().next()?;
    if first.is_ascii_digit()
        || CONTROL.contains(&&*name)
        || matches!(&*name, "return" | "new" | "function" | "super")
    {
        return None;
    }
    let offset = from + name_at;
    let first = source.line_of(offset);
    Some(Function {
        name,
        offset,
        first,
        last: first,
        parameters: parameters(&header[open..])?,
        deepest: (0, first),
    })
}

/// Where the parameters open behind a name, which may be followed by generics with parentheses of their own.
fn past_generics(text: &str) -> Option<usize> {
    let (mut angles, mut before) = (0_usize, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '<' => angles += 1,
            '>' if before != '-' => angles = angles.saturating_sub(1),
            '(' if angles == 0 => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

/// The length of Go's `(r Receiver)` in front of a method's name.
fn receiver(text: &str) -> usize {
    if text.trim_start().starts_with('(') {
        text.find(')').map_or(0, |at| at + 1)
    } else {
        0
    }
}

/// How many parameters stand in the parentheses that open here, the receiver not counted; `None` where they do not close.
fn parameters(text: &str) -> Option<usize> {
    let (mut depth, mut angles) = (0_usize, 0_usize);
    let (mut count, mut piece) = (0, String::new());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            '<' => angles += 1,
            '>' if before != '-' && before != '=' => angles = angles.saturating_sub(1),
            _ => {}
        }
        if depth == 0 || (c == ',' && depth == 1 && angles == 0) {
            count += usize::from(is_parameter(&piece));
            piece.clear();
        } else if !(depth == 1 && c == '(') {
            piece.push(c);
        }
        if depth == 0 {
            return Some(count);
        }
        before = c;
    }
    None
}

fn is_parameter(piece: &str) -> bool {
    let name = piece.trim().split(':').next().unwrap_or_default().trim_end();
    let last = name.rsplit([' ', '&']).next().unwrap_or_default();
    !matches!(name, "" | "void" | "*" | "/") && !matches!(last, "self" | "this" | "cls")
}

/// The header's last clause begins with a word of control flow.
fn is_control(header: &str) -> bool {
    let clause = header.trim();
    // `match x { a => if b {`: what stands behind the last arrow or comma counts.
    let clause = clause.rsplit("=>").next().unwrap_or(clause);
    CONTROL.iter().any(|word| after_word(clause, word).is_some())
}

/// Past the first place where `word` stands by itself.
fn after_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word)
        .map(|(at, _)| (at, at + word.len()))
        .find_map(|(at, end)| {
            let alone = !text[..at].bytes().next_back().is_some_and(is_word)
                && !text[end..].bytes().next().is_some_and(is_word);
            alone.then_some(end)
        })
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn indented(source: &Source) -> Vec<Function> {
    let mut done: Vec<Function> = Vec::new();
    // The blocks around this line, by their indentation: for a function its place in `done`.
    let mut around: Vec<(usize, Option<usize>)> = Vec::new();
    let mut offset = 0;
    let mut parentheses = 0_i64;
    for (at, raw) in source.code().split('\n').enumerate() {
        let (line, number, start) = (raw.trim(), at + 1, offset);
        offset += raw.len() + 1;
        let continued = parentheses > 0;
        parentheses += line
            .bytes()
            .map(|byte| i64::from(b"([{".contains(&byte)) - i64::from(b")]}".contains(&byte)))
            .sum::<i64>();
        if line.is_empty() || continued {
            continue;
        }
        let indent = raw.len() - raw.trim_start().len();
        around.retain(|block| block.0 < indent);
        for function in around.iter().filter_map(|block| block.1) {
            done[function].last = number;
        }
        let word = line.strip_prefix("async ").unwrap_or(line);
        if let Some(name) = word.strip_prefix("def ") {
            let text: String = source.code()[start..].chars().take(LONGEST).collect();
            let parameters = text
                .find('(')
                .and_then(|open| parameters(&text[open..]))
                .unwrap_or(0);
            let name = name.split('(').next().unwrap_or_default().trim().to_owned();
            done.push(Function {
                name,
                offset: start + indent,
                first: number,
                last: number,
                parameters,
                deepest: (0, number),
            });
            around.push((indent, Some(done.len() - 1)));
        } else if CONTROL.contains(&word.split([' ', ':', '(']).next().unwrap_or_default())
            && let Some(place) = around.iter().rposition(|block| block.1.is_some())
        {
            around.push((indent, None));
            let depth = around.len() - 1 - place;
            if let Some(function) = around[place].1
                && depth > done[function].deepest.0
            {
                done[function].deepest = (depth, number);
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, first and last line, parameters, and how deep it goes where.
    type Found = (String, usize, usize, usize, (usize, usize));

    fn found(path: &str, text: &str) -> Vec<Found> {
        functions(&Source::new(path.into(), text.as_bytes()))
            .into_iter()
            .map(|f| (f.name, f.first, f.last, f.parameters, f.deepest))
            .collect()
    }

    #[test]
    fn rust_functions_with_their_parameters_and_depth() {
        let text = "impl A {\n    pub fn one<'a, T: Fn(u8) -> u8>(&'a self, m: HashMap<K, V>,\n        f: T,\n    ) {\n        for a in b {\n            match a {\n                x => if y {\n                },\n                _ => {}\n            }\n        }\n    }\n}\nfn two() {}\ntype T = fn(u8);\n";
        assert_eq!(
            found("a.rs", text),
            [
                ("one".into(), 2, 12, 2, (3, 7)),
                ("two".into(), 14, 14, 0, (0, 14))
            ]
        );
    }

    #[test]
    fn functions_without_a_word_of_their_own() {
        let text = "static int one(const char *a, int b)\n{\n  if (a) {\n    while (b) { }\n  }\n  return f(a);\n}\nvoid two(void) { }\nint x[] = { g(1) };\n";
        assert_eq!(
            found("a.c", text),
            [("one".into(), 1, 7, 2, (2, 4)), ("two".into(), 8, 8, 0, (0, 8))]
        );
        let text = "class A {\n  load(a, b) {\n    return new B({ c });\n  }\n}\nfunction f(a) {\n}\n";
        assert_eq!(
            found("a.ts", text),
            [("load".into(), 2, 4, 2, (0, 2)), ("f".into(), 6, 7, 1, (0, 6))]
        );
        assert_eq!(
            found("a.go", "func (r *R) Get(a, b int) {\n}\n"),
            [("Get".into(), 1, 2, 2, (0, 1))]
        );
    }

    #[test]
    fn python_goes_by_indentation() {
        let text = "class A:\n    def one(self, a, *, b=(1, 2),\n            c=None\n    ):\n        if a:\n            for b in c:\n                pass\n\n        return 1\n\ndef two(): pass\n";
        assert_eq!(
            found("a.py", text),
            [
                ("one".into(), 2, 9, 3, (2, 6)),
                ("two".into(), 11, 11, 0, (0, 11))
            ]
        );
    }

    #[test]
    fn unbalanced_and_hostile_code_ends() {
        for piece in [
            "{", "}", "fn a(", "fn a() {", "if {", "(", "a(b){", "def a(\n", " if x:\n", "fn ä{",
        ] {
            let text = piece.repeat(5_000);
            for path in ["a.rs", "a.c", "a.py", "a.js", "a.go"] {
                found(path, &text);
            }
        }
    }
}
