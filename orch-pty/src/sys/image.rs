//! What exec is given: strings that end in NUL, and the arrays of pointers to them, made before the child exists.

use std::ffi::{CStr, CString, NulError, OsStr, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::sync::Arc;

/// A program with its arguments and environment, laid out as `execve` reads it.
pub(crate) struct Image {
    path: CString,
    directory: Option<CString>,
    arguments: Texts,
    environment: Texts,
}

impl Image {
    /// # Errors
    /// A string holds a NUL byte.
    pub(crate) fn new(
        path: &Path,
        directory: Option<&Path>,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        environment: Texts,
    ) -> Result<Self, NulError> {
        let arguments: Vec<CString> = arguments
            .into_iter()
            .map(|text| CString::new(text.as_ref().as_bytes()))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            path: CString::new(path.as_os_str().as_bytes())?,
            directory: directory
                .map(|path| CString::new(path.as_os_str().as_bytes()))
                .transpose()?,
            arguments: Texts::new(arguments),
            environment,
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
    pub(super) fn texts(&self) -> (&Texts, &Texts) {
        (&self.arguments, &self.environment)
    }

    /// The value of a variable in the environment.
    pub(crate) fn variable(&self, key: &str) -> Option<&OsStr> {
        self.environment.iter().find_map(|assignment| {
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
                .iter()
                .chain(self.environment.iter())
                .map(|text| text.to_bytes_with_nul().len())
        };
        (lengths().sum(), lengths().max().unwrap_or(0))
    }
}

/// Strings, and a null-terminated array of pointers to them. The pointers point to the heap, so they stay good when the
/// value moves; nothing changes the strings after it is made.
pub(crate) struct Texts {
    pointers: Vec<*const c_char>,
    _owned: Vec<CString>,
    _shared: Option<Arc<[CString]>>,
}

impl Texts {
    /// # Errors
    /// One holds a NUL byte.
    #[cfg(target_os = "linux")]
    pub(crate) fn checked(texts: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Self, NulError> {
        let owned: Result<_, _> = texts
            .into_iter()
            .map(|text| CString::new(text.as_ref().as_bytes()))
            .collect();
        owned.map(Self::new)
    }

    pub(crate) fn new(owned: Vec<CString>) -> Self {
        let pointers = owned
            .iter()
            .map(|text| text.as_ptr())
            .chain([ptr::null()])
            .collect();
        Self {
            pointers,
            _owned: owned,
            _shared: None,
        }
    }

    /// Those of `shared` that are to be kept, then `owned`.
    pub(crate) fn with_shared(
        shared: Arc<[CString]>,
        kept: impl Iterator<Item = bool>,
        owned: Vec<CString>,
    ) -> Self {
        let mut pointers = Vec::with_capacity(shared.len() + owned.len() + 1);
        let chosen = shared
            .iter()
            .zip(kept)
            .filter(|(_, kept)| *kept)
            .map(|(text, _)| text);
        pointers.extend(chosen.chain(&owned).map(|text| text.as_ptr()));
        pointers.push(ptr::null());
        Self {
            pointers,
            _owned: owned,
            _shared: Some(shared),
        }
    }

    /// All of them, in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &CStr> {
        // The last pointer is null.
        let texts = &self.pointers[..self.pointers.len() - 1];
        // SAFETY: each points into a string that this value owns or shares, ends in NUL, and is never changed.
        texts.iter().map(|&text| unsafe { CStr::from_ptr(text) })
    }
}
