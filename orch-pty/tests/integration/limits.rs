//! The limits of the system are reached: errors that name them, nothing lost, nothing left, and all well once there is
//! room again.

use std::fs::File;

use orch_pty::{Command, Exit, Output, Process, SpawnError, Stdin, containment};

use crate::support::{Marker, alone, descriptors, eventually, read_pipe, warmed_up};
use crate::warden::best_tier;

fn sleeper(marker: &Marker) -> Command {
    Command::new("/bin/sleep").arg(marker.text())
}

/// Starts sleepers until one is refused.
fn as_many_as_there_may_be(marker: &Marker) -> (Vec<Process>, SpawnError) {
    let mut live = Vec::new();
    loop {
        match sleeper(marker).spawn() {
            Ok(process) => live.push(process),
            Err(error) => return (live, error),
        }
        assert!(live.len() < 1_000, "there is no limit");
    }
}

/// Descriptors that are kept for counting those who are there: that needs some, too.
struct Spare(Vec<File>);

impl Spare {
    fn new() -> Self {
        Self((0..4).map(|_| File::open("/dev/null").expect("a file")).collect())
    }

    fn survivors(&mut self, marker: &Marker) -> usize {
        self.0.clear();
        let found = marker.survivors().len();
        *self = Self::new();
        found
    }
}

/// The soft limit of open files of a process.
fn open_files_of(process: &str) -> u64 {
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).expect("limits");
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let soft = line.and_then(|line| line.split_ascii_whitespace().nth(3));
    soft.and_then(|soft| soft.parse().ok()).expect("a number")
}

#[tokio::test]
async fn the_soft_limit_of_open_files_is_raised_when_it_is_reached_and_children_have_the_one_before() {
    const NAME: &str =
        "limits::the_soft_limit_of_open_files_is_raised_when_it_is_reached_and_children_have_the_one_before";
    if !alone(NAME, &["prlimit", "--nofile=64:256"]) {
        return;
    }
    let marker = Marker::new();
    let mut live = Vec::new();
    for _ in 0..60 {
        live.push(sleeper(&marker).spawn().expect("it starts"));
    }
    assert_eq!(open_files_of("self"), 256);
    for process in &live {
        // By posix_spawn it is set a moment after the program has started, and before the spawn returns.
        assert_eq!(open_files_of(&process.child.pid().to_string()), 64);
        assert_eq!(process.child.containment().tier, best_tier());
    }
    drop(live);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

#[tokio::test]
async fn a_program_without_any_free_descriptor_gets_its_warden_by_raising_the_limit() {
    const NAME: &str = "limits::a_program_without_any_free_descriptor_gets_its_warden_by_raising_the_limit";
    if !alone(NAME, &["prlimit", "--nofile=64:256"]) {
        return;
    }
    let _all = all_descriptors();
    let marker = Marker::new();
    let process = sleeper(&marker).spawn().expect("it starts");
    assert_eq!(process.child.containment().tier, best_tier());
    drop(process);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

/// Opens files until there are no more to be had.
fn all_descriptors() -> Vec<File> {
    let mut files = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        files.push(file);
        assert!(files.len() < 1_000, "there is no limit");
    }
    files
}

#[tokio::test]
async fn at_the_hard_limit_of_open_files_the_error_names_it_and_the_queue_drains() {
    const NAME: &str = "limits::at_the_hard_limit_of_open_files_the_error_names_it_and_the_queue_drains";
    if !alone(NAME, &["prlimit", "--nofile=64:64"]) {
        return;
    }
    let marker = Marker::new();
    warmed_up().await;
    let mut spare = Spare::new();
    let (mut live, error) = as_many_as_there_may_be(&marker);
    assert!(
        matches!(error, SpawnError::OpenFiles { limit: Some(64), .. }),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "cannot start `/bin/sleep`: 64 files are open, which is all that this process may have (RLIMIT_NOFILE); close \
         some, or raise the hard limit (ulimit -Hn)"
    );
    assert!(live.len() > 10, "{}", live.len());
    // The command line of a program shows a moment after it has started.
    eventually("they are all there", || spare.survivors(&marker) == live.len()).await;
    for attempt in 0..50 {
        // With pipes, with nothing of ours, without a program at all.
        let command = match attempt % 3 {
            0 => sleeper(&marker),
            1 => sleeper(&marker).stdin(Stdin::Pipe).stdout(Output::Pipe),
            _ => sleeper(&marker).stdin(Stdin::Bytes(vec![b'x'; 100])),
        };
        let error = command.spawn().expect_err("there is no room");
        assert!(matches!(error, SpawnError::OpenFiles { .. }), "{error:?}");
    }
    assert_eq!(spare.survivors(&marker), live.len(), "nobody more, nobody less");

    // A queue of work: as one ends the next one begins, and none is lost. Each needs up to six for a moment.
    live.truncate(live.len() - 4);
    for job in 0..20 {
        drop(live.remove(0));
        let command = Command::new("/bin/echo").arg(job.to_string());
        let mut process = command
            .stdin(Stdin::Null)
            .stdout(Output::Pipe)
            .stderr(Output::Null)
            .spawn()
            .expect("there is room again");
        let output = read_pipe(process.stdout.as_ref().expect("a pipe")).await;
        assert_eq!(output, format!("{job}\n").into_bytes());
        assert_eq!(process.child.wait().await.expect("an exit"), Exit::Code(0));
        drop(process);
        live.push(sleeper(&marker).spawn().expect("there is room again"));
    }
    drop(live);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

#[tokio::test]
async fn without_a_free_descriptor_a_tree_is_ended_and_its_status_taken() {
    const NAME: &str = "limits::without_a_free_descriptor_a_tree_is_ended_and_its_status_taken";
    if !alone(NAME, &["prlimit", "--nofile=64:64"]) {
        return;
    }
    let marker = Marker::new();
    let script = "setsid sleep $MARK & sleep $MARK & wait";
    let mut process = marker.sh(script).spawn().expect("sh starts");
    eventually("the tree runs", || marker.sleepers().len() == 2).await;
    let before = descriptors("self");
    let all = all_descriptors();
    let error = sleeper(&marker).spawn().expect_err("there is no room");
    assert!(matches!(error, SpawnError::OpenFiles { .. }), "{error:?}");
    assert!(process.child.tree().kill_now().left.is_empty());
    assert_eq!(
        process.child.wait().await.expect("an exit").to_string(),
        "killed by SIGKILL"
    );
    drop(all);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
    // The child's pidfd is closed, and nothing else has changed.
    assert_eq!(descriptors("self").len(), before.len() - 1);
    let process = sleeper(&marker).spawn().expect("there is room again");
    assert_eq!(process.child.containment().tier, best_tier());
}

#[tokio::test]
async fn a_first_spawn_without_any_descriptor_is_refused_and_the_next_one_has_a_warden() {
    const NAME: &str =
        "limits::a_first_spawn_without_any_descriptor_is_refused_and_the_next_one_has_a_warden";
    if !alone(NAME, &["prlimit", "--nofile=64:64"]) {
        return;
    }
    let marker = Marker::new();
    let all = all_descriptors();
    let error = sleeper(&marker).spawn().expect_err("there is no room");
    assert!(matches!(error, SpawnError::OpenFiles { .. }), "{error:?}");
    drop(all);
    let process = sleeper(&marker).spawn().expect("there is room");
    assert_eq!(process.child.containment().tier, best_tier(), "{}", containment());
}

#[tokio::test]
async fn at_the_limit_of_processes_the_error_names_it_and_the_queue_drains() {
    const NAME: &str = "limits::at_the_limit_of_processes_the_error_names_it_and_the_queue_drains";
    const LIMIT: u64 = 24;
    if !nix::unistd::geteuid().is_root() && std::env::var_os("ORCH_PTY_TEST_ALONE").is_none() {
        eprintln!(
            "left out: the limit of processes, because it takes root to become a user who has none yet"
        );
        return;
    }
    // A user of its own, whom nobody else's processes count for. The file is opened before: that user may not be let
    // through to it.
    let user = (60_000 + std::process::id() % 5_000).to_string();
    let script = format!(
        "exec 3<\"$0\"; exec setpriv --reuid={user} --regid={user} --clear-groups prlimit --nproc={LIMIT}:{LIMIT} \
         /proc/self/fd/3 \"$@\""
    );
    if !alone(NAME, &["/bin/sh", "-c", &script]) {
        return;
    }
    let marker = Marker::new();
    warmed_up().await;
    let (mut live, error) = as_many_as_there_may_be(&marker);
    assert!(
        matches!(
            error,
            SpawnError::Processes {
                limit: Some(LIMIT),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.to_string().contains("ulimit -u: 24"), "{error}");
    assert!(live.len() > 10, "{}", live.len());
    assert_eq!(live[0].child.containment().tier, best_tier());
    let before = descriptors("self");
    for _ in 0..50 {
        let error = sleeper(&marker).spawn().expect_err("there is no room");
        assert!(matches!(error, SpawnError::Processes { .. }), "{error:?}");
    }
    assert_eq!(descriptors("self"), before);
    eventually("all of them run", || marker.sleepers().len() == live.len()).await;
    // Also a stop, which looks through all processes beside the runtime, where there is no room for a thread.
    let mut first = live.remove(0);
    let report = first.child.tree().stop(&orch_pty::Ladder::default()).await;
    assert!(report.left.is_empty(), "{report:?}");
    first.child.wait().await.expect("an exit");
    for _ in 0..20 {
        live.push(sleeper(&marker).spawn().expect("there is room again"));
        drop(live.remove(0));
    }
    drop(live);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}
