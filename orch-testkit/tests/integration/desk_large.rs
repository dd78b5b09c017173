//! Desks and copies of trees with files that are too large to be held.

use std::fs;
use std::path::{Path, PathBuf};

use orch_core::agent::Tool;
use orch_core::{Cx, Isolation, Worker};
use orch_prompts::Brief;

use crate::house::{House, within, writer};

/// Larger than what is held of one file; of holes, so that it costs nothing.
fn large(path: &Path) {
    let file = fs::File::create(path).unwrap();
    file.set_len(300 << 20).unwrap();
}

#[tokio::test]
async fn a_large_file_stops_neither_a_reader_apart_nor_a_desk() {
    let house = House::new();
    large(&house.tree.join("video.bin"));
    large(&house.tree.join("src/model.bin"));
    let orch = house.orch("cat > /dev/null; stat -c %s video.bin src/model.bin; echo x >> src/a.rs");
    let reader: Worker<(), String> = Worker::new(|(): &()| Brief::new("Read it.")).apart();
    let sizes = "314572800\n314572800";
    let read = house
        .orch("stat -c %s video.bin src/model.bin")
        .run(&reader, ())
        .await
        .unwrap();
    assert_eq!(read.trim(), sizes);
    let (said, files) = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        let said = desk.write(&writer(&["src"]), &()).await?;
        let files: Vec<PathBuf> = desk.patch().await?.files().map(Path::to_owned).collect();
        Ok((said, files))
    })
    .await
    .unwrap();
    assert_eq!(said.trim(), sizes);
    assert_eq!(files, [PathBuf::from("src/a.rs")]);
}

#[tokio::test]
async fn a_large_file_that_a_writer_changes_is_named_and_not_left_out_in_silence() {
    let house = House::new();
    large(&house.tree.join("src/model.bin"));
    let orch = house.orch("cat > /dev/null; printf x | dd of=src/model.bin conv=notrunc bs=1 2>/dev/null");
    let refused = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        desk.write(&writer(&["src"]), &()).await.map(drop).ok();
        desk.patch().await.map(drop)
    })
    .await
    .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("src/model.bin is changed and has more than"),
        "{refused}"
    );
}

#[tokio::test]
async fn put_looks_at_the_rights_of_the_file_before_and_not_into_it() {
    let house = House::new();
    // Reading it would take more memory than there is.
    let script = "cat > /dev/null; truncate -s 1T src/big.md; chmod +x src/big.md";
    let orch = house.orch_of(Tool::new("sh", "/bin/sh").args(["-c", script]));
    within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        desk.write(&writer(&["src"]), &()).await.map(drop).ok();
        desk.put("src/big.md", "x").await?;
        let patch = desk.patch().await?;
        assert!(patch.diff().contains("new file mode 100755"), "{}", patch.diff());
        Ok(())
    })
    .await
    .unwrap();
}
