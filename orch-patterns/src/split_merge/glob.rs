//! Slices by a pattern of paths: one for each file or folder that there is.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use orch_core::Result;
use orch_prompts::{Slice, Slices};

use super::conflict::path_line;
use super::ownership::misuse;

/// One slice for each file and folder beneath `work_tree` that `pattern` names, in order of their paths.
///
/// In a part of the pattern `*` stands for any letters and `?` for one; a `*` in front stands for no hidden name, as in
/// a shell. A `/` at the end names folders only: `crates/*/`. A slice's label is its last name (`net` of `crates/net`)
/// where these differ, else its path. Files that git ignores are named too: a slice of them alone would be empty.
///
/// ```no_run
/// let slices = orch_patterns::slices_of(".", "crates/*/")?;
/// # Ok::<(), orch_patterns::Error>(())
/// ```
///
/// # Errors
/// [`Halt::Misuse`](orch_core::Halt::Misuse) when the pattern is absolute, has a `..` or `**` in it, or names nothing;
/// when it names a link or leads through one, or a name that is not UTF-8; or when a folder cannot be read.
pub fn slices_of(work_tree: impl AsRef<Path>, pattern: &str) -> Result<Slices> {
    let root = work_tree.as_ref();
    let wrong = |why: &str| misuse(&format!("pattern {pattern:?} {why}"));
    let mut found = vec![PathBuf::new()];
    for part in Path::new(pattern).components() {
        let part = match part {
            Component::CurDir => continue,
            Component::Normal(part) => part.to_str().unwrap_or_default(),
            Component::ParentDir => {
                return Err(wrong("has a `..` in it: name paths from the work tree's root"));
            }
            Component::RootDir | Component::Prefix(_) => {
                return Err(wrong("is absolute: name paths from the work tree's root"));
            }
        };
        if part.contains("**") {
            return Err(wrong(
                "has a `**` in it, which is not understood: name each level by a `*`",
            ));
        }
        let mut next = Vec::new();
        for folder in &found {
            let names = names_in(&root.join(folder), part)
                .map_err(|error| wrong(&format!("cannot be followed in {}: {error}", here(folder))))?;
            next.extend(names.into_iter().map(|name| folder.join(name)));
        }
        found = next;
        for path in &found {
            if root.join(path).is_symlink() {
                return Err(wrong(&format!(
                    "names the link {}: name the place itself",
                    here(path)
                )));
            }
        }
    }
    found.retain(|path| !pattern.ends_with('/') || root.join(path).is_dir());
    found.sort();
    if found.is_empty() || found == [PathBuf::new()] {
        return Err(wrong(&format!("names nothing beneath {}", path_line(root))));
    }
    Ok(labelled(&found))
}

/// The names in `folder` that `part` stands for: itself, where it stands for one alone.
fn names_in(folder: &Path, part: &str) -> io::Result<Vec<String>> {
    if !part.contains(['*', '?']) {
        let there = folder.join(part).symlink_metadata().is_ok();
        return Ok(if there { vec![part.to_owned()] } else { Vec::new() });
    }
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else {
            let why = format!("the name {} is not UTF-8", path_line(Path::new(&name)));
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        };
        let hidden = name.starts_with('.') && !part.starts_with('.');
        if !hidden && name != ".git" && stands_for(part, name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Whether `pattern` stands for `name`, in time that grows with the product of their lengths at most.
fn stands_for(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut at, mut in_name) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while in_name < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_name));
                at += 1;
            }
            Some(&letter) if letter == '?' || letter == name[in_name] => {
                at += 1;
                in_name += 1;
            }
            _ => {
                // The last star takes one letter more.
                let Some((from, taken)) = star else { return false };
                star = Some((from, taken + 1));
                (at, in_name) = (from + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|&letter| letter == '*')
}

fn labelled(paths: &[PathBuf]) -> Slices {
    let last = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<Option<String>> = paths.iter().map(last).collect();
    names.sort();
    names.dedup();
    let differ = names.len() == paths.len();
    paths
        .iter()
        .map(|path| {
            let short = last(path).filter(|_| differ);
            let label = short.unwrap_or_else(|| path.to_string_lossy().into_owned());
            Slice::new(label, [path])
        })
        .collect()
}

fn here(path: &Path) -> String {
    if path.as_os_str().is_empty() {
        ".".to_owned()
    } else {
        path_line(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters_and_a_question_mark_for_one() {
        let rows = [
            ("*", "x", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("*.md", "é.md", true),
            ("?.md", "é.md", true),
            ("?.md", "ab.md", false),
            ("*a*a*b", "aaaaaaaaaaaaaaaaaaaa", false),
            ("net", "net", true),
            ("net", "nets", false),
        ];
        for (pattern, name, stands) in rows {
            assert_eq!(stands_for(pattern, name), stands, "{pattern} {name}");
        }
    }
}
