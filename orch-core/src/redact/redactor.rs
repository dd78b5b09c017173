//! What is looked for, in text that is there as a whole.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::RedactStream;
use super::forms::forms_of;
use crate::plain;

/// Takes named secrets out of text. A cheap clone; it shows no secret when it is printed.
///
/// ```
/// use orch_core::Redactor;
///
/// let redactor = Redactor::new([("API_KEY", "hunter2hunter2")])?;
/// assert_eq!(redactor.text("key=hunter2hunter2!"), "key=[redacted API_KEY]!");
/// # Ok::<(), orch_core::SecretError>(())
/// ```
#[derive(Clone, Default)]
pub struct Redactor(Option<Arc<Search>>);

pub(super) struct Search {
    pub(super) automaton: AhoCorasick,
    /// What stands in the place of each form.
    pub(super) marks: Vec<String>,
    forms: Vec<Vec<u8>>,
    names: Vec<String>,
}

impl Search {
    fn replaced<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.automaton.is_match(text) {
            Cow::Owned(self.automaton.replace_all(text, &self.marks))
        } else {
            Cow::Borrowed(text)
        }
    }

    fn finds(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_in(text),
            Value::Array(values) => values.iter().any(|value| self.finds(value)),
            Value::Object(map) => map
                .iter()
                .any(|(key, value)| self.is_in(key) || self.finds(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn is_in(&self, text: &str) -> bool {
        self.automaton.is_match(text)
            || matches!(plain::stripped(text), Cow::Owned(plain) if self.automaton.is_match(&plain))
    }

    /// How many bytes at the end of `bytes` may be the beginning of a form, at most.
    pub(super) fn beginning(&self, bytes: &[u8]) -> usize {
        let of_form = |form: &Vec<u8>| {
            let most = bytes.len().min(form.len() - 1);
            (1..=most).rev().find(|&n| bytes.ends_with(&form[..n]))
        };
        self.forms.iter().filter_map(of_form).max().unwrap_or(0)
    }
}

/// A secret that cannot be taken out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It is so short that it would be found in innocent words.
    #[error(
        "secret {name} has fewer than {} bytes: it would be found in innocent words; use a longer one",
        Redactor::SHORTEST
    )]
    TooShort {
        /// Its name.
        name: String,
    },
    /// There are too many, or they are too long together.
    #[error("the secrets are too many to be looked for: {why}")]
    TooMany {
        /// Why.
        why: String,
    },
}

impl Redactor {
    /// The shortest secret, in bytes: a shorter one would be found in innocent words.
    pub const SHORTEST: usize = 8;

    /// Looks for these secrets, each under a name: in their own form, in hexadecimal, percent-encoded, as base64 at
    /// any offset or in the lines of the secret alone, and as JSON, HTML and a shell's `printf %q` escape them.
    ///
    /// Line ends behind a secret are no part of it: files end with one. A secret of several lines is found as a whole,
    /// with the line ends of a file or of a terminal; one of its lines alone is not: name that as a secret of its own.
    ///
    /// # Errors
    /// [`SecretError`] names the secret that cannot be looked for.
    pub fn new(
        secrets: impl IntoIterator<Item = (impl Into<String>, impl AsRef<str>)>,
    ) -> Result<Self, SecretError> {
        let (mut forms, mut marks, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (name, secret) in secrets {
            let (name, secret) = (name.into(), trimmed(secret.as_ref()));
            if secret.len() < Self::SHORTEST {
                return Err(SecretError::TooShort { name });
            }
            for form in forms_of(secret) {
                forms.push(form);
                marks.push(format!("[redacted {name}]"));
            }
            names.push(name);
        }
        if forms.is_empty() {
            return Ok(Self(None));
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&forms)
            .map_err(|error| SecretError::TooMany {
                why: error.to_string(),
            })?;
        Ok(Self(Some(Arc::new(Search {
            automaton,
            marks,
            forms,
            names,
        }))))
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// `text` with every secret replaced by its name. Where one is found with escape sequences in it, as programs write
    /// that colour a part of a line, all escape sequences of the text go with it.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(search) = &self.0 else {
            return Cow::Borrowed(text);
        };
        let clean = search.replaced(text);
        if let Cow::Owned(plain) = plain::stripped(&clean)
            && let Cow::Owned(clean) = search.replaced(&plain)
        {
            return Cow::Owned(clean);
        }
        clean
    }

    /// Every string in a JSON value, keys too.
    pub fn value(&self, value: &mut Value) {
        if self.is_empty() {
            return;
        }
        match value {
            Value::String(text) => {
                if let Cow::Owned(clean) = self.text(text) {
                    *text = clean;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.value(value)),
            Value::Object(map) => {
                let entries = std::mem::take(map).into_iter();
                *map = entries
                    .map(|(key, mut value)| {
                        self.value(&mut value);
                        (self.text(&key).into_owned(), value)
                    })
                    .collect();
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Every string of something that is stored as JSON. As it was when there is nothing to find in it.
    pub(crate) fn stored<T: Serialize + DeserializeOwned>(&self, stored: T) -> T {
        let Some(search) = &self.0 else { return stored };
        let Ok(mut value) = serde_json::to_value(&stored) else {
            return stored;
        };
        if !search.finds(&value) {
            return stored;
        }
        let mut clean = value.clone();
        self.value(&mut clean);
        serde_json::from_value(clean).unwrap_or_else(|_| {
            // A secret is part of a name that must stand, of an id or a kind: what is no such name is clean all the same.
            self.texts(&mut value, &mut String::new(), &|value| {
                T::deserialize(value).is_ok()
            });
            serde_json::from_value(value).unwrap_or(stored)
        })
    }

    /// Cleans every string of `value`, one by one, that may be another one without breaking what `holds`.
    fn texts(&self, whole: &mut Value, at: &mut String, holds: &dyn Fn(&Value) -> bool) {
        let below: Vec<String> = match whole.pointer(at) {
            Some(Value::Array(values)) => (0..values.len()).map(|index| index.to_string()).collect(),
            Some(Value::Object(map)) => map
                .keys()
                .map(|key| key.replace('~', "~0").replace('/', "~1"))
                .collect(),
            Some(Value::String(text)) => {
                if let Cow::Owned(clean) = self.text(text) {
                    let mut tried = whole.clone();
                    if let Some(place) = tried.pointer_mut(at) {
                        *place = Value::String(clean);
                    }
                    if holds(&tried) {
                        *whole = tried;
                    }
                }
                return;
            }
            _ => return,
        };
        for key in below {
            let length = at.len();
            at.push('/');
            at.push_str(&key);
            self.texts(whole, at, holds);
            at.truncate(length);
        }
    }

    /// Looks for the secrets in a stream of bytes that is cut anywhere; not for such that have an escape sequence in
    /// them: [`text`](Self::text) finds those in the whole.
    pub fn stream(&self) -> RedactStream {
        RedactStream::new(self.0.clone())
    }
}

/// `secret` without the line ends behind it.
pub(crate) fn trimmed(secret: &str) -> &str {
    secret.trim_end_matches(['\r', '\n'])
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.as_ref().map(|search| &search.names);
        f.debug_struct("Redactor").field("names", &names).finish()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    /// It has what every encoding must escape.
    const SECRET: &str = "s3cr3t/\"Qü\\+7~key";

    fn redactor() -> Redactor {
        Redactor::new([("KEY", SECRET)]).expect("a secret")
    }

    fn hex(text: &str) -> String {
        text.bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .concat()
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let redactor = redactor();
        let percent = SECRET
            .bytes()
            .map(|byte| format!("%{byte:02x}"))
            .collect::<Vec<_>>()
            .concat();
        let uri = "s3cr3t%2F%22Q%C3%BC%5C%2B7~key";
        let json = serde_json::to_string(SECRET).expect("JSON");
        for text in [
            SECRET.to_owned(),
            hex(SECRET),
            hex(SECRET).to_uppercase(),
            percent,
            uri.to_owned(),
            json.clone(),
            json.replace('ü', "\\u00fc"),
            json.replace('/', "\\/"),
        ] {
            let shown = redactor.text(&text).into_owned();
            assert!(shown.contains("[redacted KEY]"), "{text}: {shown}");
        }
        for before in ["", "a", "ab", "abc", "user:"] {
            for text in [
                BASE64_STANDARD.encode(format!("{before}{SECRET} and more")),
                BASE64_URL_SAFE_NO_PAD.encode(format!("{before}{SECRET}")),
            ] {
                assert!(
                    redactor.text(&text).contains("[redacted KEY]"),
                    "{before}: {text}"
                );
            }
        }
    }

    #[test]
    fn a_secret_is_found_as_other_programs_escape_it() {
        let redactor = Redactor::new([("KEY", "s3cr3t/k+y&7<abc=dEf")]).expect("a secret");
        for (who, text) in [
            (".NET, UrlEncode", "s3cr3t%2fk%2by%267%3cabc%3ddEf"),
            ("Go", r"s3cr3t/k+y\u00267\u003cabc=dEf"),
            (".NET, JSON", r"s3cr3t/k\u002By\u00267\u003Cabc=dEf"),
            ("Gson", r"s3cr3t/k+y\u00267\u003cabc\u003ddEf"),
            ("HTML", "s3cr3t/k+y&amp;7&lt;abc=dEf"),
            ("bash", r"s3cr3t/k+y\&7\<abc=dEf"),
        ] {
            assert_eq!(redactor.text(text), "[redacted KEY]", "{who}");
        }
    }

    #[test]
    fn a_secret_that_is_coloured_in_part_is_found_and_other_text_keeps_its_colours() {
        let redactor = Redactor::new([("KEY", "hunter2hunter2")]).expect("a secret");
        let coloured = "\x1b[1mkey=\x1b[31mhunter2\x1b[0mhunter2\x1b[K!";
        assert_eq!(redactor.text(coloured), "key=[redacted KEY]!");
        assert_eq!(
            redactor.stored(vec![coloured.to_owned()]),
            ["key=[redacted KEY]!"]
        );
        for text in ["\x1b[31mhunter2\x1b[0m", "\x1b[31mhunter2hunter2\x1b[0m"] {
            let kept = redactor.text(text);
            assert!(
                kept.starts_with("\x1b[31m") && kept.ends_with("\x1b[0m"),
                "{kept:?}"
            );
        }
    }

    #[test]
    fn line_ends_behind_a_secret_are_no_part_of_it() {
        for secret in ["hunter2hunter2\n", "hunter2hunter2\r\n"] {
            let redactor = Redactor::new([("TOKEN", secret)]).expect("a secret");
            assert_eq!(
                redactor.text("Bearer hunter2hunter2!"),
                "Bearer [redacted TOKEN]!"
            );
        }
        let short = Redactor::new([("PIN", "1234567\n")]).expect_err("too short");
        assert_eq!(short, SecretError::TooShort { name: "PIN".into() });
    }

    #[test]
    fn a_secret_of_several_lines_is_found_with_other_line_ends_and_in_wrapped_base64() {
        let lines = [
            "-----BEGIN KEY-----",
            &"k3y/".repeat(16),
            &"0+zQ".repeat(9),
            "-----END KEY-----",
        ];
        let [file, terminal] = ["\n", "\r\n"].map(|end| lines.join(end));
        for secret in [format!("{file}\n"), format!("{terminal}\r\n")] {
            let redactor = Redactor::new([("PEM", secret)]).expect("a secret");
            for text in [file.clone(), terminal.clone(), hex(&file), hex(&terminal)] {
                assert_eq!(redactor.text(&text), "[redacted PEM]");
            }
            for text in [format!("{file}\n"), file.clone(), format!("{terminal}\r\n")] {
                let encoded = BASE64_STANDARD.encode(&text);
                for columns in [64, 76] {
                    for end in ["\n", "\r\n"] {
                        let shown: Vec<&[u8]> = encoded.as_bytes().chunks(columns).collect();
                        let shown = String::from_utf8(shown.join(end.as_bytes())).expect("ASCII");
                        let shown = redactor.text(&shown).into_owned();
                        // What encodes the line end, and at most a letter more, is left.
                        let rest = shown.strip_prefix("[redacted PEM]").expect("it is found");
                        assert!(rest.len() <= 6, "{rest}");
                    }
                }
            }
        }
    }

    #[test]
    fn innocent_text_is_as_it_was_and_not_copied() {
        let redactor = redactor();
        assert!(matches!(redactor.text("s3cr3t is no secret"), Cow::Borrowed(_)));
        assert!(Redactor::default().is_empty());
    }

    #[test]
    fn of_two_secrets_the_longer_one_is_named() {
        let redactor = Redactor::new([("SHORT", "abcdefgh"), ("LONG", "abcdefgh-ijkl")]).expect("secrets");
        assert_eq!(
            redactor.text("abcdefgh-ijkl abcdefgh-"),
            "[redacted LONG] [redacted SHORT]-"
        );
    }

    #[test]
    fn a_value_is_cleaned_in_its_strings_and_keys() {
        let mut value = serde_json::json!({"a": [SECRET, 1], format!("x{SECRET}"): null});
        redactor().value(&mut value);
        assert_eq!(
            value,
            serde_json::json!({"a": ["[redacted KEY]", 1], "x[redacted KEY]": null})
        );
    }

    #[test]
    fn a_secret_that_is_part_of_a_name_does_not_save_the_others() {
        #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            Completed,
        }
        let redactor = Redactor::new([("WORD", "completed"), ("KEY", SECRET)]).expect("secrets");
        let stored = (
            Kind::Completed,
            vec![format!("a {SECRET}"), "completed".to_owned()],
        );
        let (kind, texts) = redactor.stored(stored);
        assert_eq!(kind, Kind::Completed);
        assert_eq!(texts, ["a [redacted KEY]", "[redacted WORD]"]);
    }

    #[test]
    fn a_short_secret_is_refused_by_name_and_none_is_printed() {
        let error = Redactor::new([("PIN", "1234567")])
            .expect_err("too short")
            .to_string();
        assert!(error.contains("PIN") && !error.contains("1234567"), "{error}");
        assert!(!format!("{:?}", redactor()).contains("s3cr3t"));
    }
}
