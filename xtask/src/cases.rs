//! The account of the cases that need a real agent: how many ran, which were left out, how many there must be.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// The committed number of cases.
const COMMITTED: &str = "orch-testkit/agents/cases.txt";

/// What the tests recorded, one file a case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    ran: usize,
    left_out: Vec<String>,
}

impl Account {
    /// Reads the folder that the tests were given.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut account = Self::default();
        for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            match name.rsplit_once('.') {
                Some((_, "ran")) => account.ran += 1,
                Some((case, "left-out")) => account.left_out.push(case.to_owned()),
                _ => bail!("{} holds {name}, which is no record of a case", folder.display()),
            }
        }
        account.left_out.sort();
        Ok(account)
    }

    /// What to do about the committed number, when more cases ran.
    pub(crate) fn advice(&self, committed: usize) -> Option<String> {
        let more = self.ran > committed;
        more.then(|| {
            format!(
                "more cases than committed: raise the number in {COMMITTED} to {}",
                self.ran
            )
        })
    }

    /// The line that ends a test run.
    pub(crate) fn line(&self) -> String {
        format!(
            "real agents: {} cases, {} left out",
            self.ran,
            self.left_out.len()
        )
    }

    /// Fails when a case was left out, or when fewer ran than the committed number.
    pub(crate) fn enforce(&self, committed: usize) -> Result<()> {
        if !self.left_out.is_empty() {
            bail!("cases were left out: {}", self.left_out.join(", "));
        }
        if self.ran < committed {
            bail!(
                "{} cases ran and {committed} are committed in {COMMITTED}; the number may not fall",
                self.ran
            );
        }
        Ok(())
    }
}

/// The committed number: the only line of its file that is no comment.
pub(crate) fn committed(root: &Path) -> Result<usize> {
    let path = root.join(COMMITTED);
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    parse(&text).with_context(|| format!("{COMMITTED} must hold one number"))
}

fn parse(text: &str) -> Result<usize> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    match (lines.next(), lines.next()) {
        (Some(number), None) => Ok(number.parse()?),
        _ => bail!("no single number"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, parse};

    fn account(ran: usize, left_out: &[&str]) -> Account {
        Account {
            ran,
            left_out: left_out.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn files_are_counted_by_their_ending() {
        let folder = std::env::temp_dir().join(format!("xtask-cases-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["b.left-out", "a.left-out", "c.ran", "d.ran"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        let read = Account::read(&folder).unwrap();
        std::fs::write(folder.join("stray"), "").unwrap();
        let stray = Account::read(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(read, account(2, &["a", "b"]));
        assert_eq!(read.line(), "real agents: 2 cases, 2 left out");
        assert!(stray.is_err());
    }

    #[test]
    fn a_case_left_out_or_a_case_too_few_fails() {
        assert!(account(5, &[]).enforce(5).is_ok());
        assert_eq!(account(5, &[]).advice(5), None);
        assert!(account(6, &[]).enforce(5).is_ok());
        assert!(account(6, &[]).advice(5).unwrap().ends_with("to 6"));
        assert!(
            account(4, &[])
                .enforce(5)
                .unwrap_err()
                .to_string()
                .contains("may not fall")
        );
        assert!(
            account(9, &["server_resume"])
                .enforce(5)
                .unwrap_err()
                .to_string()
                .contains("server_resume")
        );
    }

    #[test]
    fn the_committed_number_stands_alone() {
        assert_eq!(parse("# why\n\n 12 \n").unwrap(), 12);
        assert!(parse("# why\n").is_err());
        assert!(parse("1\n2\n").is_err());
        assert!(parse("many\n").is_err());
    }
}
