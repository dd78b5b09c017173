//! The lens `links`: relative links of Markdown documents to files and headings that are not there.
//!
//! It asks the tree alone: links to other places are not looked up, and what lies outside of the root is not judged.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::hit::{Hit, Severity, visible};
use super::hyperlinks::{self, Link};
use super::markdown;
use super::source::{Lang, Source};
use super::walk;

/// The lens, with the anchors of the documents it has read.
#[derive(Debug)]
pub(super) struct Links {
    root: PathBuf,
    anchors: HashMap<PathBuf, Option<HashSet<String>>>,
    /// How often a near name may still be looked for: each time reads a folder.
    searches: usize,
}

impl Links {
    /// `root` must be canonical.
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            anchors: HashMap::new(),
            searches: 200,
        }
    }

    pub(super) fn look(&mut self, source: &Source) -> Vec<Hit> {
        if source.lang != Lang::Markdown {
            return Vec::new();
        }
        let document = markdown::document(source);
        let own = markdown::anchors(source, &document);
        hyperlinks::links(source, &document)
            .iter()
            .filter_map(|link| self.judge(source, &own, link))
            .collect()
    }

    fn judge(&mut self, source: &Source, own: &HashSet<String>, link: &Link) -> Option<Hit> {
        let target = local(&link.to)?;
        let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
        let path = decoded(path.split('?').next().unwrap_or_default());
        let fragment = decoded(fragment).to_lowercase();
        let shown = visible(&link.to);
        if path.is_empty() {
            let dead = !fragment.is_empty() && !own.contains(&fragment) && fragment != "top";
            return dead.then(|| dead_anchor(source, link, &shown, "this document"));
        }
        if made_by_a_tool(&source.path, &path) {
            return None;
        }
        let inside = inside(&source.path, &path)?;
        let Ok(full) = self.root.join(&inside).canonicalize() else {
            let what = if link.is_image { "image" } else { "link" };
            let similar = self.similar(&inside);
            return Some(
                Hit::at(source, link.line, "dead-link", Severity::Medium)
                    .claim(format!(
                        "dead {what}: `{shown}` leads to a file that is not there"
                    ))
                    .advise(similar.map_or_else(
                        || "correct the path, add the file, or remove the link".to_owned(),
                        |name| format!("correct the path: beside it there is `{}`", visible(&name)),
                    )),
            );
        };
        // A link of the tree that leads out of it is alive, and not read.
        let to_document = full.starts_with(&self.root) && full.is_file() && !fragment.is_empty();
        if to_document && self.lacks(&full, &fragment) {
            return Some(dead_anchor(
                source,
                link,
                &shown,
                &format!("`{}`", visible(&inside.to_string_lossy())),
            ));
        }
        None
    }

    /// The document at `full` was read and has no such anchor.
    fn lacks(&mut self, full: &Path, fragment: &str) -> bool {
        let anchors = self.anchors.entry(full.to_owned()).or_insert_with(|| {
            let name = full.to_string_lossy().into_owned();
            if Lang::of(&name, "") != Lang::Markdown {
                return None;
            }
            fs::metadata(full)
                .ok()
                .filter(|file| file.len() <= walk::LARGEST)?;
            let source = Source::new(name, &fs::read(full).ok()?);
            Some(markdown::anchors(&source, &markdown::document(&source)))
        });
        anchors
            .as_ref()
            .is_some_and(|anchors| !anchors.contains(fragment))
    }

    /// A file beside the missing one with nearly its name: another ending, another case, or one letter more or less.
    fn similar(&mut self, missing: &Path) -> Option<String> {
        self.searches = self.searches.checked_sub(1)?;
        let name = missing.file_name()?.to_string_lossy().to_lowercase();
        let stem = |name: &str| {
            name.split('.')
                .next()
                .unwrap_or_default()
                .trim_end_matches('s')
                .to_owned()
        };
        let mut names: Vec<String> = fs::read_dir(self.root.join(missing.parent()?))
            .ok()?
            .take(10_000)
            .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
            .filter(|other| !stem(&name).is_empty() && stem(&other.to_lowercase()) == stem(&name))
            .collect();
        names.sort();
        names.into_iter().next()
    }
}

fn dead_anchor(source: &Source, link: &Link, shown: &str, place: &str) -> Hit {
    Hit::at(source, link.line, "dead-anchor", Severity::Low)
        .claim(format!(
            "dead anchor: `{shown}` names a heading that {place} does not have"
        ))
        .advise("correct the fragment: a heading's anchor is its text in lower case, dashes for spaces")
}

/// The target, if it leads to a place in the tree and not elsewhere, and is no template.
fn local(target: &str) -> Option<&str> {
    let target = target.trim();
    let scheme = target
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default()
        .contains(':');
    let template = ["{{", "{%", "${", "<%", "{#"]
        .iter()
        .any(|mark| target.contains(mark));
    (!target.is_empty() && !scheme && !template && !target.starts_with("//")).then_some(target)
}

/// A page that a site generator makes, or an item's path in the documentation of a Rust crate.
fn made_by_a_tool(from: &str, path: &str) -> bool {
    let page = matches!(path.rsplit_once('.'), Some((_, "html" | "htm")));
    let item = from.split('/').any(|folder| folder == "src") && !path.contains(['/', '.']);
    page || item || matches!(path, "crate" | "self" | "super" | "Self")
}

/// Where a link in the document at `from` leads, relative to the root; `None` where it leaves the root.
fn inside(from: &str, path: &str) -> Option<PathBuf> {
    let mut parts: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        from.split('/').collect()
    };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.iter().collect())
}

/// `%20` and the like undone.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn look(files: &[(&str, &str)], path: &str, text: &str) -> Vec<(usize, String, String)> {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().canonicalize().unwrap();
        for (name, text) in files {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), text).unwrap();
        }
        symlink("/", root.join("out")).unwrap();
        let source = Source::new(path.into(), text.as_bytes());
        Links::new(&root)
            .look(&source)
            .into_iter()
            .map(|hit| (hit.line.unwrap(), hit.claim, hit.recommendation))
            .collect()
    }

    #[test]
    fn what_is_there_is_alive() {
        let text = "# Top\n[a](b.md) [a](b.md#two-words) [a](/docs/b.md) [a](../x%20y.png?raw=1) [a](#top) [a](.)\n\
                    [w](https://a.b/c) [m](mailto:a@b) [p](//a.b) [t]({{ url }}) [o](../../elsewhere) [s](../out/etc)\n";
        let files = [("docs/b.md", "# Two words\n"), ("x y.png", "")];
        assert_eq!(look(&files, "docs/a.md", text), []);
    }

    #[test]
    fn what_is_not_there_is_dead_and_the_near_one_is_named() {
        let files = [("docs/formats.md", "# A\n"), ("b.md", "# A\n")];
        let found = look(
            &files,
            "a.md",
            "[x](docs/format.md)\n\n![y](no.png)\n[z](b.md#b) [q](#here)\n",
        );
        let claims: Vec<_> = found
            .iter()
            .map(|(line, claim, _)| (*line, claim.as_str()))
            .collect();
        assert_eq!(
            claims,
            [
                (1, "dead link: `docs/format.md` leads to a file that is not there"),
                (3, "dead image: `no.png` leads to a file that is not there"),
                (
                    4,
                    "dead anchor: `b.md#b` names a heading that `b.md` does not have"
                ),
                (
                    4,
                    "dead anchor: `#here` names a heading that this document does not have"
                ),
            ]
        );
        assert_eq!(found[0].2, "correct the path: beside it there is `formats.md`");
    }

    #[test]
    fn half_an_escape_is_text() {
        assert_eq!(decoded("a%2"), "a%2");
        assert_eq!(decoded("%zz%C3%A4%ä"), "%zzä%ä");
        assert_eq!(decoded("%ff"), "\u{fffd}");
    }
}
