//! Bringing merged files to their places: all of them or none.
//!
//! Every new content is first written beside its place; only then, one rename each, they come in. When one fails, those
//! before it are taken back from memory. What goes, goes before anything comes in, so that a file may become a folder and
//! a folder a file. It decides nothing about contents.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use super::PatchError;
use crate::beneath::{Beneath, Leaf};

/// The largest file that is read or written.
pub(crate) const LEAF_LIMIT: u64 = 256 << 20;

/// One file's way: it must still be `from`, and becomes `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) path: PathBuf,
    pub(super) from: Option<Leaf>,
    pub(super) to: Option<Leaf>,
}

/// Does all of `moves`, or none. `before_each` is asked before each comes in.
pub(super) fn land(
    tree: &Beneath,
    moves: &[Move],
    mut before_each: impl FnMut(&Path) -> io::Result<()>,
) -> Result<(), PatchError> {
    let (gone, come): (Vec<&Move>, Vec<&Move>) = moves.iter().partition(|step| step.to.is_none());
    let is_gone: HashSet<&Path> = gone.iter().map(|step| &*step.path).collect();
    let moves = [gone, come].concat();
    let mut staged = Vec::with_capacity(moves.len());
    let mut result = Ok(());
    for step in &moves {
        let stage = |leaf| {
            let way = &mut step.path.ancestors().skip(1);
            match way.find(|above| is_gone.contains(above)) {
                Some(file) => tree.stage_beside(&step.path, file, leaf),
                None => tree.stage(&step.path, leaf),
            }
        };
        match step.to.as_ref().map(stage).transpose() {
            Ok(file) => staged.push(file),
            Err(source) => {
                result = Err((step.path.clone(), source));
                break;
            }
        }
    }
    let mut landed = 0;
    if result.is_ok() {
        for (step, file) in moves.iter().zip(staged.drain(..)) {
            let came_in = before_each(&step.path).and_then(|()| {
                if tree.read(&step.path, LEAF_LIMIT)? != step.from {
                    return Err(io::Error::other("it was changed at this moment"));
                }
                match file {
                    Some(file) => file.land(),
                    None => tree.remove(&step.path),
                }
            });
            if let Err(source) = came_in {
                result = Err((step.path.clone(), source));
                break;
            }
            landed += 1;
        }
    }
    let Err((path, source)) = result else {
        return Ok(());
    };
    drop(staged);
    let not_restored = take_back(tree, &moves[..landed]);
    for step in &moves {
        tree.prune(&step.path);
    }
    Err(if not_restored.is_empty() {
        PatchError::File { path, source }
    } else {
        PatchError::NotRestored {
            path,
            source,
            not_restored,
        }
    })
}

/// Takes moves back, last first; what could not be taken back is named.
fn take_back(tree: &Beneath, moves: &[&Move]) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for step in moves.iter().rev() {
        let back = match &step.from {
            Some(leaf) => tree.put(&step.path, leaf),
            None => tree.remove(&step.path),
        };
        let is_back = back.and_then(|()| tree.read(&step.path, LEAF_LIMIT));
        if !is_back.is_ok_and(|now| now == step.from) {
            left.push(step.path.clone());
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;
    use crate::beneath::walk;

    fn file(text: &str) -> Leaf {
        let bytes = text.as_bytes().to_vec();
        Leaf::File {
            bytes,
            executable: false,
        }
    }

    fn content(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = Vec::new();
        walk(root, Path::new(""), &mut found).expect("a walk");
        found
            .into_iter()
            .map(|path| (path.clone(), fs::read(root.join(path)).expect("a file")))
            .collect()
    }

    fn moves() -> Vec<Move> {
        let step = |path: &str, from, to| Move {
            path: path.into(),
            from,
            to,
        };
        vec![
            step("src/a", Some(file("a")), Some(file("A"))),
            step("new/deep/b", None, Some(file("B"))),
            step("src/gone", Some(file("gone")), None),
            step("src/c", Some(file("c")), Some(Leaf::Link { target: "a".into() })),
        ]
    }

    /// A file becomes a folder, and a folder a file.
    fn exchanges() -> Vec<Move> {
        let step = |path: &str, from, to| Move {
            path: path.into(),
            from,
            to,
        };
        vec![
            step("deep/er", None, Some(file("a file now"))),
            step("deep/er/one", Some(file("1")), None),
            step("deep/er/two/three", Some(file("3")), None),
            step("src/gone", Some(file("gone")), None),
            step("src/gone/a", None, Some(file("A"))),
            step(
                "src/gone/b/c",
                None,
                Some(Leaf::Link {
                    target: "../a".into(),
                }),
            ),
        ]
    }

    fn tree_of_exchanges() -> tempfile::TempDir {
        let root = tree();
        fs::create_dir_all(root.path().join("deep/er/two")).expect("a directory");
        for (name, text) in [("one", "1"), ("two/three", "3")] {
            fs::write(root.path().join("deep/er").join(name), text).expect("a file");
        }
        root
    }

    #[test]
    fn a_file_becomes_a_folder_and_a_folder_a_file() {
        let root = tree_of_exchanges();
        let tree = Beneath::open(root.path()).expect("it is there");
        land(&tree, &exchanges(), |_| Ok(())).expect("it comes in");
        let names: Vec<_> = content(root.path()).into_keys().collect();
        let expected = [
            "deep/er",
            "src/a",
            "src/c",
            "src/gone/a",
            "src/gone/b/c",
            "src/other",
        ];
        assert_eq!(names, expected.map(PathBuf::from), "and nothing staged is left");
    }

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(root.path().join("src")).expect("a directory");
        for (name, text) in [("a", "a"), ("gone", "gone"), ("c", "c"), ("other", "other")] {
            fs::write(root.path().join("src").join(name), text).expect("a file");
        }
        root
    }

    #[test]
    fn a_failure_at_any_place_leaves_the_tree_as_it_was() {
        let all = [(moves(), tree as fn() -> _), (exchanges(), tree_of_exchanges)];
        for (moves, tree) in all {
            for failing in &moves {
                let root: tempfile::TempDir = tree();
                let before = content(root.path());
                let beneath = Beneath::open(root.path()).expect("it is there");
                let result = land(&beneath, &moves, |path| {
                    if path == failing.path {
                        Err(io::Error::other("the disk is full"))
                    } else {
                        Ok(())
                    }
                });
                assert!(matches!(result, Err(PatchError::File { .. })), "{result:?}");
                assert_eq!(content(root.path()), before, "{:?}", failing.path);
                assert!(!root.path().join("new").exists());
            }
        }
    }

    #[test]
    fn a_file_that_somebody_saves_meanwhile_stops_all_of_it() {
        let root = tree();
        let beneath = Beneath::open(root.path()).expect("it is there");
        fs::write(root.path().join("src/c"), "saved").expect("a file");
        let before = content(root.path());
        land(&beneath, &moves(), |_| Ok(())).expect_err("it is not what was merged with");
        assert_eq!(content(root.path()), before);
        // A folder in a file's place: found before anything comes in.
        fs::write(root.path().join("src/c"), "c").expect("a file");
        fs::write(root.path().join("new"), "in the way").expect("a file");
        let before = content(root.path());
        land(&beneath, &moves(), |_| Ok(())).expect_err("something is in the way");
        assert_eq!(content(root.path()), before);
    }

    #[test]
    fn all_of_it_comes_in() {
        let root = tree();
        let beneath = Beneath::open(root.path()).expect("it is there");
        land(&beneath, &moves(), |_| Ok(())).expect("nothing is in the way");
        let names: Vec<_> = content(root.path()).into_keys().collect();
        assert_eq!(
            names,
            ["new/deep/b", "src/a", "src/c", "src/other"].map(PathBuf::from)
        );
    }
}
