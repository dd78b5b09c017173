//! Two real codex workers, each with a folder of its own.

use orch_core::agent::Codex;
use orch_patterns::check;
use orch_patterns::prelude::*;
use orch_testkit::real;
use orch_testkit::server::{Reply, Request, Rule, Script, Server};

use super::{REPORT, files, part, pattern, slices};
use crate::house::House;

#[tokio::test]
async fn real_codex_workers_write_apart_and_what_they_did_is_one_patch() {
    let Some(codex) = real::codex("split_merge") else {
        return;
    };
    let house = House::new();
    for folder in ["a", "b"] {
        std::fs::create_dir(house.tree.join(folder)).unwrap();
        std::fs::write(house.tree.join(folder).join("x"), "1\n2\n3\n").unwrap();
    }
    house.commit_all();
    let first_of = |slice: &'static str| {
        Rule::when(move |request: &Request| {
            request.call_outputs().is_empty() && request.prompt().contains(&format!("Your slice is {slice} "))
        })
    };
    // Each writes its own file and tries the other's too.
    let server = Server::start(
        Script::new()
            .rule(first_of("a").reply(Reply::shell("sed -i s/2/two/ a/x; echo a >> b/x")))
            .rule(first_of("b").reply(Reply::shell("sed -i s/3/three/ b/x; echo b > b/new")))
            .rule(Rule::always().reply(Reply::text(REPORT))),
    )
    .unwrap();
    let home = codex.home(&server).create().unwrap();
    let mut agent = Codex::new().binary(&codex.bin);
    for (key, value) in home.env() {
        agent = agent.env(key, value.to_str().unwrap());
    }
    let orch = house.orch_of(agent);
    let split = pattern()
        .check(|slice: &Slice| check("test", ["-e".to_owned(), format!("{}/x", slice.label)]))
        .check_whole(check("sh", ["-c", "grep -q two a/x && grep -q three b/x"]));
    let covered = orch.run(&split, slices(&["a", "b"])).await.unwrap();
    assert!(covered.coverage().is_full(), "{:?}", covered.missing());
    let whole = covered.accept_partial();
    assert_eq!(house.status(), "", "the user's tree is as it was");
    assert_eq!(files(&whole), ["a/x", "b/new", "b/x"]);
    assert_eq!(
        (whole.verdict(), part(&whole, "a").verdict()),
        (Verdict::Confirmed, Verdict::Confirmed)
    );
    let Outcome::Done(report) = &part(&whole, "a").outcome else {
        panic!("{whole}")
    };
    assert!(format!("{report:?}").contains("It is done."));
    whole.patch().apply().await.unwrap();
    assert_eq!(
        (house.read("a/x"), house.read("b/x")),
        ("1\ntwo\n3\n".to_owned(), "1\n2\nthree\n".to_owned())
    );
    assert_eq!(house.status(), " M a/x\n M b/x\n?? b/new\n");
}
