//! The user's repository, where there is one: read, and never written but for the entry of a linked work tree.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::dirs::read_bounded;
use crate::git::{Git, paths_of};
use crate::ids::Digest;
use crate::refusal::Trouble;
use crate::work_tree::obeyed_in;

/// The most bytes of one configuration file that are looked at.
const CONFIG_LIMIT: usize = 4 << 20;

/// A repository, and the work tree's place in it.
#[derive(Debug)]
pub(crate) struct Repository {
    git: Git,
    /// The folder that holds all of its files.
    pub(crate) top: PathBuf,
    /// The work tree, from there.
    pub(crate) prefix: PathBuf,
    /// What the work tree has of its own, and what all linked work trees share.
    own: PathBuf,
    common: PathBuf,
    /// The commit that is checked out; none before the first.
    pub(crate) head: Option<String>,
}

impl Repository {
    /// The repository that holds `work_tree`, a canonical path; `None` where there is none.
    ///
    /// # Errors
    /// When there is one that git does not read, or whose files lie somewhere else: that is not the same as none.
    pub(crate) async fn of(work_tree: &Path) -> Result<Option<Self>, Trouble> {
        let found = match Self::read(work_tree).await {
            Ok(found) => found,
            // Nobody asked git, or it could not look: that says nothing of the tree.
            Err(refused @ Trouble::Refused { .. }) => return Err(refused),
            Err(Trouble::Said(why)) => {
                return match claim_on(work_tree) {
                    None => Ok(None),
                    Some(claim) => Err(format!(
                        "git does not read the repository at {}: {why}; see what `git status` says in {}",
                        claim.display(),
                        work_tree.display()
                    )
                    .into()),
                };
            }
        };
        let held = found.top.join(&found.prefix);
        if held.canonicalize().ok() == work_tree.canonicalize().ok() {
            return Ok(Some(found));
        }
        Err(format!(
            "the repository's files lie in {}, not in {}: unset core.worktree in {}, or work there",
            found.top.display(),
            work_tree.display(),
            found.common.join("config").display()
        )
        .into())
    }

    async fn read(work_tree: &Path) -> Result<Self, Trouble> {
        let git = Git::at(work_tree).await?;
        // Bytes: not every folder has a name that is text.
        let path = async |arguments: &[&str]| -> Result<PathBuf, Trouble> {
            let mut line = git.ask(arguments).await?;
            line.pop_if(|last| *last == b'\n');
            Ok(OsString::from_vec(line).into())
        };
        let top = path(&["rev-parse", "--show-toplevel"]).await?;
        // Component by component: without the slash at its end.
        let prefix = path(&["rev-parse", "--show-prefix"])
            .await?
            .components()
            .collect();
        let common = path(&["rev-parse", "--path-format=absolute", "--git-common-dir"]).await?;
        let own = path(&["rev-parse", "--absolute-git-dir"]).await?;
        let head = git
            .line(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
            .await;
        Ok(Self {
            top,
            prefix,
            own,
            common,
            head: head.ok(),
            git,
        })
    }

    /// The files that git tracks beneath `within`, from the top.
    pub(crate) async fn tracked(&self, within: &Path) -> Result<Vec<PathBuf>, Trouble> {
        let within = self.top.join(within);
        let command = ["ls-files", "-z", "--cached", "--full-name", "--"].map(OsStr::new);
        let listed = self
            .git
            .ask(command.into_iter().chain([within.as_os_str()]))
            .await?;
        Ok(paths_of(&listed))
    }

    /// The files that git tracks or that the last commit has, from the top: what is taken out of the index alone is still
    /// somebody's work.
    pub(crate) async fn tracked_or_committed(&self) -> Result<Vec<PathBuf>, Trouble> {
        let mut command = vec!["ls-files", "-z", "--cached", "--full-name"];
        let with_tree = self.head.as_ref().map(|head| format!("--with-tree={head}"));
        command.extend(with_tree.as_deref());
        let top = self.top.as_os_str();
        let command = command.into_iter().chain(["--"]).map(OsStr::new);
        Ok(paths_of(&self.git.ask(command.chain([top])).await?))
    }

    /// The user's own ignore rules of this repository.
    pub(crate) fn exclude_file(&self) -> PathBuf {
        self.common.join("info/exclude")
    }

    /// Makes a repository of its own at `tree` that knows the same commits and branches, without files. Its objects are
    /// read from this one, so nothing is copied and no file is shared that could be written through it.
    pub(crate) async fn clone_to(&self, tree: &Path) -> Result<(), Trouble> {
        let format = self.git.line(["rev-parse", "--show-object-format"]).await?;
        let above = tree.parent().unwrap_or(tree);
        let format = format!("--object-format={format}");
        let init = ["init", "--quiet", "--template=", &format].map(OsStr::new);
        let init = init.into_iter().chain([tree.as_os_str()]);
        Git::alone(above).writes_in(above).ask(init).await?;
        let objects = ["rev-parse", "--path-format=absolute", "--git-path", "objects"];
        let objects = self.git.line(objects).await?;
        let failed = |error: std::io::Error| Trouble::at(tree, &error);
        fs::create_dir_all(tree.join(".git/objects/info")).map_err(failed)?;
        fs::write(tree.join(".git/objects/info/alternates"), objects + "\n").map_err(failed)?;
        let shallow = read_bounded(&self.common.join("shallow"), CONFIG_LIMIT);
        if let Some(shallow) = shallow.map_err(failed)? {
            fs::write(tree.join(".git/shallow"), shallow).map_err(failed)?;
        }
        let clone = Git::alone(tree).writes_in(above);
        let refs = self
            .git
            .ask(["for-each-ref", "--format=create %(refname) %(objectname)"])
            .await?;
        if !refs.is_empty() {
            clone.clone().input(refs).ask(["update-ref", "--stdin"]).await?;
        }
        if let Some(head) = &self.head {
            clone.ask(["update-ref", "--no-deref", "HEAD", head]).await?;
            clone.ask(["read-tree", "HEAD"]).await?;
        }
        Ok(())
    }

    /// The folder of the entries of linked work trees.
    pub(crate) fn register(&self) -> PathBuf {
        self.common.join("worktrees")
    }

    /// Makes a linked work tree at `tree`, without files; returns its entry in the repository, which is to be removed
    /// with it.
    pub(crate) async fn link_to(&self, tree: &Path) -> Result<PathBuf, Trouble> {
        let Some(head) = &self.head else {
            return Err("a linked work tree needs a first commit".into());
        };
        let add = ["worktree", "add", "--no-checkout", "--detach", "--force"].map(OsStr::new);
        let add = add.into_iter().chain([tree.as_os_str(), OsStr::new(head)]);
        let above = tree.parent().unwrap_or(tree);
        self.git.clone().writes_in(above).ask(add).await?;
        let git_file = read_bounded(&tree.join(".git"), CONFIG_LIMIT).map_err(Trouble::with(tree))?;
        let git_file = String::from_utf8(git_file.unwrap_or_default()).map_err(|error| error.to_string())?;
        let entry = git_file
            .strip_prefix("gitdir: ")
            .map(|path| PathBuf::from(path.trim_end()));
        let entry = entry.filter(|path| path.starts_with(self.register()));
        let entry = entry.ok_or("git made a linked work tree without an entry")?;
        let linked = Git::at(tree).await?;
        linked.writes_in(above).ask(["read-tree", "HEAD"]).await?;
        Ok(entry)
    }

    /// Whether `path`, an absolute one, lies in a folder of git's own.
    pub(crate) fn keeps(&self, path: &Path) -> bool {
        path.starts_with(&self.common) || path.starts_with(&self.own)
    }

    /// All that git would obey in a work tree, with a digest of what each says: configuration, attributes and hooks, the
    /// submodules' too, and whatever the configuration named when the repository was found.
    pub(crate) fn obeyed(&self) -> BTreeMap<PathBuf, Digest> {
        let mut files = obeyed_in(&self.common);
        if self.own != self.common {
            files.extend(obeyed_in(&self.own));
        }
        for named in self.git.named(&self.top) {
            match fs::read_dir(&named) {
                Ok(hooks) => files.extend(hooks.flatten().map(|hook| hook.path())),
                Err(_) => files.push(named),
            }
        }
        let said = files.into_iter().map(|path| {
            // A link says where it leads; what is not there, or is a folder, says nothing more.
            let content = read_bounded(&path, CONFIG_LIMIT);
            let content = content.map(|bytes| bytes.map(Digest::of));
            let target = fs::read_link(&path).ok();
            (path, Digest::of(format!("{content:?} {target:?}")))
        });
        said.collect()
    }
}

/// The `.git` in or above `work_tree` that says there is a repository, as far up as git would look. An empty folder of
/// this name says nothing.
fn claim_on(work_tree: &Path) -> Option<PathBuf> {
    let device = |path: &Path| path.metadata().ok().map(|meta| meta.dev());
    let own = device(work_tree);
    let claims = |path: &PathBuf| match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => path.symlink_metadata().is_ok(),
    };
    let above = work_tree.ancestors().take_while(|path| device(path) == own);
    above.map(|path| path.join(".git")).find(claims)
}
