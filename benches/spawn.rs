//! From spawn to exit of `/bin/true`, drained and reaped: a terminal of ours beside a plain `std` child on a pipe.
//!
//! The peers among terminal crates and the raw system calls are not here yet.

use std::process;

use criterion::{Criterion, criterion_group, criterion_main};
use orch_pty::{Command, Output, Stdin, TerminalMode};

fn spawn(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut group = criterion.benchmark_group("spawn_to_exit");
    group.bench_function("std_pipe", |bench| {
        bench.iter(|| {
            let done = process::Command::new("/bin/true")
                .stdin(process::Stdio::null())
                .output();
            assert!(done.expect("/bin/true").status.success());
        });
    });
    let on_pipe = Command::new("/bin/true")
        .stdin(Stdin::Null)
        .stdout(Output::Pipe)
        .stderr(Output::Null);
    let on_terminal = Command::new("/bin/true").terminal_mode(TerminalMode::Clean);
    for (name, command) in [("orch_pipe", on_pipe), ("orch_terminal", on_terminal)] {
        group.bench_function(name, |bench| bench.iter(|| runtime.block_on(run(&command))));
    }
    group.finish();
}

async fn run(command: &Command) {
    let mut process = command.spawn().expect("/bin/true");
    let mut buffer = [0; 4096];
    if let Some(terminal) = &process.terminal {
        while terminal.read(&mut buffer).await.expect("its output") > 0 {}
    }
    if let Some(stdout) = &process.stdout {
        while stdout.read(&mut buffer).await.expect("its output") > 0 {}
    }
    assert!(process.child.wait().await.expect("its status").success());
}

criterion_group!(benches, spawn);
criterion_main!(benches);
