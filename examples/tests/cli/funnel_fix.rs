//! `funnel_fix`: two rounds on the sample, and what is said when it does not come out right.

use crate::program::{Place, run};
use crate::rules::rules;

rules!("funnel_fix");

#[test]
fn the_check_sends_it_into_a_second_round_and_confirms_that() {
    let place = Place::new();
    let json = run(&mut place.example("funnel_fix", &["--format", "json"])).json();
    let result = &json["result"];
    assert_eq!(result["verdict"], "confirmed");
    let rounds = result["fixed"]["delivery"]["rounds"].as_array().unwrap();
    let verdicts: Vec<&str> = rounds
        .iter()
        .map(|round| round["examined"]["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["refuted", "confirmed"]);
    let output = rounds[0]["examined"]["evidence"][0]["output"].as_str().unwrap();
    assert!(output.contains("FAILED: an empty list sums to 0"), "{output}");
    assert_eq!(result["landing"]["files"], serde_json::json!(["total.sh"]));
    assert_eq!(result["landing"]["applied"], true);
}

#[test]
fn one_round_is_too_few_and_is_no_success() {
    let place = Place::new();
    let done = run(&mut place.example("funnel_fix", &["--rounds", "1"]));
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(
        done.stdout.contains("Verdict: refuted after 1 round"),
        "{}",
        done.stdout
    );
    assert!(
        done.stdout
            .contains("Nothing was changed, not even in the sample."),
        "{}",
        done.stdout
    );
}

#[test]
fn own_files_need_an_agent_and_senseless_numbers_are_told() {
    let place = Place::new();
    place.write("a.sh", "exit 0\n");
    let wrong = |arguments: &[&str], words: &str| {
        run(&mut place.example("funnel_fix", arguments)).assert_usage_error(words);
    };
    wrong(&["a.sh"], "know their own sample alone");
    wrong(&["--top", "0"], "funnel addresses no finding");
    wrong(&["--rounds", "0"], "funnel has no round");
    wrong(&["--apply"], "<PATHS>");
    wrong(&["--check", " ", "a.sh"], "give a command");
    place.assert_state_is_empty();
}

#[test]
fn without_apply_an_agent_changes_nothing_of_the_users_and_with_it_the_fix_comes_in() {
    let place = Place::new();
    place.write("a.txt", "wrong\n");
    place.write("b.txt", "mine\n");
    // Reviews first, and writes where it stands when it is asked to; in codex's own words.
    let fake = place.script(
        "codex",
        r#"brief=$(cat)
while [ "$1" != -o ]; do shift; done
case $brief in
  *"Cure "* | *implementer* | *"Write, but only"*) echo right > a.txt
    answer='{"summary":"It is right now.","changes":[],"checks":[],"left_open":[]}' ;;
  *) answer='{"findings":[{"path":"a.txt","line":1,"severity":"high","claim":"It is wrong.","evidence":"read","recommendation":"Write right.","lens":"x","confidence":0.9}]}' ;;
esac
printf '%s' "$answer" > "$2"
printf '%s\n' '{"type":"thread.started","thread_id":"t"}' '{"type":"turn.started"}' '{"type":"turn.completed","usage":{}}'"#,
    );
    let arguments = [
        "--agent",
        "codex",
        "--check",
        "grep -q right a.txt",
        "--format",
        "json",
        "a.txt",
    ];
    let read = |name: &str| std::fs::read_to_string(place.tree().join(name)).unwrap();
    let done = run(place
        .example("funnel_fix", &arguments)
        .env("ORCH_CODEX_BIN", &fake));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert_eq!(done.json()["result"]["landing"]["applied"], false);
    assert_eq!(read("a.txt"), "wrong\n");
    let done = run(place
        .example("funnel_fix", &arguments)
        .arg("--apply")
        .env("ORCH_CODEX_BIN", &fake));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert_eq!(
        (read("a.txt"), read("b.txt")),
        ("right\n".to_owned(), "mine\n".to_owned())
    );
    place.assert_state_is_empty();
}
