//! [`Hunt`]: one request to kill a tree, and what has come of it so far. How it goes on from round to round is
//! [`round`](super::round)'s.

use std::collections::BTreeSet;
use std::time::Duration;

use super::kernel::Kernel;
use super::lineage::{Guide, descend};
use super::quarry::{Mark, Quarry};
use super::report::KillReport;
use crate::signal::Signal;

/// So many looks in a row that found nobody end a hunt though none of them was exact: something keeps disturbing
/// them that is not ours.
const CLEAN_LOOKS_MOST: u32 = 8;
/// How long the last look may take, which tells who is left when the time is over.
const LAST_LOOK: Duration = Duration::from_millis(100);
/// How long a warden may go on with its own tree.
const PATIENCE: Duration = Duration::from_millis(300);

/// So many forks of anybody during a round are few: it would take hundreds for one of ours to slip through its look.
const CALM_MOST: u32 = 4;
/// So many zombies' groups are dealt with. A storm of forks leaves tens of thousands where nobody reaps them.
const EMPTIED_MOST: usize = 256;

/// Whom to kill.
#[derive(Debug)]
pub(crate) struct Request<P> {
    /// Whose processes.
    pub(crate) quarry: Quarry,
    /// Known members whose descendants are members whatever mark they carry.
    pub(crate) roots: Vec<P>,
    /// The mark could not be put in the limit: every environment is read.
    pub(crate) thorough: bool,
    /// How long the hunt may go on.
    pub(crate) limit: Duration,
}

/// One request and its state.
pub(super) struct Hunt<P> {
    pub(super) request: Request<P>,
    deadline: Duration,
    /// The time is over, and this round is the last one.
    is_last: bool,
    /// Until when wardens are left alone, once one was met.
    patience: Option<Duration>,
    rounds: u32,
    clean_looks: u32,
    killed: BTreeSet<u32>,
    /// Zombies whose group has been dealt with.
    emptied: BTreeSet<u32>,
    /// The number that was given out last when the hunt and when the present round began.
    given_out: Option<[u32; 2]>,
    /// Those who may not be signalled.
    refused: BTreeSet<u32>,
    /// The same, held: the death of who led to them may have hidden them from later rounds.
    withheld: Vec<P>,
    round: Round<P>,
}

/// What one round has found.
struct Round<P> {
    /// Struck for the first time; held in order to wait for their ends.
    fresh: Vec<P>,
    /// Struck in an earlier round and still there.
    stale: Vec<P>,
    wardens: Vec<P>,
    /// Those whose group is to be struck.
    groups: Vec<P>,
    /// The numbers of those struck for the first time.
    struck: BTreeSet<u32>,
    /// Something was found that says that there was life a moment ago.
    has_news: bool,
    /// The lineage was not gone through whole.
    is_cut: bool,
}

impl<P> Default for Round<P> {
    fn default() -> Self {
        Self {
            fresh: Vec::new(),
            stale: Vec::new(),
            wardens: Vec::new(),
            groups: Vec::new(),
            struck: BTreeSet::new(),
            has_news: false,
            is_cut: false,
        }
    }
}

impl<P: Clone> Hunt<P> {
    /// A hunt that begins when the clock says `now`.
    pub(super) fn new(request: Request<P>, now: Duration) -> Self {
        Self {
            deadline: now.saturating_add(request.limit),
            request,
            is_last: false,
            patience: None,
            rounds: 0,
            clean_looks: 0,
            killed: BTreeSet::new(),
            emptied: BTreeSet::new(),
            given_out: None,
            refused: BTreeSet::new(),
            withheld: Vec::new(),
            round: Round::default(),
        }
    }

    /// When the present round has to end.
    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Begins a round: stops, lists and kills all who descend from the roots.
    pub(super) fn begin<K: Kernel<Pin = P>>(&mut self, kernel: &K) {
        self.round = Round::default();
        self.rounds += 1;
        if kernel.now() >= self.deadline && !self.is_last {
            self.is_last = true;
            self.deadline = kernel.now().saturating_add(LAST_LOOK);
        }
        if let Ok(newest) = kernel.newest() {
            let [first, _] = self.given_out.unwrap_or([newest; 2]);
            self.given_out = Some([first, newest]);
        }
        for root in self.request.roots.clone() {
            self.round.groups.push(root.clone());
            let mut chase = Chase { hunt: self, kernel };
            let whole = descend(kernel, &root, &mut chase).is_ok();
            self.round.is_cut |= !whole;
        }
    }

    /// A member was found by its mark.
    pub(super) fn met<K: Kernel<Pin = P>>(&mut self, kernel: &K, pin: P, mark: Mark) {
        let has_ended = kernel.has_ended(&pin);
        let number = kernel.number(&pin);
        // The group of one who was struck was struck with it.
        if has_ended && (self.killed.contains(&number) || !self.emptied.insert(number)) {
            return;
        }
        if !has_ended && self.spares(kernel, &pin) {
            return;
        }
        // One call that no fork can slip through; a zombie still names its group. Of many zombies, which are met the
        // newest first, the old ones' groups hold nobody who is not met himself.
        if mark == Mark::Limit && (!has_ended || self.emptied.len() <= EMPTIED_MOST) {
            self.round.groups.push(pin.clone());
        }
        if has_ended {
            self.round.has_news = true;
        } else {
            self.strike(kernel, pin);
        }
    }

    /// Whether this is a zombie known from an earlier round. Its number cannot mean another process unless numbers
    /// were given out up to it since the hunt began.
    pub(super) fn is_settled(&self, pid: u32) -> bool {
        let again = self.given_out.is_none_or(|[first, last]| {
            if first <= last {
                (first + 1..=last).contains(&pid)
            } else {
                pid > first || pid <= last
            }
        });
        !again && self.emptied.contains(&pid)
    }

    /// Whether this is the number of a member who can fork no more.
    pub(super) fn knows(&self, pid: u32) -> bool {
        self.killed.contains(&pid) || self.emptied.contains(&pid)
    }

    /// Lets go of those who are held only in order to wait for their ends.
    pub(super) fn make_room<K: Kernel<Pin = P>>(&mut self, kernel: &K) {
        self.strike_groups(kernel);
        self.round.fresh.clear();
    }

    pub(super) fn strike_groups<K: Kernel<Pin = P>>(&mut self, kernel: &K) {
        for member in self.round.groups.drain(..) {
            // An empty group is no failure.
            let _ = kernel.signal_group_of(&member, Signal::Kill);
        }
    }

    /// Those whose ends this round should wait for, and whether they were struck in it.
    pub(super) fn awaited(&self) -> (&[P], bool) {
        let round = &self.round;
        match (round.fresh.as_slice(), round.stale.as_slice()) {
            ([], []) => (&round.wardens, false),
            ([], stale) => (stale, false),
            (fresh, _) => (fresh, true),
        }
    }

    /// Ends a round whose look was `exact`. The report, when the hunt is over.
    pub(super) fn judge<K: Kernel<Pin = P>>(&mut self, kernel: &K, exact: bool) -> Option<KillReport> {
        let round = std::mem::take(&mut self.round);
        let exact = exact && !round.is_cut;
        let found = [&round.stale, &round.wardens, &round.fresh];
        let nobody = round.struck.is_empty() && found.iter().all(|pins| pins.is_empty());
        if nobody && !round.has_news {
            self.clean_looks += 1;
            let over = exact || self.is_last || self.clean_looks == CLEAN_LOOKS_MOST;
            return over.then(|| self.report(kernel, exact, BTreeSet::new()));
        }
        self.clean_looks = 0;
        let alive = found.into_iter().flatten().filter(|pin| !kernel.has_ended(pin));
        let left: BTreeSet<u32> = alive.map(|pin| kernel.number(pin)).collect();
        // All were struck as they were met and have ended, and the machine is quiet enough for the look that met them
        // to be the last.
        let all_struck = round.stale.is_empty() && round.fresh.len() == round.struck.len() && left.is_empty();
        if exact && all_struck && round.wardens.is_empty() && !round.has_news && self.is_calm(kernel) {
            return Some(self.report(kernel, true, left));
        }
        // Asking again would be refused again.
        let in_vain = round.struck.is_empty() && !left.is_empty() && left.is_subset(&self.refused);
        (in_vain || self.is_last).then(|| self.report(kernel, false, left))
    }

    /// Whether next to nobody forked since the round began.
    fn is_calm<K: Kernel<Pin = P>>(&self, kernel: &K) -> bool {
        let begun = self.given_out.map(|[_, begun]| begun);
        let forks = begun.and_then(|begun| kernel.newest().ok()?.checked_sub(begun));
        forks.is_some_and(|forks| forks <= CALM_MOST)
    }

    fn report<K: Kernel<Pin = P>>(&self, kernel: &K, exact: bool, mut left: BTreeSet<u32>) -> KillReport {
        let before = left.len();
        let withheld = self.withheld.iter().filter(|pin| !kernel.has_ended(pin));
        left.extend(withheld.map(|pin| kernel.number(pin)));
        let exact = exact && left.len() == before;
        KillReport {
            killed: u32::try_from(self.killed.len()).unwrap_or(u32::MAX),
            rounds: self.rounds,
            left: left.into_iter().collect(),
            strongest: (!self.killed.is_empty()).then_some(Signal::Kill),
            exact,
        }
    }

    /// Whether this is a warden, which finishes its own tree, and its time is not over.
    fn spares<K: Kernel<Pin = P>>(&mut self, kernel: &K, pin: &P) -> bool {
        if !kernel.is_warden(pin) || self.is_root(kernel, pin) {
            return false;
        }
        let now = kernel.now();
        let is_spared = now < *self.patience.get_or_insert(now.saturating_add(PATIENCE)) && !self.is_last;
        if is_spared {
            self.round.wardens.push(pin.clone());
        }
        is_spared
    }

    fn is_root<K: Kernel<Pin = P>>(&self, kernel: &K, pin: &P) -> bool {
        let number = kernel.number(pin);
        self.request
            .roots
            .iter()
            .any(|root| kernel.number(root) == number)
    }

    fn strike<K: Kernel<Pin = P>>(&mut self, kernel: &K, pin: P) {
        let number = kernel.number(&pin);
        match kernel.signal(&pin, Signal::Kill) {
            // Those who have ended meanwhile were alive when they were found.
            Err(_) if !kernel.has_ended(&pin) => {
                // Once more, should the reason go away.
                if self.refused.insert(number) {
                    self.round.struck.insert(number);
                    self.withheld.push(pin.clone());
                }
                self.round.stale.push(pin);
                return;
            }
            _ => {}
        }
        if self.killed.insert(number) {
            self.round.struck.insert(number);
            self.round.fresh.push(pin);
        } else if !self.round.struck.contains(&number) {
            self.round.stale.push(pin);
        }
    }
}

/// A hunt on its way through a lineage.
struct Chase<'c, K: Kernel> {
    hunt: &'c mut Hunt<K::Pin>,
    kernel: &'c K,
}

impl<K: Kernel> Guide<K::Pin> for Chase<'_, K> {
    fn enter(&mut self, pin: &K::Pin) -> bool {
        // Nobody is spared here: a true warden is nobody's child.
        // Stopped before its children are listed, it has no more than those: it can neither fork on nor die and
        // orphan them. Who may not be signalled shows in the report.
        let _ = self.kernel.signal(pin, Signal::Stop);
        true
    }

    /// The leader last: its death hangs the terminal up, which would take some before they are counted.
    fn leave(&mut self, pin: K::Pin) {
        self.hunt.strike(self.kernel, pin);
    }

    fn make_room(&mut self) {
        // Groups are struck after the lineage: the leader's death would orphan those who are not listed yet.
        self.hunt.round.fresh.clear();
    }

    fn is_late(&self) -> bool {
        self.kernel.now() >= self.hunt.deadline
    }
}
