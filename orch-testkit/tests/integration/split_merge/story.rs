//! Item 14 of what users ask for: merge-back and conflicts.

use std::fs;
use std::path::PathBuf;

use orch_core::Conflict;
use orch_core::agent::Tool;
use orch_patterns::prelude::*;
use orch_patterns::{FailClass, check};

use super::{REPORT, files, part, pattern, slices, why};
use crate::house::{House, git};

/// What stands against a patch, for a person.
fn predicted(conflicts: &[Conflict]) -> Vec<String> {
    conflicts.iter().map(ToString::to_string).collect()
}

/// gastown#3604, agtx#25, ai-fleet#8: workers' branches were merged into the user's tree one after the other, and the
/// first conflict left it half merged. Here who writes what is declared and held apart, what conflicts is known before
/// anything comes in, and the tree is never dirty: by real git and real processes.
#[tokio::test]
async fn story_14_merge_back_and_conflicts_never_leave_a_dirty_tree() {
    let house = House::new();
    for folder in ["a", "b", "c", "d"] {
        fs::create_dir(house.tree.join(folder)).unwrap();
        fs::write(house.tree.join(folder).join("x"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n").unwrap();
    }
    house.commit_all();
    let tree = house.tree.display().to_string();
    // `a` is fine. The user saves the line that `b` changes, another line than `c` changes, while they work. `d` is killed.
    let script = format!(
        "brief=$(cat); git commit -q --allow-empty -m mine 2>/dev/null; \
         case $brief in \
         *'Your slice is a '*) sed -i s/5/five/ a/x; echo x >> b/x;; \
         *'Your slice is b '*) sed -i s/5/five/ b/x; echo new > b/new; sed -i s/5/FUENF/ {tree}/b/x;; \
         *'Your slice is c '*) sed -i s/9/nine/ c/x; sed -i s/1/one/ {tree}/c/x;; \
         *) sed -i s/5/five/ d/x; kill -KILL $$;; esac; \
         echo '{REPORT}'"
    );
    let agent = Tool::new("sh", "/bin/sh").args(["-c", &script]);
    let orch = house.orch_of(agent.prompt_on_stdin());
    let slices = slices(&["a", "b", "c", "d"]);
    let overlapping = slices.clone().and(Slice::new("late", ["b/x"]));
    let refused = orch.run(&pattern(), overlapping).await.map(drop).unwrap_err();
    assert!(
        matches!(&refused, Error::Halt(Halt::Misuse(why)) if why.contains("slice b and slice late overlap")),
        "declared write sets: {refused}"
    );
    let head = git(&house.tree, &["rev-parse", "HEAD"]);
    let covered = orch
        .run(
            &pattern().check_whole(check("grep", ["-q", "one", "c/x"])),
            slices,
        )
        .await
        .unwrap();
    assert_eq!(
        covered.coverage().to_string(),
        "3 of 4",
        "{:?}",
        covered.missing()
    );
    let whole = covered.accept_partial();
    let saved = " M b/x\n M c/x\n";
    assert_eq!(house.status(), saved, "what the user saved and nothing else");
    assert_eq!(git(&house.tree, &["rev-parse", "HEAD"]), head);
    assert_eq!(git(&house.tree, &["worktree", "list"]).lines().count(), 1);
    assert_eq!(house.read("b/x"), "1\n2\n3\n4\nFUENF\n6\n7\n8\n9\n");

    let told: Vec<String> = whole.conflicts().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["b: b/x (the same lines were changed meanwhile)"]);
    assert_eq!(files(&whole), ["a/x", "b/new", "c/x"]);
    assert_eq!(part(&whole, "a").left_out(), [PathBuf::from("b/x")]);
    assert!(
        matches!(why(part(&whole, "d")), Unfinished::Failed(failure) if failure.class == FailClass::Killed)
    );
    assert_eq!(
        whole.verdict(),
        Verdict::Confirmed,
        "the whole has what the user saved"
    );
    assert_eq!(
        whole.next_step(),
        "settle what slice b wanted of b/x, by hand or by a merging worker"
    );

    // What stands against it now is asked without a change; while something does, nothing comes in.
    assert_eq!(predicted(&whole.patch().conflicts().await.unwrap()), [""; 0]);
    fs::write(house.tree.join("a/x"), "1\n2\n3\n4\nfuenf\n6\n7\n8\n9\n").unwrap();
    let against = predicted(&whole.patch().conflicts().await.unwrap());
    assert_eq!(against, ["a/x (the same lines were changed meanwhile)"]);
    whole.patch().apply().await.unwrap_err();
    assert_eq!(house.status(), " M a/x\n M b/x\n M c/x\n");
    assert!(!house.tree.join("b/new").exists());
    git(&house.tree, &["checkout", "a/x"]);
    whole.patch().apply().await.unwrap();
    assert_eq!(house.read("a/x"), "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");
    assert_eq!(house.read("b/x"), "1\n2\n3\n4\nFUENF\n6\n7\n8\n9\n");
    assert_eq!(house.read("c/x"), "one\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    assert_eq!(house.read("d/x"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}
