//! Numbers as workers write them: as numbers, as text, as a range.

use serde_json::Value;

/// A line number: 12, 12.0, "12", and the first of a range ("12-15", "L12").
pub(crate) fn line(value: &Value) -> Option<u32> {
    let line = match value {
        Value::String(text) => {
            let text = text.trim().trim_start_matches(['L', 'l']);
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text[..digits].parse().ok()?
        }
        _ => whole(value.as_f64()?)?,
    };
    (line > 0).then_some(line)
}

/// The number without its fraction, if it is one that a line can have.
fn whole(number: f64) -> Option<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked"
    )]
    (1.0..=f64::from(u32::MAX))
        .contains(&number)
        .then_some(number as u32)
}

/// A number, also one that was written as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        _ => value.as_f64(),
    }
}
