//! Names for runs, agents and workers.

use std::fmt;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One execution of a pattern. Ids sort by the time at which their run began (UUID version 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Uuid);

impl RunId {
    /// An id that no other run has.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }

    /// Its last six hexadecimal digits: enough for a person to tell apart runs that go on at the same time.
    pub fn short(&self) -> String {
        let text = self.0.simple().to_string();
        text[text.len() - 6..].to_owned()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A SHA-256 digest, shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes.as_ref()).into())
    }

    /// Its 32 bytes.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest of `parts` in their order. The length of each is in it, so other parts have another digest.
    pub(crate) fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        use sha2::Digest as _;
        let mut digest = sha2::Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    /// The digest of everything that `from` has, read in parts, as long as it is `wanted`.
    ///
    /// # Errors
    /// When it cannot be read, or was no longer wanted.
    pub(crate) fn of_read(from: &mut impl Read, wanted: impl Fn() -> bool) -> io::Result<Self> {
        use sha2::Digest as _;
        let mut digest = sha2::Sha256::new();
        let mut part = vec![0; 256 << 10];
        loop {
            if !wanted() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            match from.read(&mut part) {
                Ok(0) => return Ok(Self(digest.finalize().into())),
                Ok(count) => digest.update(&part[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest of the value's JSON form. Equal values have equal digests on every machine.
    ///
    /// # Errors
    /// When the value has no JSON form: a path in it is not UTF-8, or a map's keys are no strings.
    pub fn of_json(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        // A `Value`'s maps are sorted by key, so the form does not depend on the order in which keys were added.
        serde_json::to_value(value).map(|value| Self::of(value.to_string()))
    }

    /// The first twelve hexadecimal digits: enough for a person to tell two apart.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(12);
        text
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.short())
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom("a digest is 64 hexadecimal digits");
        let mut bytes = [0_u8; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}
