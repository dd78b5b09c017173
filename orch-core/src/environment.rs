//! The environment of everything that is started for a worker: the ordinary variables, those its agent declares, and
//! nothing else of the orchestrator's.

use orch_pty::Command;

/// Variables that every worker gets from the orchestrator's environment. Anything else must be asked for.
const ORDINARY: [&str; 22] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// What is set for every worker: output for a program, not for a person.
const PLAIN: [(&str, &str); 4] = [
    ("TERM", "dumb"),
    ("NO_COLOR", "1"),
    ("PAGER", "cat"),
    ("GIT_PAGER", "cat"),
];

/// `command` with the ordinary variables, those of the orchestrator's that are named in `passed`, and `set`.
pub(crate) fn declared<'a>(
    command: Command,
    passed: impl IntoIterator<Item = &'a str>,
    set: &[(String, String)],
) -> Command {
    let mut command = command.env_clear();
    for name in ORDINARY.into_iter().chain(passed) {
        if let Some(value) = std::env::var_os(name) {
            command = command.env(name, value);
        }
    }
    let set = set.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in PLAIN.into_iter().chain(set) {
        command = command.env(name, value);
    }
    command
}
