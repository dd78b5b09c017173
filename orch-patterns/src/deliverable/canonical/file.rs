//! Files of the work tree as sources. None is opened: whether it is there is not asked.

use super::escapes::escaped;

/// A file from behind `file:`, relative to the work tree; none when it is absolute or climbs.
pub(super) fn file(path: &str) -> Option<String> {
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    if path.starts_with('/') {
        return None;
    }
    let mut path = escaped(path, "/");
    loop {
        let shorter = without_dots(without_lines(&path))?;
        if shorter == path {
            return Some(format!("file:{path}"));
        }
        path = shorter;
    }
}

/// The path without `:10` or `:10-20` at its end.
fn without_lines(path: &str) -> &str {
    let lines =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match path.rsplit_once(':') {
        Some((path, place)) if lines(place) => path,
        _ => path,
    }
}

/// The path without `.` and doubled slashes; none when nothing is left or it climbs.
fn without_dots(path: &str) -> Option<String> {
    let kept: Vec<&str> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    (!kept.is_empty() && !kept.contains(&"..")).then(|| kept.join("/"))
}
