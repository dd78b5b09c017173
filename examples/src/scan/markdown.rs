//! What a Markdown document is made of, as far as the lenses ask: prose lines, headings, links, anchors.
//!
//! It follows CommonMark and the anchors of GitHub in what documents commonly do, and builds no tree.

use std::collections::{HashMap, HashSet};

use super::source::Source;

/// A document, divided.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Each line without its code: the same length, code blocks blank, a code span nothing but backticks.
    pub(super) prose: Vec<String>,
    pub(super) headings: Vec<Heading>,
    /// The line of a code fence that is never closed.
    pub(super) unclosed: Option<usize>,
}

/// A heading.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) line: usize,
    pub(super) level: usize,
    /// As written, without the marks of the heading.
    pub(super) text: String,
}

/// Divides a document.
pub(super) fn document(source: &Source) -> Document {
    let mut document = Document::default();
    let mut fence: Option<(u8, usize, usize)> = None;
    let mut front_matter: Option<&str> = None;
    let mut in_comment = false;
    // Indented code begins after an empty line, outside of a list.
    let (mut empty_before, mut in_code, mut in_list) = (true, false, false);
    for (number, line) in source.lines() {
        let bare = line.trim_start_matches([' ', '\t', '>']);
        let indent =
            line.bytes().take_while(|byte| *byte == b' ').count() + 4 * usize::from(line.starts_with('\t'));
        let mut prose = " ".repeat(line.len());
        if let Some(end) = front_matter {
            front_matter = (line.trim_end() != end).then_some(end);
        } else if number == 1 && matches!(line.trim_end(), "---" | "+++") {
            front_matter = Some(line.trim_end());
        } else if let Some((mark, length, _)) = fence {
            let run = bare.bytes().take_while(|byte| *byte == mark).count();
            if run >= length && bare[run..].trim().is_empty() {
                fence = None;
            }
        } else if let Some(opening) = opens_fence(bare) {
            fence = Some((opening.0, opening.1, number));
        } else if indent >= 4 && !in_list && (empty_before || in_code) && !bare.is_empty() {
            in_code = true;
        } else {
            in_code &= bare.is_empty();
            in_list = is_item(bare) || in_list && (indent > 0 || bare.is_empty() || !empty_before);
            prose = without_spans(line, &mut in_comment);
            if indent < 4 {
                heading(source, &mut document, number, line.trim_start(), prose.trim());
            }
        }
        empty_before = bare.is_empty();
        document.prose.push(prose);
    }
    document.unclosed = fence.map(|fence| fence.2);
    document
}

/// The mark, its length, of a line that opens a code fence.
fn opens_fence(bare: &str) -> Option<(u8, usize)> {
    // A fence may stand behind the mark of a list item.
    let bare = if is_item(bare) {
        bare.trim_start_matches(|c: char| c.is_ascii_digit() || "-*+.) ".contains(c))
    } else {
        bare
    };
    let mark = *bare
        .as_bytes()
        .first()
        .filter(|byte| matches!(byte, b'`' | b'~'))?;
    let run = bare.bytes().take_while(|byte| *byte == mark).count();
    (run >= 3 && !(mark == b'`' && bare[run..].contains('`'))).then_some((mark, run))
}

fn is_item(bare: &str) -> bool {
    let digits = bare.bytes().take(9).take_while(u8::is_ascii_digit).count();
    let mark = &bare[digits..];
    let marks: &[&str] = if digits > 0 {
        &[". ", ") "]
    } else {
        &["- ", "* ", "+ "]
    };
    marks.iter().any(|start| mark.starts_with(start))
}

/// The line with nothing but backticks for its code spans, and its HTML comments blank.
fn without_spans(line: &str, in_comment: &mut bool) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    // A run of this length has no partner behind: searched once, not again for each run.
    let mut lonely = HashSet::new();
    while let Some(c) = rest.chars().next() {
        let hidden = *in_comment;
        let (skip, keep) = if hidden {
            let end = rest.find("-->");
            *in_comment = end.is_none();
            (end.map_or(rest.len(), |at| at + 3), false)
        } else if rest.starts_with("<!--") {
            *in_comment = true;
            (4, false)
        } else if c == '`' {
            let run = rest.bytes().take_while(|byte| *byte == b'`').count();
            let close = if lonely.contains(&run) {
                None
            } else {
                closing_run(&rest[run..], run)
            };
            if close.is_none() {
                lonely.insert(run);
            }
            (close.map_or(run, |at| run + at + run), close.is_none())
        } else {
            (c.len_utf8(), true)
        };
        let ink = if c == '`' && !hidden { "`" } else { " " };
        if keep {
            out.push_str(&rest[..skip]);
        } else {
            out.push_str(&ink.repeat(skip));
        }
        rest = &rest[skip..];
    }
    out
}

/// Where a run of exactly `run` backticks begins.
fn closing_run(text: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(next) = text[at..].find('`') {
        let length = text[at + next..].bytes().take_while(|byte| *byte == b'`').count();
        if length == run {
            return Some(at + next);
        }
        at += next + length;
    }
    None
}

fn heading(source: &Source, document: &mut Document, line: usize, text: &str, prose: &str) {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&level) && text[level..].starts_with([' ', '\t']) && prose.starts_with('#') {
        let text = text[level..].trim();
        let bare = text.trim_end_matches('#');
        let text = if bare.is_empty() || bare.ends_with([' ', '\t']) {
            bare.trim_end()
        } else {
            text
        };
        return document.headings.push(Heading {
            line,
            level,
            text: text.to_owned(),
        });
    }
    let level = match prose.as_bytes().first() {
        Some(b'=') if prose.bytes().all(|byte| byte == b'=') => 1,
        Some(b'-') if prose.bytes().all(|byte| byte == b'-') => 2,
        _ => return,
    };
    // The line above is the heading, if it is plain text.
    if let Some(above) = document.prose.last().map(|above| above.trim())
        && !above.is_empty()
        && !above.starts_with(['#', '|', '>', '-', '*', '<', '='])
    {
        let text = source.line(line - 1).trim().to_owned();
        document.headings.push(Heading {
            line: line - 1,
            level,
            text,
        });
    }
}

/// The names that a `#fragment` may have in this document, in lower case.
pub(super) fn anchors(source: &Source, document: &Document) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for heading in &document.headings {
        let (text, given) = match heading.text.rsplit_once("{#") {
            Some((text, id)) if id.ends_with('}') => (text, Some(id.trim_end_matches('}'))),
            _ => (heading.text.as_str(), None),
        };
        names.extend(given.map(str::to_lowercase));
        let slug = slug(text);
        let count = counts.entry(slug.clone()).or_default();
        names.insert(if *count == 0 {
            slug
        } else {
            format!("{slug}-{count}")
        });
        *count += 1;
    }
    for (_, line) in source.lines() {
        for attribute in ["id=\"", "name=\"", "id='", "name='"] {
            for (start, _) in line.match_indices(attribute) {
                let value = &line[start + attribute.len()..];
                names.extend(
                    value
                        .find(['"', '\''])
                        .filter(|end| *end <= 200)
                        .map(|end| value[..end].to_lowercase()),
                );
            }
        }
    }
    names
}

/// A heading's anchor as GitHub makes it: lower case, no punctuation, dashes for spaces.
fn slug(heading: &str) -> String {
    let mut text = String::new();
    let mut rest = heading.trim();
    // `[words](target)` counts as its words.
    while let Some((before, after)) = rest.split_once("](") {
        text.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Source, Document) {
        let source = Source::new("a.md".into(), text.as_bytes());
        let document = document(&source);
        assert_eq!(document.prose.len(), text.lines().count());
        (source, document)
    }

    #[test]
    fn code_front_matter_and_comments_are_no_prose() {
        let text = "---\ntitle: [a](b)\n---\n# One\n```sh\n# no [a](b)\n```\n\n    [c](d)\n\n- item\n\n      [e](f)\n<!-- [g](h)\n[i](j) --> [k](l) `[m](n)`\n";
        let (_, divided) = read(text);
        let lines: Vec<_> = divided
            .prose
            .iter()
            .enumerate()
            .filter(|(_, line)| line.contains("]("))
            .map(|(at, _)| at + 1)
            .collect();
        assert_eq!(lines, [13, 15]);
        assert!(
            divided.prose[14].trim_start().starts_with("[k](l) `") && !divided.prose[14].contains(['g', 'm'])
        );
        let (_, document) = read(text);
        assert_eq!(
            document.headings,
            [Heading {
                line: 4,
                level: 1,
                text: "One".into()
            }]
        );
        assert_eq!(document.unclosed, None);
        assert_eq!(read("a\n~~~\n```\n").1.unclosed, Some(2));
    }

    #[test]
    fn anchors_are_those_of_github() {
        let (source, document) = read(
            "# A `b::c()` & D\n## Über [x](y)!\n## A `b::c()` & D #\nTwo Words\n---\n### e {#given}\n<a id=\"Own\"></a>\n",
        );
        let anchors = anchors(&source, &document);
        for name in ["a-bc--d", "a-bc--d-1", "über-x", "two-words", "given", "own"] {
            assert!(anchors.contains(name), "{name} in {anchors:?}");
        }
    }

    #[test]
    fn hostile_documents_end() {
        for piece in [
            "`", "``` `", "](", "[", "<!--", "#", "> ", "(((", "- ", "[a]:", "`ä``",
        ] {
            let (source, document) = read(&piece.repeat(10_000));
            anchors(&source, &document);
        }
    }
}
