//! The forms in which a secret turns up: as it is, and as programs encode it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

/// The shortest piece of an encoding that is looked for: a shorter one is found in innocent text.
const SHORTEST: usize = 8;

/// The columns at which programs break base64, and what they break it with: `base64` and mail, and PEM.
const WRAPPED: [(usize, &str); 4] = [(76, "\n"), (76, "\r\n"), (64, "\n"), (64, "\r\n")];

/// Every form of `secret`, as it is and with the line ends of a file and of a terminal.
pub(super) fn forms_of(secret: &str) -> Vec<Vec<u8>> {
    let lines = secret.replace("\r\n", "\n");
    let mut forms = forms_as_it_is(secret);
    if lines.contains('\n') {
        forms.extend(forms_as_it_is(&lines.replace('\n', "\r\n")));
        forms.extend(forms_as_it_is(&lines));
    }
    let shortest = SHORTEST.min(secret.len());
    forms.retain(|form| form.len() >= shortest);
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn forms_as_it_is(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let mut forms = vec![bytes.to_vec()];
    forms.push(hex(bytes, "", false));
    forms.push(hex(bytes, "", true));
    forms.push(hex(bytes, "%", false));
    forms.push(hex(bytes, "%", true));
    forms.push(percent(secret, b"-._~", true));
    forms.push(percent(secret, b"-._~", false));
    // What JavaScript's encodeURIComponent leaves alone, and .NET's UrlEncode.
    forms.push(percent(secret, b"-._~!*'()", true));
    forms.push(percent(secret, b"-._!*()", false));
    forms.extend(json(secret));
    forms.push(html(secret));
    forms.push(shell(secret));
    for alphabet in [&STANDARD, &URL_SAFE] {
        forms.extend((0..3).map(|offset| base64(bytes, offset, alphabet)));
    }
    // Where the lines of a longer text break nobody knows; those of the secret alone do.
    let alone = base64(bytes, 0, &STANDARD);
    forms.extend(
        WRAPPED
            .iter()
            .map(|&(columns, end)| wrapped(&alone, columns, end)),
    );
    forms
}

/// `text` in lines of so many columns.
fn wrapped(text: &[u8], columns: usize, end: &str) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.chunks(columns).collect();
    lines.join(end.as_bytes())
}

fn hex(bytes: &[u8], before: &str, upper: bool) -> Vec<u8> {
    let digits = |byte: &u8| {
        if upper {
            format!("{before}{byte:02X}")
        } else {
            format!("{before}{byte:02x}")
        }
    };
    bytes.iter().map(digits).collect::<String>().into_bytes()
}

fn percent(secret: &str, kept: &[u8], upper: bool) -> Vec<u8> {
    let encode = |&byte: &u8| {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            vec![byte]
        } else {
            hex(&[byte], "%", upper)
        }
    };
    secret.as_bytes().iter().flat_map(encode).collect()
}

/// As every library escapes HTML; a quotation mark is written in two ways, a `'` in three, and the commonest is taken.
fn html(secret: &str) -> Vec<u8> {
    let pairs = [
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&#39;"),
    ];
    let text = pairs
        .iter()
        .fold(secret.to_owned(), |text, (c, entity)| text.replace(*c, entity));
    text.into_bytes()
}

/// As a shell prints a word by `printf %q`, with a backslash before what means something to it.
fn shell(secret: &str) -> Vec<u8> {
    let mut word = String::new();
    for c in secret.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !"%+,-./:=@_".contains(c) {
            word.push('\\');
        }
        word.push(c);
    }
    word.into_bytes()
}

/// What JSON libraries escape beside what they must, and the case of the digits: Go's `encoding/json`, Gson, and .NET's
/// `System.Text.Json`.
const ESCAPED: [(&str, bool); 3] = [("<>&", false), ("<>&='", false), ("<>&+'`", true)];

/// Inside a JSON string: with what must be escaped; with all that is not ASCII or is a slash escaped too; and as
/// [libraries](ESCAPED) do it.
fn json(secret: &str) -> Vec<Vec<u8>> {
    let quoted = serde_json::Value::from(secret).to_string();
    let plain = quoted[1..quoted.len() - 1].to_owned();
    let slashes = plain.replace('/', "\\/");
    let mut ascii = String::new();
    for c in plain.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            let mut units = [0; 2];
            let escape = |unit: &u16| format!("\\u{unit:04x}");
            let escapes: Vec<String> = c.encode_utf16(&mut units).iter().map(escape).collect();
            ascii.push_str(&escapes.concat());
        }
    }
    let of_libraries = ESCAPED.map(|(escaped, upper)| {
        let mut text = String::new();
        for c in plain.chars() {
            if !escaped.contains(c) {
                text.push(c);
            } else if upper {
                let _infallible = write!(text, "\\u{:04X}", u32::from(c));
            } else {
                let _infallible = write!(text, "\\u{:04x}", u32::from(c));
            }
        }
        text
    });
    let forms = [plain, slashes, ascii].into_iter().chain(of_libraries);
    forms.map(String::into_bytes).collect()
}

/// The part of the base64 of a longer text that the secret alone decides, when it begins `offset` bytes behind a
/// multiple of three.
fn base64(secret: &[u8], offset: usize, alphabet: &Alphabet) -> Vec<u8> {
    let engine = GeneralPurpose::new(alphabet, GeneralPurposeConfig::new().with_encode_padding(false));
    let text = [&[0; 2][..offset], secret].concat();
    let encoded = engine.encode(&text);
    let from = (offset * 8).div_ceil(6);
    let to = text.len() * 8 / 6;
    encoded.as_bytes()[from..to].to_vec()
}
