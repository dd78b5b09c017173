//! What a child finds when it begins.

use nix::sys::signal::{SigSet, Signal};
use orch_pty::{Command, Output, Process, Size, Stdin, Tag};

use crate::support::{descriptors, eventually, output_of, piped, read_until, sh, stat};

#[tokio::test]
async fn a_child_leads_its_session_and_its_terminal_controls_it() {
    let process = Command::new("/bin/sleep")
        .arg("1000")
        .spawn()
        .expect("sleep starts");
    let pid = process.child.pid();
    let fields = stat(pid.cast_signed()).expect("a running process");
    // State, parent, group, session, terminal, foreground group.
    let pid = pid.to_string();
    assert_eq!([&fields[2], &fields[3], &fields[5]], [&pid, &pid, &pid]);
    let terminal = process.terminal.as_ref().expect("a terminal").path();
    let number: u64 = terminal
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name")
        .parse()
        .expect("a number");
    // All of them have the major number 136.
    let device: u64 = fields[4].parse().expect("a device");
    assert_eq!(
        (
            (device >> 8) & 0xfff,
            (device & 0xff) | ((device >> 12) & 0xfff00)
        ),
        (136, number)
    );
}

#[tokio::test]
async fn a_child_has_exactly_three_descriptors_though_the_parent_leaks_others() {
    // `dup` makes a descriptor that is inherited.
    let leaked = nix::unistd::dup(std::io::stdin()).expect("a descriptor");
    let shapes: [(&str, Command); 3] = [
        ("terminal", Command::new("/bin/sleep").arg("1000")),
        (
            "pipes",
            Command::new("/bin/sleep")
                .arg("1000")
                .stdin(Stdin::Pipe)
                .stdout(Output::Pipe)
                .stderr(Output::Pipe),
        ),
        (
            "mixed",
            Command::new("/bin/sleep")
                .arg("1000")
                .stdin(Stdin::Bytes(b"x".to_vec()))
                .stderr(Output::Null),
        ),
    ];
    for (shape, command) in shapes {
        let process = command.spawn().expect("sleep starts");
        let numbers = || -> Vec<u32> {
            descriptors(&process.child.pid().to_string())
                .into_iter()
                .map(|(number, _)| number)
                .collect()
        };
        // At its start the program's loader has a file open; what the child inherited stays open.
        eventually(shape, || numbers() == [0, 1, 2]).await;
    }
    drop(leaked);
}

#[tokio::test]
async fn a_child_ignores_and_blocks_no_signal_though_the_parent_does() {
    // This process ignores SIGPIPE, as Rust programs do, and blocks SIGTERM in this thread.
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGTERM);
    blocked.thread_block().expect("a mask");
    let command = Command::new("/bin/cat")
        .arg("/proc/self/status")
        .stdin(Stdin::Null)
        .stdout(Output::Pipe);
    let (status, exit) = output_of(&command.stderr(Output::Null)).await;
    blocked.thread_unblock().expect("a mask");
    assert!(exit.success());
    for label in ["SigBlk", "SigIgn", "SigCgt"] {
        let line = status.lines().find(|line| line.starts_with(label)).expect(label);
        let digits = line.split_ascii_whitespace().last().expect("digits");
        let set = u64::from_str_radix(digits, 16).expect("a number");
        // Signals 32 and 33 are the C library's own: its posix_spawn leaves them ignored.
        assert_eq!(set & !(0b11 << 31), 0, "{line}");
    }
}

#[tokio::test]
async fn the_parents_signal_mask_is_as_before() {
    let before = SigSet::thread_get_mask().expect("a mask");
    let mut process = Command::new("/bin/true").spawn().expect("true starts");
    process.child.wait().await.expect("an exit");
    let _ = Command::new("/nowhere/x").spawn().expect_err("no such program");
    assert_eq!(SigSet::thread_get_mask().expect("a mask"), before);
}

#[tokio::test]
async fn directory_and_pwd_agree_also_through_a_link() {
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().join("with a blank and ü");
    std::fs::create_dir(&real).expect("a folder");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    let (output, _) = output_of(&piped("pwd -P; echo \"$PWD\"").current_dir(&link)).await;
    let real = real.canonicalize().expect("a path");
    assert_eq!(output, format!("{}\n{}\n", real.display(), link.display()));
}

#[tokio::test]
async fn the_environment_is_what_was_set_and_the_tag() {
    let tag = Tag::fresh().expect("a tag");
    let command = Command::new("/usr/bin/env")
        .env_clear()
        .env("B", "2")
        .env("A", "1")
        .tag(tag);
    let (output, _) = output_of(
        &command
            .stdin(Stdin::Null)
            .stdout(Output::Pipe)
            .stderr(Output::Null),
    )
    .await;
    assert_eq!(output, format!("A=1\nB=2\nORCH_TAG={tag}\n"));
}

#[tokio::test]
async fn the_environment_is_inherited_unless_it_is_cleared() {
    let command = piped("echo \"${PATH:+inherited}${EXTRA}${HOME-gone}\"")
        .env("EXTRA", ":more:")
        .env_remove("HOME");
    let (output, _) = output_of(&command).await;
    assert_eq!(output, "inherited:more:gone\n");
}

#[tokio::test]
async fn a_program_is_looked_up_in_the_childs_own_path() {
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink("/bin/sh", folder.path().join("only-here")).expect("a link");
    let command = Command::new("only-here")
        .args(["-c", "echo found"])
        .env("PATH", folder.path());
    let command = command
        .stdin(Stdin::Null)
        .stdout(Output::Pipe)
        .stderr(Output::Null);
    assert_eq!(output_of(&command).await.0, "found\n");
}

#[tokio::test]
async fn the_terminal_has_the_size_that_was_asked_for_and_can_be_resized() {
    let command = sh("stty size; read line; stty size").size(Size::new(40, 132));
    let mut process = command.spawn().expect("sh starts");
    let terminal = process.terminal.as_ref().expect("a terminal");
    assert_eq!(read_until(terminal, "\n").await, "40 132\r\n");
    terminal.resize(Size::default()).expect("a resize");
    terminal.write_all(b"\n").await.expect("a line");
    read_until(terminal, "24 80\r\n").await;
    assert!(process.child.wait().await.expect("an exit").success());
}

#[tokio::test]
async fn by_vfork_no_page_table_is_copied() {
    use nix::sys::resource::{UsageWho, getrusage};
    use orch_pty::SpawnMethod;

    fn touch(pages: &mut [u8]) {
        for page in pages.chunks_mut(4096) {
            page[0] = page[0].wrapping_add(1);
        }
    }
    let mut pages = vec![1_u8; 64 * 1024 * 1024];
    touch(&mut pages);
    let faults = || {
        getrusage(UsageWho::RUSAGE_THREAD)
            .expect("usage")
            .minor_page_faults()
    };
    let mut process = Command::new("/bin/sleep")
        .arg("1000")
        .method(SpawnMethod::Vfork)
        .spawn()
        .expect("sleep");
    let before = faults();
    // A copied page table makes each first write afterwards a fault: 16,384 small pages, or 32 huge ones.
    touch(&mut pages);
    let after = faults();
    assert!(
        after - before < 16,
        "{} faults: the pages were shared with the child",
        after - before
    );
    assert_eq!(process.child.try_wait().expect("a look"), None);
    let Process { child, .. } = process;
    drop(child);
}
