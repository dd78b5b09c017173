//! The one address under which a source is known, so that two researchers' sources can be told to be the same.
//!
//! A key for comparing, not an address to fetch: nothing is looked up, followed or resolved here.

/// Most bytes of an address, before and after.
const LONGEST: usize = 8 * 1024;

/// Parameters that say who sent the reader, not what is read.
const TRACKING: &[&str] = &[
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "dclid",
    "fbclid",
    "gad_source",
    "gbraid",
    "gclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ref_src",
    "srsltid",
    "twclid",
    "vero_id",
    "wbraid",
    "yclid",
];

/// The canonical form of a web address, a DOI or an arXiv identifier; none when `address` is nothing of these.
///
/// | what | becomes |
/// | --- | --- |
/// | `doi:10.1000/X`, `10.1000/X`, `http://dx.doi.org/10.1000/X` | `https://doi.org/10.1000/x` |
/// | `arXiv:2401.01234v2`, `https://arxiv.org/pdf/2401.01234v2.pdf`, its DOI | `https://arxiv.org/abs/2401.01234`: the versions are one source |
/// | scheme and host | in lower case; `http` on its own port as `https`; no user name, no default port, no dot at the end |
/// | `www.` | left out where a name with a dot remains: sites that serve two things under the two names are far rarer than sources cited under both |
/// | path | escapes in one form, `.` and `..` resolved, no slash at the end; case and doubled slashes stay, since they can matter |
/// | parameters | those that only track (`utm_*`, `gclid`, `fbclid` and the like) left out, the others sorted by name; `ref`, `source`, `id` stay, since they can matter |
/// | fragment | left out, unless it begins with `!` or `/`: there it names the page of a single-page site |
///
/// An address without a scheme is one only if it begins with `www.`: `lib.rs` may as well be a file. The result is
/// its own canonical form, is ASCII but for the letters of an international host name, and has no control characters.
///
/// ```
/// use orch_patterns::canonical;
///
/// let one = canonical("http://www.Example.org:80/a/?utm_source=feed#top");
/// assert_eq!(one.as_deref(), Some("https://example.org/a"));
/// assert_eq!(canonical("https://example.org/a"), one);
/// assert_eq!(canonical("as everybody knows"), None);
/// ```
pub fn canonical(address: &str) -> Option<String> {
    let address = address.trim();
    let address = address
        .strip_prefix('<')
        .and_then(|inner| inner.strip_suffix('>'))
        .unwrap_or(address)
        .trim();
    if address.is_empty() || address.len() > LONGEST {
        return None;
    }
    let found = if let Some(id) = after(address, "arxiv:") {
        arxiv(id.trim())
    } else if let Some(name) = after(address, "doi:") {
        doi(name.trim())
    } else if let Some(found) = doi(address) {
        Some(found)
    } else if after(address, "www.").is_some() {
        web("https", address)
    } else {
        ["https", "http"]
            .into_iter()
            .find_map(|scheme| web(scheme, after(address, scheme)?.strip_prefix("://")?))
    };
    found.filter(|found| found.len() <= LONGEST)
}

/// What follows `head`, whose letters may be of either case.
fn after<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    let (found, rest) = text.split_at_checked(head.len())?;
    found.eq_ignore_ascii_case(head).then_some(rest)
}

/// An address from behind `://`.
fn web(scheme: &str, rest: &str) -> Option<String> {
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = host_and_port(authority)?;
    if matches!(host.as_str(), "doi.org" | "dx.doi.org")
        && let Some(found) = doi(path.trim_start_matches('/'))
    {
        return Some(found);
    }
    if matches!(host.as_str(), "arxiv.org" | "export.arxiv.org")
        && let Some(found) = arxiv_page(path)
    {
        return Some(found);
    }
    let default = if scheme == "http" { 80 } else { 443 };
    let mut address = match port.filter(|port| *port != default) {
        None => format!("https://{host}"),
        Some(port) => format!("{scheme}://{host}:{port}"),
    };
    address.push_str(&without_dots(&escaped(path, "/")));
    let query = parameters(query);
    if !query.is_empty() {
        address.push('?');
        address.push_str(&query);
    }
    if fragment.starts_with(['!', '/']) {
        address.push('#');
        address.push_str(&escaped(fragment, "/?"));
    }
    Some(address)
}

/// The host in its one form, and the port where one was given.
fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = match place.rfind(']') {
        Some(end) => (
            &place[..=end],
            place[end + 1..].strip_prefix(':').unwrap_or_default(),
        ),
        None => place.split_once(':').unwrap_or((place, "")),
    };
    let port = if port.is_empty() {
        None
    } else {
        Some(port.parse().ok()?)
    };
    let host = host.trim_end_matches('.').to_lowercase();
    let host = match host.strip_prefix("www.") {
        Some(rest) if rest.contains('.') => rest.to_owned(),
        _ => host,
    };
    let numeric = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let well_formed = match numeric {
        Some(inner) => {
            !inner.is_empty()
                && inner
                    .chars()
                    .all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'))
        }
        None => {
            host.chars().any(char::is_alphanumeric)
                && host
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))
        }
    };
    well_formed.then_some((host, port))
}

/// The parameters that are not for tracking, sorted by name; equal names keep their order.
fn parameters(query: &str) -> String {
    let mut kept: Vec<String> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| escaped(parameter, "/?"))
        .filter(|parameter| {
            let name = name_of(parameter).to_ascii_lowercase();
            !name.starts_with("utm_") && !TRACKING.contains(&name.as_str())
        })
        .collect();
    kept.sort_by(|one, other| name_of(one).cmp(name_of(other)));
    kept.join("&")
}

fn name_of(parameter: &str) -> &str {
    parameter.split_once('=').map_or(parameter, |(name, _)| name)
}

/// Every character in its one form: what never needs an escape without one, what may stand there or is in `also` as
/// it is, everything else escaped in capitals.
fn escaped(text: &str, also: &str) -> String {
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

/// The path without `.` and `..`, and without slashes at its end.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let joined: String = kept.iter().flat_map(|segment| ["/", segment]).collect();
    joined.trim_end_matches('/').to_owned()
}

/// A DOI's address. DOIs are the same in either case; one of arXiv's leads to the paper there.
fn doi(name: &str) -> Option<String> {
    let name = name.trim_end_matches('/').replace("%2f", "/").replace("%2F", "/");
    let (prefix, suffix) = name.split_once('/')?;
    let registrant = prefix.strip_prefix("10.")?;
    let is_registrant =
        (4..=9).contains(&registrant.len()) && registrant.bytes().all(|byte| byte.is_ascii_digit());
    if !is_registrant || suffix.is_empty() || suffix.contains(char::is_whitespace) {
        return None;
    }
    let suffix = escaped(suffix, "/").to_ascii_lowercase();
    if registrant == "48550"
        && let Some(found) = suffix.strip_prefix("arxiv.").and_then(arxiv)
    {
        return Some(found);
    }
    Some(format!("https://doi.org/10.{registrant}/{suffix}"))
}

/// A page of arxiv.org that is about one paper.
fn arxiv_page(path: &str) -> Option<String> {
    let id = ["/abs/", "/pdf/", "/html/", "/format/"]
        .iter()
        .find_map(|head| path.strip_prefix(head))?
        .trim_end_matches('/');
    arxiv(id.strip_suffix(".pdf").unwrap_or(id))
}

/// A paper's address on arXiv, without its version: `2401.01234`, or `hep-th/9901001` from before 2007.
fn arxiv(id: &str) -> Option<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let id = match id.rsplit_once(['v', 'V']) {
        Some((paper, version)) if digits(version) => paper,
        _ => id,
    }
    .to_ascii_lowercase();
    let is_new = id.split_once('.').is_some_and(|(month, number)| {
        month.len() == 4 && digits(month) && (4..=5).contains(&number.len()) && digits(number)
    });
    let is_old = id.split_once('/').is_some_and(|(archive, number)| {
        archive.starts_with(|c: char| c.is_ascii_lowercase())
            && archive
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'.'))
            && number.len() == 7
            && digits(number)
    });
    (is_new || is_old).then(|| format!("https://arxiv.org/abs/{id}"))
}
