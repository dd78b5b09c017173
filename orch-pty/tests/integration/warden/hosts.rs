//! Odd hosts: copies made by fork, executables that are gone, programs that cannot be started again, outer levels.

use std::process::Command;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid};
use orch_pty::{SpawnError, Tier};

use super::stage::{Orchestrator, SLEEPERS, TREE, best_tier, live, shell, tell};
use crate::support::{Marker, alone, eventually, is_alive, role, run_role};

#[test]
fn a_host_sees_no_child_but_its_own() {
    if !alone("warden::hosts::a_host_sees_no_child_but_its_own", &[]) {
        return;
    }
    let mut process = shell("exit 3");
    assert_eq!(process.child.wait().expect("an exit").to_string(), "exit code 3");
    drop(process);
    assert_eq!(waitpid(None::<Pid>, None), Err(nix::errno::Errno::ECHILD));
}

#[test]
fn a_host_whose_executable_is_gone_and_whose_environment_is_empty() {
    if role("warden::hosts::a_host_whose_executable_is_gone_and_whose_environment_is_empty") {
        let script = TREE.replace("$MARK", &std::fs::read_to_string("mark").expect("a marker"));
        let _process = shell(&script);
        tell(&orch_pty::containment());
        live();
    }
}

#[tokio::test]
async fn nobody_outlives_a_host_whose_executable_is_gone_and_whose_environment_is_empty() {
    let marker = Marker::new();
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("host");
    std::fs::copy(std::env::current_exe().expect("own path"), &copy).expect("a copy");
    std::fs::write(folder.path().join("mark"), marker.text()).expect("a file");
    let name = "warden::hosts::a_host_whose_executable_is_gone_and_whose_environment_is_empty";
    let mut command = Command::new("/bin/sh");
    // The shell removes the file once it has started it: exec needs it a moment longer than the loader.
    command
        .args(["-c", "exec 3<host; rm host; exec /proc/self/fd/3 \"$@\"", "sh"])
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env_clear()
        .env("ORCH_PTY_TEST_ROLE", name)
        .env("PATH", "/bin:/usr/bin")
        .current_dir(&folder);
    if let Some(method) = std::env::var_os("ORCH_PTY_SPAWN") {
        command.env("ORCH_PTY_SPAWN", method);
    }
    let mut orchestrator = Orchestrator::start(&mut command);
    let warden = orchestrator.warden();
    assert!(!copy.exists());
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    orchestrator.kill();
    eventually("the warden is gone", || !is_alive(warden)).await;
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

#[test]
fn a_host_that_cannot_be_started_again_has_no_warden_and_a_spawn_that_requires_one_fails() {
    const NAME: &str = "warden::hosts::a_host_that_cannot_be_started_again_has_no_warden_and_a_spawn_that_requires_one_fails";
    let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    let Some(loader) = loaders
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
    else {
        eprintln!("left out: a program started through the loader, because there is none at a known path");
        return;
    };
    // Started through the loader, `/proc/self/exe` is the loader.
    if !alone(NAME, &[loader]) {
        return;
    }
    let containment = orch_pty::containment();
    assert_eq!((containment.tier, containment.warden), (Tier::ProcessGroup, None));
    assert!(containment.why_not.is_some());
    let command = orch_pty::Command::new("/bin/true");
    let error = command
        .clone()
        .require(Tier::Environment)
        .spawn_blocking()
        .expect_err("no warden");
    assert!(matches!(error, SpawnError::NotContained { .. }), "{error}");
    assert!(error.to_string().contains("requires containment by"), "{error}");
    let mut process = command.spawn_blocking().expect("without one it starts");
    assert!(process.child.wait().expect("an exit").success());
}

#[test]
fn a_host_that_leaves_its_work_to_a_copy() {
    if !role("warden::hosts::a_host_that_leaves_its_work_to_a_copy") {
        return;
    }
    let mut first = shell("exit 0");
    first.child.wait().expect("an exit");
    let original = orch_pty::containment().warden;
    // SAFETY: other threads of this process hold no lock that the copy needs; it goes on with this thread alone.
    #[allow(unsafe_code)]
    match unsafe { nix::unistd::fork() }.expect("a copy") {
        ForkResult::Parent { .. } => live(),
        ForkResult::Child => {
            let _process = shell(TREE);
            assert_ne!(orch_pty::containment().warden, original);
            tell(&orch_pty::containment());
            println!("copy {}", std::process::id());
            live();
        }
    }
}

#[tokio::test]
async fn a_copy_of_a_host_has_a_warden_of_its_own() {
    let marker = Marker::new();
    let mut original = Orchestrator::play("warden::hosts::a_host_that_leaves_its_work_to_a_copy", &marker);
    let warden = original.warden();
    let copy: i32 = original.said("copy").parse().expect("a number");
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    let before = marker.survivors().len();
    original.kill();
    // The copy lives, and so do its children: only the original is missing.
    assert_eq!(marker.survivors().len(), before - 1);
    nix::sys::signal::kill(Pid::from_raw(copy), nix::sys::signal::Signal::SIGKILL).expect("a signal");
    eventually("the warden is gone", || !is_alive(warden)).await;
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

#[test]
fn an_inner_orchestrator() {
    if role("warden::hosts::an_inner_orchestrator") {
        let _process = shell(TREE);
        std::fs::write(std::env::var_os("READY").expect("a path"), "").expect("a file");
        live();
    }
}

#[test]
fn an_outer_orchestrator() {
    if role("warden::hosts::an_outer_orchestrator") {
        let inner = run_role("warden::hosts::an_inner_orchestrator");
        let mut command = orch_pty::Command::new(inner.get_program()).require(best_tier());
        command = command.args(inner.get_args().map(std::ffi::OsStr::to_owned));
        for (key, value) in inner.get_envs() {
            command = command.env(key, value.expect("a value"));
        }
        let process = command.spawn_blocking().expect("the inner one starts");
        tell(process.child.containment());
        live();
    }
}

#[tokio::test]
async fn nobody_outlives_an_outer_orchestrator_of_an_inner_one() {
    let marker = Marker::new();
    let folder = tempfile::tempdir().expect("a folder");
    let ready = folder.path().join("ready");
    let mut command = run_role("warden::hosts::an_outer_orchestrator");
    let mut outer = Orchestrator::start(command.env("MARK", marker.text()).env("READY", &ready));
    let warden = outer.warden();
    eventually("the inner tree is started", || ready.exists()).await;
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    outer.kill();
    eventually("the outer warden is gone", || !is_alive(warden)).await;
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

#[test]
fn a_start_that_is_a_wardens_and_finds_no_post_never_gets_to_main() {
    use std::os::unix::process::CommandExt;
    let nonce = "0123456789abcdef0123456789abcdef";
    for (marker, name) in [("ORCH_PTY_WARDEN", "orch-warden"), ("ORCH_PTY_INIT", "orch-init")] {
        let start = |name: Option<&str>| {
            let mut command = Command::new(std::env::current_exe().expect("own path"));
            if let Some(name) = name {
                command.arg0(name);
            }
            let output = command
                .arg("--list")
                .env(marker, nonce)
                .output()
                .expect("it starts");
            assert!(output.status.success(), "{output:?}");
            output.stdout
        };
        assert_eq!(start(Some(name)), b"", "{marker}");
        // A marker that was inherited by accident changes nothing.
        assert_ne!(start(None), b"", "{marker}");
    }
}

#[test]
fn a_tag_of_another_run_is_not_called_contained() {
    let run = orch_pty::RunTag::fresh().expect("random bytes");
    let command = orch_pty::Command::new("/bin/true").tag(orch_pty::Tag::of_run(run));
    let mut process = command.spawn_blocking().expect("true starts");
    assert_eq!(process.child.containment().tier, Tier::ProcessGroup);
    assert!(process.child.containment().why_not.is_some());
    process.child.wait().expect("an exit");
    let error = command
        .require(Tier::Environment)
        .spawn_blocking()
        .expect_err("nobody hunts it");
    assert!(matches!(error, SpawnError::NotContained { .. }), "{error}");
}

#[test]
fn a_host_that_is_killed_while_it_starts() {
    if role("warden::hosts::a_host_that_is_killed_while_it_starts") {
        println!("\nhost up");
        let _process = shell("sleep 1000");
        live();
    }
}

#[test]
fn a_stranger_in_the_hosts_group_outlives_a_host_that_is_killed_at_any_moment_of_its_start() {
    use std::os::unix::process::CommandExt;
    for delay in 0..30 {
        // The leader of the group is the stranger.
        let mut stranger = Command::new("sleep")
            .arg("1000")
            .process_group(0)
            .spawn()
            .expect("sleep starts");
        let mut command = run_role("warden::hosts::a_host_that_is_killed_while_it_starts");
        command.process_group(stranger.id().cast_signed());
        let mut host = Orchestrator::start(&mut command);
        host.said("host up");
        std::thread::sleep(std::time::Duration::from_micros(delay * 500));
        host.kill();
        // Whoever hunts has done so when its warden is gone; there may have been none yet.
        std::thread::sleep(std::time::Duration::from_millis(150));
        assert_eq!(
            stranger.try_wait().expect("a look"),
            None,
            "after {delay} half milliseconds"
        );
        stranger.kill().expect("a signal");
        stranger.wait().expect("a status");
    }
}
