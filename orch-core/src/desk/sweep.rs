//! Removing what killed programs left in the state directory, beside a run that begins.
//!
//! Nothing waits for it but the run's end, and nothing fails by it: what cannot be removed is left for the next run that
//! looks. What somebody may still need is kept by [`salvage`], and told.

use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::copies::beside;
use super::salvage::{Saved, salvage};
use crate::dirs::{Abandoned, StateDir};
use crate::event::EventKind;
use crate::refusal::Trouble;

/// Removes what dead programs left in `state`, one after the other, until `enough`; tells `note` what somebody should know.
pub(super) async fn sweep(state: StateDir, enough: CancellationToken, note: impl Fn(EventKind)) {
    let looked = state.clone();
    let found = beside(move || Ok(looked.set_aside())).await.unwrap_or_default();
    for path in found {
        if enough.is_cancelled() {
            return;
        }
        let taken = beside(move || Ok(Abandoned::take(&path))).await;
        let Ok(Some(left)) = taken else { continue };
        let (saved, all) = salvage(&state, &left).await;
        for Saved { patch, files } in saved {
            note(EventKind::WorkKept {
                patch: shown(&patch),
                files: files as u64,
            });
        }
        match all {
            Ok(()) => {
                let _ = beside(move || left.remove().map_err(Trouble::with(""))).await;
            }
            Err(why) => note(EventKind::WorkNotKept {
                place: shown(left.path()),
                why: why.to_string(),
            }),
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
