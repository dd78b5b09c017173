//! Rows 65 and 66: a repository in which everything that git can be made to run is planted. None of it runs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use orch_core::{Cx, Isolation};
use orch_prompts::Artefact;

use crate::house::{House, git, within, writer};

const HOOKS: [&str; 12] = [
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "pre-commit",
    "post-commit",
    "prepare-commit-msg",
    "commit-msg",
    "pre-auto-gc",
    "post-merge",
    "pre-applypatch",
    "fsmonitor-watchman",
    "post-rewrite",
];

/// A repository whose every trap leaves a file in `root/markers`.
fn trapped() -> House {
    let house = House::new();
    let markers = house.root.path().canonicalize().unwrap().join("markers");
    fs::create_dir(&markers).unwrap();
    let trap = markers.with_file_name("trap.sh");
    let script = format!(
        "#!/bin/sh\necho \"$0 $*\" >> {}/$(basename \"$0\")-$$\ncat\n",
        markers.display()
    );
    fs::write(&trap, script).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let trap = trap.display();
    fs::write(
        house.tree.join(".gitattributes"),
        "* filter=evil diff=evil merge=evil\nother.txt filter=a=b\n",
    )
    .unwrap();
    let hooks = house.tree.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    house.commit_all();
    for hook in HOOKS {
        fs::copy(house.root.path().join("trap.sh"), hooks.join(hook)).unwrap();
    }
    let included = format!("[filter \"included\"]\n\tclean = {trap} included\n\tsmudge = {trap} included\n");
    fs::write(house.tree.join(".git/more"), included).unwrap();
    let config = format!(
        "[core]\n\tfsmonitor = {trap}\n\tsshCommand = {trap}\n\tpager = {trap}\n\teditor = {trap}\n\taskPass = {trap}\n\talternateRefsCommand = {trap}\n\tgitProxy = {trap}\n\
         [include]\n\tpath = more\n\
         [filter \"evil\"]\n\tclean = {trap} clean\n\tsmudge = {trap} smudge\n\trequired = true\n\
         [filter \"a=b\"]\n\tprocess = {trap} process\n\
         [diff]\n\texternal = {trap}\n[diff \"evil\"]\n\ttextconv = {trap} textconv\n\tcommand = {trap} diff\n\
         [merge \"evil\"]\n\tdriver = {trap} %A %O %B\n\
         [alias]\n\tls-files = !{trap}\n\tdiff = !{trap}\n\trev-parse = !{trap}\n\
         [commit]\n\tgpgSign = true\n[gpg]\n\tprogram = {trap}\n[credential]\n\thelper = !{trap}\n\
         [uploadpack]\n\tpackObjectsHook = {trap}\n[submodule \"x\"]\n\tupdate = !{trap}\n\
         [remote \"origin\"]\n\turl = ext::{trap}\n\tpromisor = true\n[gc]\n\tauto = 1\n"
    );
    let path = house.tree.join(".git/config");
    fs::write(&path, fs::read_to_string(&path).unwrap() + &config).unwrap();
    // So that git must look at contents: nothing is as the index remembers it.
    fs::write(house.tree.join("src/a.rs"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n").unwrap();
    fs::write(house.tree.join("other.txt"), "otter\n").unwrap();
    house
}

fn sprung(house: &House) -> Vec<String> {
    let entries = fs::read_dir(house.root.path().join("markers")).unwrap();
    entries
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect()
}

#[tokio::test]
async fn hostile_repository_runs_nothing_of_its_own() {
    for isolation in [Isolation::Clone, Isolation::Worktree, Isolation::InPlace] {
        let house = trapped();
        let orch = house.orch("sed -i s/5/five/ src/a.rs; echo new > src/new.rs");
        let patch = within(&orch, |cx: Cx| async move {
            let (cx, _) = cx.look_at(&Artefact::diff("HEAD")).await?;
            let mut desk = cx.desk(["src"]).isolation(isolation).await?;
            desk.write(&writer(&["src"]), &()).await?;
            desk.patch().await
        })
        .await
        .unwrap();
        assert!(patch.diff().contains("+five"), "{}", patch.diff());
        assert_eq!(patch.conflicts().await.unwrap(), []);
        patch.apply().await.unwrap();
        // The patch stands on a line that is not committed, and not near it.
        patch.branch("orch/work").await.unwrap();
        patch.discard().await.unwrap();
        assert_eq!(sprung(&house), Vec::<String>::new(), "{isolation:?}");
        has_teeth(&house);
    }
}

/// The traps do work: git, asked plainly, springs them.
fn has_teeth(house: &House) {
    let plain = |arguments: &[&str]| {
        let _ = Command::new("git")
            .args(arguments)
            .current_dir(&house.tree)
            .output()
            .unwrap();
    };
    plain(&["status"]);
    plain(&["diff"]);
    plain(&["worktree", "add", "-f", "../plain", "HEAD"]);
    let sprung = sprung(house).concat();
    for trap in [
        "trap.sh clean",
        "trap.sh smudge",
        "post-checkout",
        "reference-transaction",
    ] {
        assert!(sprung.contains(trap), "{trap} in {sprung}");
    }
}

/// A repository inside the repository hides nothing of what a writer wrote, and is not obeyed.
#[tokio::test]
async fn hostile_inner_repository_hides_nothing() {
    let house = House::new();
    let orch = house.orch(
        "mkdir src/inner && cd src/inner && git init -q . && git config core.fsmonitor 'touch ../../sprung' && \
         echo hidden > file && ln -s file link && ln -s ../../../x ../out",
    );
    let patch = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).await?;
        desk.write(&writer(&["src"]), &()).await?;
        desk.patch().await
    })
    .await
    .unwrap();
    assert_eq!(
        patch.files().collect::<Vec<_>>(),
        ["src/inner/file", "src/inner/link", "src/out"].map(Path::new)
    );
    assert_eq!(patch.left_out().len(), 0);
    // A link that leads out is not brought in, nor anything with it.
    let conflicts = patch.conflicts().await.unwrap();
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    assert_eq!(conflicts[0].path, Path::new("src/out"));
    patch.apply().await.unwrap_err();
    assert_eq!(git(&house.tree, &["status", "--porcelain"]), "");
    patch.branch("orch/look").await.unwrap();
    let listed = git(&house.tree, &["diff", "--name-only", "main", "orch/look"]);
    assert_eq!(listed, "src/inner/file\nsrc/inner/link\nsrc/out\n");
}

#[tokio::test]
async fn two_links_that_lead_out_together_are_not_brought_in() {
    let house = House::new();
    fs::write(house.root.path().join("secret"), "outside\n").unwrap();
    let orch = house.orch(
        "cat > /dev/null; mkdir -p src/a/b; ln -s ../../.. src/a/b/up; ln -s a/b/up/../secret src/read; echo done",
    );
    let patch = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        desk.write(&writer(&["src"]), &()).await?;
        desk.patch().await
    })
    .await
    .unwrap();
    let conflicts = patch.conflicts().await.unwrap();
    let named: Vec<&Path> = conflicts.iter().map(|conflict| &*conflict.path).collect();
    assert_eq!(named, [Path::new("src/read")]);
    patch.apply().await.unwrap_err();
    assert!(fs::read_to_string(house.tree.join("src/read")).is_err());
    assert_eq!(house.status(), "");
}

#[tokio::test]
async fn a_writer_in_place_hides_nothing_beside_its_paths_by_rules_of_its_own() {
    let wrote_rules = "mkdir docs; echo '*' > docs/.gitignore; echo evil > docs/evil.sh; echo done";
    let owns_rules = "echo '*.sh' >> .gitignore; echo evil > evil.sh; echo done";
    for (script, paths, hidden) in [
        (wrote_rules, "src", "docs/.gitignore, docs/evil.sh"),
        (owns_rules, ".gitignore", "evil.sh"),
    ] {
        let house = House::new();
        let orch = house.orch(&format!("cat > /dev/null; {script}"));
        let error = within(&orch, |cx: Cx| async move {
            let mut desk = cx.desk([paths]).isolation(Isolation::InPlace).await?;
            Ok(desk.write(&writer(&[paths]), &()).await.unwrap_err())
        })
        .await
        .unwrap();
        assert!(error.to_string().starts_with("scope violation"), "{error}");
        assert!(
            error.to_string().ends_with(&format!("also changed {hidden}")),
            "{error}"
        );
    }
}
