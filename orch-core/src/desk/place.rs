//! The place where a writer works: made when the desk is taken, compared with what it was, removed with the desk.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Uses;
use super::copies::{self, beside};
use super::record::{self, Record};
use super::repository::Repository;
use super::room::Room;

use crate::dirs::{self, StateDir};
use crate::ids::Digest;
use crate::isolation::Isolation;
use crate::lease::{Lease, Owner, Territory};
use crate::patch::{Change, Origin};
use crate::refusal::Trouble;
use crate::work_tree::{Extent, Look, Rules, Traces, is_obeyed_within, nested_git_of};

/// The most files of a tree that are looked at whether or not a rule ignores them.
const ALL_LIMIT: usize = 250_000;

/// Where a writer works.
#[derive(Debug)]
pub(crate) struct Place {
    state: StateDir,
    isolation: Isolation,
    /// The user's work tree.
    work_tree: PathBuf,
    repository: Option<Repository>,
    /// The tree's root, and from there the folder in which the worker stands.
    top: PathBuf,
    prefix: PathBuf,
    rules: Rules,
    /// What the territory held when the desk was taken; the contents are in `base`.
    known: BTreeSet<PathBuf>,
    base: PathBuf,
    /// All files there, as they were when last looked at; paths from where the worker stands.
    traces: Mutex<Traces>,
    /// Also what rules ignore, for a writer in place; none where there is too much of it.
    all: Mutex<Option<Arc<Traces>>>,
    obeyed: Option<BTreeMap<PathBuf, Digest>>,
    /// A linked work tree's entry in the repository.
    entry: Option<PathBuf>,
    /// Private; last, so that it goes last.
    room: Room,
}

impl Place {
    /// Makes the place for a writer of `territory` in `room`. `asked` is what the desk says; else a clone if `many` workers may run
    /// at once and there is a repository.
    ///
    /// # Errors
    /// What cannot be done, and why: also where there is a repository that git does not read.
    pub(crate) async fn furnish(
        state: &StateDir,
        room: Room,
        work_tree: &Path,
        territory: &Territory,
        asked: Option<Isolation>,
        many: bool,
    ) -> Result<Self, Trouble> {
        let repository = Repository::of(work_tree).await?;
        let isolation = match (asked, &repository) {
            (Some(Isolation::Worktree), None) => {
                return Err(format!(
                    "a writer {} needs a git repository, and {} is none; ask for a desk in a clone or in place",
                    Isolation::Worktree,
                    work_tree.display()
                )
                .into());
            }
            (Some(asked), _) => asked,
            (None, Some(_)) if many => Isolation::Clone,
            (None, _) => Isolation::InPlace,
        };
        let exclude = repository.as_ref().map(Repository::exclude_file);
        let rules = Rules::new(room.path(), exclude.as_deref()).await?;
        let (home, prefix) = match &repository {
            Some(repository) => (repository.top.clone(), repository.prefix.clone()),
            None => (work_tree.to_owned(), PathBuf::new()),
        };
        let (base, tree) = (room.path().join("base"), room.path().join("tree"));
        dirs::make_private(&base).map_err(|error| Trouble::of_ours(&base, &error))?;
        // In place, only what is beneath the work tree is looked at; elsewhere the whole repository is needed to build.
        let within = if isolation == Isolation::InPlace {
            prefix.clone()
        } else {
            PathBuf::new()
        };
        let mut files = rules.list(&home, std::slice::from_ref(&within)).await?;
        if let Some(repository) = &repository {
            files.extend(repository.tracked(&within).await?);
        }
        files.sort();
        files.dedup();
        let mut place = Self {
            state: state.clone(),
            isolation,
            work_tree: work_tree.to_owned(),
            obeyed: None,
            repository,
            top: home.clone(),
            prefix,
            rules,
            known: BTreeSet::new(),
            base,
            traces: Mutex::default(),
            all: Mutex::default(),
            entry: None,
            room,
        };
        if isolation != Isolation::InPlace {
            place.set_apart(&home, tree, files.clone()).await?;
        }
        let prefix = &place.prefix;
        let files: Vec<PathBuf> = files
            .iter()
            .filter_map(|path| Some(path.strip_prefix(prefix).ok()?.to_owned()))
            .collect();
        place.known = files
            .iter()
            .filter(|path| territory.covers(path))
            .cloned()
            .collect();
        copies::copy(
            &place.stands(),
            &place.base,
            place.known.iter().cloned().collect(),
        )
        .await?;
        place.traces = Mutex::new(place.look(files).await?);
        if isolation == Isolation::InPlace {
            place.all = Mutex::new(place.look_at_all().await);
        }
        place.obeyed = place.repository.as_ref().map(Repository::obeyed);
        Ok(place)
    }

    /// Makes a tree of the writer's own and fills it with the user's files as they are now.
    async fn set_apart(&mut self, home: &Path, tree: PathBuf, files: Vec<PathBuf>) -> Result<(), Trouble> {
        match (&self.repository, self.isolation) {
            (Some(repository), Isolation::Worktree) => {
                // Before it is there: who is killed meanwhile leaves an entry that git never removes.
                record::write_register(self.room.path(), &repository.register())
                    .map_err(|error| error.to_string())?;
                self.entry = Some(repository.link_to(&tree).await?);
            }
            (Some(repository), _) => repository.clone_to(&tree).await?,
            (None, _) => dirs::make_private(&tree).map_err(|error| Trouble::of_ours(&tree, &error))?,
        }
        copies::copy(home, &tree, files).await?;
        let stands = tree.join(&self.prefix);
        std::fs::create_dir_all(&stands).map_err(Trouble::with(&stands))?;
        self.top = tree;
        Ok(())
    }

    /// Where the worker stands.
    pub(crate) fn stands(&self) -> PathBuf {
        // Not with an empty path at its end: that would add a slash.
        if self.prefix.as_os_str().is_empty() {
            self.top.clone()
        } else {
            self.top.join(&self.prefix)
        }
    }

    pub(crate) fn isolation(&self) -> Isolation {
        self.isolation
    }

    /// What differs in `territory` from when the desk was taken.
    pub(crate) async fn changes(&self, territory: &Territory) -> Result<Vec<Change>, Trouble> {
        let within: Vec<PathBuf> = territory
            .paths()
            .iter()
            .map(|path| self.prefix.join(path))
            .collect();
        let now = self.paths_here(self.rules.list(&self.top, &within).await?);
        let paths = now.into_iter().chain(self.known.iter().cloned()).collect();
        copies::compare(&self.base, &self.stands(), paths).await
    }

    /// What was touched outside `territory` since the place was last looked at.
    pub(crate) async fn strays(&self, territory: &Territory) -> Result<Vec<PathBuf>, Trouble> {
        let (before, now) = self.looked_again().await?;
        let mut touched = before.touched_until(&now);
        touched.retain(|path| !territory.covers(path));
        Ok(touched)
    }

    /// What the writer touched that it had no right to: files beside its paths, where it stands among the user's own,
    /// and what git obeys, where it shares that. Named once. What the tree's rules ignore is nobody's work, unless such
    /// rules were touched that reach beyond its paths; in a tree of more than [`ALL_LIMIT`] files these say what they
    /// like.
    pub(crate) async fn trespasses(
        &self,
        territory: &Territory,
        lease: Option<&Lease>,
    ) -> Result<Vec<PathBuf>, Trouble> {
        let mut touched = Vec::new();
        if self.isolation == Isolation::InPlace {
            let (before, now) = self.looked_again().await?;
            touched = before.touched_until(&now);
            let others = lease.map(|lease| lease.others(&self.state, &self.work_tree));
            let others = others.unwrap_or_default();
            let (hidden, of_git) = self.hidden(territory, &others).await;
            touched.extend(hidden);
            touched.retain(|path| !territory.covers(path) && !others.iter().any(|other| other.covers(path)));
            touched.extend(of_git);
            touched.sort();
            touched.dedup();
            *self.traces.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
        if let (Isolation::InPlace | Isolation::Worktree, Some(repository), Some(before)) =
            (self.isolation, &self.repository, &self.obeyed)
        {
            let now = repository.obeyed();
            let paths: BTreeSet<&PathBuf> = before.keys().chain(now.keys()).collect();
            let changed = paths
                .into_iter()
                .filter(|path| before.get(*path) != now.get(*path));
            let from_here = |path: &PathBuf| match path.strip_prefix(&self.work_tree) {
                Ok(path) => path.to_owned(),
                Err(_) => path.clone(),
            };
            // A file that the configuration names may be among what was given; what is git's own never is.
            let given = |path: &PathBuf| !repository.keeps(path) && territory.covers(&from_here(path));
            touched.extend(changed.filter(|path| !given(path)).map(from_here));
            touched.sort();
            touched.dedup();
        }
        Ok(touched)
    }

    /// Says that a writer begins here: should this program be killed, what it did apart from the user's tree is kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn await_writer(&self, territory: &Territory) -> Result<(), Trouble> {
        if self.isolation == Isolation::InPlace {
            return Ok(());
        }
        let record = Record {
            prefix: self.prefix.clone(),
            paths: territory.paths().to_vec(),
        };
        let written = record.write(self.room.path());
        written.map_err(|error| Trouble::of_ours(self.room.path(), &error))
    }

    /// Where a patch that is made here goes.
    pub(crate) fn origin(
        &self,
        territory: Territory,
        owner: Owner,
        lease: Weak<Lease>,
        landings: Uses,
    ) -> Origin {
        Origin {
            state: self.state.clone(),
            work_tree: self.work_tree.clone(),
            territory,
            owner,
            head: self
                .repository
                .as_ref()
                .and_then(|repository| repository.head.clone()),
            in_place: self.isolation == Isolation::InPlace,
            lease,
            landings,
        }
    }

    /// All that was touched but by `others`, where ignore rules that reach beyond `territory` are among it; and whatever
    /// was touched that git obeys in other repositories of the tree: all of it in one that was there before, else what
    /// lies beside `territory` and is not ignored.
    async fn hidden(&self, territory: &Territory, others: &[Territory]) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let now = self.look_at_all().await;
        let before = std::mem::replace(
            &mut *self.all.lock().unwrap_or_else(PoisonError::into_inner),
            now.clone(),
        );
        let (Some(before), Some(now)) = (before, now) else {
            return (Vec::new(), Vec::new());
        };
        let mut touched = before.touched_until(&now);
        touched.retain(|path| !path.starts_with(".git") && !others.iter().any(|other| other.covers(path)));
        let of_git: Vec<PathBuf> = touched
            .extract_if(.., |path| nested_git_of(path).is_some())
            .collect();
        let obeyed = of_git.into_iter().filter(|path| is_obeyed_within(path));
        let was_there = |path: &PathBuf| nested_git_of(path).is_some_and(|git| before.has_beneath(git));
        let (mut of_git, mut new): (Vec<_>, Vec<_>) = obeyed.partition(was_there);
        new.retain(|path| !territory.covers(path));
        of_git.extend(self.not_ignored(new, &touched).await);
        let reaches_beyond = |path: &PathBuf| {
            path.file_name() == Some(OsStr::new(".gitignore"))
                && path.parent().is_none_or(|folder| !territory.covers(folder))
        };
        if touched.iter().any(reaches_beyond) {
            (touched, of_git)
        } else {
            (Vec::new(), of_git)
        }
    }

    /// Those of `paths` that no rule ignores but one that is among the files `touched`.
    async fn not_ignored(&self, mut paths: Vec<PathBuf>, touched: &[PathBuf]) -> Vec<PathBuf> {
        let from_top = |path: &PathBuf| self.prefix.join(path);
        let asked: Vec<PathBuf> = paths.iter().map(from_top).collect();
        let unheard = touched.iter().map(from_top).collect();
        // Where nobody can say what is ignored, nothing is.
        let ignored = self
            .rules
            .ignored(&self.top, &asked, &unheard)
            .await
            .unwrap_or_default();
        paths.retain(|path| !ignored.contains_key(&from_top(path)));
        paths
    }

    /// All files where the worker stands, ignored or not.
    async fn look_at_all(&self) -> Option<Arc<Traces>> {
        let (stands, limit) = (self.stands(), ALL_LIMIT);
        let look = Look {
            folders: false,
            limit,
        };
        let looked = beside(move || {
            Traces::walk(&stands, &[], &Extent::default(), look).map_err(|error| error.to_string().into())
        });
        looked.await.ok().map(Arc::new)
    }

    /// All files as they were when last looked at, and as they are now.
    async fn looked_again(&self) -> Result<(Traces, Traces), Trouble> {
        let before = self.traces.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let listed = self
            .rules
            .list(&self.top, std::slice::from_ref(&self.prefix))
            .await?;
        let mut files = self.paths_here(listed);
        files.extend(before.paths().cloned());
        let now = self.look(files).await?;
        Ok((before, now))
    }

    async fn look(&self, files: Vec<PathBuf>) -> Result<Traces, Trouble> {
        let stands = self.stands();
        beside(move || Ok(Traces::of(&stands, files))).await
    }

    /// Paths from the tree's root, as paths from where the worker stands.
    fn paths_here(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let from_here = |path: PathBuf| Some(path.strip_prefix(&self.prefix).ok()?.to_owned());
        paths.into_iter().filter_map(from_here).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Nobody wants it any more: a patch was made of it, or it was thrown away.
        Record::strike(self.room.path());
        if let Some(entry) = &self.entry {
            // Not by git, which would obey a configuration that the writer may have written.
            let _ = dirs::remove_all(entry);
        }
    }
}
