//! Where namespaces are refused there is no program; and who has no privileges needs none.

use std::os::unix::fs::PermissionsExt;
use std::process;

use orch_pty::{Command, Exit, Process, SpawnError, Tier};

use super::{marked, piped_inside, soon};
use crate::support::{Marker, alone, eventually, output_of};
use crate::warden::stage::{SLEEPERS, TREE};

/// Whether these words can be put before a command here.
fn works(wrapper: &[&str]) -> bool {
    let mut words = wrapper.iter().chain(&["/bin/true"]);
    process::Command::new(words.next().expect("a program"))
        .args(words)
        .stderr(process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Requires the tier where it cannot be had, and finds that nothing was started.
fn assert_refused(word: &str) {
    let marker = Marker::new();
    let command = Command::new("/bin/sleep")
        .arg(marker.text())
        .require(Tier::PidNamespace);
    let error = command.spawn_blocking().expect_err("no namespace");
    let SpawnError::NotContained {
        required: Tier::PidNamespace,
        containment,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert!(containment.tier < Tier::PidNamespace);
    let why = containment.why_not.as_deref().expect("a reason");
    assert!(why.contains(word), "{why}");
    assert_eq!(marker.survivors(), Vec::<i32>::new());
    let mut process = Command::new("/bin/true")
        .spawn_blocking()
        .expect("without one it starts");
    assert_eq!(process.child.wait().expect("an exit"), Exit::Code(0));
}

#[test]
fn where_there_are_to_be_no_namespaces_a_spawn_that_requires_one_fails() {
    const NAME: &str =
        "namespace::refused::where_there_are_to_be_no_namespaces_a_spawn_that_requires_one_fails";
    const FORBID: &str = "echo 0 > /proc/sys/user/max_pid_namespaces && exec \"$0\" \"$@\"";
    let wrapper = ["unshare", "--user", "--map-root-user", "/bin/sh", "-c", FORBID];
    if std::env::var_os("ORCH_PTY_TEST_ALONE").is_none() && !works(&wrapper) {
        eprintln!("left out: PID namespaces that are refused, because they cannot be forbidden here");
        return;
    }
    if alone(NAME, &wrapper) {
        assert_refused("a PID namespace cannot be made");
    }
}

#[test]
fn where_this_executable_cannot_be_started_again_a_spawn_that_requires_a_namespace_fails() {
    const NAME: &str = "namespace::refused::where_this_executable_cannot_be_started_again_a_spawn_that_requires_a_namespace_fails";
    let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    let Some(loader) = loaders
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
    else {
        eprintln!("left out: a program started through the loader, because there is none at a known path");
        return;
    };
    // Started through the loader, `/proc/self/exe` is the loader.
    if alone(NAME, &[loader]) {
        assert_refused("first process of a PID namespace");
    }
}

/// Runs the calling test again as a user without privileges, `before` being words that stand before that; as
/// `support::alone`.
fn without_privileges(test: &str, before: &[&str]) -> bool {
    const NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    if std::env::var_os("ORCH_PTY_TEST_ALONE").is_some() {
        return true;
    }
    let words = |more: &[&'static str]| [before, &NOBODY, more].concat();
    if !nix::unistd::geteuid().is_root() {
        eprintln!("left out: namespaces of another user, because this one may not become another");
        return false;
    }
    if !works(&words(&["unshare", "--user", "--pid", "--fork"])) {
        eprintln!("left out: namespaces without privileges, because unprivileged users may make none here");
        return false;
    }
    // Where the build directory is not everybody's, a copy is.
    let folder = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o755))
        .tempdir()
        .expect("a folder");
    let copy = folder.path().join("tests");
    std::fs::copy(std::env::current_exe().expect("own path"), &copy).expect("a copy");
    let copy = copy.to_str().expect("text").to_owned();
    // `alone` appends this executable's own path, of which the shell makes the copy.
    let mut wrapper = words(&["/bin/sh", "-c", "copy=$0; shift; exec \"$copy\" \"$@\""]);
    wrapper.push(&copy);
    alone(test, &wrapper)
}

#[tokio::test]
async fn without_privileges_a_program_is_itself_and_everybody_ends_with_it() {
    if !without_privileges(
        "namespace::refused::without_privileges_a_program_is_itself_and_everybody_ends_with_it",
        &[],
    ) {
        return;
    }
    // Neither may it look into its first process.
    let script = "id -u; id -g; echo $$; cat /proc/1/comm; ls /proc/1/fd || exit 3";
    let (said, exit) = output_of(&piped_inside(script)).await;
    let (user, group) = (nix::unistd::geteuid(), nix::unistd::getegid());
    assert_eq!(said, format!("{user}\n{group}\n2\norch-init\n"));
    assert_eq!(exit, Exit::Code(3));
    for end_it in [false, true] {
        let marker = Marker::new();
        let Process {
            mut child,
            terminal: _open,
            ..
        } = marked(&marker, TREE).spawn().expect("sh starts");
        eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
        if end_it {
            assert!(child.tree().kill_now().left.is_empty());
        } else {
            child.signal(orch_pty::Signal::Terminate).expect("a signal");
        }
        soon("an end", child.wait()).await.expect("an exit");
        assert_eq!(marker.survivors(), Vec::<i32>::new());
    }
}

#[tokio::test]
async fn where_proc_is_masked_a_program_sees_the_one_outside_and_is_contained_all_the_same() {
    const MASK: &str = "mount --bind /dev/null /proc/kcore && exec \"$0\" \"$@\"";
    let before = ["unshare", "--mount", "/bin/sh", "-c", MASK];
    if std::env::var_os("ORCH_PTY_TEST_ALONE").is_none() && !works(&before) {
        eprintln!("left out: a masked /proc, because none can be made here");
        return;
    }
    if !without_privileges(
        "namespace::refused::where_proc_is_masked_a_program_sees_the_one_outside_and_is_contained_all_the_same",
        &before,
    ) {
        return;
    }
    let (said, exit) = output_of(&piped_inside("echo $$; cat /proc/1/comm; exit 3")).await;
    assert_eq!(exit, Exit::Code(3));
    assert!(said.starts_with("2\n") && !said.contains("orch-init"), "{said}");
    let marker = Marker::new();
    let process = marked(&marker, TREE).spawn().expect("sh starts");
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    drop(process);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}
