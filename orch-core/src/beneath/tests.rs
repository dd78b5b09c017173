//! What lies beneath, read and written while somebody else has a hand in it.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

fn file(text: &str) -> Leaf {
    Leaf::File {
        bytes: text.as_bytes().to_vec(),
        executable: false,
    }
}

#[test]
fn what_is_put_is_read_and_no_word_leads_out() {
    let root = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir(root.path().join("tree")).expect("a directory");
    fs::write(root.path().join("victim"), "intact").expect("a file");
    std::os::unix::fs::symlink(root.path(), root.path().join("tree/out")).expect("a link");
    std::os::unix::fs::symlink("../victim", root.path().join("tree/link")).expect("a link");
    let tree = Beneath::open(&root.path().join("tree")).expect("it is there");
    let absolute = root.path().join("victim");
    for wrong in [
        "../victim",
        "",
        ".",
        "/",
        "a/../../victim",
        "out/victim",
        "a\0b",
        absolute.to_str().expect("text"),
    ] {
        assert!(tree.put(Path::new(wrong), &file("hacked")).is_err(), "{wrong:?}");
        assert!(
            !matches!(tree.read(Path::new(wrong), 100), Ok(Some(_))),
            "{wrong:?}"
        );
    }
    tree.put(Path::new("a/b/c"), &file("new")).expect("put");
    assert_eq!(tree.read(Path::new("a/b/c"), 3).expect("read"), Some(file("new")));
    assert!(tree.read(Path::new("a/b/c"), 2).is_err(), "larger than the limit");
    let link = Leaf::Link {
        target: "../victim".into(),
    };
    assert_eq!(tree.read(Path::new("link"), 9).expect("read"), Some(link));
    tree.put(Path::new("link"), &file("in place of the link"))
        .expect("put");
    assert_eq!(
        fs::read_to_string(root.path().join("victim")).expect("the victim"),
        "intact"
    );
    tree.remove(Path::new("a/b/c")).expect("removed");
    assert!(!root.path().join("tree/a").exists(), "empty folders go too");
    drop(tree.stage(Path::new("half"), &file("way")).expect("staged"));
    assert_eq!(
        fs::read_dir(root.path().join("tree")).expect("a listing").count(),
        2,
        "nothing is left of it"
    );
}

#[test]
fn a_link_out_is_known_by_its_words() {
    let rows = [
        ("a", "b", false),
        ("a", "../b", true),
        ("d/a", "../b", false),
        ("d/a", "../../b", true),
        ("d/a", "x/../../../b", true),
        ("a", "/etc/passwd", true),
        ("d/a", "./../b/c", false),
        // What `b` is cannot be told: in `d/b -> .`, the `..` is the root's.
        ("d/a", "b/../c", true),
        ("a", "./d/../b", true),
    ];
    for (path, target, out) in rows {
        let link = Leaf::Link {
            target: target.into(),
        };
        assert_eq!(link.leads_out(Path::new(path)), out, "{path} to {target}");
    }
}

/// Row 54: while we write, somebody puts a link to the outside in place of the folder and of the file.
#[test]
fn a_racer_that_flips_a_link_never_reaches_the_victim() {
    let root = tempfile::tempdir().expect("a temporary directory");
    let (tree, away) = (root.path().join("tree"), root.path().join("away"));
    fs::create_dir_all(tree.join("dir")).expect("a directory");
    fs::create_dir(&away).expect("a directory");
    fs::write(away.join("file"), "intact").expect("the victim");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                // The writer may have made the folder anew meanwhile: then the old one would be in the way for ever.
                let _ = fs::remove_dir_all(tree.join("aside"));
                let _ = fs::rename(tree.join("dir"), tree.join("aside"));
                let _ = std::os::unix::fs::symlink(&away, tree.join("dir"));
                let _ = fs::remove_file(tree.join("dir"));
                let _ = fs::rename(tree.join("aside"), tree.join("dir"));
                let _ = std::os::unix::fs::symlink(away.join("file"), tree.join("dir/file"));
            }
        });
        let beneath = Beneath::open(&tree).expect("it is there");
        let (mut written, mut refused) = (0, 0);
        // Until both have happened often: the race was on.
        for _ in 0..200_000 {
            match beneath.put(Path::new("dir/file"), &file("written")) {
                Ok(()) => written += 1,
                Err(_) => refused += 1,
            }
            let _ = beneath.read(Path::new("dir/file"), 100);
            if written > 200 && refused > 200 {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(written > 0 && refused > 0, "{written} written, {refused} refused");
    });
    assert_eq!(
        fs::read_to_string(away.join("file")).expect("the victim"),
        "intact"
    );
    assert_eq!(
        fs::read_dir(&away).expect("a listing").count(),
        1,
        "nothing was added beside it"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_patch_of_more_files_than_descriptors_is_staged_and_comes_in() {
    let root = tempfile::tempdir().expect("a temporary directory");
    let tree = Beneath::open(root.path()).expect("it is there");
    let open = || fs::read_dir("/proc/self/fd").expect("a listing").count();
    let before = open();
    let paths: Vec<PathBuf> = (0..1_100)
        .map(|n| PathBuf::from(format!("{}/{n}", n % 7)))
        .collect();
    let staged: Vec<Staged<'_>> = paths
        .iter()
        .map(|path| tree.stage(path, &file("new")).expect("staged"))
        .collect();
    // Other tests of this process have descriptors of their own.
    let more = open().saturating_sub(before);
    assert!(more < 500, "{more} descriptors for {} files", paths.len());
    for one in staged {
        one.land().expect("it comes in");
    }
    for path in paths {
        let is_there = fs::read(root.path().join(&path)).is_ok_and(|text| text == b"new");
        assert!(is_there, "{}", path.display());
    }
}

#[test]
fn a_folder_that_became_a_link_meanwhile_gets_nothing_of_what_was_staged() {
    let root = tempfile::tempdir().expect("a temporary directory");
    for name in ["tree", "tree/a", "outside"] {
        fs::create_dir(root.path().join(name)).expect("a directory");
    }
    let tree = Beneath::open(&root.path().join("tree")).expect("it is there");
    let staged = tree.stage(Path::new("a/b"), &file("new")).expect("staged");
    fs::rename(root.path().join("tree/a"), root.path().join("tree/moved")).expect("moved");
    std::os::unix::fs::symlink("../outside", root.path().join("tree/a")).expect("a link");
    staged.land().expect_err("its folder is a link now");
    let outside = fs::read_dir(root.path().join("outside")).expect("a listing");
    assert_eq!(outside.count(), 0);
}
