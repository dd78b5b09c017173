//! The lens `structure`: what is too long, too deep, empty, twice there or missing.
//!
//! The bounds are those that common linters ship with, or milder: a finding is a question, not an error.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::blocks::{self, Function};
use super::hit::{Hit, Severity, visible};
use super::markdown;
use super::source::{Lang, Source};

/// Lines of a program.
const LONG_FILE: usize = 600;
/// Lines of a document.
const LONG_DOCUMENT: usize = 1500;
/// Lines of a function. clippy's `too_many_lines` allows 100, pylint's `too-many-statements` 50.
const LONG_FUNCTION: usize = 80;
/// Parameters of a function, as clippy's `too_many_arguments`.
const MANY_PARAMETERS: usize = 7;
/// Blocks of control flow inside one another, as pylint's `too-many-nested-blocks`.
const DEEP: usize = 5;
/// Lines of code in comments, one after the other.
const DEAD_CODE: usize = 5;

/// Files that are rightly empty.
const EMPTY: [&str; 8] = [
    "__init__.py",
    "py.typed",
    ".gitkeep",
    ".keep",
    ".nojekyll",
    ".npmignore",
    ".gitattributes",
    "CACHEDIR.TAG",
];

pub(super) fn look(source: &Source) -> Vec<Hit> {
    let name = source.path.rsplit('/').next().unwrap_or_default();
    if source.text.trim().is_empty() {
        let fine = EMPTY.contains(&name) || source.is_test;
        let hit = Hit::whole(&source.path, "empty", Severity::Low)
            .claim("the file is empty")
            .evidence(format!("{} bytes, no character to see", source.text.len()))
            .advise("fill it or remove it");
        return if fine { Vec::new() } else { vec![hit] };
    }
    if source.is_generated {
        return Vec::new();
    }
    let mut hits = Vec::new();
    length(source, &mut hits);
    for function in blocks::functions(source)
        .iter()
        .filter(|function| !source.in_test(function.offset))
    {
        judge(source, function, &mut hits);
    }
    if source.lang == Lang::Markdown {
        outline(source, &mut hits);
    }
    dead_code(source, &mut hits);
    hits
}

/// What the root itself lacks.
pub(super) fn look_at_root(root: &Path) -> Vec<Hit> {
    let Ok(entries) = fs::read_dir(root) else {
        return Vec::new();
    };
    let names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().to_lowercase()))
        .collect();
    if names.is_empty() || names.iter().any(|name| name.starts_with("readme")) {
        return Vec::new();
    }
    vec![
        Hit::whole(".", "no-readme", Severity::Low)
            .claim("the tree has no README")
            .evidence(format!(
                "none of the {} names at its root begins with `readme`",
                names.len()
            ))
            .advise("add a README.md that says what this is and how to use it"),
    ]
}

fn length(source: &Source, hits: &mut Vec<Hit>) {
    let lines = source.lines().count();
    let bound = match source.lang {
        lang if lang.is_document() => LONG_DOCUMENT,
        Lang::Config | Lang::Sql => return,
        lang if lang.is_code() => LONG_FILE,
        _ => return,
    };
    if lines > bound {
        let severity = if source.is_test || lines <= 2 * bound {
            Severity::Info
        } else {
            Severity::Low
        };
        hits.push(
            Hit::whole(&source.path, "long-file", severity)
                .claim(format!("a long file: {lines} lines"))
                .evidence(format!("more than {bound} lines"))
                .advise("divide it: one idea a file"),
        );
    }
}

fn judge(source: &Source, function: &Function, hits: &mut Vec<Hit>) {
    let name = visible(&function.name);
    let lines = function.last - function.first + 1;
    if lines > LONG_FUNCTION {
        let severity = if lines > 2 * LONG_FUNCTION {
            Severity::Medium
        } else {
            Severity::Low
        };
        hits.push(
            Hit::at(source, function.first, "long-function", severity)
                .claim(format!("a long function: `{name}` has {lines} lines"))
                .advise(format!(
                    "divide it by what it does one after the other ({LONG_FUNCTION} lines at most)"
                )),
        );
    }
    if function.parameters > MANY_PARAMETERS {
        hits.push(
            Hit::at(source, function.first, "many-parameters", Severity::Low)
                .claim(format!(
                    "this function has too many arguments: `{name}` takes {}",
                    function.parameters
                ))
                .advise(format!(
                    "put what belongs together into a type (at most {MANY_PARAMETERS} arguments)"
                )),
        );
    }
    let (depth, line) = function.deepest;
    if depth >= DEEP {
        hits.push(
            Hit::at(source, line, "deep", Severity::Low)
                .claim(format!(
                    "deep nesting: {depth} blocks of control flow inside one another in `{name}`"
                ))
                .advise("return early, join conditions, or give the inner part a name of its own"),
        );
    }
}

fn outline(source: &Source, hits: &mut Vec<Hit>) {
    let document = markdown::document(source);
    if let Some(line) = document.unclosed {
        hits.push(
            Hit::at(source, line, "unclosed-fence", Severity::Medium)
                .claim("a code block that is never closed: the rest of the document is shown as code")
                .advise("close it with a line of the same marks"),
        );
    }
    // The headings above this one, by level: two equal ones under one parent are the same to a reader.
    let mut above: Vec<(usize, String)> = Vec::new();
    let mut seen: HashMap<(Vec<String>, String), usize> = HashMap::new();
    if is_log(&source.path) {
        return;
    }
    for heading in &document.headings {
        while above.last().is_some_and(|(level, _)| *level >= heading.level) {
            above.pop();
        }
        if let Some((level, _)) = above.last()
            && heading.level > level + 1
        {
            hits.push(
                Hit::at(source, heading.line, "skipped-level", Severity::Info)
                    .claim(format!(
                        "a heading of level {} right under one of level {level}",
                        heading.level
                    ))
                    .advise("leave no level out: readers and screen readers go by them"),
            );
        }
        let text = heading.text.to_lowercase();
        let parents = above.iter().map(|(_, text)| text.clone()).collect();
        if let Some(first) = seen.get(&(parents, text.clone())) {
            hits.push(
                Hit::at(source, heading.line, "duplicate-heading", Severity::Low)
                    .claim(format!(
                        "duplicate heading: `{}` is also at line {first}",
                        visible(&heading.text)
                    ))
                    .advise("join the two parts, or name them apart: a link reaches only the first"),
            );
        } else {
            let parents = above.iter().map(|(_, text)| text.clone()).collect();
            seen.insert((parents, text.clone()), heading.line);
        }
        above.push((heading.level, text));
    }
}

/// A log of changes: its headings are dates and kinds, the same ones again and again.
fn is_log(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    ["change", "history", "news", "release"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// Lines that were code once and are comments now.
fn dead_code(source: &Source, hits: &mut Vec<Hit>) {
    if !matches!(
        source.lang,
        Lang::Rust | Lang::C | Lang::Java | Lang::CSharp | Lang::Kotlin | Lang::Js | Lang::Go
    ) {
        return;
    }
    let mut run = 0;
    for number in 1..=source.lines().count() + 1 {
        let line = source.line(number).trim();
        let text = line.strip_prefix("//").map(str::trim);
        let is_code = text.is_some_and(|text| {
            !text.starts_with(['/', '!', '*', '-', '|'])
                && (text.ends_with([';', '{', '}']) || text.ends_with(") ||"))
        });
        if is_code {
            run += 1;
            continue;
        }
        if run >= DEAD_CODE {
            hits.push(
                Hit::at(source, number - run, "dead-code", Severity::Low)
                    .claim(format!("{run} lines of code in comments"))
                    .advise("remove them: the history keeps them"),
            );
        }
        run = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(Option<usize>, &'static str)> {
        look(&Source::new(path.into(), text.as_bytes()))
            .into_iter()
            .map(|hit| (hit.line, hit.rule))
            .collect()
    }

    #[test]
    fn long_and_wide_and_deep_functions() {
        let long = format!("fn a() {{\n{}}}\n", "    f();\n".repeat(79));
        assert_eq!(found("a.rs", &long), [(Some(1), "long-function")]);
        assert_eq!(found("a.rs", &long.replacen("    f();\n", "", 1)), []);
        assert_eq!(
            found("a.rs", &format!("#[cfg(test)]\nmod tests {{\n{long}}}\n")),
            []
        );
        assert_eq!(
            found("a.go", "func f(a, b, c, d, e, f, g, h int) {\n}\n"),
            [(Some(1), "many-parameters")]
        );
        let deep = "def f():\n if x:\n  if x:\n   if x:\n    if x:\n     if x:\n      pass\n";
        assert_eq!(found("a.py", deep), [(Some(6), "deep")]);
    }

    #[test]
    fn files_that_are_long_or_empty() {
        assert_eq!(found("a.rs", &"a;\n".repeat(601)), [(None, "long-file")]);
        assert_eq!(
            found("a.rs", &format!("// @generated\n{}", "a;\n".repeat(601))),
            []
        );
        assert_eq!(found("a.csv", &"a;\n".repeat(9_000)), []);
        assert_eq!(found("a/b.md", " \n"), [(None, "empty")]);
        assert_eq!(found("a/__init__.py", ""), []);
    }

    #[test]
    fn headings_are_the_same_only_under_one_parent() {
        let text = "# A\n## 1.0\n### Added\n## 0.9\n### Added\n### Added\n##### Deep\n```\nno end\n";
        assert_eq!(
            found("a.md", text),
            [
                (Some(8), "unclosed-fence"),
                (Some(6), "duplicate-heading"),
                (Some(7), "skipped-level")
            ]
        );
    }

    #[test]
    fn code_in_comments_is_told_from_words() {
        let text =
            "// let a = 1;\n// if a {\n//     b();\n// }\n// c();\nlet d;\n// Words,\n// words;\n// words.\n";
        assert_eq!(found("a.rs", text), [(Some(1), "dead-code")]);
    }

    #[test]
    fn a_root_without_a_readme_says_so() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(look_at_root(home.path()), [], "an empty folder needs none");
        fs::write(home.path().join("a"), "").unwrap();
        assert_eq!(look_at_root(home.path())[0].rule, "no-readme");
        fs::write(home.path().join("ReadMe.rst"), "").unwrap();
        assert_eq!(look_at_root(home.path()), []);
    }
}
