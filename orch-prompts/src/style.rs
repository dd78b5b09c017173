//! A style of writing that a brief can ask for, beside everything else that it says.
//!
//! Adds lines; whether an answer keeps to them is not checked.

use serde::{Deserialize, Serialize};

use crate::Brief;

/// How prose is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Style {
    /// Scholarly text after the Publication Manual of the American Psychological Association, 7th edition.
    Apa7,
}

impl Brief {
    /// Asks for prose in this style. It adds lines under DO and DO NOT, and changes nothing else of the brief: an
    /// answer in JSON stays one, and the style holds for the prose in its strings.
    pub fn style(self, style: Style) -> Self {
        match style {
            Style::Apa7 => self
                .instruct(
                    "Scholarly text follows APA style, 7th edition, also inside the strings of a JSON answer. In the text, \
                     cite author and year: (Author, 2020), (Author & Other, 2020), (Author et al., 2020) from three \
                     authors on, with a page or paragraph for every quotation: (Author, 2020, p. 12). Without an author, \
                     cite the title; without a year, n.d.",
                )
                .instruct(
                    "The text ends with a list headed References, in alphabetical order: Author, A. A., & Other, B. B. \
                     (2020). Title in sentence case. Container, volume(issue), pages. https://doi.org/... Every citation \
                     has an entry there and every entry is cited. Where an answer has a key for sources of its own, it is \
                     filled in as well.",
                )
                .instruct(
                    "Write tentatively what the evidence supports tentatively, keep what a source says apart from what you \
                     conclude, and use past tense for what was done and found.",
                )
                .forbid(
                    "Invent, complete or guess a reference: no author, year, title, page or DOI that you did not see. What \
                     is not known of a source is left out and said to be unknown.",
                ),
        }
    }
}
