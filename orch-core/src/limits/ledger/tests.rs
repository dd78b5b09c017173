//! The ledger alone.

use super::*;

fn tokens(tokens: u64) -> Amount {
    Amount {
        tokens,
        micro_usd: 0,
        workers: 1,
    }
}

fn start(ledger: &Arc<Ledger>, purse: Purse, amount: u64) -> Result<Reservation, NotStarted> {
    let mut reservation = ledger.reserve(purse, tokens(amount))?;
    reservation.start();
    Ok(reservation)
}

#[test]
fn what_is_reserved_binds_before_it_is_spent() {
    let ledger = Ledger::new(Budget::new().tokens(100));
    let first = start(&ledger, Purse::default(), 60).unwrap();
    let why = ledger.reserve(Purse::default(), tokens(60)).unwrap_err();
    assert_eq!(
        why,
        NotStarted::OverBudget {
            what: Resource::Tokens,
            spent: 0,
            reserved: 60,
            estimate: 60,
            limit: 100
        }
    );
    assert!(first.settle(Some(10), None).is_empty());
    start(&ledger, Purse::default(), 60).unwrap();
}

#[test]
fn an_estimate_that_was_never_started_costs_nothing_and_a_lost_one_costs_itself() {
    let ledger = Ledger::new(Budget::new().tokens(100));
    drop(ledger.reserve(Purse::default(), tokens(100)).unwrap());
    drop(start(&ledger, Purse::default(), 60).unwrap());
    assert_eq!(ledger.unknown(), 1);
    assert!(ledger.reserve(Purse::default(), tokens(41)).is_err());
    assert!(ledger.reserve(Purse::default(), tokens(40)).is_ok());
}

#[test]
fn a_part_takes_from_the_whole_and_has_its_own_bound() {
    let ledger = Ledger::new(Budget::new().tokens(100));
    let path = ["part".to_owned()];
    let part = ledger.open(Purse::default(), &path, Budget::new().tokens(50));
    let over = start(&ledger, part, 40).unwrap().settle(Some(70), None);
    assert_eq!(
        over,
        [Overrun {
            path: path.to_vec(),
            what: Resource::Tokens,
            spent: 70,
            limit: 50
        }]
    );
    assert!(start(&ledger, part, 1).is_err());
    assert!(start(&ledger, Purse::default(), 31).is_err());
    let over = start(&ledger, Purse::default(), 30)
        .unwrap()
        .settle(Some(31), None);
    assert_eq!((over.len(), over[0].excess()), (1, 1));
}

#[test]
fn the_closing_share_is_spent_by_the_closing_step_alone() {
    let ledger = Ledger::new(Budget::new().tokens(100).workers(3).reserve_for_closing(20));
    let purse = Purse::default();
    let closing = ledger.closing(purse);
    assert!(start(&ledger, purse, 81).is_err());
    let one = start(&ledger, purse, 80).unwrap();
    let over = one.settle(Some(240), None);
    assert_eq!((over[0].spent, over[0].limit, over[0].excess()), (240, 80, 160));
    assert!(start(&ledger, purse, 1).is_err());
    // More is expected than there is: it runs on what there is.
    let last = start(&ledger, closing, 50).unwrap();
    assert!(start(&ledger, closing, 1).is_err());
    assert!(last.settle(Some(20), None).is_empty());
    assert_eq!(ledger.overruns().len(), 1);
    assert_eq!(ledger.overruns()[0].excess(), 160);
}

#[test]
fn the_closing_step_has_what_the_others_left() {
    let ledger = Ledger::new(Budget::new().tokens(100).reserve_for_closing(10));
    start(&ledger, Purse::default(), 30)
        .unwrap()
        .settle(Some(30), None);
    let closing = ledger.closing(Purse::default());
    let over = start(&ledger, closing, 70).unwrap().settle(Some(75), None);
    assert_eq!(over.iter().map(Overrun::excess).collect::<Vec<_>>(), [5]);
}

proptest::proptest! {
    /// Nothing is started beyond the budget on what is spent and reserved, whatever comes in which order; the overrun
    /// is what was used beyond estimates, and the whole's spending is the sum of the parts'.
    #[test]
    fn it_adds_up(
        limit in 1_u64..500,
        steps in proptest::collection::vec((0_u8..4, 0_usize..3, 1_u64..80, 0_u64..240), 0..80),
    ) {
        let ledger = Ledger::new(Budget::new().tokens(limit));
        let part = |n: u64| ledger.open(Purse::default(), &[n.to_string()], Budget::new().tokens(limit / (n + 1)));
        let purses = [Purse::default(), part(1), part(2)];
        let mut flying: Vec<(Reservation, u64)> = Vec::new();
        let (mut spent, mut reserved, mut excess) = (0_u64, 0_u64, 0_u64);
        for (step, purse, estimate, used) in steps {
            if step < 2 {
                let fits = spent + reserved + estimate <= limit;
                let got = start(&ledger, purses[purse], estimate);
                assert!(fits || got.is_err());
                assert!(purse != 0 || fits == got.is_ok());
                if let Ok(reservation) = got {
                    reserved += estimate;
                    flying.push((reservation, estimate));
                }
            } else if !flying.is_empty() {
                let (reservation, estimate) = flying.swap_remove(purse % flying.len());
                reserved -= estimate;
                let used = if step == 2 { Some(used) } else { None };
                spent += used.unwrap_or(estimate);
                excess += used.unwrap_or(0).saturating_sub(estimate);
                reservation.settle(used, None);
            }
        }
        let nodes = ledger.lock();
        assert_eq!((nodes[0].work.spent.tokens, nodes[0].work.reserved.tokens), (spent, reserved));
        assert!(spent + reserved <= limit + excess);
        let over = nodes[0].overruns().next().map_or(0, |over| over.excess());
        assert_eq!(over, spent.saturating_sub(limit));
        drop(nodes);
    }
}
