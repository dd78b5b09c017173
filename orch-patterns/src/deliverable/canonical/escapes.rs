//! Percent escapes in one form, after RFC 3986, 6.2.2.

/// Every character in its one form: what never needs an escape without one, what may stand there or is in `also` as
/// it is, everything else escaped in capitals.
pub(super) fn escaped(text: &str, also: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match escape(rest) {
            Some(byte) => {
                taken = "%00".len();
                if is_unreserved(char::from(byte)) {
                    out.push(char::from(byte));
                } else {
                    push_escape(&mut out, byte);
                }
            }
            None if is_unreserved(c) || "!$&'()*+,;=:@".contains(c) || also.contains(c) => out.push(c),
            None => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    push_escape(&mut out, byte);
                }
            }
        }
        rest = &rest[taken..];
    }
    out
}

/// The byte that an escape at the beginning of `text` stands for.
fn escape(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u8::from_str_radix(digits, 16).ok())?
}

fn push_escape(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// RFC 3986, 2.3.
fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~')
}
