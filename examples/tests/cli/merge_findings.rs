//! The merger as a filter: what comes back, what it does not depend on, and what it says to bad input.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{Done, Place, finish, run, start};

fn merged(place: &Place, arguments: &[&str], input: impl AsRef<[u8]>) -> Done {
    let file = place.beside("input");
    fs::write(&file, input).unwrap();
    run(place
        .example("merge_findings", arguments)
        .stdin(File::open(file).unwrap()))
}

fn line(id: u32, source: &str, order: u32, text: &str) -> Value {
    json!({"group": "g", "id": id, "source": source, "order": order, "text": text})
}

fn lines<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    let lines: Vec<String> = values.into_iter().map(Value::to_string).collect();
    lines.join("\n")
}

/// The labelled findings, with ids; the labels are still there.
fn labelled() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/findings/dev.jsonl");
    let text = fs::read_to_string(path).unwrap();
    let with_id = |(id, line): (usize, &str)| {
        let mut value: Value = serde_json::from_str(line).unwrap();
        value["id"] = id.into();
        value
    };
    text.lines().enumerate().map(with_id).collect()
}

fn three() -> [Value; 3] {
    [
        line(7, "a", 0, "The retry loop ignores the Retry-After header"),
        line(12, "b", 0, "Retry-After header is ignored by the retry loop"),
        line(3, "b", 1, "The file handle of the log is never closed"),
    ]
}

#[test]
fn duplicates_become_one_item_and_every_id_comes_back_once() {
    let done = merged(&Place::new(), &[], lines(&three()));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(
        done.stdout,
        "{\"group\":\"g\",\"rank\":0,\"primary\":7,\"members\":[7,12]}\n\
         {\"group\":\"g\",\"rank\":1,\"primary\":3,\"members\":[3]}\n"
    );
}

#[test]
fn ids_may_be_words_and_equal_findings_keep_their_own() {
    let twice = |id: &str| json!({"group": "g", "id": id, "source": "a", "order": 0, "text": "x is wrong"});
    let done = merged(&Place::new(), &[], lines(&[twice("z"), twice("y"), twice("x")]));
    let ids: BTreeSet<String> = done
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["primary"].to_string())
        .collect();
    assert_eq!(ids, ["\"x\"", "\"y\"", "\"z\""].map(str::to_owned).into());
}

#[test]
fn the_order_of_the_lines_changes_nothing() {
    let place = Place::new();
    let all = labelled();
    let one = merged(&place, &[], lines(&all));
    assert_eq!(one.code, Some(0), "{}", one.stderr);
    assert_eq!(merged(&place, &[], lines(all.iter().rev())).stdout, one.stdout);
    let strided = (0..7).flat_map(|first| all.iter().skip(first).step_by(7));
    assert_eq!(merged(&place, &[], lines(strided)).stdout, one.stdout);
}

#[test]
fn no_group_influences_another_and_labels_are_not_read() {
    let place = Place::new();
    let mut all = labelled();
    let together = merged(&place, &[], lines(&all)).stdout;
    for value in &mut all {
        let fields = value.as_object_mut().unwrap();
        fields.remove("issues");
        fields.remove("repo");
    }
    let groups: BTreeSet<String> = all
        .iter()
        .map(|value| value["group"].as_str().unwrap().to_owned())
        .collect();
    let alone = groups.iter().map(|group| {
        let mine = all.iter().filter(|value| value["group"] == group.as_str());
        merged(&place, &[], lines(mine)).stdout
    });
    assert_eq!(alone.collect::<String>(), together);
}

#[test]
fn a_place_and_a_severity_are_used_where_they_are_given() {
    let mut apart = three();
    apart[0]["path"] = "a.rs".into();
    apart[1]["path"] = "b.rs".into();
    apart[2]["severity"] = "blocker".into();
    let done = merged(&Place::new(), &["--explain"], lines(&apart));
    let items: Vec<Value> = done
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(items.len(), 3, "two files are two defects");
    assert_eq!(
        (&items[0]["primary"], &items[0]["severity"]),
        (&json!(3), &json!("critical"))
    );
    assert_eq!(items[0]["reasons"][0], "seen by 1 of 2: b");
}

#[test]
fn people_get_a_list_without_control_characters() {
    let hostile = line(1, "a\u{1b}[2J", 0, "x\u{1b}]52;c;eA==\u{7} is\r\n 1. wrong");
    let done = merged(
        &Place::new(),
        &["--format", "text", "--explain"],
        lines(&[hostile]),
    );
    assert_eq!(done.code, Some(0));
    assert!(
        done.stdout.chars().all(|c| c == '\n' || !c.is_control()),
        "{:?}",
        done.stdout
    );
    assert!(done.stdout.contains("x is 1. wrong"), "{}", done.stdout);
}

#[test]
fn a_bad_line_is_named_and_nothing_is_printed() {
    let place = Place::new();
    let good = three()[0].to_string();
    for (bad, words) in [
        (
            "{",
            "line 3 of standard input is no finding: it is no JSON object",
        ),
        ("[]", "line 3"),
        ("{\"group\":\"g\"}", "missing field `id`"),
        (&good, "its id was given before"),
        (
            "{\"group\":\"g\",\"id\":1.5,\"source\":\"a\",\"order\":0,\"text\":\"x\"}",
            "`id` must be",
        ),
        (
            "{\"group\":\"g\",\"id\":1,\"source\":\"a\",\"order\":-1,\"text\":\"x\"}",
            "line 3",
        ),
        (
            "{\"group\":\"g\",\"id\":1,\"source\":\"a\",\"order\":0,\"text\":\"x\",\"severity\":\"spicy\"}",
            "severity \"spicy\" is unknown",
        ),
    ] {
        merged(&place, &[], format!("{good}\n\n{bad}\n")).assert_usage_error(words);
    }
    merged(&place, &[], b"\xff\xfe\n").assert_usage_error("line 1");
    merged(&place, &["--join-at", "much"], "").assert_usage_error("much");
}

#[test]
fn empty_and_huge_texts_come_back_like_any_other() {
    let huge = "the same words again ".repeat(100_000);
    let texts = ["", " ", "\u{0}", "....", &huge, "\u{202e}x"];
    let all: Vec<Value> = (0..)
        .zip(texts)
        .map(|(id, text)| line(id, "a", id, text))
        .collect();
    let done = merged(&Place::new(), &[], lines(&all));
    assert_eq!(
        (done.code, done.stdout.lines().count()),
        (Some(0), texts.len()),
        "{}",
        done.stderr
    );
    assert_eq!(merged(&Place::new(), &[], "").stdout, "");
}

#[test]
fn an_output_that_nobody_reads_is_no_panic() {
    let place = Place::new();
    let file = place.beside("input");
    fs::write(&file, lines(&labelled())).unwrap();
    let mut child = start(
        place
            .example("merge_findings", &["--explain"])
            .stdin(Stdio::from(File::open(file).unwrap())),
    );
    let mut first = [0; 1];
    // The reader goes away after one byte, while more than a pipe holds is on its way.
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let done = finish(child);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(
        done.stderr
            .starts_with("merge_findings: printing the result failed"),
        "{}",
        done.stderr
    );
}
