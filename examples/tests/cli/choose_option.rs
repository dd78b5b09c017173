//! `choose_option`: a check outranks the judge, and a judge with a liking for a place decides nothing.

use crate::program::{Place, run};
use crate::rules::rules;

rules!("choose_option");

#[test]
fn what_fails_its_check_is_out_and_the_judge_decides_between_the_others() {
    let place = Place::new();
    let json = run(&mut place.example("choose_option", &["--format", "json"])).json();
    let selection = &json["result"]["selection"];
    assert_eq!(selection["chosen"]["title"], "one pass with awk");
    let ranking = selection["ranking"].as_array().unwrap();
    let last = ranking.last().unwrap();
    assert_eq!(last["name"], "scripted smallest");
    assert_eq!(
        (&last["out"], &last["evidence"]["verdict"]),
        (&true.into(), &"refuted".into())
    );
    assert_eq!(
        json["workers"].as_array().unwrap().len(),
        5,
        "three proposers, one pair in both orders"
    );
}

#[test]
fn a_judge_that_prefers_the_first_place_is_found_out_and_chooses_nothing() {
    let place = Place::new();
    let done = run(&mut place.example("choose_option", &["--partial-judge"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(
        done.stdout.contains("Position bias: 1 of 1 verdicts flipped"),
        "{}",
        done.stdout
    );
    assert!(
        done.stdout.contains("neither checks nor the judge told it from"),
        "{}",
        done.stdout
    );
}

#[test]
fn a_question_of_ones_own_needs_an_agent() {
    let place = Place::new();
    let wrong = |arguments: &[&str], words: &str| {
        run(&mut place.example("choose_option", arguments)).assert_usage_error(words);
    };
    wrong(&["which?"], "know their own sample alone");
    wrong(&["--options", "0"], "options selection has no proposer");
    wrong(&["--criterion", "x"], "<QUESTION>");
}
