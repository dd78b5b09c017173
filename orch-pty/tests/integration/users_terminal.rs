//! The terminal that the program itself runs in belongs to its user: nothing about it changes, however the program ends.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::process::Stdio;

use nix::fcntl::{FcntlArg, fcntl};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{self, LocalFlags, SetArg, SpecialCharacterIndices, Termios};
use nix::unistd::{Pid, tcgetpgrp};
use orch_pty::{Ladder, Size, TerminalMode};

use crate::support::{Marker, eventually, is_alive, read_until, role, run_role, sh};

/// Uses terminals in every way there is, says so in its user's terminal, and lives on.
#[tokio::test]
async fn a_program_in_its_users_terminal() {
    if !role("users_terminal::a_program_in_its_users_terminal") {
        return;
    }
    let marker = std::env::var("MARK").expect("a marker");
    let raw = sh(&format!(
        "stty raw -echo; setsid sleep {marker} & echo up; exec sleep {marker}"
    ));
    let clean = raw.clone().terminal_mode(TerminalMode::Clean);
    let mut live = Vec::new();
    for command in [&raw, &clean, &raw] {
        let process = command.spawn().expect("sh starts");
        let terminal = process.terminal.as_ref().expect("a terminal");
        read_until(terminal, "up").await;
        terminal
            .resize(Size {
                rows: 50,
                columns: 132,
            })
            .expect("a size");
        terminal.write_all(b"typed").await.expect("a write");
        live.push(process);
    }
    let mut ended = live.remove(0);
    ended
        .terminal
        .as_ref()
        .expect("a terminal")
        .interrupt()
        .expect("somebody is in the foreground");
    ended.child.tree().stop(&Ladder::kill_now()).await;
    ended.child.wait().await.expect("an exit");
    let warden = orch_pty::containment().warden.expect("a warden");
    println!("\nwarden {warden}.");
    loop {
        std::thread::park();
    }
}

/// All that a user would notice of a terminal.
#[derive(Debug, PartialEq)]
struct Seen {
    settings: Termios,
    size: (u16, u16),
    flags: i32,
    foreground: i32,
}

impl Seen {
    fn of(slave: &OwnedFd, master: &OwnedFd) -> Self {
        let size = terminal_size(slave);
        Self {
            settings: termios::tcgetattr(slave).expect("settings"),
            size,
            flags: fcntl(slave, FcntlArg::F_GETFL).expect("flags"),
            foreground: tcgetpgrp(master.as_fd()).map_or(0, Pid::as_raw),
        }
    }
}

fn terminal_size(slave: &OwnedFd) -> (u16, u16) {
    let said = std::process::Command::new("stty")
        .arg("size")
        .stdin(slave.try_clone().expect("a descriptor"))
        .output()
        .expect("stty runs");
    let said = String::from_utf8(said.stdout).expect("text");
    let mut numbers = said
        .split_ascii_whitespace()
        .map(|word| word.parse().expect("a number"));
    (numbers.next().expect("rows"), numbers.next().expect("columns"))
}

#[tokio::test]
async fn the_users_own_terminal_is_unchanged_while_the_program_runs_and_after_it_was_killed() {
    let marker = Marker::new();
    let size = Winsize {
        ws_row: 33,
        ws_col: 111,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pair = openpty(Some(&size), None).expect("a terminal");
    let mut settings = termios::tcgetattr(&pair.slave).expect("settings");
    // Of an odd user.
    settings
        .local_flags
        .remove(LocalFlags::ECHOCTL | LocalFlags::IEXTEN);
    settings.control_chars[SpecialCharacterIndices::VINTR as usize] = 7;
    termios::tcsetattr(&pair.slave, SetArg::TCSANOW, &settings).expect("settings");

    let role = run_role("users_terminal::a_program_in_its_users_terminal");
    let mut command = std::process::Command::new("setsid");
    command
        .arg("--ctty")
        .arg(role.get_program())
        .args(role.get_args())
        .envs(role.get_envs().filter_map(|(key, value)| Some((key, value?))))
        .env("MARK", marker.text());
    for take in [
        std::process::Command::stdin,
        std::process::Command::stdout,
        std::process::Command::stderr,
    ] {
        take(
            &mut command,
            Stdio::from(pair.slave.try_clone().expect("a descriptor")),
        );
    }
    let mut program = command.spawn().expect("setsid starts");
    drop(command);
    let warden = said_warden(&pair.master);
    let before = Seen {
        settings,
        size: (33, 111),
        flags: fcntl(&pair.slave, FcntlArg::F_GETFL).expect("flags") & !nix::libc::O_NONBLOCK,
        foreground: program.id().cast_signed(),
    };
    assert_eq!(Seen::of(&pair.slave, &pair.master), before, "while it runs");
    // A shell says that it is up before it has become a sleeper.
    eventually("four sleep", || marker.sleepers().len() == 4).await;

    kill(Pid::from_raw(program.id().cast_signed()), Signal::SIGKILL).expect("a signal");
    program.wait().expect("a status");
    eventually("the warden is gone", || !is_alive(warden)).await;
    let after = Seen::of(&pair.slave, &pair.master);
    // The session has ended, so that nobody is in the foreground; all else is as it was.
    assert_eq!(
        after,
        Seen {
            foreground: after.foreground,
            ..before
        },
        "after it was killed"
    );
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

fn said_warden(master: &OwnedFd) -> i32 {
    let mut master = File::from(master.try_clone().expect("a descriptor"));
    let (mut said, mut buffer) = (String::new(), [0; 1024]);
    loop {
        let read = master.read(&mut buffer).expect("the program says something");
        said.push_str(&String::from_utf8_lossy(&buffer[..read]));
        let word = said.split("warden ").nth(1).and_then(|rest| rest.split_once('.'));
        if let Some((number, _)) = word {
            return number.parse().expect("a number");
        }
    }
}
