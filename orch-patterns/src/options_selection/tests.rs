//! What holds for every judge, whatever it says: a judge is any function of who is shown first and who second.

use std::collections::HashMap;

use orch_core::{Evidence, Verdict};
use proptest::prelude::*;
use serde_json::json;

use super::ranking::{Place, by_evidence, mark_out, needs_a_judge, rank};
use super::*;
use crate::deliverable::{Choice, Proposal, Winner};

fn evidence(verdict: Verdict) -> Evidence {
    let evidence = json!({"command": "make check", "verdict": verdict, "ended": "exit code 0", "output": ""});
    serde_json::from_value(evidence).unwrap()
}

/// Option number `index`, at its place among equals.
fn option(index: usize, verdict: Option<Verdict>) -> (Place, Standing) {
    let name = format!("option-{index}");
    let standing = Standing {
        name: name.clone(),
        proposal: Proposal::new(format!("Title {index}"), "Do it."),
        evidence: verdict.map(evidence),
        unchecked: None,
        tally: Tally::default(),
        out: false,
    };
    ((index, name), standing)
}

fn choice(winner: Winner) -> Choice {
    Choice {
        winner,
        reasons: vec![format!("the {winner} one is shorter")],
    }
}

/// As the pattern does it, with a judge that is a function; says how often it was asked as well.
fn select(
    mut options: Vec<(Place, Standing)>,
    judge: impl Fn(&str, &str) -> Winner,
) -> (Vec<Standing>, Decided, Vec<Comparison>, usize) {
    mark_out(&mut options);
    let (mut comparisons, mut asked) = (Vec::new(), 0);
    for (index, (_, one)) in options.iter().enumerate() {
        for (_, other) in &options[index + 1..] {
            let pair = [one.name.clone(), other.name.clone()];
            let mut said = Vec::new();
            let settled = if needs_a_judge(one, other) {
                asked += 2;
                let (ahead, back) = (judge(&one.name, &other.name), judge(&other.name, &one.name));
                for (first, second, winner) in [(one, other, ahead), (other, one, back)] {
                    said.push(Said {
                        first: first.name.clone(),
                        second: second.name.clone(),
                        choice: choice(winner),
                    });
                }
                Settled::of(&pair, ahead, back)
            } else if let Some(settled) = by_evidence(one, other) {
                settled
            } else {
                continue;
            };
            comparisons.push(Comparison { pair, settled, said });
        }
    }
    let (ranked, decided) = rank(options, &comparisons);
    (ranked, decided, comparisons, asked)
}

fn names(ranked: &[Standing]) -> Vec<String> {
    ranked.iter().map(|one| one.name.clone()).collect()
}

fn verdict() -> impl Strategy<Value = Option<Verdict>> {
    prop::sample::select(vec![
        None,
        Some(Verdict::Confirmed),
        Some(Verdict::Refuted),
        Some(Verdict::Unverified),
    ])
}

/// Options in their own order, the same in another order, and any judge: what it says for each ordered pair.
fn any_case() -> impl Strategy<Value = (Vec<Option<Verdict>>, Vec<usize>, Vec<Winner>)> {
    let winner = prop::sample::select(vec![Winner::First, Winner::Second, Winner::Tie]);
    (1_usize..6).prop_flat_map(move |count| {
        let order: Vec<usize> = (0..count).collect();
        (
            prop::collection::vec(verdict(), count),
            Just(order).prop_shuffle(),
            prop::collection::vec(winner.clone(), 36),
        )
    })
}

/// A judge from a table of what it says.
fn by_table(table: &[Winner]) -> impl Fn(&str, &str) -> Winner {
    let number = |name: &str| name.strip_prefix("option-").unwrap().parse::<usize>().unwrap();
    move |first, second| table[number(first) * 6 + number(second)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_order_of_the_proposers_changes_nothing((verdicts, order, table) in any_case()) {
        let options = |order: &[usize]| order.iter().map(|index| option(*index, verdicts[*index])).collect();
        let own: Vec<usize> = (0..verdicts.len()).collect();
        let (ranked, decided, comparisons, _) = select(options(&own), by_table(&table));
        let (again, decided_again, compared_again, _) = select(options(&order), by_table(&table));
        prop_assert_eq!(names(&ranked), names(&again));
        prop_assert_eq!(ranked, again);
        prop_assert_eq!(decided, decided_again);
        prop_assert_eq!(Bias::of(&comparisons), Bias::of(&compared_again));
    }

    #[test]
    fn what_a_check_refuted_never_stands_before_what_one_confirmed((verdicts, order, table) in any_case()) {
        let options = order.iter().map(|index| option(*index, verdicts[*index])).collect();
        let (ranked, ..) = select(options, by_table(&table));
        let refuted = ranked.iter().position(|one| one.verdict() == Verdict::Refuted);
        let confirmed = ranked.iter().rposition(|one| one.verdict() == Verdict::Confirmed);
        if let (Some(refuted), Some(confirmed)) = (refuted, confirmed) {
            prop_assert!(confirmed < refuted, "{:?}", names(&ranked));
        }
    }

    #[test]
    fn a_judge_is_asked_at_most_twice_for_a_pair((verdicts, order, table) in any_case()) {
        let options = order.iter().map(|index| option(*index, verdicts[*index])).collect();
        let (ranked, _, comparisons, asked) = select(options, by_table(&table));
        let single_pass = ranked.len() * (ranked.len() - 1) / 2;
        prop_assert!(asked <= 2 * single_pass);
        prop_assert_eq!(asked, comparisons.iter().map(|comparison| comparison.said.len()).sum::<usize>());
    }

    #[test]
    fn every_win_is_somebodys_loss_and_every_pair_is_counted((verdicts, order, table) in any_case()) {
        let options = order.iter().map(|index| option(*index, verdicts[*index])).collect();
        let (ranked, _, comparisons, asked) = select(options, by_table(&table));
        let sum = |count: fn(&Tally) -> usize| ranked.iter().map(|one| count(&one.tally)).sum::<usize>();
        prop_assert_eq!(sum(|tally| tally.wins), sum(|tally| tally.losses));
        prop_assert_eq!(sum(|tally| tally.wins + tally.losses + tally.ties), asked);
        prop_assert_eq!(sum(|tally| tally.flips), 2 * Bias::of(&comparisons).flipped());
    }

    /// A judge that sees quality, and adds a bias for a place: what is better by more than the bias wins whatever the
    /// bias is, and nothing wins that is not better.
    #[test]
    fn a_bias_hides_small_differences_and_invents_none(
        qualities in prop::collection::vec(0_i32..100, 2..6),
        bias in -60_i32..60,
    ) {
        let quality: HashMap<String, i32> = (0..).map(|index: usize| format!("option-{index}")).zip(qualities.clone()).collect();
        let judge = |first: &str, second: &str| match (quality[first] + bias).cmp(&quality[second]) {
            std::cmp::Ordering::Greater => Winner::First,
            std::cmp::Ordering::Less => Winner::Second,
            std::cmp::Ordering::Equal => Winner::Tie,
        };
        let options = (0..qualities.len()).map(|index| option(index, None)).collect();
        let (ranked, _, comparisons, _) = select(options, judge);
        for comparison in &comparisons {
            let [one, other] = [&comparison.pair[0], &comparison.pair[1]].map(|name| quality[name]);
            let apart = one - other;
            if let Settled::Won(winner) = &comparison.settled {
                prop_assert_eq!(winner == &comparison.pair[0], apart > 0);
            }
            if apart.abs() > bias.abs() {
                prop_assert!(matches!(comparison.settled, Settled::Won(_)), "{}", comparison);
            }
        }
        let best = *qualities.iter().max().unwrap();
        let runners_up = qualities.iter().filter(|quality| best - **quality <= bias.abs()).count();
        if runners_up == 1 {
            prop_assert_eq!(quality[&ranked[0].name], best);
        }
    }
}

#[test]
fn a_judge_that_always_says_first_decides_nothing_and_is_told() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let options = order.iter().map(|index| option(*index, None)).collect();
        let (ranked, decided, comparisons, asked) = select(options, |_, _| Winner::First);
        assert_eq!(names(&ranked), ["option-0", "option-1", "option-2"]);
        assert_eq!((decided, asked), (Decided::Order, 6));
        assert_eq!(
            ranked[0].tally.to_string(),
            "0 wins, 0 losses, 2 ties (2 flipped)"
        );
        assert_eq!(
            Bias::of(&comparisons).to_string(),
            "3 of 3 verdicts flipped with the order (3 towards the one shown first, 0 towards the second)"
        );
    }
}

#[test]
fn two_orders_together_say_this() {
    use Winner::{First, Second, Tie};
    let pair = ["a".to_owned(), "b".to_owned()];
    let a = || Settled::Won("a".to_owned());
    let b = || Settled::Won("b".to_owned());
    for (ahead, back, settled) in [
        (First, Second, a()),
        (Second, First, b()),
        (Tie, Tie, Settled::Tie),
        (First, First, Settled::Flipped(First)),
        (Second, Second, Settled::Flipped(Second)),
        (First, Tie, Settled::Wavered),
        (Tie, First, Settled::Wavered),
        (Second, Tie, Settled::Wavered),
        (Tie, Second, Settled::Wavered),
    ] {
        assert_eq!(Settled::of(&pair, ahead, back), settled, "{ahead} {back}");
    }
}

#[test]
fn what_decided_is_told_apart() {
    let decided = |verdicts: [Option<Verdict>; 2], judge: fn(&str, &str) -> Winner| {
        let options = (0..2).map(|index| option(index, verdicts[index])).collect();
        let (ranked, decided, ..) = select(options, judge);
        (ranked[0].name.clone(), decided)
    };
    let second_is_better = |first: &str, _: &str| {
        if first == "option-1" {
            Winner::First
        } else {
            Winner::Second
        }
    };
    let tie = |_: &str, _: &str| Winner::Tie;
    let (yes, no) = (Some(Verdict::Confirmed), Some(Verdict::Refuted));
    assert_eq!(
        decided([yes, no], second_is_better),
        ("option-0".to_owned(), Decided::Evidence)
    );
    assert_eq!(
        decided([yes, None], second_is_better),
        ("option-1".to_owned(), Decided::Judge)
    );
    assert_eq!(
        decided([None, yes], tie),
        ("option-1".to_owned(), Decided::Evidence)
    );
    assert_eq!(
        decided([None, None], tie),
        ("option-0".to_owned(), Decided::Order)
    );
    let (_, alone, comparisons, asked) = select(vec![option(0, no)], tie);
    assert_eq!((alone, comparisons.len(), asked), (Decided::OnlyOne, 0, 0));
}

#[test]
fn a_selection_is_a_plain_text_for_people() {
    let options = vec![
        option(0, None),
        option(1, Some(Verdict::Confirmed)),
        option(2, Some(Verdict::Refuted)),
        option(3, None),
    ];
    let judge = |first: &str, second: &str| match (first, second) {
        ("option-1", _) => Winner::First,
        (_, "option-1") => Winner::Second,
        _ => Winner::First,
    };
    let (ranking, decided, comparisons, _) = select(options, judge);
    let selection = Selection {
        question: "How do we shorten the start?".to_owned(),
        chosen: Proposal {
            summary: "Keep what was computed.".to_owned(),
            check: Some("make check".to_owned()),
            ..ranking[0].proposal.clone()
        },
        decided,
        refinement: Refinement::Refined(Some(evidence(Verdict::Confirmed))),
        bias: Bias::of(&comparisons),
        ranking,
        comparisons,
        not_closed: Vec::new(),
        not_proposed: vec![orch_core::Missing {
            label: "robust".to_owned(),
            why: orch_core::Unfinished::Cancelled,
        }],
    };
    insta::assert_snapshot!(selection.to_string());
}
