//! The patterns that write, with the real codex against the scripted server.

use std::fs;
use std::sync::Arc;

use orch_core::agent::Codex;
use orch_patterns::PackByWorker;
use orch_patterns::prelude::*;
use orch_testkit::real;
use orch_testkit::server::{Reply, Request, Rule, Script, Server};
use serde_json::{Value, json};

use crate::house::House;
use crate::workshop::{assert_fenced, findings, fixed};

/// A house, the server, and an orchestrator whose agent is codex.
struct Bench {
    house: House,
    server: Server,
    orch: Orchestrator,
    _home: real::CodexHome,
}

impl Bench {
    fn new(codex: &real::Codex, script: Script) -> Self {
        let house = House::new();
        // A check of the project's own: it prints what it saw, and leaves a product that git ignores.
        fs::write(
            house.tree.join("check.sh"),
            "mkdir -p build && cp src/a.rs build/\ncat src/a.rs\ngrep -qx five src/a.rs\n",
        )
        .unwrap();
        house.commit_all();
        let server = Server::start(script).unwrap();
        let home = codex.home(&server).retries(0, 0).create().unwrap();
        let mut agent = Codex::new().binary(&codex.bin);
        for (key, value) in home.env() {
            agent = agent.env(key, value.to_str().unwrap());
        }
        let orch = house.orch_of(agent);
        Self {
            house,
            server,
            orch,
            _home: home,
        }
    }

    /// The first requests of the threads whose prompt has this in it.
    fn begun_with(&self, word: &str) -> Vec<Arc<Request>> {
        let begins =
            |request: &Arc<Request>| request.call_outputs().is_empty() && request.prompt().contains(word);
        self.server.requests().into_iter().filter(begins).collect()
    }
}

/// A turn of the worker that is told this: it first runs `shell`, then answers.
fn works(told: &'static str, not: &'static str, shell: &str, answer: &Value) -> [Rule; 2] {
    let mine = move |request: &Request| {
        let prompt = request.prompt();
        prompt.contains(told) && (not.is_empty() || !prompt.contains(not))
    };
    [
        Rule::when(move |request: &Request| mine(request) && request.call_outputs().is_empty())
            .reply(Reply::shell(shell)),
        Rule::when(mine).reply(Reply::json(answer)),
    ]
}

fn check_of_the_project() -> orch_patterns::Check {
    check("sh", ["check.sh"])
}

const CURE: &str = "Cure the defects";
const AGAIN: &str = "This is a further round.";

#[tokio::test(flavor = "multi_thread")]
async fn real_funnel_fix_changes_the_file_in_two_rounds_and_leaves_the_tree_clean_but_for_the_fix() {
    let Some(codex) = real::codex("funnel_fix") else {
        return;
    };
    let claim = "The fifth line never says five.";
    let script = Script::new().rule(
        Rule::when(|request: &Request| request.prompt().contains("Review the artefact"))
            .reply(Reply::json(&findings(&[claim]))),
    );
    let first = works(
        CURE,
        AGAIN,
        "printf 'FOUR-4711\\n' > src/a.rs",
        &fixed("wrote four"),
    );
    let second = works(
        AGAIN,
        "",
        "printf 'five\\n' > src/a.rs; sh check.sh",
        &fixed("wrote five"),
    );
    let bench = Bench::new(&codex, second.into_iter().chain(first).fold(script, Script::rule));

    let funnel = Funnel::new(ReviewFanout::new([Lens::Correctness]))
        .implement(Implementer::new().writes(["src"]))
        .verify(check_of_the_project())
        .rounds(3);
    let fixed = bench.orch.run(&funnel, Artefact::paths(["src"])).await.unwrap();
    assert_eq!(fixed.verdict(), Verdict::Confirmed, "{fixed}");
    let rounds = &fixed.delivery.as_ref().unwrap().rounds;
    let evidence: Vec<_> = rounds
        .iter()
        .map(|round| round.examined.clone().unwrap().evidence)
        .collect();
    assert_eq!(evidence.len(), 2, "{fixed}");
    assert_eq!(
        (evidence[0][0].verdict, evidence[1][0].verdict),
        (Verdict::Refuted, Verdict::Confirmed)
    );
    assert!(
        evidence[0][0].output.contains("FOUR-4711"),
        "the check saw what the tool call wrote"
    );

    let implementers = bench.begun_with(CURE);
    assert_eq!(implementers.len(), 2);
    assert_fenced(&implementers[0].prompt(), claim);
    assert_fenced(&implementers[1].prompt(), "FOUR-4711");
    let sandbox = |request: &Arc<Request>| {
        request.codex_turn().unwrap()["sandbox_mode"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(sandbox(&bench.begun_with("Review the artefact")[0]), "read-only");
    assert_eq!(sandbox(&implementers[0]), "workspace-write");

    assert_eq!(
        bench.house.status(),
        "",
        "nothing is in the user's tree before apply"
    );
    fixed.patch().unwrap().apply().await.unwrap();
    assert_eq!(
        bench.house.status(),
        " M src/a.rs\n",
        "and nothing but the fix afterwards"
    );
    assert_eq!(bench.house.read("src/a.rs"), "five\n");
    assert!(
        !bench.house.tree.join("build").exists(),
        "the check ran where the writer stood"
    );
    assert!(
        bench.server.unmatched().is_empty(),
        "{:?}",
        bench.server.unmatched()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn real_scout_act_verify_hands_the_condensed_pack_over_in_a_fence_and_not_the_raw_notes() {
    let Some(codex) = real::codex("scout_act_verify") else {
        return;
    };
    let note = |why: &str| {
        json!({"pointers": [{"path": "src/a.rs", "line": 5, "why": why}], "facts": [], "constraints": [],
                                  "open_questions": []})
    };
    let pack = json!({"goal": "The file says five. PACK-4711", "non_goals": [], "constraints": ["One line."],
                      "pointers": ["src/a.rs:5"], "prior_decisions": ["Replace the file."], "success_check": null});
    let asked =
        |question: &'static str| Rule::when(move |request: &Request| request.prompt().contains(question));
    let scouts = ["Question: where is it?", "Question: who reads it?"];
    let condenses = |request: &Request| request.prompt().contains("Condense the notes");
    let script = Script::new()
        .rule(Rule::when(condenses).reply(Reply::json(&pack)))
        .rule(asked(scouts[0]).reply(Reply::json(&note("RAW-4711 one"))))
        .rule(asked(scouts[1]).reply(Reply::json(&note("RAW-4711 two"))));
    let acts = works(
        "\nTASK\nMake the file say five.",
        "",
        "printf 'five\\n' > src/a.rs",
        &fixed("wrote five"),
    );
    let bench = Bench::new(&codex, acts.into_iter().fold(script, Script::rule));

    let pattern = ContextPack::new()
        .scouts(["where is it?", "who reads it?"])
        .condense(PackByWorker::new())
        .implement(Implementer::new().writes(["src"]))
        .verify(check_of_the_project());
    let done = bench
        .orch
        .run(&pattern, Task::new("Make the file say five."))
        .await
        .unwrap();
    assert_eq!(done.verdict(), Verdict::Confirmed, "{done}");
    assert_eq!(done.coverage.to_string(), "2 of 2");

    let asked_to_condense = bench.begun_with("Condense the notes");
    for words in ["RAW-4711 one", "RAW-4711 two"] {
        assert_fenced(&asked_to_condense[0].prompt(), words);
    }
    let implementers = bench.begun_with("\nTASK\nMake the file say five.");
    assert_eq!(implementers.len(), 1);
    assert_fenced(&implementers[0].prompt(), "PACK-4711");
    // The whole thread of the implementer, tool calls and all.
    let thread = bench
        .server
        .requests()
        .into_iter()
        .filter(|request| request.prompt().contains("\nTASK\nMake the file"));
    let thread: Vec<_> = thread.collect();
    assert_eq!(thread.len(), 2, "the tool call, and the answer");
    for request in &thread {
        let whole = request.body.to_string();
        assert!(
            whole.contains("PACK-4711") && !whole.contains("RAW-4711"),
            "{whole}"
        );
    }
    done.patch().apply().await.unwrap();
    assert_eq!(bench.house.status(), " M src/a.rs\n");
    assert_eq!(bench.house.read("src/a.rs"), "five\n");
    assert!(
        bench.server.unmatched().is_empty(),
        "{:?}",
        bench.server.unmatched()
    );
}
