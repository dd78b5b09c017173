//! When an account is reset, as a service said it.

use std::time::Duration;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// When an account is reset, as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resets {
    /// At a moment.
    At(Timestamp),
    /// So long after it was said.
    After(Duration),
    /// The next time that a clock shows it.
    AtClock {
        /// Minutes after midnight.
        minutes: u16,
        /// Whether the words named UTC; otherwise it is this machine's time.
        utc: bool,
    },
}

impl Resets {
    /// The moment that is meant by words said at `said`.
    pub fn moment(self, said: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::After(wait) => said.saturating_add(wait).unwrap_or(Timestamp::MAX),
            Self::AtClock { minutes, utc } => {
                let zone = if utc { TimeZone::UTC } else { TimeZone::system() };
                next_time(minutes, said, &zone)
            }
        }
    }
}

/// The next moment at which clocks of `zone` show `minutes` after midnight; `said` where there is none.
fn next_time(minutes: u16, said: Timestamp, zone: &TimeZone) -> Timestamp {
    let (hour, minute) = (minutes / 60 % 24, minutes % 60);
    let now = said.to_zoned(zone.clone());
    let (Ok(hour), Ok(minute)) = (i8::try_from(hour), i8::try_from(minute)) else {
        return said;
    };
    let shown = civil::time(hour, minute, 0, 0);
    [Ok(now.date()), now.date().tomorrow()]
        .into_iter()
        .flatten()
        .filter_map(|day| day.to_datetime(shown).to_zoned(zone.clone()).ok())
        .map(|moment| moment.timestamp())
        .find(|moment| *moment > said)
        .unwrap_or(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_time_is_the_next_one() {
        let said: Timestamp = "2026-11-22T14:30:00Z".parse().unwrap();
        let at = |minutes| Resets::AtClock { minutes, utc: true }.moment(said).to_string();
        assert_eq!(at(15 * 60), "2026-11-22T15:00:00Z");
        assert_eq!(at(14 * 60 + 30), "2026-11-23T14:30:00Z");
        assert_eq!(at(0), "2026-11-23T00:00:00Z");
    }
}
