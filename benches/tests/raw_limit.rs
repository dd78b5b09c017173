//! The raw limit is as low as it is said to be: whoever made it slower would make everybody else look faster.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

/// As `strace -f` counts them: 12 in the parent, 8 in the child with its exec.
const RAW: &str = "\
1 clone
3 close
3 dup2
1 execve
3 ioctl
1 openat
1 poll
1 read
1 rt_sigaction
3 rt_sigprocmask
1 setsid
1 waitid
20 in all
";
/// An architecture without the older calls has newer names for them, and as many.
const NEWER: [(&str, &str); 2] = [("dup3", "dup2"), ("ppoll", "poll")];

#[test]
fn raw_is_twenty_calls() {
    let probe = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "/bin/true"])
        .stdin(Stdio::null())
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("left out: the system calls of the raw limit: there is no strace here that may trace");
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_orch-bench-pty"))
        .args(["calls", "raw"])
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let counted = String::from_utf8(output.stdout).expect("text");
    let mut lines: Vec<String> = counted.lines().map(str::to_owned).collect();
    for line in &mut lines {
        for (newer, older) in NEWER {
            *line = line.replace(&format!(" {newer}"), &format!(" {older}"));
        }
    }
    // By name, with the sum at the end.
    let sum = lines.pop().expect("a sum");
    lines.sort_by(|a, b| a.split(' ').nth(1).cmp(&b.split(' ').nth(1)));
    lines.push(sum);
    assert_eq!(lines.join("\n") + "\n", RAW);
}
