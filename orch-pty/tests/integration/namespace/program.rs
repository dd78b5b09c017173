//! What a program in a namespace sees, hears and is told of.

use std::os::fd::AsRawFd;
use std::path::Path;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::signal::{Signal as Number, kill};
use nix::unistd::Pid;
use orch_pty::{Command, Exit, Output, Process, Signal, SpawnError, Status, Stdin, Tier};

use super::{inside, marked, piped_inside, soon};
use crate::support::{Marker, alone, descriptors, eventually, output_of, read_until, warmed_up};

#[tokio::test]
async fn it_is_alone_with_its_first_process_and_its_own_are_its_only_descriptors() {
    let leaked = std::fs::File::open("/dev/null").expect("a file");
    fcntl(&leaked, FcntlArg::F_SETFD(FdFlag::empty())).expect("a flag");
    let (said, exit) = output_of(&piped_inside(
        "echo $$ $PPID; cat /proc/1/comm; echo /proc/[0-9]*; cat /proc/self/status",
    ))
    .await;
    assert_eq!(exit, Exit::Code(0));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "2 1");
    if lines[1] == "orch-init" {
        assert_eq!(lines[2], "/proc/1 /proc/2");
    } else {
        eprintln!("left out: what /proc shows in a namespace, because none can be mounted here");
    }
    for label in ["SigBlk", "SigIgn", "SigCgt"] {
        let line = lines.iter().find(|line| line.starts_with(label)).expect(label);
        let digits = line.split_ascii_whitespace().last().expect("digits");
        let set = u64::from_str_radix(digits, 16).expect("a number");
        // Signals 32 and 33 are the C library's own: whoever started this process may have left them ignored.
        assert_eq!(set & !(0b11 << 31), 0, "{line}");
    }

    let marker = Marker::new();
    let process = marked(&marker, "exec sleep $MARK").spawn().expect("sh starts");
    eventually("it sleeps", || marker.sleepers().len() == 1).await;
    let sleeper = marker.sleepers()[0];
    let numbers = || -> Vec<u32> {
        let all = descriptors(&sleeper.to_string());
        all.into_iter().map(|(number, _)| number).collect()
    };
    eventually("three descriptors", || numbers() == [0, 1, 2]).await;
    // The first process holds neither the terminal nor what this process has leaked.
    let of_first = descriptors(&process.child.pid().to_string());
    let foreign = |target: &str| target.contains("/dev/pt") || target.contains("/dev/tty");
    assert!(
        of_first.iter().all(|(_, target)| !foreign(target)),
        "{of_first:?}"
    );
    assert!(
        of_first
            .iter()
            .all(|(number, _)| *number != leaked.as_raw_fd().unsigned_abs() || *number < 10),
        "{of_first:?}"
    );
}

#[tokio::test]
async fn its_arguments_environment_and_directory_are_as_given_and_nobody_else_has_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let command = piped_inside("printf '%s|' \"$PWD\" \"$@\"; env; read -r line < /dev/null; exit 4")
        .args(["sh", "", "a b", "s3cr3t-argument"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("SECRET", "s3cr3t-value")
        // What would steer the loader of this executable must not reach its first process.
        .env("LD_LIBRARY_PATH", "/nowhere")
        .env("ORCH_PTY_INIT", "0123456789abcdef0123456789abcdef")
        .current_dir(folder.path());
    let (said, exit) = output_of(&command).await;
    assert_eq!(exit, Exit::Code(4));
    let begin = format!("{}||a b|s3cr3t-argument|", folder.path().display());
    let environment = said.strip_prefix(&begin).expect(&said);
    let mut keys: Vec<&str> = environment
        .lines()
        .filter_map(|line| line.split_once('=').map(|(key, _)| key))
        .filter(|key| !["_", "SHLVL", "OLDPWD"].contains(key))
        .collect();
    keys.sort_unstable();
    let expected = [
        "LD_LIBRARY_PATH",
        "ORCH_PTY_INIT",
        "ORCH_TAG",
        "PATH",
        "PWD",
        "SECRET",
    ];
    assert_eq!(keys, expected);

    let process = inside("exec sleep 1000")
        .env("SECRET", "s3cr3t-value")
        .spawn()
        .expect("sh starts");
    for file in ["cmdline", "environ"] {
        let text = std::fs::read(format!("/proc/{}/{file}", process.child.pid())).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&text).contains("s3cr3t"), "{file}");
    }
}

#[tokio::test]
async fn its_terminal_echoes_and_interrupts() {
    let Process {
        mut child, terminal, ..
    } = inside(
        "tty >/dev/null && ps_tty=$(cut -d' ' -f7 /proc/self/stat) && echo \"tty $ps_tty.\"; cat; exit 3",
    )
    .spawn()
    .expect("sh starts");
    let terminal = terminal.expect("a terminal");
    let said = soon("a controlling terminal", read_until(&terminal, ".")).await;
    assert!(said.contains("tty ") && !said.contains("tty 0."), "{said}");
    terminal.write_all(b"hello\n").await.expect("a line");
    soon("an echo and a copy", read_until(&terminal, "hello\r\nhello\r\n")).await;
    terminal.write_all(b"\x03").await.expect("a key");
    let exit = soon("an end", child.wait()).await.expect("an exit");
    assert_eq!(exit.to_string(), "killed by SIGINT");
}

#[tokio::test]
async fn codes_and_signals_are_exact() {
    for code in (0..=255_u8).step_by(15).chain([1, 126, 127, 128, 137]) {
        let mut process = inside(&format!("exit {code}")).spawn().expect("sh starts");
        assert_eq!(
            soon("an end", process.child.wait()).await.expect("an exit"),
            Exit::Code(code)
        );
    }
    for signal in [1, 2, 3, 6, 9, 11, 13, 15, 40] {
        let command = inside(&format!("ulimit -c 0; kill -{signal} $$"));
        let exit = Exit::Signal {
            signal,
            core_dumped: false,
        };
        let mut process = command.spawn().expect("sh starts");
        assert_eq!(soon("an end", process.child.wait()).await.expect("an exit"), exit);
        let mut process = command.spawn_blocking().expect("sh starts");
        assert_eq!(process.child.wait().expect("an exit"), exit);
    }
}

#[tokio::test]
async fn a_program_that_cannot_start_is_the_same_error_as_outside() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &str, mode: &str| {
        let script = format!("printf '{content}' > {name} && chmod {mode} {name}");
        let done = std::process::Command::new("/bin/sh")
            .args(["-c", &script])
            .current_dir(&folder)
            .status();
        assert!(done.expect("sh runs").success());
        folder.path().join(name)
    };
    let plain = file("plain", "text", "644");
    let text = file("text", "no first line", "755");
    let script = file("script", "#!/nowhere/interpreter\\n", "755");
    let commands = [
        Command::new("/nowhere/program"),
        Command::new("no-such-program"),
        Command::new(&plain),
        Command::new(&text),
        Command::new(&script),
        Command::new("/bin/true").current_dir("no/such/folder"),
        Command::new("/bin/true").arg("x".repeat(131_072)),
    ];
    for command in commands {
        let outside = command.spawn().expect_err("this cannot start");
        let inside = command
            .require(Tier::PidNamespace)
            .spawn()
            .expect_err("this cannot start");
        assert_eq!(inside.to_string(), outside.to_string());
        assert!(!matches!(inside, SpawnError::Process { .. }), "{inside}");
    }
    // A relative program counts from the child's directory, as outside.
    let error = Command::new("./plain")
        .current_dir(folder.path())
        .require(Tier::PidNamespace)
        .spawn()
        .expect_err("this cannot start");
    assert!(
        matches!(&error, SpawnError::PermissionDenied { path } if path == Path::new("./plain")),
        "{error}"
    );
}

#[tokio::test]
async fn a_stop_is_seen_and_signals_reach_the_program_and_not_only_its_first_process() {
    let script = "trap 'echo caught' USR1; trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    let Process {
        mut child, terminal, ..
    } = inside(script).spawn().expect("sh starts");
    let terminal = terminal.expect("a terminal");
    soon("a trap", read_until(&terminal, "ready")).await;
    assert_eq!(child.status().expect("a status"), Status::Running);
    child.signal(Signal::Stop).expect("a signal");
    eventually("it is stopped", || {
        child.status().expect("a status")
            == Status::Stopped {
                signal: Number::SIGSTOP as i32,
            }
    })
    .await;
    child.signal(Signal::Continue).expect("a signal");
    eventually("it goes on", || {
        child.status().expect("a status") == Status::Running
    })
    .await;
    // As somebody would who knows its number alone.
    kill(Pid::from_raw(child.pid().cast_signed()), Number::SIGUSR1).expect("a signal");
    soon("the signal was passed on", read_until(&terminal, "caught")).await;
    child.signal(Signal::Terminate).expect("a signal");
    assert_eq!(
        soon("an end", child.wait()).await.expect("an exit"),
        Exit::Code(9)
    );
    let error = child.signal(Signal::Terminate).expect_err("nobody to signal");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn it_cannot_harm_its_first_process() {
    let script =
        "for signal in 1 2 3 9 10 11 15 19; do kill -$signal 1; done; kill -15 -1; kill -0 1 && exit 6";
    let (_, exit) = output_of(&piped_inside(&format!("trap '' TERM; {script}"))).await;
    assert_eq!(exit, Exit::Code(6));
}

#[tokio::test]
async fn the_containment_says_so_and_no_descriptor_is_left_over() {
    // Other tests of this process open descriptors meanwhile.
    if !alone(
        "namespace::program::the_containment_says_so_and_no_descriptor_is_left_over",
        &[],
    ) {
        return;
    }
    warmed_up().await;
    let outside = orch_pty::containment();
    let own = || descriptors("self").len();
    let before = own();
    for _ in 0..20 {
        let command = inside("exit 0")
            .stdin(Stdin::Null)
            .stdout(Output::Null)
            .stderr(Output::Null);
        let mut process = command.spawn().expect("sh starts");
        let containment = process.child.containment().clone();
        assert_eq!(
            (containment.tier, containment.why_not),
            (Tier::PidNamespace, None)
        );
        assert_eq!(
            (containment.warden, containment.recorded),
            (outside.warden, outside.recorded)
        );
        soon("an end", process.child.wait()).await.expect("an exit");
        // Kept as long as the child is, but with no descriptor.
        assert_eq!(own(), before);
    }
}
