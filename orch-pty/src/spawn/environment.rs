//! The child's environment: a copy of ours or nothing, the command's changes, `PWD`, and the tag.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{CString, NulError, OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::command::Command;
use crate::sys::image::Texts;
use crate::tag::Tag;

/// Tags of outer levels are kept up to here; what is longer is not ours.
const OUTER_TAGS_MOST: usize = 1024;

/// What a child gets.
pub(super) struct Environment<'c> {
    /// This process's own variables, unless the command clears them.
    inherited: Option<Arc<Own>>,
    /// What replaces or removes one of them, or comes in addition.
    changes: BTreeMap<Cow<'c, OsStr>, Option<Cow<'c, OsStr>>>,
}

impl<'c> Environment<'c> {
    /// The environment of a child of `command`. `directory` is absolute.
    pub(super) fn new(command: &'c Command, directory: Option<&'c Path>, tag: Tag) -> Self {
        let mut changes = BTreeMap::new();
        if let Some(directory) = directory {
            changes.insert(
                Cow::Borrowed(OsStr::new("PWD")),
                Some(Cow::Borrowed(directory.as_os_str())),
            );
        }
        for (key, value) in command.environment() {
            changes.insert(Cow::Borrowed(key), value.map(Cow::Borrowed));
        }
        let outer = std::env::var_os(Tag::VARIABLE);
        let tags = OsString::from(with_outer(outer.as_deref(), tag));
        changes.insert(Cow::Borrowed(OsStr::new(Tag::VARIABLE)), Some(Cow::Owned(tags)));
        Self {
            inherited: (!command.clears_environment()).then(Own::now),
            changes,
        }
    }

    pub(super) fn get(&self, key: &OsStr) -> Option<&OsStr> {
        match self.changes.get(key) {
            Some(change) => change.as_deref(),
            None => self.inherited.as_ref()?.get(key),
        }
    }

    /// As `execve` takes it.
    ///
    /// # Errors
    /// A change holds a NUL byte.
    pub(super) fn texts(&self) -> Result<Texts, NulError> {
        let mut owned = Vec::with_capacity(self.changes.len());
        for (key, value) in &self.changes {
            if let Some(value) = value {
                owned.push(CString::new(assignment(key, value))?);
            }
        }
        Ok(match &self.inherited {
            None => Texts::new(owned),
            Some(own) => {
                let kept = own
                    .variables
                    .iter()
                    .map(|(key, _)| !self.changes.contains_key(key.as_os_str()));
                Texts::with_shared(Arc::clone(&own.texts), kept, owned)
            }
        })
    }
}

/// This process's own variables, and the same as `execve` takes them.
struct Own {
    variables: Vec<(OsString, OsString)>,
    texts: Arc<[CString]>,
}

impl Own {
    /// As they are now. They seldom change, so what was made of them last is most often right still.
    fn now() -> Arc<Self> {
        static LAST: Mutex<Option<Arc<Own>>> = Mutex::new(None);
        let variables: Vec<_> = std::env::vars_os().collect();
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = &*last
            && own.variables == variables
        {
            return Arc::clone(own);
        }
        let texts = variables
            .iter()
            // They come from such strings, so none holds a NUL byte.
            .map(|(key, value)| CString::new(assignment(key, value)).unwrap_or_default())
            .collect();
        let own = Arc::new(Self { variables, texts });
        *last = Some(Arc::clone(&own));
        own
    }

    fn get(&self, key: &OsStr) -> Option<&OsStr> {
        let found = self.variables.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_os_str())
    }
}

fn assignment(key: &OsStr, value: &OsStr) -> Vec<u8> {
    let mut assignment = OsString::with_capacity(key.len() + value.len() + 2);
    assignment.push(key);
    assignment.push("=");
    assignment.push(value);
    assignment.into_vec()
}

/// Our tag after those of the levels around us, so that an outer orchestrator still finds its own tree.
fn with_outer(outer: Option<&OsStr>, tag: Tag) -> String {
    let outer = outer.and_then(OsStr::to_str).filter(|outer| {
        (1..=OUTER_TAGS_MOST).contains(&outer.len())
            && outer.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
    });
    outer.map_or_else(|| tag.to_string(), |outer| format!("{outer}:{tag}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_tag_follows_the_outer_ones() {
        let tag = Tag::fresh().expect("random bytes");
        assert_eq!(with_outer(None, tag), tag.to_string());
        assert_eq!(
            with_outer(Some(OsStr::new("ab12:cd34")), tag),
            format!("ab12:cd34:{tag}")
        );
        assert_eq!(with_outer(Some(OsStr::new("not a tag")), tag), tag.to_string());
        assert_eq!(
            with_outer(Some(OsStr::new(&"a".repeat(2000))), tag),
            tag.to_string()
        );
    }

    fn shown(environment: &Environment<'_>) -> Vec<String> {
        let texts = environment.texts().expect("no NUL byte");
        texts
            .iter()
            .map(|text| text.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn what_the_caller_sets_outranks_pwd_and_nothing_removes_the_tag() {
        let tag = Tag::fresh().expect("random bytes");
        let command = Command::new("x")
            .env_clear()
            .env("PWD", "/told")
            .env_remove(Tag::VARIABLE);
        let environment = Environment::new(&command, Some(Path::new("/real")), tag);
        assert_eq!(environment.get(OsStr::new("PWD")), Some(OsStr::new("/told")));
        assert_eq!(
            shown(&environment),
            [format!("ORCH_TAG={tag}"), "PWD=/told".to_owned()]
        );
    }

    #[test]
    fn our_own_variables_are_inherited_replaced_and_removed_one_by_one() {
        let tag = Tag::fresh().expect("random bytes");
        let count = std::env::vars_os()
            .filter(|(key, _)| key != Tag::VARIABLE)
            .count();
        let command = Command::new("x")
            .env_remove("PATH")
            .env("HOME", "/told")
            .env("SO_NEW", "1");
        let environment = Environment::new(&command, None, tag);
        let shown = shown(&environment);
        let expected = count - 1 + usize::from(std::env::var_os("HOME").is_none()) + 2;
        assert_eq!(shown.len(), expected, "{shown:?}");
        assert!(shown.contains(&"HOME=/told".to_owned()) && shown.contains(&"SO_NEW=1".to_owned()));
        assert!(!shown.iter().any(|text| text.starts_with("PATH=")));
        assert_eq!(environment.get(OsStr::new("PATH")), None);
        assert_eq!(environment.get(OsStr::new("HOME")), Some(OsStr::new("/told")));
    }
}
