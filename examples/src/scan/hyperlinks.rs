//! The links of a Markdown document: where they stand and where they lead. It judges none of them.

use super::markdown::Document;
use super::source::Source;

/// A link, an image or a definition: where it stands and where it leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) line: usize,
    pub(super) to: String,
    /// `![…](…)`.
    pub(super) is_image: bool,
    /// What is between the brackets, where it was an inline link.
    pub(super) text: Option<String>,
}

/// The longest target of a link that is read, in bytes.
const LONGEST: usize = 2000;
/// The most links of one line that are read.
const A_LINE: usize = 100;

/// The links of a document that stand in its prose, in the order of their lines.
pub(super) fn links(source: &Source, document: &Document) -> Vec<Link> {
    let mut found = Vec::new();
    for (at, prose) in document.prose.iter().enumerate() {
        let line = at + 1;
        for (middle, _) in prose.match_indices("](").take(A_LINE) {
            let Some(to) = target(&prose[middle + 2..]) else {
                continue;
            };
            let open = opening(prose.as_bytes(), middle);
            // The words are taken from the line itself: code spans belong to them.
            let text = open.map(|open| {
                source
                    .line(line)
                    .get(open + 1..middle)
                    .unwrap_or_default()
                    .to_owned()
            });
            let is_image = open.is_some_and(|open| prose[..open].ends_with('!'));
            found.push(Link {
                line,
                to,
                is_image,
                text,
            });
        }
        if let Some((label, to)) = prose
            .trim_start()
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]:"))
            && !label.starts_with('^')
            && !label.contains(']')
            && let Some(to) = target(to)
        {
            found.push(Link {
                line,
                to,
                is_image: false,
                text: None,
            });
        }
        let tag = prose.find('<').unwrap_or(prose.len());
        for attribute in ["href=\"", "src=\""] {
            for (start, _) in prose.match_indices(attribute).take(A_LINE) {
                let value = &prose[start + attribute.len()..];
                if let Some(end) = value.find('"').filter(|end| *end <= LONGEST && tag < start) {
                    found.push(Link {
                        line,
                        to: value[..end].to_owned(),
                        is_image: false,
                        text: None,
                    });
                }
            }
        }
    }
    found
}

/// The `[` that the `]` at `close` closes.
fn opening(line: &[u8], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for at in (close.saturating_sub(LONGEST)..=close).rev() {
        match line[at] {
            b']' => depth += 1,
            b'[' if depth == 1 => return Some(at),
            b'[' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The target that begins here: `<…>`, or until white space or the parenthesis that closes it.
fn target(text: &str) -> Option<String> {
    let text = text.trim_start();
    if let Some(inside) = text.strip_prefix('<') {
        let end = inside.bytes().take(LONGEST).position(|byte| byte == b'>')?;
        return Some(inside[..end].to_owned());
    }
    let mut depth = 0_usize;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        match c {
            _ if at > LONGEST => return None,
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = at;
                break;
            }
            ')' => depth -= 1,
            c if c.is_whitespace() => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    Some(text[..end].to_owned()).filter(|target| !target.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::markdown::document;
    use super::*;

    fn read(text: &str) -> (Source, Document) {
        let source = Source::new("a.md".into(), text.as_bytes());
        let document = document(&source);
        (source, document)
    }

    fn targets(text: &str) -> Vec<(usize, String)> {
        let (source, document) = read(text);
        links(&source, &document)
            .into_iter()
            .map(|link| (link.line, link.to))
            .collect()
    }

    #[test]
    fn links_in_all_their_shapes() {
        let text = "[a](b \"t\") ![c](<d e>) [f](g(h).md) [`i`](j)\n[k]: l/m.md\n[^n]: o\n<a href=\"p\">q</a> [r][s] [t]()\n";
        assert_eq!(
            targets(text),
            [
                (1, "b"),
                (1, "d e"),
                (1, "g(h).md"),
                (1, "j"),
                (2, "l/m.md"),
                (4, "p")
            ]
            .map(|(l, t)| (l, t.to_owned()))
        );
        let (source, document) = read(text);
        let links = links(&source, &document);
        assert!(links[1].is_image && !links[0].is_image);
        assert_eq!(links[3].text.as_deref(), Some("`i`"));
    }

    #[test]
    fn code_has_no_links() {
        assert_eq!(
            targets("`[a](b)` [c](d)\n```\n[e](f)\n```\n<!-- [g](h) -->\n"),
            [(1, "d".to_owned())]
        );
    }

    #[test]
    fn hostile_documents_end() {
        for piece in ["](", "](<", "[", "(((", "[a]:", "<a href=\"", "[ä](ö", "]]]("] {
            let (source, document) = read(&piece.repeat(10_000));
            links(&source, &document);
        }
    }
}
