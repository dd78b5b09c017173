//! From a name, as it is typed on a command line, to one of the ready-made lenses.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::Lens;
use crate::visible;

/// The name belongs to no ready-made lens. Its text lists those there are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownLens {
    /// The name as it was given.
    pub name: String,
}

impl fmt::Display for UnknownLens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown lens \"{}\": use one of ", visible::line(&self.name))?;
        for (i, lens) in Lens::ALL.iter().enumerate() {
            let before = if i == 0 { "" } else { ", " };
            write!(f, "{before}{lens}")?;
        }
        Ok(())
    }
}

impl Error for UnknownLens {}

impl FromStr for Lens {
    type Err = UnknownLens;

    /// Reads the [`name`](Lens::name) of a ready-made lens; case and surrounding blanks do not matter.
    ///
    /// # Errors [`UnknownLens`] when no ready-made lens has that name. A lens of the user's own is made by
    /// [`Lens::custom`].
    fn from_str(name: &str) -> Result<Self, UnknownLens> {
        let wanted = name.trim();
        Self::ALL
            .iter()
            .find(|lens| lens.name().eq_ignore_ascii_case(wanted))
            .cloned()
            .ok_or_else(|| UnknownLens {
                name: name.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for lens in Lens::ALL {
            assert_eq!(lens.name().parse().as_ref(), Ok(lens));
            assert_eq!(
                format!(" {} ", lens.name().to_uppercase()).parse().as_ref(),
                Ok(lens)
            );
        }
    }

    #[test]
    fn an_unknown_name_is_told_what_there_is() {
        let error = "secruity\n".parse::<Lens>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown lens \"secruity\\u{a}\": use one of clarity, correctness, risks, consistency, evidence, \
             practicality, audience, security, performance, compatibility"
        );
    }
}
