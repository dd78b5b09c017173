//! A hostile reader that tries twenty ways and more to write: each is stopped, or found out.

use std::time::Duration;

use orch_core::agent::{Codex, Hold};
use orch_core::event::EventKind;
use orch_core::{Error, FailClass, Limits, Orchestrator, Result, StateDir, Unfinished, Worker};
use orch_prompts::Brief;
use orch_testkit::real;
use orch_testkit::server::{Reply, Request, Rule, Script, Server};

use crate::house::House;

/// What each way is, and the shell's words for it; in a repository with `other.txt`, `src/a.rs` and `src/gone.rs`.
const WAYS: [(&str, &str); 22] = [
    ("a new file", "echo x > new.txt"),
    ("appended to", "echo x >> other.txt"),
    ("emptied", ": > other.txt"),
    ("cut", "truncate -s 3 src/a.rs"),
    ("removed", "rm src/gone.rs"),
    ("renamed", "mv src/a.rs src/b.rs"),
    ("copied", "cp other.txt copied.txt"),
    ("a link", "ln -s /etc/passwd link"),
    ("a second name", "ln other.txt hard.txt"),
    ("rights taken", "chmod 600 other.txt; chmod 400 other.txt"),
    ("edited in place", "sed -i s/1/one/ src/a.rs"),
    ("one byte over another", "printf x | dd of=other.txt conv=notrunc"),
    ("tee", "echo x | tee src/tee.rs"),
    ("awk", "awk 'BEGIN { print \"x\" > \"src/awk.rs\" }'"),
    ("another date", "touch -d 2001-01-01 other.txt"),
    (
        "the same bytes and the date set back",
        "touch -r other.txt src/date; cat other.txt > src/same; cat src/same > other.txt; touch -r src/date other.txt; rm src/date src/same",
    ),
    ("a named pipe", "mkfifo pipe"),
    (
        "configuration",
        "git config alias.x '!true' || printf '[alias]\\nx = !true\\n' >> .git/config",
    ),
    (
        "a hook",
        "mkdir -p .git/hooks; printf '#!/bin/sh\\n' > .git/hooks/pre-commit",
    ),
    ("a branch", "git branch evil"),
    (
        "rules that hide",
        "printf '*\\n' > .gitignore; echo x > hidden.txt",
    ),
    ("another name of the folder", "echo x > /proc/self/cwd/proc.txt"),
];

/// What is seen of a repository by somebody who looks closely.
fn state(house: &House) -> String {
    let script = "find . -path ./.git/objects -prune -o -path ./.git/index -prune -o -type p -print -o -printf '%p %y %m %s %T@ %n\\n' | sort; find . -type f -not -path './.git/index' -exec sha256sum {} + | sort; git branch --list; git config --list";
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", script])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .current_dir(&house.tree)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn told(house: &House) -> Vec<String> {
    let all = house.seen.all().into_iter();
    all.filter_map(|event| match event.kind {
        EventKind::TreeChanged { paths, .. } => Some(paths),
        _ => None,
    })
    .flatten()
    .collect()
}

fn reader() -> Worker<(), String> {
    Worker::new(|(): &()| Brief::new("Look around."))
}

async fn read(orch: &Orchestrator, worker: &Worker<(), String>) -> Result<String> {
    orch.run(worker, ()).await
}

fn assert_violation(way: &str, end: &Result<String>) {
    let violation = matches!(end, Err(Error::Unfinished(Unfinished::Failed(failure))) if failure.class == FailClass::ScopeViolation);
    assert!(violation, "{way}: {end:?}");
}

#[tokio::test]
async fn scope_violation_twenty_ways_to_write_in_a_copy_of_its_own_are_all_found_out() {
    for (way, script) in WAYS.into_iter().chain([("a folder", "mkdir empty")]) {
        let house = House::new();
        let before = state(&house);
        let end = read(&house.orch(&format!("{script}; echo done")), &reader().apart()).await;
        assert_violation(way, &end);
        assert_eq!(state(&house), before, "{way}: the user's tree is as it was");
        assert_eq!(told(&house), [""; 0], "{way}");
    }
    let house = House::new();
    let end = read(
        &house.orch("cat src/a.rs other.txt; git log --format=%s; ls -la"),
        &reader().apart(),
    )
    .await;
    assert!(end.unwrap().contains("\nall\n"), "who only reads is no violation");
}

/// Nobody can prove there who did it: it is told, and no result is lost.
#[tokio::test]
async fn scope_violation_twenty_ways_to_write_in_the_users_tree_are_all_told() {
    for (way, script) in WAYS {
        let house = House::new();
        let end = read(&house.orch(&format!("{script}; echo done")), &reader()).await;
        assert!(end.unwrap().ends_with("done\n"), "{way}");
        assert!(!told(&house).is_empty(), "{way}");
    }
}

/// From its copy it writes into the user's own tree, whose place it knows.
#[tokio::test]
async fn scope_violation_out_of_the_copy_is_told_too() {
    let house = House::new();
    let script = format!("cd {} && echo x >> other.txt; echo done", house.tree.display());
    read(&house.orch(&script), &reader().apart()).await.unwrap();
    assert_eq!(told(&house), ["other.txt"]);
}

/// Who writes when its answer is long given is gone by then.
#[tokio::test]
async fn a_reader_that_leaves_a_writer_behind_leaves_nobody() {
    let house = House::new();
    let script = "setsid sh -c 'trap \"\" HUP TERM INT; while :; do sleep 0.05; done; echo x > late.txt' >/dev/null 2>&1 & echo done";
    read(&house.orch(script), &reader().apart()).await.unwrap();
    assert!(!house.tree.join("late.txt").exists());
}

#[tokio::test]
async fn real_codex_stops_twenty_ways_of_a_reader_to_write() {
    let Some(codex) = real::codex("twenty_ways") else {
        return;
    };
    let house = House::new();
    let outputs = |count: usize| move |request: &Request| request.call_outputs().len() == count;
    let place = house.tree.join("patched.txt").display().to_string();
    let mut script = vec![Rule::when(outputs(0)).reply(Reply::write(place, "x"))];
    for (index, (_, words)) in WAYS.into_iter().enumerate() {
        script.push(Rule::when(outputs(index + 1)).reply(Reply::shell(words)));
    }
    script.push(Rule::always().reply(Reply::text("tried")));
    let server = Server::start(script.into_iter().fold(Script::new(), Script::rule)).unwrap();
    let home = codex.home(&server).create().unwrap();
    let mut agent = Codex::new().binary(&codex.bin);
    for (key, value) in home.env() {
        agent = agent.env(key, value.to_str().unwrap());
    }
    let orch = Orchestrator::builder(&house.tree)
        .agent(agent)
        .require_hold(Hold::Enforced)
        .state_dir(StateDir::at(house.root.path().join("state")))
        .limits(Limits::default().total(Duration::from_secs(150)))
        .observe(house.seen.clone())
        .build()
        .unwrap();
    let before = state(&house);
    let end = read(&orch, &reader()).await;
    assert_eq!(end.unwrap(), "tried");
    let asked = server
        .requests()
        .last()
        .map(|request| request.call_outputs().len());
    assert_eq!(asked, Some(WAYS.len() + 1), "all ways were tried");
    assert_eq!(state(&house), before, "nothing is changed, not even for a moment");
    assert_eq!(told(&house), [""; 0]);
}
