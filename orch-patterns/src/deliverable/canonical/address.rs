//! The one address under which a source is known, so that two researchers' sources can be told to be the same.
//!
//! A key for comparing, not an address to fetch: nothing is looked up, followed or resolved here.

use super::file::file;
use super::paper::{arxiv, is_doi};
use super::web::web;

/// Most bytes of an address, before and after.
const LONGEST: usize = 8 * 1024;

/// The canonical form of a web address, a DOI, an arXiv identifier or a file of the work tree; none when `address` is
/// nothing of these.
///
/// | what | becomes |
/// | --- | --- |
/// | `doi:10.1000/X`, `10.1000/X`, `http://dx.doi.org/10.1000/X` | `https://doi.org/10.1000/x` |
/// | `arXiv:2401.01234v2`, `https://arxiv.org/pdf/2401.01234v2.pdf`, its DOI | `https://arxiv.org/abs/2401.01234`: the versions are one source |
/// | scheme and host | in lower case; `http` on its own port as `https`; no user name, no default port, no dot at the end |
/// | `www.` | left out where a name with a dot remains: sites that serve two things under the two names are far rarer than sources cited under both |
/// | path | escapes in one form, `.` and `..` resolved, no slash at the end; case and doubled slashes stay, since they can matter |
/// | parameters | those that only track (`utm_*`, `gclid`, `fbclid` and the like) left out, the others sorted by name; `ref`, `source`, `id` stay, since they can matter |
/// | `file:docs/a.md`, `file:./docs//a.md`, `file:docs/a.md:10`, `file:docs/a.md#L10` | `file:docs/a.md`: relative to the work tree, one source whatever the line; not an address when it is absolute or has `..` |
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
    } else if let Some(path) = after(address, "file:") {
        file(path.trim())
    } else if is_doi(address) {
        doi(address)
    } else if after(address, "www.").is_some() {
        web("https", address)
    } else {
        ["https", "http"]
            .into_iter()
            .find_map(|scheme| web(scheme, after(address, scheme)?.strip_prefix("://")?))
    };
    found.filter(|found| found.len() <= LONGEST)
}

/// A DOI by itself: all of it is its name, which may have any printed character.
fn doi(name: &str) -> Option<String> {
    let is_one = is_doi(name) && !name.contains(char::is_whitespace);
    let name = name.replace('?', "%3F").replace('#', "%23");
    is_one.then(|| web("https", &format!("doi.org/{name}")))?
}

/// What follows `head`, whose letters may be of either case.
fn after<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    let (found, rest) = text.split_at_checked(head.len())?;
    found.eq_ignore_ascii_case(head).then_some(rest)
}
