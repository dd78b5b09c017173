//! What a desk takes in beside its own writers' work: other desks' patches, and files of the program's own.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use orch_core::{Cx, Error, FailClass, Halt, Isolation, Patch, Result, Unfinished};

use crate::house::{House, within, writer};

/// What a writer at a desk of `src` does, as a patch; the desk is given back.
async fn patch_of(cx: &Cx, label: &str) -> Result<Patch> {
    let mut desk = cx.child(label).desk(["src"]).isolation(Isolation::Clone).await?;
    desk.write(&writer(&["src"]), &()).await?;
    desk.patch().await
}

fn misuse<T: std::fmt::Debug>(end: Result<T>) -> String {
    match end {
        Err(Error::Halt(Halt::Misuse(why))) => why,
        other => panic!("{other:?}"),
    }
}

fn runs(path: &Path) -> bool {
    path.metadata().unwrap().permissions().mode() & 0o111 == 0o111
}

#[tokio::test]
async fn bring_merges_what_it_can_and_a_conflict_is_data_that_leaves_the_file() {
    let house = House::new();
    let orch = house.orch(
        "sed -i s/5/five/ src/a.rs; rm src/gone.rs; echo new > src/new.sh; chmod +x src/new.sh; echo x > beside.txt",
    );
    let file = house.tree.join("src/a.rs");
    let saved = [
        ("1\n2\n3\n4\nFUENF\n6\n7\n8\n9\n", None),
        (
            "one\n2\n3\n4\n5\n6\n7\n8\n9\n",
            Some("one\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
        ),
    ];
    for (saved, merged) in saved {
        fs::write(&file, "1\n2\n3\n4\n5\n6\n7\n8\n9\n").unwrap();
        let (conflicts, patch) = within(&orch, |cx: Cx| {
            let file = file.clone();
            async move {
                let patch = patch_of(&cx, "writer").await?;
                // The user saves the file before the patches come together.
                fs::write(&file, saved).unwrap();
                let desk = cx.child("whole").desk(["src"]).isolation(Isolation::Clone);
                let mut desk = desk.await?;
                let conflicts = desk.bring(&patch).await?;
                let here = desk.directory();
                assert_eq!(
                    fs::read_to_string(here.join("src/a.rs")).unwrap(),
                    merged.unwrap_or(saved)
                );
                assert!(runs(&here.join("src/new.sh")) && !runs(&here.join("src/a.rs")));
                assert!(!here.join("beside.txt").exists(), "it is no part of the patch");
                // Once more changes nothing more.
                assert_eq!(desk.bring(&patch).await?, conflicts);
                Ok((conflicts, desk.patch().await?))
            }
        })
        .await
        .unwrap();
        assert_eq!(house.read("src/a.rs"), saved, "nothing came into the user's tree");
        assert!(house.tree.join("src/gone.rs").exists());
        let files: Vec<&Path> = patch.files().collect();
        if merged.is_some() {
            assert_eq!(conflicts, []);
            assert_eq!(files, ["src/a.rs", "src/gone.rs", "src/new.sh"].map(Path::new));
        } else {
            assert_eq!(conflicts.len(), 1, "{conflicts:?}");
            assert_eq!(
                conflicts[0].to_string(),
                "src/a.rs (the same lines were changed meanwhile)"
            );
            assert_eq!(files, ["src/gone.rs", "src/new.sh"].map(Path::new));
        }
        if merged.is_some() {
            patch.apply().await.unwrap();
            assert!(runs(&house.tree.join("src/new.sh")));
        }
    }
}

#[tokio::test]
async fn what_is_not_the_desks_is_neither_brought_nor_put() {
    let house = House::new();
    symlink("src", house.tree.join("alias")).unwrap();
    let orch = house.orch("echo new > src/new.rs");
    within(&orch, |cx: Cx| async move {
        let patch = patch_of(&cx, "writer").await?;
        let mut desk = cx
            .child("whole")
            .desk(["src/a.rs", "docs"])
            .isolation(Isolation::Clone)
            .await?;
        let why = misuse(desk.bring(&patch).await);
        assert_eq!(
            why,
            "src/new.rs cannot be written: it is not within docs, src/a.rs, which is the desk's"
        );
        for wrong in [
            "src/b.rs",
            "other.txt",
            "/etc/passwd",
            "docs/../other.txt",
            "..",
            "",
            "docs/.git/config",
            "alias/a.rs",
            "docs2/x",
        ] {
            misuse(desk.put(wrong, "x").await);
        }
        assert!(desk.patch().await?.is_empty());
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(house.read("src/a.rs"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

/// A worker puts links where the program is about to write: nothing goes through them.
#[tokio::test]
async fn a_link_in_the_way_is_never_followed() {
    let house = House::new();
    let outside = house.root.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("file"), "theirs\n").unwrap();
    let there = outside.display().to_string();
    let orch = house.orch(&format!(
        "ln -s {there} src/way; ln -s {there}/file src/leaf; mkdir src/folder; echo x > src/folder/x"
    ));
    within(&orch, |cx: Cx| {
        let outside = outside.clone();
        async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
            desk.write(&writer(&["src"]), &()).await?;
            let failed = |end: Result<()>| match end {
                Err(Error::Unfinished(Unfinished::Failed(failure))) => {
                    assert_eq!(failure.class, FailClass::Other);
                }
                other => panic!("{other:?}"),
            };
            failed(desk.put("src/way/file", "ours\n").await);
            failed(desk.put("src/folder", "ours\n").await);
            // A link in the file's own place is replaced, and what it leads to is left alone.
            desk.put("src/leaf", "ours\n").await?;
            let leaf = desk.directory().join("src/leaf");
            assert!(leaf.symlink_metadata().unwrap().is_file());
            assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "theirs\n");
            assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
            Ok(())
        }
    })
    .await
    .unwrap();
    // A folder that became a link at one desk, and files in it from another.
    let orch = house.orch("mkdir src/swap; echo new > src/swap/new.rs");
    let conflicts = within(&orch, |cx: Cx| {
        let outside = outside.clone();
        async move {
            let patch = patch_of(&cx, "writer").await?;
            let mut desk = cx
                .child("whole")
                .desk(["src"])
                .isolation(Isolation::Clone)
                .await?;
            symlink(&outside, desk.directory().join("src/swap")).unwrap();
            desk.bring(&patch).await
        }
    })
    .await
    .unwrap();
    let files: Vec<PathBuf> = conflicts.into_iter().map(|conflict| conflict.path).collect();
    assert_eq!(files, [PathBuf::from("src/swap/new.rs")]);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[tokio::test]
async fn put_keeps_what_others_may_do_with_the_file_and_makes_folders() {
    let house = House::new();
    let script = house.tree.join("src/run.sh");
    fs::write(&script, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    house.commit_all();
    let orch = house.orch("true");
    let patch = within(&orch, |cx: Cx| async move {
        let mut desk = cx
            .desk(["src", "docs/guide.md"])
            .isolation(Isolation::Clone)
            .await?;
        desk.put("src/run.sh", "#!/bin/sh\nexit 0\n").await?;
        desk.put("./src/a.rs", b"bytes\xff\n".to_vec()).await?;
        desk.put("docs/guide.md", "# Guide\n").await?;
        desk.patch().await
    })
    .await
    .unwrap();
    assert_eq!(house.status(), "", "nothing is the user's before it is applied");
    let files: Vec<&Path> = patch.files().collect();
    assert_eq!(files, ["docs/guide.md", "src/a.rs", "src/run.sh"].map(Path::new));
    patch.apply().await.unwrap();
    assert!(runs(&script));
    assert!(!runs(&house.tree.join("src/a.rs")));
    assert_eq!(fs::read(house.tree.join("src/a.rs")).unwrap(), b"bytes\xff\n");
    assert_eq!(house.read("docs/guide.md"), "# Guide\n");
}

#[tokio::test]
async fn what_would_be_leased_can_be_asked_before_and_takes_nothing() {
    let house = House::new();
    symlink("/etc", house.tree.join("out")).unwrap();
    let orch = house.orch("true");
    within(&orch, |cx: Cx| async move {
        let asked = cx.desk(["./src//a.rs", "docs", "docs/deep"]).survey()?;
        assert_eq!(asked, ["docs", "src/a.rs"].map(PathBuf::from));
        assert_eq!(cx.desk(["."]).survey()?, [PathBuf::new()]);
        for wrong in ["/etc", "..", "out/passwd", ".git", ""] {
            misuse(cx.desk([wrong]).survey());
        }
        let desk = cx.child("holder").desk(["src"]).await?;
        assert_eq!(cx.child("asker").desk(["src"]).survey()?, [PathBuf::from("src")]);
        misuse(desk.cx().desk(["docs"]).survey());
        Ok(())
    })
    .await
    .unwrap();
}

/// A folder that is no repository: the writer has a private copy, and the folder is as it was until the patch is applied.
#[tokio::test]
async fn a_clone_of_what_is_no_repository_is_a_private_copy() {
    let house = House::plain();
    fs::create_dir(house.tree.join("build")).unwrap();
    fs::write(house.tree.join("build/out"), "built\n").unwrap();
    let orch = house.orch(
        "test ! -e build && sed -i s/5/five/ src/a.rs && rm src/gone.rs && echo x >> other.txt && echo new > src/new.rs",
    );
    let tree = house.tree.clone();
    let patch = within(&orch, |cx: Cx| {
        let tree = tree.clone();
        async move {
            let patch = patch_of(&cx, "writer").await?;
            assert!(tree.join("src/gone.rs").exists() && !tree.join("src/new.rs").exists());
            let mut whole = cx
                .child("whole")
                .desk(["src"])
                .isolation(Isolation::Clone)
                .await?;
            assert_eq!(whole.isolation(), Isolation::Clone);
            assert_ne!(whole.directory(), tree);
            assert_eq!(whole.bring(&patch).await?, []);
            assert_eq!(patch.left_out(), [PathBuf::from("other.txt")]);
            whole.patch().await
        }
    })
    .await
    .unwrap();
    assert_eq!(house.read("src/a.rs"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    patch.apply().await.unwrap();
    assert_eq!(house.read("src/a.rs"), "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");
    assert!(!house.tree.join("src/gone.rs").exists());
    assert_eq!(house.read("other.txt"), "other\n");
    assert_eq!(house.read("build/out"), "built\n");
}
