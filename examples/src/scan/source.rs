//! One file as the lenses see it: its text, its language, and which parts are code, comments or tests.

use std::cell::{OnceCell, RefCell};
use std::ops::Range;

use super::hit::visible;
use super::mask::{Mask, mask};
use super::secrets::redacted;
use super::test_code;

/// The family of languages a file belongs to, as far as comments, strings and blocks are written alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    Rust,
    C,
    Java,
    CSharp,
    Kotlin,
    Swift,
    Go,
    Js,
    Php,
    Python,
    Ruby,
    Shell,
    /// Dockerfiles, makefiles.
    Build,
    /// TOML, YAML, INI, `.env`.
    Config,
    Json,
    Sql,
    Markdown,
    /// Other documents.
    Text,
    Unknown,
}

impl Lang {
    /// By the file's name, and for a file without an ending by its first line.
    pub(crate) fn of(path: &str, first_line: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        if name.starts_with("dockerfile")
            || name == "containerfile"
            || name.ends_with("makefile")
            || name == "cmakelists.txt"
        {
            return Self::Build;
        }
        if name == ".env" || name.starts_with(".env.") {
            return Self::Config;
        }
        let Some((_, ending)) = name.rsplit_once('.') else {
            return Self::of_interpreter(first_line);
        };
        match ending {
            "rs" => Self::Rust,
            "c" | "h" | "cc" | "cpp" | "cxx" | "hh" | "hpp" | "m" | "mm" => Self::C,
            "java" | "groovy" | "gradle" | "scala" => Self::Java,
            "cs" => Self::CSharp,
            "kt" | "kts" => Self::Kotlin,
            "swift" => Self::Swift,
            "go" => Self::Go,
            "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "mts" | "cts" => Self::Js,
            "php" => Self::Php,
            "py" | "pyi" => Self::Python,
            "rb" | "rake" | "gemspec" => Self::Ruby,
            "sh" | "bash" | "zsh" | "ksh" | "bats" => Self::Shell,
            "mk" | "dockerfile" | "cmake" => Self::Build,
            "toml" | "yml" | "yaml" | "ini" | "cfg" | "conf" | "properties" => Self::Config,
            "json" | "jsonc" | "json5" => Self::Json,
            "sql" => Self::Sql,
            "md" | "markdown" | "mdx" => Self::Markdown,
            "txt" | "rst" | "adoc" | "org" | "tex" => Self::Text,
            _ => Self::Unknown,
        }
    }

    fn of_interpreter(first_line: &str) -> Self {
        let Some(command) = first_line.strip_prefix("#!") else {
            return Self::Unknown;
        };
        let mut words = command
            .split_whitespace()
            .map(|word| word.rsplit('/').next().unwrap_or(word));
        let program = match words.next() {
            Some("env") => words.find(|word| !word.starts_with('-') && !word.contains('=')),
            program => program,
        };
        match program.map(|name| name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')) {
            Some("sh" | "bash" | "dash" | "ash" | "zsh" | "ksh") => Self::Shell,
            Some("python") => Self::Python,
            Some("node" | "deno" | "bun") => Self::Js,
            Some("ruby") => Self::Ruby,
            Some("php") => Self::Php,
            _ => Self::Unknown,
        }
    }

    /// Written by a programmer to be run: comments and strings are told apart.
    pub(super) const fn is_code(self) -> bool {
        !matches!(self, Self::Json | Self::Markdown | Self::Text | Self::Unknown)
    }

    /// Written to be read.
    pub(super) const fn is_document(self) -> bool {
        matches!(self, Self::Markdown | Self::Text)
    }
}

/// One file.
#[derive(Debug)]
pub(super) struct Source {
    /// Relative to the root, divided by `/`.
    pub(super) path: String,
    pub(super) lang: Lang,
    pub(super) text: String,
    /// The whole file is a test, or made for tests.
    pub(super) is_test: bool,
    /// A program wrote it, as its first lines say.
    pub(super) is_generated: bool,
    starts: Vec<usize>,
    // Made when they are asked for: not every lens does.
    mask: OnceCell<Mask>,
    /// The line that was last shown, and how: a line may have many findings.
    shown: RefCell<(usize, String)>,
    tests: OnceCell<Vec<Range<usize>>>,
}

impl Source {
    /// Reads any bytes; what is no UTF-8 is replaced, which moves no line.
    pub(super) fn new(path: String, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        let lang = Lang::of(&path, text.lines().next().unwrap_or_default());
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let is_generated = text.lines().take(5).any(|line| {
            line.contains("@generated") || line.contains("DO NOT EDIT") || line.contains("Code generated")
        });
        Self {
            is_test: test_code::is_test_path(&path),
            path,
            lang,
            text,
            is_generated,
            starts,
            mask: OnceCell::new(),
            shown: RefCell::default(),
            tests: OnceCell::new(),
        }
    }

    /// The text with all but the code blank: the same length and lines.
    pub(super) fn code(&self) -> &str {
        &self.mask.get_or_init(|| mask(&self.text, self.lang)).code
    }

    /// The text with all but the comments blank: the same length and lines.
    pub(super) fn comments(&self) -> &str {
        &self.mask.get_or_init(|| mask(&self.text, self.lang)).comments
    }

    /// The line, from 1, in which a byte of the text lies.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The byte at which a line, from 1, begins; the end for one past the last.
    pub(super) fn offset(&self, number: usize) -> usize {
        number
            .checked_sub(1)
            .and_then(|at| self.starts.get(at))
            .copied()
            .unwrap_or(self.text.len())
    }

    /// A line of the text, from 1; empty past the end.
    pub(super) fn line(&self, number: usize) -> &str {
        self.slice(&self.text, number)
    }

    /// A line, from 1, as a finding shows it: without secrets, and safe to print.
    pub(super) fn shown(&self, number: usize) -> String {
        let mut shown = self.shown.borrow_mut();
        if shown.0 != number {
            *shown = (number, visible(&redacted(start_of(self.line(number)))));
        }
        shown.1.clone()
    }

    /// A line of the code alone.
    pub(super) fn code_line(&self, number: usize) -> &str {
        self.slice(self.code(), number)
    }

    /// The comments of a line alone.
    pub(super) fn comment_line(&self, number: usize) -> &str {
        self.slice(self.comments(), number)
    }

    /// Every line with its number, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// A byte of the text lies in code that only tests run.
    pub(super) fn in_test(&self, offset: usize) -> bool {
        let tests = self.tests.get_or_init(|| {
            if self.lang == Lang::Rust {
                test_code::ranges(self.code())
            } else {
                Vec::new()
            }
        });
        let next = tests.partition_point(|range| range.end <= offset);
        self.is_test || tests.get(next).is_some_and(|range| range.contains(&offset))
    }

    fn slice<'a>(&self, text: &'a str, number: usize) -> &'a str {
        let Some(start) = number.checked_sub(1).and_then(|at| self.starts.get(at)) else {
            return "";
        };
        let end = self.starts.get(number).map_or(text.len(), |next| next - 1);
        text[*start..end].trim_end_matches('\r')
    }
}

/// As much of a line as can be shown, and behind it the rest of a secret that begins there.
fn start_of(line: &str) -> &str {
    let line = line.trim_start();
    let mut end = line.len().min(6000);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_go_by_name_then_by_the_first_line() {
        for (path, first, lang) in [
            ("a/b.RS", "", Lang::Rust),
            ("deploy/Dockerfile.web", "", Lang::Build),
            (".env.local", "", Lang::Config),
            ("bin/run", "#!/usr/bin/env -S python3.12", Lang::Python),
            ("bin/run", "#!/bin/bash -e", Lang::Shell),
            ("bin/run", "hello", Lang::Unknown),
            ("lib.rs.sample", "", Lang::Unknown),
        ] {
            assert_eq!(Lang::of(path, first), lang, "{path} {first}");
        }
    }

    #[test]
    fn lines_are_counted_from_one_whatever_their_ends() {
        let source = Source::new("a.txt".into(), b"\xef\xbb\xbfone\r\ntw\xffo\n\nfour");
        assert_eq!(
            ["one", "tw\u{fffd}o", "", "four", ""],
            [1, 2, 3, 4, 5].map(|n| source.line(n))
        );
        assert_eq!(source.line_of(0), 1);
        assert_eq!(source.line_of(source.text.find("four").unwrap()), 4);
        assert_eq!(source.line_of(source.text.len()), 4);
        assert_eq!(source.lines().count(), 4);
        assert_eq!(source.line(0), "");
    }
}
