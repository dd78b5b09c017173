//! Nothing is left: no descriptor in the parent, no process in the system.

use std::sync::atomic::{AtomicBool, Ordering};

use orch_pty::{Command, Output, Process, SpawnMethod, Stdin};

use crate::support::{Marker, alone, descriptors, read_terminal, read_until, warmed_up};

#[tokio::test]
async fn the_parents_descriptors_are_the_same_after_two_hundred_spawns() {
    if !alone(
        "leaks::the_parents_descriptors_are_the_same_after_two_hundred_spawns",
        &[],
    ) {
        return;
    }
    warmed_up().await;
    let before = descriptors("self");
    for run in 0..200 {
        let command = match run % 4 {
            0 => Command::new("/bin/true"),
            1 => Command::new("/bin/true")
                .stdin(Stdin::Bytes(b"x".to_vec()))
                .stderr(Output::Pipe),
            2 => Command::new("/bin/true")
                .stdin(Stdin::Pipe)
                .stdout(Output::Pipe)
                .stderr(Output::Pipe),
            _ => {
                let _ = Command::new("/nowhere/program")
                    .spawn()
                    .expect_err("no such program");
                continue;
            }
        };
        let mut process = command.spawn().expect("true starts");
        if run % 3 > 0 {
            process.child.wait().await.expect("an exit");
        }
    }
    assert_eq!(descriptors("self"), before);
}

#[tokio::test]
async fn a_child_that_failed_to_become_its_program_leaves_no_zombie() {
    if !alone(
        "leaks::a_child_that_failed_to_become_its_program_leaves_no_zombie",
        &[],
    ) {
        return;
    }
    for method in [SpawnMethod::Vfork, SpawnMethod::PosixSpawn, SpawnMethod::Fork] {
        let _ = Command::new("/nowhere/program")
            .method(method)
            .spawn()
            .expect_err("no such program");
        let _ = Command::new("/bin/true")
            .current_dir("/nowhere")
            .method(method)
            .spawn()
            .expect_err("no such folder");
    }
    let threads = std::fs::read_dir("/proc/self/task").expect("threads").flatten();
    let children: String = threads
        .map(|thread| std::fs::read_to_string(thread.path().join("children")).expect("children"))
        .collect();
    assert_eq!(children.trim(), "");
}

#[tokio::test]
async fn once_the_exit_is_known_a_child_and_its_tree_hold_no_descriptor() {
    if !alone(
        "leaks::once_the_exit_is_known_a_child_and_its_tree_hold_no_descriptor",
        &[],
    ) {
        return;
    }
    warmed_up().await;
    let before = descriptors("self");
    let command = Command::new("/bin/true")
        .stdin(Stdin::Null)
        .stdout(Output::Null)
        .stderr(Output::Null);
    let mut child = command.spawn().expect("true starts").child;
    let tree = child.tree();
    child.wait().await.expect("an exit");
    assert_eq!(descriptors("self"), before);
    drop((child, tree));
}

#[tokio::test]
async fn a_process_whose_parent_has_closed_its_standard_input_can_spawn() {
    if !alone(
        "leaks::a_process_whose_parent_has_closed_its_standard_input_can_spawn",
        &[],
    ) {
        return;
    }
    nix::unistd::close(0).expect("standard input is open");
    for _ in 0..3 {
        let process = Command::new("tty").spawn().expect("tty starts");
        let terminal = process.terminal.as_ref().expect("a terminal");
        let text = String::from_utf8(read_terminal(terminal).await).expect("text");
        assert_eq!(text, format!("{}\r\n", terminal.path().display()));
        assert!(
            descriptors("self").iter().all(|(number, _)| *number != 0),
            "0 is not ours to fill"
        );
    }
}

#[test]
fn children_of_the_host_inherit_nothing_while_terminals_are_opened() {
    const NAME: &str = "leaks::children_of_the_host_inherit_nothing_while_terminals_are_opened";
    const CHILDREN: usize = 200;
    if !alone(NAME, &[]) {
        return;
    }
    let list = || {
        let list = std::process::Command::new("/bin/ls")
            .arg("/proc/self/fd")
            .output();
        String::from_utf8(list.expect("ls runs").stdout).expect("text")
    };
    // Three streams, the list that is being read, and what a test runner may have left open.
    let before = list();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let command = Command::new("/bin/true").stdin(Stdin::Bytes(b"x".to_vec()));
                    let process = command.stderr(Output::Pipe).spawn_blocking();
                    process.expect("true starts").child.wait().expect("an exit");
                }
            });
        }
        let listed = (0..CHILDREN).map(|_| list());
        let others: Vec<String> = listed.filter(|list| *list != before).collect();
        over.store(true, Ordering::Relaxed);
        assert_eq!(others, Vec::<String>::new());
    });
}

#[test]
fn dropping_the_runtime_leaves_nobody() {
    let marker = Marker::new();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let (up, all_up) = std::sync::mpsc::channel();
    for _ in 0..10 {
        let command = marker.sh("setsid sleep $MARK & sleep $MARK & echo up; wait");
        let up = up.clone();
        runtime.spawn(async move {
            let Process {
                mut child, terminal, ..
            } = command.spawn().expect("sh starts");
            read_until(terminal.as_ref().expect("a terminal"), "up").await;
            up.send(()).expect("the test waits");
            child.wait().await.expect("an exit");
        });
    }
    for _ in 0..10 {
        all_up.recv().expect("a child is up");
    }
    drop(runtime);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}
