//! What tells one patch from another: all of it, not the text for a person, which is cut.

use super::Change;
use crate::beneath::Leaf;
use crate::ids::Digest;

/// The digest of `changes`, in their order.
pub(super) fn of(changes: &[Change]) -> Digest {
    Digest::of_parts(changes.iter().flat_map(parts))
}

fn parts(change: &Change) -> impl Iterator<Item = &[u8]> {
    let path = change.path.as_os_str().as_encoded_bytes();
    let sides = [&change.before, &change.after].into_iter().flat_map(|side| {
        let (bytes, mode) = side.as_ref().map_or((&[][..], "none"), Leaf::blob);
        [mode.as_bytes(), bytes]
    });
    [path].into_iter().chain(sides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_differs_of_a_change_makes_it_another() {
        let file = |text: &str, executable| {
            let bytes = text.as_bytes().to_vec();
            Some(Leaf::File { bytes, executable })
        };
        let link = |target: &str| {
            Some(Leaf::Link {
                target: target.into(),
            })
        };
        let change = |path: &str, before, after| Change {
            path: path.into(),
            before,
            after,
        };
        let patches = [
            vec![],
            vec![change("a", None, file("x", false))],
            vec![change("a", file("x", false), None)],
            vec![change("a", None, file("x", true))],
            vec![change("a", None, file("", false))],
            vec![change("a", None, link("x"))],
            vec![change("ax", None, file("", false))],
            vec![change("b", None, file("x", false))],
            vec![change("a", file("y", false), file("x", false))],
            vec![
                change("a", None, file("x", false)),
                change("b", None, file("x", false)),
            ],
        ];
        for (index, one) in patches.iter().enumerate() {
            assert_eq!(of(one), of(&one.clone()));
            for other in &patches[..index] {
                assert_ne!(of(one), of(other), "{one:?} and {other:?}");
            }
        }
    }
}
