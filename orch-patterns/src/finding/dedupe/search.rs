//! The local search behind `cluster`: improves a grouping until no single step gains.
//!
//! The steps: move one node to another group or out on its own, exchange it with the one node that bars it from a
//! group, merge two groups. Nodes and groups are tried in order of index, and a step must gain more than rounding
//! could, so the result is a function of the table.

/// Gains below this are rounding.
const LEAST: f64 = 1e-9;
/// Rounds over all nodes; a handful is enough in practice, the bound is for hostile tables.
const ROUNDS: usize = 20;

/// The best grouping found, from one start: of several starts the one of the greatest sum measured worse on findings
/// than this one, whose greedy start favours groups that agree throughout.  `table[a][b]`: the symmetric gain of having both in one group, negative infinity where
/// that is forbidden.
pub(super) fn best_groups(table: &[Vec<f64>]) -> Vec<Vec<usize>> {
    if table.len() == 1 {
        return vec![vec![0]];
    }
    let mut search = Search::alone(table);
    search.agglomerate();
    search.improve();
    search.groups.retain(|group| !group.is_empty());
    search.groups
}

struct Search<'t> {
    table: &'t [Vec<f64>],
    /// The group of each node.
    at: Vec<usize>,
    /// The members of each group; as many groups as nodes, some empty.
    groups: Vec<Vec<usize>>,
}

/// Where a node goes, who goes back in exchange, and the gain.
#[derive(Clone, Copy)]
struct Step {
    gain: f64,
    to: usize,
    exchange: Option<usize>,
}

impl<'t> Search<'t> {
    fn alone(table: &'t [Vec<f64>]) -> Self {
        Self {
            table,
            at: (0..table.len()).collect(),
            groups: (0..table.len()).map(|node| vec![node]).collect(),
        }
    }

    /// Joins groups as long as that gains, those with the greatest mean gain a pair first.
    fn agglomerate(&mut self) {
        let mut between: Vec<Vec<f64>> = self.table.to_vec();
        loop {
            let mut best: Option<(f64, usize, usize)> = None;
            for (a, gains) in between.iter().enumerate() {
                for (b, &gain) in gains[..a].iter().enumerate() {
                    if self.groups[a].is_empty() || self.groups[b].is_empty() || gain <= LEAST {
                        continue;
                    }
                    #[expect(clippy::cast_precision_loss, reason = "sizes of groups")]
                    let mean = gain / (self.groups[a].len() * self.groups[b].len()) as f64;
                    if best.is_none_or(|(most, ..)| mean > most) {
                        best = Some((mean, a, b));
                    }
                }
            }
            let Some((_, a, b)) = best else { return };
            self.join(b, a);
            let sums: Vec<f64> = between[a].iter().zip(&between[b]).map(|(x, y)| x + y).collect();
            for (row, sum) in between.iter_mut().zip(&sums) {
                row[b] = *sum;
            }
            between[b] = sums;
        }
    }

    fn improve(&mut self) {
        for _ in 0..ROUNDS {
            let mut moved = false;
            for node in 0..self.at.len() {
                if let Some(step) = self.best_step(node) {
                    self.take(node, step);
                    moved = true;
                }
            }
            if !self.merge_once() && !moved {
                return;
            }
        }
    }

    fn best_step(&self, node: usize) -> Option<Step> {
        let home = self.at[node];
        let leave = -self.pull(node, home, None);
        let mut best = Step {
            gain: LEAST,
            to: home,
            exchange: None,
        };
        let mut consider = |step: Step| {
            if step.gain > best.gain + LEAST {
                best = step;
            }
        };
        if let Some(empty) = self.empty_group().filter(|_| self.groups[home].len() > 1) {
            consider(Step {
                gain: leave,
                to: empty,
                exchange: None,
            });
        }
        for (to, group) in self.groups.iter().enumerate() {
            if to == home || group.is_empty() {
                continue;
            }
            let mut barred = group
                .iter()
                .filter(|&&other| self.table[node][other] == f64::NEG_INFINITY);
            match (barred.next(), barred.next()) {
                (None, _) => {
                    consider(Step {
                        gain: leave + self.pull(node, to, None),
                        to,
                        exchange: None,
                    });
                }
                (Some(&other), None) => {
                    let gain = leave + self.pull(node, to, Some(other)) - self.pull(other, to, None)
                        + self.pull(other, home, Some(node)).max(0.0);
                    consider(Step {
                        gain,
                        to,
                        exchange: Some(other),
                    });
                }
                _ => {}
            }
        }
        (best.to != home).then_some(best)
    }

    fn take(&mut self, node: usize, step: Step) {
        let home = self.at[node];
        self.place(node, step.to);
        if let Some(other) = step.exchange {
            let back = self.pull(other, home, None) >= 0.0 && !self.groups[home].is_empty();
            let to = if back { Some(home) } else { self.empty_group() };
            // There is an empty group whenever the exchanged node has to be alone: two nodes share one.
            self.place(other, to.unwrap_or(home));
        }
    }

    /// Joins the first two groups that gain by it.
    fn merge_once(&mut self) -> bool {
        for a in 0..self.groups.len() {
            for b in 0..a {
                let gain: f64 = self.groups[a].iter().map(|&node| self.pull(node, b, None)).sum();
                if !self.groups[b].is_empty() && gain > LEAST {
                    self.join(b, a);
                    return true;
                }
            }
        }
        false
    }

    /// The sum of the weights between a node and the members of a group, without itself and without one other.
    fn pull(&self, node: usize, group: usize, without: Option<usize>) -> f64 {
        let members = self.groups[group].iter();
        members
            .filter(|&&other| other != node && Some(other) != without)
            .map(|&other| self.table[node][other])
            .sum()
    }

    fn empty_group(&self) -> Option<usize> {
        self.groups.iter().position(Vec::is_empty)
    }

    fn place(&mut self, node: usize, to: usize) {
        self.groups[self.at[node]].retain(|&other| other != node);
        self.groups[to].push(node);
        self.at[node] = to;
    }

    fn join(&mut self, keep: usize, gone: usize) {
        for node in std::mem::take(&mut self.groups[gone]) {
            self.groups[keep].push(node);
            self.at[node] = keep;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO: f64 = f64::NEG_INFINITY;

    fn sorted(table: &[Vec<f64>]) -> Vec<Vec<usize>> {
        let mut groups = best_groups(table);
        for group in &mut groups {
            group.sort_unstable();
        }
        groups.sort_unstable();
        groups
    }

    /// All groupings of `0..n`, by brute force.
    fn best_value(table: &[Vec<f64>]) -> f64 {
        fn go(table: &[Vec<f64>], groups: &mut Vec<Vec<usize>>, node: usize) -> f64 {
            if node == table.len() {
                return 0.0;
            }
            let mut best = f64::NEG_INFINITY;
            for at in 0..=groups.len() {
                if at == groups.len() {
                    groups.push(Vec::new());
                }
                let gain: f64 = groups[at].iter().map(|&other| table[node][other]).sum();
                groups[at].push(node);
                best = best.max(gain + go(table, groups, node + 1));
                groups[at].pop();
                if groups[at].is_empty() {
                    groups.pop();
                }
            }
            best
        }
        go(table, &mut Vec::new(), 0)
    }

    #[test]
    fn a_rival_that_fits_better_takes_the_place() {
        // 0 and 1 exclude each other; 2 goes with the stronger.
        let table = [vec![NO, NO, 0.2], vec![NO, NO, 0.3], vec![0.2, 0.3, NO]];
        assert_eq!(sorted(&table), [vec![0], vec![1, 2]]);
    }

    #[test]
    fn small_random_tables_are_solved_within_two_percent_of_the_optimum() {
        let mut seed = 7_u64;
        let mut next = || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(seed >> 40).unwrap()) / f64::from(1 << 24)
        };
        let (mut found, mut best) = (0.0, 0.0);
        for _ in 0..200 {
            let mut table = vec![vec![NO; 7]; 7];
            for (a, b) in (0..7).flat_map(|a| (0..a).map(move |b| (a, b))) {
                let weight = if next() < 0.15 { NO } else { next() - 0.6 };
                table[a][b] = weight;
                table[b][a] = weight;
            }
            let groups = best_groups(&table);
            assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), 7);
            for group in &groups {
                for (at, &a) in group.iter().enumerate() {
                    found += group[..at].iter().map(|&b| table[a][b]).sum::<f64>();
                }
            }
            best += best_value(&table);
        }
        assert!(found <= best + 1e-6 && found >= 0.98 * best, "{found} of {best}");
    }
}
