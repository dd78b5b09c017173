//! The child's environment: a copy of ours or nothing, the command's changes, `PWD`, and the tag.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::command::Command;
use crate::tag::Tag;

/// Tags of outer levels are kept up to here; what is longer is not ours.
const OUTER_TAGS_MOST: usize = 1024;

pub(super) type Environment = BTreeMap<OsString, OsString>;

/// What the child gets. `directory` is absolute.
pub(super) fn compose(command: &Command, directory: Option<&Path>, tag: Tag) -> Environment {
    let mut environment: Environment = if command.clears_environment() {
        Environment::new()
    } else {
        std::env::vars_os().collect()
    };
    if let Some(directory) = directory {
        environment.insert("PWD".into(), directory.into());
    }
    for (key, value) in command.environment() {
        match value {
            Some(value) => environment.insert(key.to_owned(), value.to_owned()),
            None => environment.remove(key),
        };
    }
    let outer = std::env::var_os(Tag::VARIABLE);
    environment.insert(Tag::VARIABLE.into(), with_outer(outer.as_deref(), tag).into());
    environment
}

/// Our tag after those of the levels around us, so that an outer orchestrator still finds its own tree.
fn with_outer(outer: Option<&OsStr>, tag: Tag) -> String {
    let outer = outer.and_then(OsStr::to_str).filter(|outer| {
        (1..=OUTER_TAGS_MOST).contains(&outer.len())
            && outer.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
    });
    outer.map_or_else(|| tag.to_string(), |outer| format!("{outer}:{tag}"))
}

/// As `execve` takes it.
pub(super) fn assignments(environment: Environment) -> impl Iterator<Item = OsString> {
    environment.into_iter().map(|(key, value)| {
        let mut assignment = key;
        assignment.push("=");
        assignment.push(value);
        assignment
    })
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

    #[test]
    fn what_the_caller_sets_outranks_pwd_and_nothing_removes_the_tag() {
        let tag = Tag::fresh().expect("random bytes");
        let command = Command::new("x")
            .env_clear()
            .env("PWD", "/told")
            .env_remove(Tag::VARIABLE);
        let environment = compose(&command, Some(Path::new("/real")), tag);
        assert_eq!(environment.get(OsStr::new("PWD")), Some(&OsString::from("/told")));
        assert!(environment.contains_key(OsStr::new(Tag::VARIABLE)));
        assert_eq!(environment.len(), 2);
    }
}
