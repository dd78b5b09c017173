//! Whoever looks at a patch stands where nobody else did: what the writer's code leaves in a check is seen by no one.

use std::fs;
use std::sync::Arc;

use orch_core::{Cx, Isolation, Verdict, Worker, Writer, check};
use orch_patterns::{Assignment, Delivery, Implementer, Rounds, Verifier};
use orch_prompts::Brief;
use orch_testkit::memory_engine::Play;
use tokio::sync::Notify;

use crate::house::{House, within, writer};
use crate::processes::{is_alive, until_async};
use crate::workshop::{Workshop, confirmed, fixed, refuted, said};

fn implementer() -> Implementer {
    Implementer::new().writes(["src"]).isolation(Isolation::Clone)
}

async fn delivered(shop: &Workshop, verifier: impl Into<Verifier>, rounds: usize) -> Delivery {
    let rounds = Rounds::new(implementer(), verifier).at_most(rounds);
    shop.orch.run(&rounds, Assignment::new("Do it.")).await.unwrap()
}

/// In the first round its test replaces the script by which it is checked; in the second there is no test any more.
#[tokio::test]
async fn what_runs_in_a_check_of_one_round_rigs_none_of_the_next() {
    let shop = Workshop::new(|part| match (part.role, part.nth) {
        ("Implement", 1) => {
            let rig = "echo 'exit 0' > new; mv new check.sh\n";
            part.writes("src/test.sh", rig, &fixed("a test"))
        }
        ("Implement", _) => {
            let tree = part.job.work_tree.clone();
            let change = move || {
                fs::remove_file(tree.join("src/test.sh")).unwrap();
                fs::write(tree.join("src/a.rs"), "wrong\n").unwrap();
                std::future::ready(())
            };
            Play::answer_after(change, fixed("no test").to_string())
        }
        (other, _) => panic!("{other}"),
    });
    let script = "if test -e src/test.sh; then sh src/test.sh; fi\ngrep -qx five src/a.rs\n";
    fs::write(shop.house.tree.join("check.sh"), script).unwrap();
    shop.house.commit_all();
    let delivery = delivered(&shop, check("sh", ["check.sh"]), 2).await;
    assert_eq!(delivery.verdict(), Verdict::Refuted, "{delivery}");
}

#[tokio::test]
async fn what_runs_in_a_check_doctors_neither_what_the_next_check_nor_what_the_reader_sees() {
    let shop = Workshop::new(|part| match part.role {
        "Implement" => {
            part.leaves("src/build.sh", "echo good > src/a.rs; echo 'exit 0' > lint.sh\n");
            part.writes("src/a.rs", "evil\n", &fixed("done"))
        }
        "Verify" => match fs::read_to_string(part.job.work_tree.join("src/a.rs")).unwrap() {
            text if text == "good\n" => said(&confirmed()),
            _ => said(&refuted("evil")),
        },
        other => panic!("{other}"),
    });
    fs::write(shop.house.tree.join("lint.sh"), "! grep -q evil src/a.rs\n").unwrap();
    shop.house.commit_all();
    let build = || Verifier::from(check("sh", ["src/build.sh"]));
    let read = delivered(&shop, build().and(Verifier::reader()), 1).await;
    assert_eq!(read.verdict(), Verdict::Refuted, "{read}");
    let linted = delivered(&shop, build().and(check("sh", ["lint.sh"])), 1).await;
    assert_eq!(linted.verdict(), Verdict::Refuted, "{linted}");
}

#[tokio::test]
async fn whatever_a_check_leaves_behind_the_delivery_is_there_and_the_next_round_too() {
    for litter in [
        "rm src/gone.rs; mkdir src/gone.rs",
        "rm -r src; ln -s /tmp src",
        "rm -r src; echo x > src",
        "mkfifo src/.gitignore",
        "rm src/a.rs; mkdir src/a.rs; echo x > src/a.rs/y",
        "rm -rf .git",
        "git init -q src",
        "chmod 0 src",
    ] {
        let shop = Workshop::new(|part| match part.role {
            "Implement" => part.writes("src/a.rs", &format!("{}\n", part.nth), &fixed("done")),
            other => panic!("{other}"),
        });
        // Refuted until the third round, and littered each time.
        let words = format!("grep -qx 3 src/a.rs; end=$?; {litter}; exit $end");
        let delivery = delivered(&shop, check("sh", ["-c", &words]), 3).await;
        assert_eq!(delivery.verdict(), Verdict::Confirmed, "{litter}: {delivery}");
        assert_eq!(delivery.rounds.len(), 3, "{litter}");
    }
}

#[tokio::test]
async fn a_patch_is_shown_in_the_tree_as_it_is_at_each_time() {
    let house = House::new();
    let orch = house.orch("cat > /dev/null; sed -i s/5/five/ src/a.rs; echo done");
    let tree = house.tree.clone();
    let (conflicts, verdict) = within(&orch, |cx: Cx| {
        let tree = tree.clone();
        async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
            desk.write(&writer(&["src"]), &()).await?;
            let patch = desk.patch().await?;
            assert!(desk.show(&patch).await?.conflicts.is_empty());
            fs::write(tree.join("src/a.rs"), "1\n2\n3\n4\nFUENF\n6\n7\n8\n9\n").unwrap();
            fs::write(tree.join("other.txt"), "changed by the user\n").unwrap();
            let shown = desk.show(&patch).await?;
            let saved = check("grep", ["-q", "user", "other.txt"]);
            Ok((shown.conflicts.len(), shown.cx.check(&saved).await?.verdict))
        }
    })
    .await
    .unwrap();
    assert_eq!((conflicts, verdict), (1, Verdict::Confirmed));
}

/// It hears no signal that asks it to end.
#[tokio::test]
async fn a_writer_that_nobody_waits_for_is_gone_before_anything_is_shown() {
    let house = House::new();
    let orch =
        house.orch("trap '' TERM INT HUP; echo $$ > src/pid.tmp; mv src/pid.tmp src/pid; exec sleep 1000");
    let is_gone = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        let (patch, pid) = (desk.patch().await?, desk.directory().join("src/pid"));
        tokio::select! {
            said = desk.write(&writer(&["src"]), &()) => panic!("it does not end: {said:?}"),
            () = until_async(|| pid.exists()) => {}
        }
        let _shown = desk.show(&patch).await?;
        let pid = fs::read_to_string(pid).unwrap();
        Ok(!is_alive(pid.trim().parse().unwrap()))
    });
    assert!(is_gone.await.unwrap());
}

#[tokio::test]
async fn a_patch_that_is_shown_is_no_change_of_a_reader_at_an_earlier_one() {
    let (begun, over) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begins, is_over) = (Arc::clone(&begun), Arc::clone(&over));
    let shop = Workshop::new(move |part| match part.role {
        "Implement" => part.writes("src/a.rs", &format!("{}\n", part.nth), &fixed("done")),
        "Look" => {
            let (begins, is_over) = (Arc::clone(&begins), Arc::clone(&is_over));
            let look = move || {
                let (begins, is_over) = (Arc::clone(&begins), Arc::clone(&is_over));
                async move {
                    begins.notify_one();
                    is_over.notified().await;
                }
            };
            Play::answer_after(look, "seen")
        }
        other => panic!("{other}"),
    });
    let implement = || -> Worker<(), String, Writer> {
        Worker::new(|(): &()| Brief::new("Change it."))
            .label("Implement")
            .writes(["src"])
    };
    let look: Worker<(), String> = Worker::new(|(): &()| Brief::new("Look.")).label("Look");
    let seen = within(&shop.orch, |cx: Cx| {
        let (begun, over, look) = (&begun, &over, &look);
        async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
            desk.write(&implement(), &()).await?;
            let one = desk.patch().await?;
            desk.write(&implement(), &()).await?;
            let two = desk.patch().await?;
            let shown = desk.show(&one).await?;
            let again = async {
                begun.notified().await;
                let shown = desk.show(&two).await;
                over.notify_one();
                shown.map(drop)
            };
            let (read, again) = tokio::join!(shown.cx.read(look, &()), again);
            again?;
            read
        }
    });
    assert_eq!(seen.await.unwrap(), "seen");
}
