//! The splice by code: sections in slice order, one blank line between.

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result};
use orch_prompts::Slice;

use crate::deliverable::Section;

/// Sections in slice order, one blank line between, each byte for byte but for the blank lines at its ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct InOrder;

#[async_trait]
impl Pattern for InOrder {
    type In = Vec<(Slice, Section)>;
    type Out = String;

    async fn run(&self, _cx: &Cx, sections: Self::In) -> Result<String> {
        Ok(in_order(
            sections.iter().map(|(_, section)| section.text.as_str()),
        ))
    }
}

fn in_order<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<&str> = texts.into_iter().map(without_blank_ends).collect();
    texts.join("\n\n") + "\n"
}

/// The text from its first line that is not blank to its last; the spaces before the first word stay.
fn without_blank_ends(text: &str) -> &str {
    let lead = text.len() - text.trim_start().len();
    let from = text[..lead].rfind('\n').map_or(0, |at| at + 1);
    text[from..].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_stand_in_order_with_one_blank_line_between() {
        let text = in_order(["# A\n\na\n\n\n", "\n \n  indented\n", "c"]);
        assert_eq!(text, "# A\n\na\n\n  indented\n\nc\n");
    }
}
