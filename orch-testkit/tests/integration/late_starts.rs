//! A reader that is given a copy of the tree: what may end while that is made is asked once more before it starts.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use orch_core::event::{Event, EventKind};
use orch_core::{
    Budget, Cx, Error, FailClass, Failure, Isolation, NotStarted, Observer, Resource, Result, Unfinished,
    Worker, Writer,
};
use orch_patterns::engine::End;
use orch_prompts::Brief;
use orch_testkit::memory_engine::{Act, Play};
use tokio::sync::Notify;

use crate::house::within;
use crate::workshop::{Part, Workshop};

fn apart() -> Worker<(), String> {
    Worker::new(|(): &()| Brief::new("Look.")).label("Look").apart()
}

fn not_started<T: std::fmt::Debug>(end: Result<T>) -> NotStarted {
    match end {
        Err(Error::Unfinished(Unfinished::NotStarted(why))) => why,
        other => panic!("{other:?}"),
    }
}

/// Tells when a reader was queued.
#[derive(Debug, Clone, Default)]
struct Queued(Arc<Notify>);

impl Observer for Queued {
    fn on_event(&self, event: &Event) {
        if matches!(&event.kind, EventKind::WorkerQueued { label, .. } if label.ends_with("Look")) {
            self.0.notify_one();
        }
    }
}

// The clock is paused: while a copy is made the runtime waits for git, and a paused clock then goes on to its next moment.
#[tokio::test(start_paused = true)]
async fn budget_in_time_ends_also_while_a_copy_is_made() {
    let wall = Budget::new().wall(Duration::from_millis(250));
    let shop = Workshop::with(|_| Play::answer("seen"), |builder| builder.budget(wall));
    let why = not_started(shop.orch.run(&apart(), ()).await);
    let over = matches!(
        why,
        NotStarted::OverBudget {
            what: Resource::Wall,
            ..
        }
    );
    assert!(over, "{why}");
    assert!(shop.roles().is_empty(), "it never started");
    assert_eq!(shop.house.private_places(), 0, "and its copy is gone");
}

/// A writer says that the quota is used up as soon as a reader makes itself a copy; what becomes of the reader.
async fn reader_of_a_closed_account() -> (Result<String>, Vec<String>) {
    let (started, queued) = (Arc::new(Notify::new()), Queued::default());
    let (begun, copying) = (Arc::clone(&started), Arc::clone(&queued.0));
    let script = move |part: &Part<'_>| match part.role {
        "Implement" => {
            begun.notify_one();
            let copying = Arc::clone(&copying);
            let until = move || -> BoxFuture<'static, ()> {
                let copying = Arc::clone(&copying);
                Box::pin(async move { copying.notified().await })
            };
            let words = "usage limit reached, resets in 10 minutes";
            Play::of(Act::After(
                Arc::new(until),
                End::Failed(Failure::new(FailClass::Quota, words)),
            ))
        }
        _ => Play::answer("seen"),
    };
    let shop = Workshop::with(script, |builder| builder.observe(queued));
    let end = within(&shop.orch, |cx: Cx| {
        let started = Arc::clone(&started);
        async move {
            let writer: Worker<(), String, Writer> = Worker::new(|(): &()| Brief::new("Change it."))
                .label("Implement")
                .writes(["src"]);
            let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
            let reading = async {
                started.notified().await;
                cx.read(&apart(), &()).await
            };
            let (written, read) = futures::join!(desk.write(&writer, &()), reading);
            written.unwrap_err();
            Ok(read)
        }
    });
    let end = end.await.unwrap();
    let closed = |event: &Event| matches!(event.kind, EventKind::QuotaClosed { .. });
    assert!(shop.house.seen.all().iter().any(closed));
    (end, shop.roles())
}

#[tokio::test]
async fn quota_that_is_used_up_while_a_copy_is_made_keeps_its_reader_from_starting() {
    let (end, roles) = reader_of_a_closed_account().await;
    let why = not_started(end);
    assert!(matches!(why, NotStarted::QuotaUntil(Some(_))), "{why}");
    assert_eq!(roles, ["Implement"]);
}
