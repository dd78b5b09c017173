//! What a configuration names that git obeys as well: a folder of hooks, attributes, further configuration.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::paths_of;
use crate::beneath::by_words;

/// The settings that are asked for: these, and the filters.
pub(super) const ASKED: &str =
    r"^(filter\..*|core\.(hookspath|attributesfile)|include\.path|includeif\..*\.path)$";

/// A setting, and the file in which it stands.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) name: OsString,
    value: Option<PathBuf>,
    /// None where it is said on the command line, which is ours.
    file: Option<PathBuf>,
}

impl Setting {
    /// Reads what `git config -z --show-origin` prints.
    pub(super) fn all_in(listed: &[u8]) -> Vec<Self> {
        let parts = paths_of(listed);
        let settings = parts.chunks_exact(2).map(|pair| {
            let file = pair[0].as_os_str().as_encoded_bytes().strip_prefix(b"file:");
            let mut lines = pair[1]
                .as_os_str()
                .as_encoded_bytes()
                .splitn(2, |&byte| byte == b'\n');
            let mut text = || lines.next().map(|bytes| OsString::from_vec(bytes.to_vec()));
            Self {
                name: text().unwrap_or_default(),
                value: text().map(PathBuf::from),
                file: file.map(|path| OsString::from_vec(path.to_vec()).into()),
            }
        });
        settings.collect()
    }

    pub(super) fn is_filter(&self) -> bool {
        self.name.as_encoded_bytes().starts_with(b"filter.")
    }

    /// The file or folder that it names, where it names one: an absolute path, whether or not something lies there.
    /// `top` is the folder of the work tree's files, `home` the user's.
    pub(super) fn names(&self, top: &Path, home: Option<&OsStr>) -> Option<PathBuf> {
        let (value, file) = (self.value.as_ref()?, self.file.as_ref()?);
        if self.is_filter() || value.as_os_str().is_empty() {
            return None;
        }
        let path = match value.strip_prefix("~") {
            Ok(rest) => Path::new(home?).join(rest),
            // A further file is sought beside the one that names it, anything else from where git runs hooks.
            Err(_) if self.name.as_encoded_bytes().starts_with(b"include") => {
                top.join(file).parent()?.join(value)
            }
            Err(_) => top.join(value),
        };
        Some(path.canonicalize().unwrap_or_else(|_| by_words(&path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_found_from_where_git_would_seek_it() {
        let listed = b"file:.git/config\0core.hookspath\n.husky/_\0file:.git/config\0core.attributesfile\n~/.attributes\0\
            file:.git/config\0include.path\n../more/x\0file:.git/../more/x\0includeif.gitdir:/a.path\ny\0\
            file:.git/config\0filter.a.clean\ncat\0file:.git/config\0core.hookspath\0command line:\0core.hookspath\n/dev/null\0";
        let settings = Setting::all_in(listed);
        let home = OsStr::new("/no/home");
        let named: Vec<PathBuf> = settings
            .iter()
            .filter_map(|setting| setting.names(Path::new("/no/tree"), Some(home)))
            .collect();
        let expected = [
            "/no/tree/.husky/_",
            "/no/home/.attributes",
            "/no/tree/more/x",
            "/no/tree/more/y",
        ];
        assert_eq!(named, expected.map(PathBuf::from));
        let filters: Vec<_> = settings.iter().filter(|setting| setting.is_filter()).collect();
        assert_eq!(filters.len(), 1);
        assert_eq!(filters[0].name, "filter.a.clean");
    }
}
