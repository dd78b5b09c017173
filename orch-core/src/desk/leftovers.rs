//! What a program that was killed while it brought a patch in left of it: files that lay beside their places, to be
//! renamed.
//!
//! It does not finish such a patch, nor take back what of it had come in: nobody remembers that. What lies beside a file
//! that was leased alone stays, since another holder's may lie there too.

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;

use super::copies::beside;
use crate::beneath::{Beneath, Met, descend, is_staged};
use crate::lease::Lease;
use crate::refusal::Trouble;
use crate::work_tree::is_not_work;

/// Removes such files beneath `root` from the paths of `lease`, which was just taken: whoever wrote them is gone. What
/// cannot be removed stays.
///
/// # Errors
/// When the runtime is shut down.
pub(crate) async fn clear(lease: &Lease, root: &Path) -> Result<(), Trouble> {
    let (root, territory) = (root.to_owned(), lease.territory().clone());
    // Goes before the lease does.
    let leased = Arc::new(());
    let is_leased = Arc::downgrade(&leased);
    let cleared = beside(move || {
        let mut left = Vec::new();
        for path in territory.paths() {
            // Whoever asks for a desk is told of what cannot be looked at soon enough.
            let _ = descend::<Infallible>(&root, path, is_not_work, |path, met| {
                if let Met::Leaf(meta) = met
                    && (meta.is_file() || meta.is_symlink())
                    && path.file_name().is_some_and(is_staged)
                {
                    left.push(path);
                }
                Ok(())
            });
        }
        // Nobody else was there while they were found, so they are nobody's, whoever comes now.
        if !left.is_empty()
            && is_leased.strong_count() > 0
            && let Ok(tree) = Beneath::open(&root)
        {
            for path in left {
                let _ = tree.remove(&path);
            }
        }
        Ok(())
    });
    let cleared = cleared.await;
    drop(leased);
    cleared
}
