//! Which files of a tree are somebody's work and which are not (build output, caches): by the tree's `.gitignore` files,
//! read by git with a configuration of ours. No repository of the tree has a say in it.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use orch_pty::Exit;

use super::is_not_work;
use crate::beneath::{Met, descend, walk};
use crate::dirs::{make_private, read_linked, write_private};
use crate::git::{Git, paths_of};
use crate::refusal::Trouble;

/// The most bytes of rules that lie outside the tree.
const EXCLUDE_LIMIT: usize = 4 << 20;

/// An empty private repository through which a tree is listed.
#[derive(Debug)]
pub(crate) struct Rules {
    repository: PathBuf,
}

impl Rules {
    /// Makes the private repository in `room`; `exclude` has further rules.
    pub(crate) async fn new(room: &Path, exclude: Option<&Path>) -> Result<Self, Trouble> {
        let repository = room.join("rules.git");
        // Said outright, since git makes its files by the umask otherwise.
        let init = ["init", "--quiet", "--bare", "--template=", "--shared=0600"].map(OsStr::new);
        let init = init.into_iter().chain([repository.as_os_str()]);
        Git::alone(room).writes_in(room).ask(init).await?;
        let rules = match exclude {
            // git would wait for ever at one that is a pipe.
            Some(path) => read_linked(path, EXCLUDE_LIMIT).map_err(|error| {
                format!(
                    "the rules in {} cannot be read: {error}; remove it or make it a file",
                    path.display()
                )
            })?,
            None => None,
        };
        if let Some(rules) = rules {
            let info = repository.join("info");
            let made = make_private(&info).and_then(|()| write_private(&info.join("exclude"), &rules));
            made.map_err(|error| Trouble::of_ours(&info, &error))?;
        }
        Ok(Self { repository })
    }

    /// Those of `paths` (from `top`) that a rule ignores, tracked or not, each with the file in which the rule stands;
    /// what the files `unheard` say does not count.
    /// Beneath a `.gitignore` for which git would wait, nothing is ignored.
    pub(crate) async fn ignored(
        &self,
        top: &Path,
        paths: &[PathBuf],
        unheard: &BTreeSet<PathBuf>,
    ) -> Result<BTreeMap<PathBuf, PathBuf>, Trouble> {
        let mut asked = Vec::new();
        let mut held_up: BTreeMap<PathBuf, bool> = BTreeMap::new();
        for path in paths {
            let is_held_up = path.ancestors().skip(1).any(|folder| {
                let known = held_up.entry(folder.to_owned());
                *known.or_insert_with(|| holds_git_up(&top.join(folder).join(".gitignore")))
            });
            if is_held_up {
                continue;
            }
            // This command takes no literal paths; so led, no name begins with what it would read as more than a name.
            asked.extend_from_slice(b"./");
            asked.extend_from_slice(path.as_os_str().as_encoded_bytes());
            asked.push(0);
        }
        if asked.is_empty() {
            return Ok(BTreeMap::new());
        }
        let git = Git::alone(top)
            .variable("GIT_DIR", &self.repository)
            .variable("GIT_WORK_TREE", top)
            .input(asked);
        let command = [
            "--no-literal-pathspecs",
            "check-ignore",
            "--no-index",
            "--verbose",
            "-z",
            "--stdin",
        ];

        let said = git.run(command).await?;
        // 1: none of them is.
        if !matches!(said.exit, Exit::Code(0 | 1)) {
            return Err(git.failed(&said, "git could not say which files are ignored".to_owned()));
        }
        let said = paths_of(&said.out);
        let ignored = said.chunks_exact(4).filter_map(|said| match said {
            // A pattern with a `!` says that it is not ignored.
            [source, _, pattern, path]
                if !unheard.contains(source) && !pattern.as_os_str().as_encoded_bytes().starts_with(b"!") =>
            {
                let path = path.strip_prefix("./").unwrap_or(path);
                Some((path.to_owned(), source.clone()))
            }
            _ => None,
        });
        Ok(ignored.collect())
    }

    /// The files beneath `within` (paths from `top`) that no rule ignores, from `top`.
    pub(crate) async fn list(&self, top: &Path, within: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
        self.refuse_what_holds_git_up(top, within).await?;
        let git = Git::alone(top)
            .variable("GIT_DIR", &self.repository)
            .variable("GIT_WORK_TREE", top);
        let command = ["ls-files", "-z", "--others", "--exclude-standard", "--"].map(OsStr::new);
        let within = within.iter().map(|path| match path.as_os_str() {
            empty if empty.is_empty() => OsStr::new("."),
            path => path,
        });
        let listed = git.ask(command.into_iter().chain(within)).await?;
        let mut files = Vec::new();
        for path in paths_of(&listed) {
            // A folder is named only where it is a repository of its own: then all of it counts.
            if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
                let folder: PathBuf = path.components().collect();
                walk(top, &folder, &mut files).map_err(Trouble::with(top.join(&folder)))?;
            } else {
                files.push(path);
            }
        }
        Ok(files)
    }

    /// git opens each `.gitignore` where it looks, and would wait for ever at one that is a pipe.
    async fn refuse_what_holds_git_up(&self, top: &Path, within: &[PathBuf]) -> Result<(), Trouble> {
        let above = within.iter().flat_map(|path| path.ancestors().skip(1));
        let mut above = above.map(|folder| folder.join(".gitignore"));
        if let Some(first) = above.find(|path| holds_git_up(&top.join(path))) {
            return Err(refusal(&first).into());
        }
        // Build output is large and mostly ignored, and git does not look into what is ignored either.
        let mut aside = search(top, within, is_not_work).await?;
        if !aside.is_empty() {
            let ignored = self.ignored(top, &aside, &BTreeSet::new()).await?;
            aside.retain(|folder| !ignored.contains_key(folder));
            search(top, &aside, is_of_git).await?;
        }
        Ok(())
    }
}

/// Looks beneath `within` for what git would wait at; returns the folders that were left out and in which git would look.
async fn search(
    top: &Path,
    within: &[PathBuf],
    leaves_out: fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, String> {
    let (top, within) = (top.to_owned(), within.to_vec());
    let found = tokio::task::spawn_blocking(move || {
        let (mut first, mut aside) = (None, Vec::new());
        for path in &within {
            let left_out = |folder: &Path| {
                let is_left_out = leaves_out(folder);
                if is_left_out && !is_of_git(folder) {
                    aside.push(folder.to_owned());
                }
                is_left_out
            };
            // What cannot be looked at is for git to complain of.
            let _ = descend::<Infallible>(&top, path, left_out, |path, met| {
                if let Met::Leaf(meta) = met
                    && path.file_name() == Some(OsStr::new(".gitignore"))
                    && is_no_text(&meta)
                {
                    first.get_or_insert(path);
                }
                Ok(())
            });
        }
        (first, aside)
    });
    match found.await {
        Ok((Some(path), _)) => Err(refusal(&path)),
        Ok((None, aside)) => Ok(aside),
        Err(_) => Err("the runtime was shut down".to_owned()),
    }
}

fn refusal(path: &Path) -> String {
    format!(
        "{} is no plain file, and git would wait for it: remove it",
        crate::plain::line(&path.to_string_lossy(), 200)
    )
}

fn is_of_git(folder: &Path) -> bool {
    folder.file_name() == Some(OsStr::new(".git"))
}

/// Whether git waits when it opens this. It opens no link here, and a folder is no rules.
fn holds_git_up(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| is_no_text(&meta))
}

fn is_no_text(meta: &Metadata) -> bool {
    !(meta.is_file() || meta.is_dir() || meta.is_symlink())
}
