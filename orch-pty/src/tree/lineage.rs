//! The living descendants of a process, by the kernel's list of each process's children. It signals nobody; what is
//! done with those who are met is the [`Guide`]'s.

use std::io;

use super::kernel::Kernel;
use crate::sys::refusal;

/// Who goes along.
pub(super) trait Guide<P> {
    /// One is met, before its children are listed; says whether to go on to them.
    fn enter(&mut self, pin: &P) -> bool;
    /// One is left, after all below it: parents come after their children.
    fn leave(&mut self, pin: P);
    /// There is no descriptor left: lets go of what is held and not needed.
    fn make_room(&mut self);
    /// Whether to go no further down.
    fn is_late(&self) -> bool;
}

/// Goes through all who descend from `root`, itself included, depth first: only those on the way down are held.
///
/// # Errors
/// The last reason why somebody's children could not be asked for or held; all others are gone through.
pub(super) fn descend<K: Kernel>(
    kernel: &K,
    root: &K::Pin,
    guide: &mut impl Guide<K::Pin>,
) -> io::Result<()> {
    let mut result = Ok(());
    let mut path: Vec<(K::Pin, Vec<u32>)> = Vec::new();
    let mut next = (!kernel.has_ended(root)).then(|| root.clone());
    loop {
        if let Some(pin) = next.take()
            && guide.enter(&pin)
        {
            let children = kernel.children(kernel.number(&pin)).unwrap_or_else(|error| {
                result = Err(error);
                Vec::new()
            });
            path.push((pin, children));
        }
        let Some((parent, children)) = path.last_mut() else {
            return result;
        };
        match children.pop() {
            Some(pid) if !guide.is_late() => match pin_child(kernel, pid, parent, guide) {
                Ok(child) => next = child,
                Err(error) => result = Err(error),
            },
            Some(_) => {
                result = Err(io::ErrorKind::TimedOut.into());
                children.clear();
            }
            None => {
                if let Some((pin, _)) = path.pop() {
                    guide.leave(pin);
                }
            }
        }
    }
}

/// Pins `pid` if it is truly a living child of `parent`: the pinned process's parent has that number, and that number
/// still means the pinned parent.
fn pin_child<K: Kernel>(
    kernel: &K,
    pid: u32,
    parent: &K::Pin,
    guide: &mut impl Guide<K::Pin>,
) -> io::Result<Option<K::Pin>> {
    let child = match kernel.pin(pid) {
        Err(error) if refusal::is_out_of_descriptors(&error) => {
            guide.make_room();
            kernel.pin(pid)?
        }
        pinned => pinned?,
    };
    Ok(child.filter(|child| {
        kernel.parent(child) == Some(kernel.number(parent))
            && kernel.is_unreaped(parent)
            && !kernel.has_ended(child)
    }))
}
