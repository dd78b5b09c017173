//! A small library of notes about one topic, and what is asked of it.
//!
//! Each file begins with a title; a line that begins with `- ` is a claim, and names in brackets the angles it belongs to.

/// The topic.
pub(crate) const TOPIC: &str = "How can a program on Linux end everything that it has started?";

/// From where it is looked at. The first word of each is what the notes name.
pub(crate) const ANGLES: [&str; 3] = ["signals", "kernel", "leaks"];

/// The files.
pub(crate) const LIBRARY: [(&str, &str); 4] = [
    (
        "library/kill.md",
        "# kill(2) and setsid(2), from the Linux manual pages\n\n\
         - [signals] A signal to a negative process id reaches every process of that process group. (https://man7.org/linux/man-pages/man2/kill.2.html)\n\
         - [signals] [leaks] A process that calls setsid leaves its group, and a signal to the group does not reach it any more. (https://man7.org/linux/man-pages/man2/setsid.2.html)\n\
         - [signals] SIGKILL cannot be caught, blocked or ignored; SIGTERM can. (https://man7.org/linux/man-pages/man7/signal.7.html)\n",
    ),
    (
        "library/prctl.md",
        "# prctl(2), from the Linux manual pages\n\n\
         - [kernel] A subreaper becomes the parent of orphaned descendants, so it can still find them. (https://man7.org/linux/man-pages/man2/prctl.2.html)\n\
         - [leaks] The parent-death signal is cleared in the child of a fork, so grandchildren do not get it. (https://man7.org/linux/man-pages/man2/prctl.2.html)\n",
    ),
    (
        "library/namespaces.md",
        "# pid_namespaces(7), from the Linux manual pages\n\n\
         - [kernel] When the first process of a PID namespace ends, the kernel kills all others in it. (https://man7.org/linux/man-pages/man7/pid_namespaces.7.html)\n",
    ),
    (
        "library/cgroups.md",
        "# Control Group v2, from the documentation of the kernel\n\n\
         - [kernel] [leaks] Writing 1 to cgroup.kill kills every process of a cgroup and its descendants, those that are being forked too. (https://docs.kernel.org/admin-guide/cgroup-v2.html)\n",
    ),
];
