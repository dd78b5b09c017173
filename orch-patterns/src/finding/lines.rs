//! Findings out of plain lines: what grep, compilers and many linters print.

use orch_core::Exit;
use orch_core::agent::ToolOutput;

use super::{Finding, Findings};

/// Reads a tool's output of lines `path:line:text` or `path:line:column:text` as a reviewer's answer; other lines
/// are left out.
///
/// For [`Tool::read`](orch_core::agent::Tool::read). The severity is medium and the confidence 0.5, since a line says
/// neither.
///
/// # Errors
/// When the tool ended with anything but 0 or 1: grep and most linters say 1 for "found nothing" or "found something".
pub fn read_lines(output: ToolOutput<'_>) -> Result<String, String> {
    if !matches!(output.exit, Exit::Code(0 | 1)) {
        return Err(format!("the tool ended with {}", output.exit));
    }
    let text = String::from_utf8_lossy(output.stdout);
    let findings = Findings {
        findings: text.lines().filter_map(finding).collect(),
    };
    serde_json::to_string(&findings).map_err(|error| error.to_string())
}

fn finding(line: &str) -> Option<Finding> {
    let (path, rest) = line.split_once(':')?;
    let (number, rest) = rest.split_once(':')?;
    let number: u32 = number.trim().parse().ok()?;
    let without_column = rest
        .split_once(':')
        .filter(|(column, _)| column.trim().parse::<u32>().is_ok());
    let claim = without_column.map_or(rest, |(_, text)| text).trim();
    (!path.is_empty() && !claim.is_empty()).then(|| Finding::new(claim).at(path, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_other_lines_left_out() {
        assert_eq!(
            finding("src/a.rs:3:  // TODO: x"),
            Some(Finding::new("// TODO: x").at("src/a.rs", 3))
        );
        assert_eq!(
            finding("a.c:3:14: error: y: z"),
            Some(Finding::new("error: y: z").at("a.c", 3))
        );
        for other in [
            "",
            "Binary file x matches",
            "a:b:c",
            "a.c:3:",
            "a.c:3:14:",
            ":3:x",
        ] {
            assert_eq!(finding(other), None, "{other:?}");
        }
    }
}
