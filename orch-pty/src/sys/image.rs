//! What exec is given: strings that end in NUL, and the arrays of pointers to them, made before the child exists.

use std::ffi::{CStr, CString, NulError, OsStr, OsString, c_char};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::ptr;

/// A program with its arguments and environment, laid out as `execve` reads it.
pub(crate) struct Image {
    path: CString,
    directory: Option<CString>,
    arguments: Strings,
    environment: Strings,
}

impl Image {
    /// # Errors
    /// A string holds a NUL byte.
    pub(crate) fn new(
        path: &Path,
        directory: Option<&Path>,
        arguments: impl IntoIterator<Item = OsString>,
        environment: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, NulError> {
        Ok(Self {
            path: CString::new(path.as_os_str().as_bytes())?,
            directory: directory
                .map(|path| CString::new(path.as_os_str().as_bytes()))
                .transpose()?,
            arguments: Strings::new(arguments)?,
            environment: Strings::new(environment)?,
        })
    }

    pub(super) fn path(&self) -> &CStr {
        &self.path
    }

    pub(super) fn directory(&self) -> Option<&CStr> {
        self.directory.as_deref()
    }

    pub(super) fn argv(&self) -> *const *const c_char {
        self.arguments.pointers.as_ptr()
    }

    pub(super) fn envp(&self) -> *const *const c_char {
        self.environment.pointers.as_ptr()
    }

    /// All strings that exec takes beside the program's path: arguments, then environment.
    #[cfg(target_os = "linux")]
    pub(super) fn strings(&self) -> (&[CString], &[CString]) {
        (&self.arguments.owned, &self.environment.owned)
    }

    /// The value of a variable in the environment.
    pub(crate) fn variable(&self, key: &str) -> Option<&OsStr> {
        self.environment.owned.iter().find_map(|assignment| {
            let value = assignment
                .to_bytes()
                .strip_prefix(key.as_bytes())?
                .strip_prefix(b"=")?;
            Some(OsStr::from_bytes(value))
        })
    }

    /// How many bytes of arguments and environment the kernel has to copy, and how long the longest string is.
    pub(crate) fn weight(&self) -> (usize, usize) {
        let lengths = || {
            self.arguments
                .owned
                .iter()
                .chain(&self.environment.owned)
                .map(|text| text.as_bytes_with_nul().len())
        };
        (lengths().sum(), lengths().max().unwrap_or(0))
    }
}

/// Strings, and a null-terminated array of pointers into them. The pointers point to the heap, so they stay good
/// when the value moves; nothing changes `owned` after it is made.
struct Strings {
    owned: Vec<CString>,
    pointers: Vec<*const c_char>,
}

impl Strings {
    fn new(texts: impl IntoIterator<Item = OsString>) -> Result<Self, NulError> {
        let owned: Vec<CString> = texts
            .into_iter()
            .map(|text| CString::new(text.into_vec()))
            .collect::<Result<_, _>>()?;
        let pointers = owned
            .iter()
            .map(|text| text.as_ptr())
            .chain([ptr::null()])
            .collect();
        Ok(Self { owned, pointers })
    }
}
