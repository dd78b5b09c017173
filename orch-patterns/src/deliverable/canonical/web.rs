//! The canonical form of a web address. Nothing is looked up: two names of one machine stay two.

use super::escapes::escaped;
use super::paper::{arxiv_page, doi_page};

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

/// An address from behind `://`.
pub(super) fn web(scheme: &str, rest: &str) -> Option<String> {
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = host_and_port(authority)?;
    let of_doi = matches!(host.as_str(), "doi.org" | "dx.doi.org");
    // The slash of a DOI is often escaped. Everything is brought into its one form before it is looked at, so that a
    // canonical address is looked at in the same way again.
    let path = if of_doi {
        path.replace("%2f", "/").replace("%2F", "/")
    } else {
        path.to_owned()
    };
    let path = without_dots(&escaped(&path, "/"));
    let of_arxiv = matches!(host.as_str(), "arxiv.org" | "export.arxiv.org");
    let paper = if of_doi {
        doi_page(&path)
    } else if of_arxiv {
        arxiv_page(&path)
    } else {
        None
    };
    if paper.is_some() {
        return paper;
    }
    let default = if scheme == "http" { 80 } else { 443 };
    let mut address = match port.filter(|port| *port != default) {
        None => format!("https://{host}"),
        Some(port) => format!("{scheme}://{host}:{port}"),
    };
    address.push_str(&path);
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
    let mut host = host.as_str();
    while let Some(rest) = host.strip_prefix("www.").filter(|rest| rest.contains('.')) {
        host = rest;
    }
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
    well_formed.then(|| (host.to_owned(), port))
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
