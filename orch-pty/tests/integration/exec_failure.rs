//! A program that cannot be started is an error of the spawn, never an exit code 127.

use std::path::{Path, PathBuf};

use orch_pty::{Command, Output, SpawnError, SpawnMethod, Stdin};

use crate::support::{output_of, piped};

/// Writes a file by another process: a descriptor of ours, open for writing and inherited by a child of another
/// test at that moment, would make the file busy.
async fn file(folder: &Path, name: &str, content: &str, mode: &str) -> PathBuf {
    let path = folder.join(name);
    let command = piped("printf '%b' \"$2\" > \"$1\" && chmod \"$3\" \"$1\"").arg("sh");
    let command = command.arg(&path).arg(content).arg(mode);
    let (_, exit) = output_of(&command).await;
    assert!(exit.success());
    path
}

fn failure(command: &Command) -> SpawnError {
    command.spawn().expect_err("this cannot start")
}

#[tokio::test]
async fn a_missing_program_is_not_found_and_named() {
    let error = failure(&Command::new("/nowhere/program"));
    assert!(
        matches!(&error, SpawnError::NotFound { program, path: None } if program == Path::new("/nowhere/program"))
    );
    assert_eq!(
        error.to_string(),
        "cannot start `/nowhere/program`: no such program at this path; install it or give its path"
    );
    let error = failure(&Command::new("no-such-program").env("PATH", "/bin:/nowhere"));
    assert!(
        matches!(&error, SpawnError::NotFound { path: Some(path), .. } if path == "/bin:/nowhere"),
        "{error}"
    );
    let error = failure(&Command::new("/bin/sh/x"));
    assert!(matches!(&error, SpawnError::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn a_file_without_permission_and_a_folder_are_permission_denied() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), "plain", "text", "644").await;
    for program in [path.as_path(), folder.path()] {
        let error = failure(&Command::new(program));
        assert!(
            matches!(&error, SpawnError::PermissionDenied { path } if path == program),
            "{error}"
        );
    }
    let error = failure(&Command::new("plain").env("PATH", folder.path()));
    assert!(
        matches!(&error, SpawnError::PermissionDenied { path: named } if *named == path),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_program_is_of_bad_format() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in [
        ("script", "echo no first line\\n"),
        ("empty", ""),
        ("binary", "\\0177ELF garbage"),
    ] {
        let program = file(folder.path(), name, content, "755").await;
        let error = failure(&Command::new(&program));
        assert!(
            matches!(&error, SpawnError::BadFormat { path } if *path == program),
            "{name}: {error}"
        );
    }
}

#[tokio::test]
async fn a_script_whose_interpreter_is_missing_or_not_executable_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = file(folder.path(), "plain", "text", "644").await;
    for (name, line) in [
        ("missing", "/nowhere/interpreter -x"),
        ("plain-one", plain.to_str().expect("text")),
    ] {
        let program = file(folder.path(), name, &format!("#! {line}\\n"), "755").await;
        let error = failure(&Command::new(&program));
        let named = line.split(' ').next().expect("a word");
        assert!(
            matches!(&error, SpawnError::BadInterpreter { path, interpreter: Some(interpreter) }
                if *path == program && interpreter == Path::new(named)),
            "{name}: {error}"
        );
    }
}

#[tokio::test]
async fn arguments_that_are_too_long_are_counted() {
    let error = failure(&Command::new("/bin/true").arg("x".repeat(131_072)));
    assert!(
        matches!(&error, SpawnError::ArgumentsTooLong { longest: 131_073, bytes, .. } if *bytes > 131_072),
        "{error}"
    );
}

#[tokio::test]
async fn a_missing_directory_is_named_as_it_was_given() {
    let error = failure(&Command::new("/bin/true").current_dir("no/such/folder"));
    assert!(
        matches!(&error, SpawnError::Directory { path, .. } if path == Path::new("no/such/folder")),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("cannot start in directory `no/such/folder`: "),
        "{error}"
    );
}

#[tokio::test]
async fn a_nul_byte_is_refused_before_anything_is_opened() {
    for command in [
        Command::new("/bin/tr\0ue"),
        Command::new("/bin/true").arg("a\0b"),
        Command::new("/bin/true").env("KEY", "a\0b"),
        Command::new("/bin/true").current_dir("/t\0mp"),
    ] {
        assert!(
            matches!(failure(&command), SpawnError::NulByte { .. }),
            "{command:?}"
        );
    }
}

#[tokio::test]
async fn every_way_of_birth_reports_the_same_failure() {
    for method in [SpawnMethod::Vfork, SpawnMethod::PosixSpawn, SpawnMethod::Fork] {
        for command in [
            Command::new("/nowhere/program"),
            Command::new("/nowhere/program")
                .stdin(Stdin::Null)
                .stdout(Output::Pipe)
                .stderr(Output::Null),
        ] {
            let error = failure(&command.method(method));
            assert!(
                matches!(&error, SpawnError::NotFound { .. }),
                "{method:?}: {error}"
            );
        }
        let error = failure(&Command::new("/bin/true").current_dir("/nowhere").method(method));
        assert!(
            matches!(&error, SpawnError::Directory { .. }),
            "{method:?}: {error}"
        );
    }
}

#[test]
fn without_a_runtime_with_io_a_spawn_is_an_error_and_no_panic() {
    let terminal = Command::new("/bin/true");
    let nothing = terminal
        .clone()
        .stdin(Stdin::Null)
        .stdout(Output::Null)
        .stderr(Output::Null);
    for command in [&terminal, &nothing] {
        assert!(matches!(failure(command), SpawnError::NoRuntime { .. }));
        // Without a stream of ours, only a pidfd needs the reactor.
        if std::ptr::eq(command, &raw const nothing) && cfg!(not(target_os = "linux")) {
            continue;
        }
        let without_io = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        without_io.block_on(async {
            assert!(matches!(failure(command), SpawnError::NoRuntime { .. }));
        });
    }
}
