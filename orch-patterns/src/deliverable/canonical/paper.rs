//! Papers by their own names: DOIs, and identifiers of arXiv.

/// Whether it is shaped like a DOI: `10.`, four to nine digits, a slash and something.
pub(super) fn is_doi(name: &str) -> bool {
    parts(name).is_some()
}

/// The address of the DOI that a path on doi.org names, a path in its one form. DOIs are the same in either case; one
/// of arXiv's leads to the paper there.
pub(super) fn doi_page(path: &str) -> Option<String> {
    let (registrant, suffix) = parts(path.trim_matches('/'))?;
    let suffix = suffix.to_ascii_lowercase();
    if registrant == "48550"
        && let Some(found) = suffix.strip_prefix("arxiv.").and_then(arxiv)
    {
        return Some(found);
    }
    Some(format!("https://doi.org/10.{registrant}/{suffix}"))
}

/// Who registered a DOI, and what they call it.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (prefix, suffix) = name.split_once('/')?;
    let registrant = prefix.strip_prefix("10.")?;
    let is_registrant =
        (4..=9).contains(&registrant.len()) && registrant.bytes().all(|byte| byte.is_ascii_digit());
    (is_registrant && !suffix.is_empty()).then_some((registrant, suffix))
}

/// A page of arxiv.org that is about one paper.
pub(super) fn arxiv_page(path: &str) -> Option<String> {
    let id = ["/abs/", "/pdf/", "/html/", "/format/"]
        .iter()
        .find_map(|head| path.strip_prefix(head))?
        .trim_end_matches('/');
    arxiv(id.strip_suffix(".pdf").unwrap_or(id))
}

/// A paper's address on arXiv, without its version: `2401.01234`, or `hep-th/9901001` from before 2007.
pub(super) fn arxiv(id: &str) -> Option<String> {
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
