//! What holds for any bytes.

use std::fmt::{Debug, Display};

use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::*;
use crate::finding::Findings;

/// JSON with the keys that the readers ask for, of any type, with words that are hostile.
fn json() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        prop::sample::select(vec![
            "",
            " ",
            "confirmed",
            "refuted",
            "unverified",
            "no-evidence",
            "first",
            "tie",
            "1",
            "[2]",
            "https://a.org/x",
            "http://www.a.org/x/",
            "doi:10.1000/x",
            "src/a.rs",
            "[P1] title",
            "\u{1b}[2J",
            "\u{1b}]52;c;eA==\u{7}x",
            "a\r\nb\0",
            "\u{202e}x",
            "high",
        ])
        .prop_map(str::to_owned),
        ".{0,12}",
        Just("x".repeat(1_002)),
    ];
    let leaf = prop_oneof![
        6 => words.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(|number| json!(number)),
    ];
    let key = prop::sample::select(vec![
        "summary",
        "changes",
        "path",
        "what",
        "checks",
        "left_open",
        "verdict",
        "evidence",
        "observed",
        "remaining",
        "lowered",
        "pointers",
        "line",
        "why",
        "facts",
        "constraints",
        "open_questions",
        "angle",
        "points",
        "claim",
        "sources",
        "url",
        "title",
        "named_by",
        "gaps",
        "key_sources",
        "source",
        "disagreements",
        "uncertainty",
        "next_actions",
        "approach",
        "trade_offs",
        "risks",
        "check",
        "winner",
        "reasons",
        "text",
        "findings",
        "body",
        "confidence_score",
        "priority",
        "code_location",
        "absolute_file_path",
        "line_range",
        "start",
        "severity",
    ]);
    leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => prop::collection::vec((key.clone(), inner), 0..16)
                .prop_map(|entries| Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}

/// Reading does not panic; what is read is shown without what moves a terminal, and comes back as it was.
fn lawful<T>(bytes: &str) -> Result<(), TestCaseError>
where
    T: Deliverable + Debug + Display + PartialEq + Serialize + DeserializeOwned,
{
    let Ok(read) = T::parse(bytes) else {
        return Ok(());
    };
    let shown = read.to_string();
    prop_assert!(
        !shown.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')),
        "{shown:?}"
    );
    prop_assert!(!shown.contains('\u{202e}'), "{shown:?}");
    let text = serde_json::to_string(&read).expect("a deliverable is JSON");
    let again = T::parse(&text);
    prop_assert_eq!(again.as_ref(), Ok(&read));
    Ok(())
}

fn all_lawful(bytes: &str) -> Result<(), TestCaseError> {
    lawful::<Fix>(bytes)?;
    lawful::<Verification>(bytes)?;
    lawful::<ContextNotes>(bytes)?;
    lawful::<Condensed>(bytes)?;
    lawful::<ResearchNotes>(bytes)?;
    lawful::<Sources>(bytes)?;
    lawful::<Synthesis>(bytes)?;
    lawful::<Proposal>(bytes)?;
    lawful::<Choice>(bytes)?;
    lawful::<Section>(bytes)?;
    if let Ok(read) = Findings::parse(bytes) {
        let text = serde_json::to_string(&read).expect("findings are JSON");
        prop_assert_eq!(Findings::parse(&text), Ok(read));
    }
    Ok(())
}

/// An object with the key that each kind of answer is for, so that most are read and not refused.
fn answer() -> impl Strategy<Value = Value> {
    prop::collection::vec(json(), 12).prop_map(|values| {
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or_default();
        json!({
            "summary": "s", "verdict": "confirmed", "title": "t", "approach": "a", "winner": "first", "text": "x",
            "findings": [{"title": "t", "code_location": next(), "priority": next()}],
            "evidence": next(), "remaining": next(), "changes": next(), "facts": next(), "pointers": next(),
            "points": [{"claim": "c", "sources": next()}, next()],
            "sources": [next(), {"url": "https://a.org", "title": next()}], "reasons": ["r", next()],
            "left_open": next(),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_json_is_read_or_refused(value in json()) {
        all_lawful(&value.to_string())?;
    }

    #[test]
    fn any_answer_is_read_alike_twice_and_is_plain(value in answer()) {
        all_lawful(&value.to_string())?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), cut in any::<prop::sample::Index>()) {
        all_lawful(&text)?;
        let answer = r#"{"summary":"s","verdict":"confirmed","points":[{"claim":"c","sources":[1]}],"sources":["https://a.org"]}"#;
        all_lawful(&answer[..cut.index(answer.len())])?;
    }

    #[test]
    fn nothing_is_confirmed_without_evidence(value in answer()) {
        if let Ok(read) = read::<Verification>(&value) {
            prop_assert!(!read.is_confirmed() || (!read.evidence.is_empty() && read.remaining.is_empty()));
        }
    }
}
