//! Stories of places: given back on every way out, and not before the worker is gone.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::future::poll_immediate;
use futures::stream::BoxStream;
use orch_core::engine::{
    Abilities, Admission, Cursor, End, Engine, EngineError, Job, JobEnd, JobHandle, Stop,
};
use orch_core::job::WorkerEvent;
use orch_patterns::prelude::*;
use orch_testkit::memory_engine::Play;
use tokio::sync::watch;

use crate::fan::{AGENT, Fan, ask, builder, fan, questions};

/// Workers that end when they were told to, and not before the test lets go of them.
#[derive(Debug, Clone)]
struct Clinging {
    started: Arc<Mutex<Vec<Job>>>,
    let_go: watch::Sender<bool>,
}

#[derive(Debug)]
struct ClingingJob {
    told: watch::Sender<bool>,
    let_go: watch::Receiver<bool>,
}

impl Clinging {
    fn new() -> Self {
        Self {
            started: Arc::default(),
            let_go: watch::Sender::new(false),
        }
    }

    fn started(&self) -> usize {
        self.started.lock().unwrap().len()
    }
}

#[async_trait]
impl Engine for Clinging {
    fn abilities(&self) -> Abilities {
        Abilities::local()
    }

    async fn submit(&self, job: &Job) -> Result<Arc<dyn JobHandle>, EngineError> {
        self.started.lock().unwrap().push(job.clone());
        Ok(Arc::new(ClingingJob {
            told: watch::Sender::new(false),
            let_go: self.let_go.subscribe(),
        }))
    }
}

#[async_trait]
impl JobHandle for ClingingJob {
    async fn wait(&self) -> Result<JobEnd, EngineError> {
        let (mut told, mut let_go) = (self.told.subscribe(), self.let_go.clone());
        told.wait_for(|told| *told).await.unwrap();
        let_go.wait_for(|go| *go).await.unwrap();
        Ok(JobEnd::new(End::Cancelled))
    }

    fn events(&self, _from: Cursor) -> BoxStream<'_, Result<(Cursor, WorkerEvent), EngineError>> {
        Box::pin(futures::stream::empty())
    }

    async fn turn(&self, _prompt: &str) -> Result<JobEnd, EngineError> {
        Err(EngineError::ShutDown)
    }

    fn takes_turns(&self) -> bool {
        false
    }

    fn admission(&self) -> Admission {
        Admission::New
    }

    fn cancel(&self) {
        self.told.send_replace(true);
    }

    async fn stop(&self, _how: Stop) -> Result<(), EngineError> {
        self.cancel();
        self.wait().await.map(drop)
    }
}

#[tokio::test]
async fn permits_are_kept_until_the_process_of_a_dropped_worker_is_gone() {
    let root = tempfile::tempdir().unwrap();
    let engine = Clinging::new();
    let orch = builder(&root)
        .engine(engine.clone())
        .max_parallel(1)
        .build()
        .unwrap();
    let seen = engine.clone();
    let free = orch.clone();
    let pattern = step(move |cx: Cx, (): ()| {
        let (engine, orch) = (seen.clone(), free.clone());
        async move {
            let worker = ask();
            let mut first = Box::pin(cx.read(&worker, &"a".to_owned()));
            while engine.started() == 0 {
                assert!(poll_immediate(&mut first).await.is_none());
                tokio::task::yield_now().await;
            }
            drop(first);
            let mut second = Box::pin(cx.read(&worker, &"b".to_owned()));
            for _ in 0..50 {
                assert!(poll_immediate(&mut second).await.is_none());
                tokio::task::yield_now().await;
            }
            assert_eq!(
                (engine.started(), orch.free_places()),
                (1, 0),
                "the first is not gone"
            );
            engine.let_go.send_replace(true);
            // Nobody but the second waits for the first one's end.
            while engine.started() == 1 {
                assert!(poll_immediate(&mut second).await.is_none());
                tokio::task::yield_now().await;
            }
            Ok(())
        }
    });
    orch.run(&pattern, ()).await.unwrap();
    assert_eq!(orch.free_places(), 1);
}

#[tokio::test]
async fn permits_of_a_dropped_run_are_given_back_to_the_next_one() {
    let root = tempfile::tempdir().unwrap();
    let engine = Clinging::new();
    let orch = builder(&root)
        .engine(engine.clone())
        .max_parallel(2)
        .build()
        .unwrap();
    let pattern = ask().for_each(2);
    let mut run = Box::pin(orch.run(&pattern, questions(2)));
    while engine.started() < 2 {
        assert!(poll_immediate(&mut run).await.is_none());
        tokio::task::yield_now().await;
    }
    drop(run);
    assert_eq!(orch.free_places(), 0, "they are told to end and have not yet");
    engine.let_go.send_replace(true);
    let mut next = Box::pin(orch.run(&pattern, questions(2)));
    while engine.started() < 4 {
        assert!(poll_immediate(&mut next).await.is_none());
        tokio::task::yield_now().await;
    }
}

/// A script that counts how many play at once, of those that `counts` picks.
fn counting(peak: &Arc<AtomicUsize>, counts: fn(&Job) -> bool) -> impl Fn(&Job) -> Play + use<> {
    let (now, peak) = (Arc::new(AtomicUsize::new(0)), Arc::clone(peak));
    move |job| {
        if !counts(job) {
            return Play::answer("yes");
        }
        peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let now = Arc::clone(&now);
        let work = move || {
            let now = Arc::clone(&now);
            async move {
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
                now.fetch_sub(1, Ordering::SeqCst);
            }
        };
        Play::answer_after(work, "yes")
    }
}

async fn full(fan: &Fan, worker: Worker<String, String>) {
    let all = fan.orch.run(&worker.for_each(30), questions(30)).await.unwrap();
    assert!(all.coverage().is_full(), "{:?}", all.missing());
    assert_eq!(fan.orch.free_places(), 16);
}

#[tokio::test]
async fn places_of_an_agent_an_account_and_a_pool_bind() {
    let peak = Arc::new(AtomicUsize::new(0));
    let all = |_: &Job| true;
    full(&fan(counting(&peak, all), |b| b.max_parallel(16)), ask()).await;
    assert_eq!(peak.swap(0, Ordering::SeqCst), 16);
    full(
        &fan(counting(&peak, all), |b| b.max_parallel(16).limit_agent(AGENT, 5)),
        ask(),
    )
    .await;
    assert_eq!(peak.swap(0, Ordering::SeqCst), 5);
    full(
        &fan(counting(&peak, all), |b| {
            b.max_parallel(16).limit_account(AGENT, 3)
        }),
        ask(),
    )
    .await;
    assert_eq!(peak.swap(0, Ordering::SeqCst), 3);
    let pooled = fan(counting(&peak, all), |b| b.max_parallel(16).pool("heavy", 2));
    full(&pooled, ask().pool("heavy")).await;
    assert_eq!(peak.swap(0, Ordering::SeqCst), 2);
}

#[tokio::test]
async fn pools_are_served_in_the_order_of_asking() {
    let fan = fan(|_| Play::answer("yes"), |b| b.max_parallel(16).pool("heavy", 1));
    let all = fan
        .orch
        .run(&ask().pool("heavy").for_each(8), questions(8))
        .await
        .unwrap();
    assert!(all.coverage().is_full());
    let order: Vec<String> = fan.engine.jobs().iter().map(|job| job.label.clone()).collect();
    let asked: Vec<String> = (1..=8).map(|worker| format!("W{worker} Ask")).collect();
    assert_eq!(order, asked);
}

#[tokio::test]
async fn who_waits_for_a_pool_holds_no_place_of_the_orchestrator() {
    let heavy = fan(
        |job: &Job| {
            if job.label.ends_with("Heavy") {
                Play::silence()
            } else {
                Play::answer("light")
            }
        },
        |b| b.max_parallel(2).pool("heavy", 1),
    );
    let pattern = step(|cx: Cx, (): ()| async move {
        let worker = ask().label("Heavy").pool("heavy");
        let mut heavy: Vec<_> = (0..5)
            .map(|_| Box::pin(cx.read(&worker, &"x".to_owned())))
            .collect();
        for _ in 0..20 {
            for one in &mut heavy {
                assert!(poll_immediate(one).await.is_none());
            }
            tokio::task::yield_now().await;
        }
        let light = ask();
        let reading = cx.read(&light, &"y".to_owned());
        reading.await
    });
    assert_eq!(heavy.orch.run(&pattern, ()).await.unwrap(), "light");
    assert_eq!(heavy.orch.free_places(), 2);
}

#[tokio::test]
async fn a_pool_that_nobody_made_is_a_misuse_before_anything_starts() {
    let fan = fan(|_| unreachable!("nobody starts"), |b| b);
    let error = fan
        .orch
        .run(&ask().pool("nope"), "x".to_owned())
        .await
        .unwrap_err();
    assert!(
        error.is_halt() && error.to_string().contains("pool nope"),
        "{error}"
    );
}

#[test]
fn limits_for_strangers_and_limits_of_none_are_refused() {
    let refused = |configure: fn(orch_patterns::Builder) -> orch_patterns::Builder| {
        let root = tempfile::tempdir().unwrap();
        configure(builder(&root)).build().unwrap_err().to_string()
    };
    assert!(refused(|b| b.limit_agent("nobody", 3)).contains("nobody"));
    assert!(refused(|b| b.limit_account("nobody", 3)).contains("nobody"));
    assert!(refused(|b| b.account(AGENT, "shared").limit_account(AGENT, 3)).contains("account of no"));
    assert!(refused(|b| b.limit_agent(AGENT, 0)).contains("no worker could ever run"));
    assert!(refused(|b| b.pool("p", 0)).contains("no worker could ever run"));
}
