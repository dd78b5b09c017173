//! What mutation begins with: streams that the real CLIs wrote, and small ones that are hostile by hand.

use std::fs;
use std::path::{Path, PathBuf};

/// Streams that no CLI writes, each with a trap in it.
const BY_HAND: [&[u8]; 10] = [
    b"",
    b"\n\n\r\n",
    b"{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":-1,\"output_tokens\":1e400}}\n",
    b"{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":\"yes\",\"result\":null}\n",
    b"{\"type\":\"turn.completed\",\"type\":\"turn.failed\",\"type\":7}\n",
    b"{\"type\":\"item.completed\",\"item\":{\"type\":\"agent_message\",\"text\":\"\xff\xfe\xc3\x28\"}}\n",
    b"{\"type\":\"item.started\",\"item\":{\"id\":{},\"type\":[]}}\n[[[[[[[[[[\n{{{{{{{{{{\n",
    b"{\"type\":\"thread.started\",\"thread_id\":\"--dangerously\"}\n\x1b]0;title\x07\x1b[2J",
    b"{\"type\":\"error\",\"message\":\"\\ud800\\u0000\\u202e\"}\r\r\n",
    "{\"type\":\"text\",\"part\":{\"text\":\"\u{1F600}\u{0301}\u{202E}\"}}\n".as_bytes(),
];

/// The streams recorded under `recorded/<agent>/<version>/` in this package, then those made by hand.
///
/// # Panics
/// When the recorded streams cannot be read: a run without them would look like one with them.
pub fn corpus() -> Vec<Vec<u8>> {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded");
    let mut files = Vec::new();
    collect(&recorded, &mut files);
    // The file system's order is not the same everywhere, and the seed's mutations shall be.
    files.sort();
    let read = |path: PathBuf| {
        fs::read(&path).unwrap_or_else(|error| panic!("reading {} failed: {error}", path.display()))
    };
    let by_hand = BY_HAND.iter().map(|bytes| bytes.to_vec());
    files.into_iter().map(read).chain(by_hand).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!(
            "reading the recorded streams in {} failed: {error}",
            folder.display()
        )
    });
    for entry in entries {
        let path = entry
            .unwrap_or_else(|error| panic!("reading {} failed: {error}", folder.display()))
            .path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
