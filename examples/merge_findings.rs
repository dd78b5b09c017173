//! Merges what several review tools said about one change: duplicates become one item, the items are ranked.
//!
//! ```text
//! cargo run --example merge_findings < findings.jsonl
//! cargo run --example merge_findings -- --explain < findings.jsonl      # with the reasons for each rank
//! cargo run --example merge_findings -- --format text < findings.jsonl  # for people
//! ```
//!
//! It starts no worker, asks no model and reads no file: it is the merger of `ReviewFanout`, as a filter.

#![forbid(unsafe_code)]

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Parser;
use orch_examples::{exit, flags::Format};
use orch_patterns::finding::{MergeSettings, Merged, Relation, Reported, merge};
use orch_patterns::{Finding, plain};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Merges findings of several review tools: duplicates become one item, the items are ranked.
///
/// Reads one JSON object a line on standard input:
///
///   {"group": "pr-1", "id": 7, "source": "tool-a", "order": 0, "text": "what is wrong"}
///
/// Groups are independent reviews. `id` is a number or a word, once in its group; `order` is the place in the source's
/// own list, 0 for the first. Where a tool says more, give it: "path", "line" (1-based), "severity" (critical, high,
/// medium, low, info, or the common words of other tools) and "confidence" (0 to 1). Place outranks wording. Other
/// keys are ignored, and so are blank lines.
///
/// Prints one JSON object a line on standard output, group by group in the order of their names, each in rank order:
///
///   {"group": "pr-1", "rank": 0, "primary": 7, "members": [7, 12]}
///
/// Every id comes back in exactly one item; `primary` is the member to show. The output is the same for any order of
/// the input's lines. Exit code: 0 when everything was merged, 1 when the result could not be printed, 2 when the call
/// or a line is wrong; nothing is printed then.
#[derive(Debug, Parser)]
#[command(name = "merge_findings", version, verbatim_doc_comment)]
struct Args {
    /// Adds to each item who saw it, its severity, the reasons for its rank, and the items that may be the same.
    #[arg(long)]
    explain: bool,

    /// How the result is printed: as JSON, one object a line, or for people.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,

    /// How many lines apart two reports of one defect may be.
    #[arg(long, value_name = "LINES")]
    near_lines: Option<u32>,

    /// The likeness (0 to 1) above which wording alone joins: higher joins less.
    #[arg(long, value_name = "LIKENESS")]
    join_at: Option<f64>,

    /// What that threshold gains for few sources.
    #[arg(long, value_name = "LIKENESS", hide = true)]
    few_sources: Option<f64>,

    /// What a step down in a source's own list takes from a likeness.
    #[arg(long, value_name = "LIKENESS", hide = true)]
    late: Option<f64>,
}

impl Args {
    fn settings(&self) -> MergeSettings {
        let mut settings = MergeSettings::default();
        if let Some(lines) = self.near_lines {
            settings = settings.near_lines(lines);
        }
        if let Some(likeness) = self.join_at {
            settings = settings.join_at(likeness);
        }
        if let Some(likeness) = self.few_sources {
            settings = settings.few_sources(likeness);
        }
        if let Some(likeness) = self.late {
            settings = settings.late(likeness);
        }
        settings
    }
}

/// A number or a word; it is given back as it came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged, expecting = "`id` must be a whole number or a word")]
enum Id {
    Number(i64),
    Word(String),
}

/// What must be on a line. What may be is read as a [`Finding`], with its tolerance.
#[derive(Debug, Deserialize)]
struct Line {
    group: String,
    id: Id,
    source: String,
    order: u32,
    text: String,
}

/// What is printed of an item.
#[derive(Debug, Serialize)]
struct Item<'a> {
    group: &'a str,
    rank: u32,
    primary: &'a Id,
    members: Vec<&'a Id>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    explained: Option<Explained<'a>>,
}

#[derive(Debug, Serialize)]
struct Explained<'a> {
    severity: &'a str,
    seen_by: &'a [String],
    reasons: Vec<String>,
    related: Vec<Related>,
}

/// Another item that may be the same.
#[derive(Debug, Serialize)]
struct Related {
    rank: u32,
    why: Relation,
}

/// The findings of each group, by id.
type Groups = BTreeMap<String, BTreeMap<Id, Reported>>;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Nothing is left to do when the message itself cannot be printed.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                exit::USAGE
            } else {
                exit::DONE
            });
        }
    };
    let groups = match read(io::stdin().lock()) {
        Ok(groups) => groups,
        Err(wrong) => {
            say(&format!("{wrong:#}"));
            return ExitCode::from(exit::USAGE);
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    if let Err(error) = print(&groups, &args, &mut out).and_then(|()| out.flush()) {
        say(&format!("printing the result failed: {error}"));
        return ExitCode::from(exit::PARTIAL);
    }
    ExitCode::from(exit::DONE)
}

/// A line on standard error, without control characters; a standard error that is gone does not matter.
fn say(words: &str) {
    let _ = writeln!(io::stderr(), "merge_findings: {}", plain::line(words, 2_000));
}

fn read(input: impl BufRead) -> anyhow::Result<Groups> {
    let mut groups = Groups::new();
    for (number, line) in (1..).zip(input.split(b'\n')) {
        let line = line.context("reading standard input failed")?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        add(&line, &mut groups).with_context(|| format!("line {number} of standard input is no finding"))?;
    }
    Ok(groups)
}

fn add(line: &[u8], groups: &mut Groups) -> anyhow::Result<()> {
    let value: Value = serde_json::from_slice(line).context("it is no JSON object")?;
    let given = Line::deserialize(&value).context("see --help for what a line must have")?;
    let finding = finding(value, given.text).context("what it says of the finding cannot be read")?;
    let group = groups.entry(given.group).or_default();
    if group.contains_key(&given.id) {
        bail!("its id was given before in its group: give each finding an id of its own");
    }
    group.insert(
        given.id,
        Reported {
            source: given.source,
            order: given.order,
            finding,
        },
    );
    Ok(())
}

/// A finding with what the line says of it beyond the text. A text may be empty: it is still a finding that counts.
fn finding(line: Value, text: String) -> serde_json::Result<Finding> {
    let mut optional = json!({ "claim": "as the text says" });
    if let Value::Object(mut line) = line {
        for key in ["path", "line", "severity", "confidence"] {
            optional[key] = line.remove(key).unwrap_or_default();
        }
    }
    Ok(Finding {
        claim: text,
        ..Finding::deserialize(optional)?
    })
}

fn print(groups: &Groups, args: &Args, out: &mut impl Write) -> io::Result<()> {
    let settings = args.settings();
    for (group, findings) in groups {
        let items = merge(findings.values().cloned().collect(), &settings);
        if args.format == Format::Text {
            writeln!(out, "{}", plain::line(group, 200))?;
            for item in &items {
                for_people(item, args.explain, out)?;
            }
            continue;
        }
        let mut ids = Ids::of(findings);
        let members: Vec<Vec<&Id>> = items.iter().map(|item| ids.of_members(item)).collect();
        for (item, members) in items.iter().zip(&members) {
            let shown = item
                .members
                .iter()
                .position(|report| report.finding == item.primary);
            let line = Item {
                group,
                rank: item.rank - 1,
                primary: members[shown.unwrap_or(0)],
                members: members.clone(),
                explained: args.explain.then(|| Explained::of(item)),
            };
            serde_json::to_writer(&mut *out, &line)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// Which ids a report may have: equal reports are interchangeable, and the least id goes first.
struct Ids<'a>(HashMap<(String, u32), Vec<(&'a Id, &'a Finding)>>);

impl<'a> Ids<'a> {
    fn of(findings: &'a BTreeMap<Id, Reported>) -> Self {
        let mut ids: HashMap<_, Vec<_>> = HashMap::new();
        for (id, report) in findings.iter().rev() {
            let place = (report.source.clone(), report.order);
            ids.entry(place).or_default().push((id, &report.finding));
        }
        Self(ids)
    }

    /// The ids of an item's members, in their order, each given once.
    fn of_members(&mut self, item: &Merged) -> Vec<&'a Id> {
        let mut id_of = |report: &Reported| {
            let left = self.0.get_mut(&(report.source.clone(), report.order))?;
            let at = left
                .iter()
                .rposition(|(_, finding)| **finding == report.finding)?;
            Some(left.remove(at).0)
        };
        item.members.iter().filter_map(&mut id_of).collect()
    }
}

impl<'a> Explained<'a> {
    fn of(item: &'a Merged) -> Self {
        Self {
            severity: item.severity.as_str(),
            seen_by: &item.seen_by,
            reasons: item.reasons.iter().map(ToString::to_string).collect(),
            related: item
                .related
                .iter()
                .map(|related| Related {
                    rank: related.rank - 1,
                    why: related.why,
                })
                .collect(),
        }
    }
}

/// One item as a person reads it. The tools' words are hostile bytes.
fn for_people(item: &Merged, explain: bool, out: &mut impl Write) -> io::Result<()> {
    let finding = &item.primary;
    let place = match (&finding.path, finding.line) {
        (Some(path), Some(line)) => format!("{}:{line}", plain::line(path, 1_000)),
        (Some(path), None) => plain::line(path, 1_000),
        _ => "no single place".to_owned(),
    };
    writeln!(out, "{:>3}. {:<8} {place}", item.rank, item.severity.to_string())?;
    writeln!(out, "     {}", plain::line(&finding.claim, 1_000))?;
    let told = if explain { item.reasons.len() } else { 1 };
    for reason in item.reasons.iter().take(told) {
        writeln!(out, "     {}", plain::line(&reason.to_string(), 1_000))?;
    }
    for related in item.related.iter().take(if explain { usize::MAX } else { 0 }) {
        let why = match related.why {
            Relation::SameSource => "one source said both",
            _ => "too little in common to be sure",
        };
        writeln!(out, "     perhaps the same as {}: {why}", related.rank)?;
    }
    Ok(())
}
