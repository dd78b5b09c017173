//! The lenses by name. What each of them looks for is in the file of its name.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// What one run of the scanner looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanLens {
    /// Places where a program may stop, lose an error or run what it should not; unfinished work.
    Risks,
    /// Relative links and anchors of Markdown documents that lead nowhere.
    Links,
    /// What is too long, too deep, empty, twice there or missing.
    Structure,
    /// Keys, tokens and passwords in clear.
    Secrets,
    /// Text that is hard to read or not finished.
    Prose,
}

impl ScanLens {
    /// Every lens, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::Risks,
        Self::Links,
        Self::Structure,
        Self::Secrets,
        Self::Prose,
    ];

    /// One line of help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Risks => "unchecked unwraps, swallowed errors, dangerous calls, unfinished markers",
            Self::Links => "dead relative links and anchors in Markdown",
            Self::Structure => {
                "files and functions too long or too deep, empty files, repeated headings, no README"
            }
            Self::Secrets => "private keys, tokens and passwords in clear",
            Self::Prose => "placeholders, doubled words, very long sentences, images without a description",
        }
    }

    /// The name under which it is asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Risks => "risks",
            Self::Links => "links",
            Self::Structure => "structure",
            Self::Secrets => "secrets",
            Self::Prose => "prose",
        }
    }
}

impl fmt::Display for ScanLens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ScanLens {
    type Err = UnknownLens;

    fn from_str(name: &str) -> Result<Self, UnknownLens> {
        Self::ALL
            .into_iter()
            .find(|lens| lens.name() == name)
            .ok_or_else(|| UnknownLens(name.to_owned()))
    }
}

/// No scanner has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLens(String);

impl fmt::Display for UnknownLens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown scanner {:?}: use one of {}",
            self.0,
            ScanLens::ALL.map(ScanLens::name).join(", ")
        )
    }
}

impl Error for UnknownLens {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for lens in ScanLens::ALL {
            assert_eq!(lens.to_string().parse(), Ok(lens));
            assert!(!lens.about().is_empty());
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_known_ones() {
        let error = "risk".parse::<ScanLens>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown scanner \"risk\": use one of risks, links, structure, secrets, prose"
        );
    }
}
