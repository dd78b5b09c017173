//! [`Errand`]: the program that a first process is to start, as it travels through the ledger's memory. It travels there
//! and not in arguments and environment, because those of the program must not steer the loader of this executable.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::sys::image::{Image, Texts};

const COUNT_BYTES: usize = size_of::<u32>();
const HAS_DIRECTORY: u32 = 1;
const HAS_TERMINAL: u32 = 2;

/// A program with all that exec takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Errand {
    pub(super) path: PathBuf,
    pub(super) directory: Option<PathBuf>,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<OsString>,
    /// Whether it takes a terminal as its controlling terminal.
    pub(super) has_terminal: bool,
}

/// Three numbers (arguments, variables, flags), then every string with the NUL at its end.
pub(super) fn encode(image: &Image, has_terminal: bool) -> Vec<u8> {
    let (arguments, environment) = image.texts();
    let count = |texts: &Texts| u32::try_from(texts.iter().len()).unwrap_or(u32::MAX);
    let directory = image.directory().map_or(0, |_| HAS_DIRECTORY);
    let flags = directory | if has_terminal { HAS_TERMINAL } else { 0 };
    let mut bytes = Vec::new();
    for number in [count(arguments), count(environment), flags] {
        bytes.extend_from_slice(&number.to_ne_bytes());
    }
    let all = arguments.iter().chain(environment.iter());
    for text in [image.path()].into_iter().chain(image.directory()).chain(all) {
        bytes.extend_from_slice(text.to_bytes_with_nul());
    }
    bytes
}

/// `None` for anything that [`encode`] has not made.
pub(super) fn decode(mut bytes: &[u8]) -> Option<Errand> {
    let mut numbers = [0_u32; 3];
    for number in &mut numbers {
        let (first, rest) = bytes.split_first_chunk::<COUNT_BYTES>()?;
        *number = u32::from_ne_bytes(*first);
        bytes = rest;
    }
    let [arguments, variables, flags] = numbers;
    let mut texts = bytes
        .strip_suffix(&[0])?
        .split(|&byte| byte == 0)
        .map(|text| OsString::from_vec(text.to_vec()));
    let path = texts.next()?.into();
    let directory = if flags & HAS_DIRECTORY == 0 {
        None
    } else {
        Some(texts.next()?.into())
    };
    let mut take = |count| (0..count).map(|_| texts.next()).collect::<Option<Vec<_>>>();
    let (arguments, environment) = (take(arguments)?, take(variables)?);
    texts.next().is_none().then_some(Errand {
        path,
        directory,
        arguments,
        environment,
        has_terminal: flags & HAS_TERMINAL != 0,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_was_encoded_is_decoded_the_same() {
        let strings = |texts: &[&str]| texts.iter().map(OsString::from).collect::<Vec<_>>();
        for directory in [None, Some(Path::new("")), Some(Path::new("/tmp"))] {
            for arguments in [strings(&[]), strings(&[""]), strings(&["sh", "", "-c", ""])] {
                for environment in [strings(&[]), strings(&["A=1", "B="])] {
                    let image = Image::new(
                        Path::new("/bin/sh"),
                        directory,
                        arguments.clone(),
                        Texts::checked(&environment).expect("no NUL"),
                    )
                    .expect("no NUL");
                    let expected = Errand {
                        path: "/bin/sh".into(),
                        directory: directory.map(Into::into),
                        arguments: arguments.clone(),
                        environment,
                        has_terminal: true,
                    };
                    let encoded = encode(&image, true);
                    assert_eq!(decode(&encoded), Some(expected));
                    assert_eq!(decode(&encoded[..encoded.len() - 1]), None, "cut");
                    assert_eq!(decode(&[&encoded[..], b"x\0"].concat()), None, "too long");
                }
            }
        }
        assert_eq!(decode(&[]), None);
    }
}
