//! Who decides on a pack, how often it goes back, and when none is made.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use orch_core::{Error, Halt};
use orch_patterns::prelude::*;
use orch_patterns::{Pack, PackByWorker, PackRule, Skipped, Undertaking};

use crate::context_pack::{holds, pack, pattern, task, well};
use crate::workshop::{Workshop, assert_fenced, said};

#[tokio::test]
async fn a_pack_is_condensed_again_with_the_note_until_it_is_approved() {
    let shop = Workshop::new(well(|part| {
        (part.role == "Condense").then(|| said(&pack(&format!("Attempt {}.", part.nth))))
    }));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let pattern = pattern()
        .condense(PackByWorker::new())
        .approve(move |pack: Arc<Pack>| {
            seen.lock().unwrap().push(pack.goal.clone());
            async move {
                if pack.goal == "Attempt 3." {
                    Decision::Approve
                } else {
                    Decision::revise("NOTE say who decides")
                }
            }
        });
    let done = shop.orch.run(&pattern, task()).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), ["Attempt 1.", "Attempt 2.", "Attempt 3."]);
    assert_eq!(done.pack().unwrap().goal, "Attempt 3.");
    let prompts = shop.prompts_of("Condense");
    assert!(!prompts[0].contains("This is a revision"), "{}", prompts[0]);
    assert_fenced(&prompts[1], "NOTE say who decides");
    assert_fenced(&prompts[1], "Goal: Attempt 1.");
    assert_eq!(
        shop.roles().iter().filter(|role| *role == "Scout").count(),
        2,
        "nobody scouts twice"
    );
}

#[tokio::test]
async fn a_rejection_ends_the_run_and_endless_revisions_end_the_pattern() {
    let shop = Workshop::new(well(|_| None));
    let no = pattern().approve(|_: Arc<Pack>| async { Decision::reject("too dear") });
    let error = shop.orch.run(&no, task()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Halt(Halt::Rejected(why)) if why == "too dear"),
        "{error}"
    );

    let times = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&times);
    let again = pattern().approve(move |_: Arc<Pack>| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Decision::revise("once more") }
    });
    let error = shop.orch.run(&again, task()).await.unwrap_err();
    assert!(
        matches!(error, Error::Unfinished(_)) && error.to_string().contains("after 3 revisions"),
        "{error}"
    );
    assert_eq!(times.load(Ordering::SeqCst), 4);
    assert!(!shop.roles().contains(&"Implement".to_owned()));
}

#[tokio::test]
async fn a_small_task_needs_no_pack_but_whoever_decides_is_still_asked() {
    let small = task().size(Undertaking::Edit {
        files: 1,
        lines: 1,
        isolated: true,
    });
    let shop = Workshop::new(well(|_| None));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let pattern = pattern().approve(move |pack: Arc<Pack>| {
        assert_eq!(pack.goal, "Write five.");
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if first {
                Decision::revise("No blank line at the end.")
            } else {
                Decision::Approve
            }
        }
    });
    let done = shop.orch.run(&pattern, small.clone()).await.unwrap();
    assert_eq!((done.skipped, done.pack()), (Some(Skipped::SmallEdit), None));
    assert_eq!(
        (shop.roles(), asked.load(Ordering::SeqCst)),
        (vec!["Implement".to_owned()], 2)
    );
    assert!(shop.prompts_of("Implement")[0].contains("- No blank line at the end."));
    assert!(
        done.to_string()
            .contains("a small isolated edit needs no context pack"),
        "{done}"
    );

    // The rule is the caller's.
    let shop = Workshop::new(well(|_| None));
    let always = self::pattern().skip_rule(PackRule::always());
    assert!(shop.orch.run(&always, small).await.unwrap().pack().is_some());
    let never = ContextPack::new()
        .implement(Implementer::new().writes(["src"]))
        .verify(holds());
    let done = shop
        .orch
        .run(&never.skip_rule(PackRule::never()), task())
        .await
        .unwrap();
    assert_eq!(done.skipped, Some(Skipped::Told));
}
