//! From an agent's words about its quota to what they mean.
//!
//! Texts are often all there is. What is not recognised names no time; what speaks of a plan, a balance or a usage
//! limit is terminal, what speaks of a rate alone is not.

use std::time::Duration;

use jiff::{Timestamp, civil, tz::TimeZone};

use super::resets::Resets;

/// What was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The account is used up, and not only asked too often.
    pub(super) terminal: bool,
    /// When that ends.
    pub(super) resets: Option<Resets>,
}

/// Words for an account that is used up, in lower case: of codex-cli 0.169.0, claude 2.1.330, gemini 0.61.0 and the
/// services behind them.
const USED_UP: [&str; 15] = [
    "usage limit",
    "usage_limit",
    "hit your limit",
    "insufficient_quota",
    "current quota",
    "quota exceeded",
    "exceeded your quota",
    "daily quota",
    "daily limit",
    "weekly limit",
    "credit balance",
    "out of credits",
    "spend cap",
    "billing",
    "quota will reset",
];

/// What a length of time stands behind.
const BEFORE_A_WAIT: [&str; 14] = [
    "try again in",
    "retry in",
    "retry after",
    "retry-after",
    "retry_after",
    "retrydelay",
    "reset after",
    "resets after",
    "reset in",
    "resets in",
    "resets_in_seconds",
    "reset_after_seconds",
    "retry_after_seconds",
    "available in",
];

/// What a moment stands behind.
const BEFORE_A_MOMENT: [&str; 9] = [
    "try again at",
    "reset at",
    "resets at",
    "reset_at",
    "resets_at",
    "resetsat",
    "limit reached|",
    "resets",
    "until",
];

/// Reads an agent's words.
pub(super) fn read(words: &str) -> Said {
    let lower = words.to_ascii_lowercase();
    let behind = |marks: &[&str], read: fn(&str) -> Option<Resets>| {
        marks.iter().find_map(|mark| {
            lower
                .match_indices(mark)
                .find_map(|(at, mark)| read(value(&lower[at + mark.len()..])))
        })
    };
    let wait = |text: &str| duration(text).map(Resets::After);
    Said {
        terminal: USED_UP.iter().any(|word| lower.contains(word)),
        resets: behind(&BEFORE_A_WAIT, wait).or_else(|| behind(&BEFORE_A_MOMENT, moment)),
    }
}

/// What stands behind a mark, without what JSON and prose put between.
fn value(text: &str) -> &str {
    text.trim_start_matches([' ', ':', '"', '\'', '=', '\\', '\t', '\n'])
}

/// A length of time: `1.5s`, `20 ms`, `3 days 5 hours 2 minutes`, `2h3m4s`; seconds where no unit stands.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total: Option<f64> = None;
    while let Some((number, behind)) = number(rest) {
        let unit: String = behind
            .trim_start()
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        let seconds = match unit.as_str() {
            "ms" | "millisecond" | "milliseconds" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
            "d" | "day" | "days" => 86_400.0,
            "week" | "weeks" => 604_800.0,
            // A number with words that are no unit is a number of seconds when it stands alone.
            _ if total.is_none() => return seconds_of(number),
            _ => break,
        };
        total = Some(total.unwrap_or(0.0) + number * seconds);
        rest = behind.trim_start()[unit.len()..]
            .trim_start_matches([' ', ','])
            .trim_start_matches("and ");
    }
    total.and_then(seconds_of)
}

fn seconds_of(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// The number at the beginning, and what stands behind it.
fn number(text: &str) -> Option<(f64, &str)> {
    let mut end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    // A full stop that ends a sentence is no part of the number.
    end -= usize::from(text[..end].ends_with('.'));
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// A moment: RFC 3339, seconds (or milliseconds) since 1970, `Nov 24th, 2026 3:05 PM`, `3pm`, `15:30 (UTC)`.
fn moment(text: &str) -> Option<Resets> {
    stamp(text)
        .or_else(|| epoch(text))
        .map(Resets::At)
        .or_else(|| dated(text))
        .or_else(|| {
            clock(text).map(|(minutes, rest)| Resets::AtClock {
                minutes,
                utc: is_utc(rest),
            })
        })
}

fn stamp(text: &str) -> Option<Timestamp> {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-:.+".contains(c)))
        .unwrap_or(text.len());
    text[..end]
        .trim_end_matches('.')
        .to_ascii_uppercase()
        .parse()
        .ok()
}

fn epoch(text: &str) -> Option<Timestamp> {
    let (number, _) = number(text)?;
    // Fewer digits are a day of a month or an hour, more are milliseconds.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    let seconds = match number {
        1e9..1e11 => number as i64,
        1e12..1e14 => (number / 1_000.0) as i64,
        _ => return None,
    };
    Timestamp::from_second(seconds).ok()
}

/// `nov 24th, 2026 3:05 pm`, in this machine's time unless it says UTC.
fn dated(text: &str) -> Option<Resets> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let at = MONTHS.iter().position(|month| text.starts_with(month))?;
    let month = i8::try_from(at + 1).ok()?;
    let rest = text
        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
        .trim_start();
    let (day, rest) = integer(rest)?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic() || " ,".contains(c));
    let (year, rest) = integer(rest)?;
    let rest = rest.trim_start_matches([' ', ',']).trim_start_matches("at ");
    let (minutes, rest) = clock(rest)?;
    let day = civil::Date::new(i16::try_from(year).ok()?, month, i8::try_from(day).ok()?).ok()?;
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    let zone = if is_utc(rest) {
        TimeZone::UTC
    } else {
        TimeZone::system()
    };
    let moment = day.at(hour, minute, 0, 0).to_zoned(zone).ok()?;
    Some(Resets::At(moment.timestamp()))
}

/// A time of day in minutes after midnight, and what stands behind it.
fn clock(text: &str) -> Option<(u16, &str)> {
    let (hour, rest) = integer(text)?;
    let (minute, rest) = match rest.strip_prefix(':') {
        Some(behind) => {
            let (minute, rest) = integer(behind)?;
            (Some(minute), rest)
        }
        None => (None, rest),
    };
    let rest = rest.trim_start();
    let (hour, rest) = match (rest.strip_prefix("am"), rest.strip_prefix("pm")) {
        (Some(rest), _) if hour <= 12 => (hour % 12, rest),
        (_, Some(rest)) if hour <= 12 => (hour % 12 + 12, rest),
        // A number alone is no time of day.
        _ if minute.is_some() => (hour, rest),
        _ => return None,
    };
    let minute = minute.unwrap_or(0);
    let shown = hour < 24 && minute < 60;
    let minutes = u16::try_from(hour * 60 + minute).ok()?;
    shown.then_some((minutes, rest))
}

fn integer(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    // Not more digits than a year has.
    (1..=4).contains(&end).then_some(())?;
    Some((text[..end].parse().ok()?, &text[end..]))
}

fn is_utc(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '(']);
    rest.starts_with("utc") || rest.starts_with("gmt")
}

#[cfg(test)]
mod tests;
