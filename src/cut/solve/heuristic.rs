//! A good division, quickly, for circuits of any width: many levels, then moves of single stretches of wires.
//!
//! Wires that share the dearest steps grow together, pair by pair and level by level, as long as they fit into one
//! fragment. On the way back each level moves and exchanges its clusters; at the end every segment of a wire, or a
//! beginning or end of one, may move to another fragment, which is how wires come to be cut. Ties go to the lower number.

use super::problem::{Division, NEVER, Problem, Segment};
use std::collections::BTreeMap;

/// What stands for [`NEVER`] in sums.
const DEAR: u64 = 1 << 48;
/// Most rounds of moves at one level.
const ROUNDS: usize = 12;
/// Most clusters for which exchanges of all pairs are looked at.
const EXCHANGED: usize = 160;

/// Most places on wires for which parts of wires are moved; each is tried with each end of its segment.
const MOST_PLACES: usize = 4000;

struct Table<'p> {
    problem: &'p Problem,
    /// Per wire and place the number of steps in the group there, as `(step, operand)`.
    places: Vec<Vec<Vec<(usize, usize)>>>,
    /// Per step and operand its place.
    place: Vec<Vec<usize>>,
    /// Per wire and place the fragment.
    label: Vec<Vec<usize>>,
    /// Segments per fragment.
    size: Vec<usize>,
}

/// A stretch of a wire that moves to another fragment.
#[derive(Clone, Copy)]
struct Stretch {
    wire: usize,
    from: usize,
    to: usize,
}

/// A division, if any was found that cuts nothing that cannot be cut.
pub(crate) fn divide(problem: &Problem) -> Option<Division> {
    let mut table = Table::new(problem);
    let levels = coarsen(problem);
    for level in levels.iter().rev() {
        table.refine_clusters(level);
    }
    let places: usize = table.places.iter().map(Vec::len).sum();
    let rounds = if places <= MOST_PLACES { ROUNDS } else { 0 };
    for _ in 0..rounds {
        if !table.refine_segments() {
            break;
        }
    }
    let division = table.division();
    (division.cost(problem) < NEVER).then_some(division)
}

/// Clusters of wires, finest first; the last level is the division itself.
fn coarsen(problem: &Problem) -> Vec<Vec<Vec<usize>>> {
    let mut levels = vec![(0..problem.n_wires).map(|wire| vec![wire]).collect::<Vec<_>>()];
    loop {
        let clusters = &levels[levels.len() - 1];
        let mut of = vec![0; problem.n_wires];
        clusters.iter().enumerate().for_each(|(at, wires)| wires.iter().for_each(|&wire| of[wire] = at));
        let mut between: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for item in &problem.items {
            for (k, a) in item.meets.iter().enumerate() {
                for b in &item.meets[k + 1..] {
                    let (x, y) = (of[a.wire].min(of[b.wire]), of[a.wire].max(of[b.wire]));
                    if x != y {
                        *between.entry((x, y)).or_default() += item.weight.min(DEAR);
                    }
                }
            }
        }
        let mut edges: Vec<(u64, usize, usize)> = between.into_iter().map(|((x, y), w)| (w, x, y)).collect();
        let room = |x: usize, y: usize| clusters[x].len() + clusters[y].len();
        edges.retain(|&(_, x, y)| room(x, y) <= problem.budget);
        edges.sort_unstable_by_key(|&(w, x, y)| (std::cmp::Reverse(w), room(x, y), x, y));
        let mut taken = vec![false; clusters.len()];
        let mut next: Vec<Vec<usize>> = Vec::new();
        for (_, x, y) in edges {
            if !taken[x] && !taken[y] {
                (taken[x], taken[y]) = (true, true);
                next.push([&clusters[x][..], &clusters[y][..]].concat());
            }
        }
        if next.is_empty() {
            return levels;
        }
        next.extend(clusters.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(wires, _)| wires.clone()));
        next.iter_mut().for_each(|wires| wires.sort_unstable());
        next.sort_unstable();
        levels.push(next);
    }
}

impl<'p> Table<'p> {
    fn new(problem: &'p Problem) -> Self {
        let mut places: Vec<Vec<Vec<(usize, usize)>>> = vec![Vec::new(); problem.n_wires];
        let mut now = vec![usize::MAX; problem.n_wires];
        let mut place = Vec::with_capacity(problem.items.len());
        for (at, item) in problem.items.iter().enumerate() {
            let each = item.meets.iter().enumerate().map(|(k, meet)| {
                let list = &mut places[meet.wire];
                if now[meet.wire] != meet.group {
                    now[meet.wire] = meet.group;
                    list.push(Vec::new());
                }
                if let Some(group) = list.last_mut() {
                    group.push((at, k));
                }
                list.len() - 1
            });
            place.push(each.collect());
        }
        places.iter_mut().filter(|list| list.is_empty()).for_each(|list| list.push(Vec::new()));
        let label = places.iter().enumerate().map(|(wire, list)| vec![wire; list.len()]).collect();
        Self { problem, places, place, label, size: vec![1; problem.n_wires] }
    }

    /// What the steps on a wire and its cuts cost.
    fn wire_cost(&self, wire: usize) -> u64 {
        let label = &self.label[wire];
        let breaks = label.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64;
        let steps: u64 =
            self.places[wire].iter().flatten().filter(|(at, _)| self.is_cut(*at)).map(|(at, _)| self.weight(*at)).sum();
        steps + breaks * self.problem.wire_cut
    }

    fn weight(&self, at: usize) -> u64 {
        self.problem.items[at].weight.min(DEAR)
    }

    fn is_cut(&self, at: usize) -> bool {
        let item = &self.problem.items[at];
        let mut labels = item.meets.iter().zip(&self.place[at]).map(|(meet, &place)| self.label[meet.wire][place]);
        let first = labels.next();
        labels.any(|label| Some(label) != first)
    }

    /// Writes a label, keeps the sizes, and gives back the labels there were.
    fn write(&mut self, stretch: Stretch, label: usize) -> Vec<usize> {
        let Stretch { wire, from, to } = stretch;
        let old = self.label[wire][from..to].to_vec();
        self.count(wire, false);
        self.label[wire][from..to].fill(label);
        self.count(wire, true);
        old
    }

    fn count(&mut self, wire: usize, add: bool) {
        let mut last = None;
        for &label in &self.label[wire] {
            if last != Some(label) {
                if add { self.size[label] += 1 } else { self.size[label] -= 1 }
            }
            last = Some(label);
        }
    }

    fn restore(&mut self, stretch: Stretch, old: &[usize]) {
        self.count(stretch.wire, false);
        self.label[stretch.wire][stretch.from..stretch.to].copy_from_slice(old);
        self.count(stretch.wire, true);
    }

    /// By how much the cost changes if stretches get labels; they keep them if it falls and all fits.
    fn attempt(&mut self, moves: &[(Stretch, usize)]) -> bool {
        let mut change = 0i128;
        let mut olds = Vec::with_capacity(moves.len());
        for &(stretch, label) in moves {
            let before = self.wire_cost(stretch.wire);
            olds.push(self.write(stretch, label));
            change += i128::from(self.wire_cost(stretch.wire)) - i128::from(before);
        }
        let fits = |table: &Self, label: usize| table.size[label] <= table.problem.budget;
        if change < 0 && moves.iter().all(|&(_, label)| fits(self, label)) {
            return true;
        }
        for ((stretch, _), old) in moves.iter().zip(&olds).rev() {
            self.restore(*stretch, old);
        }
        false
    }

    fn whole(&self, wire: usize) -> Stretch {
        Stretch { wire, from: 0, to: self.label[wire].len() }
    }

    fn refine_clusters(&mut self, clusters: &[Vec<usize>]) {
        if clusters.iter().flatten().all(|&wire| self.label[wire].iter().all(|&label| label == wire)) {
            // The coarsest level comes first: it is the division to begin with.
            for cluster in clusters {
                let label = cluster.first().copied().unwrap_or(0);
                cluster.iter().for_each(|&wire| drop(self.write(self.whole(wire), label)));
            }
            return;
        }
        for _ in 0..ROUNDS {
            let mut changed = false;
            for cluster in clusters {
                for label in self.near(cluster) {
                    let moves: Vec<_> = cluster.iter().map(|&wire| (self.whole(wire), label)).collect();
                    changed |= self.attempt(&moves);
                }
            }
            if clusters.len() <= EXCHANGED {
                changed |= self.exchange(clusters);
            }
            if !changed {
                return;
            }
        }
    }

    fn exchange(&mut self, clusters: &[Vec<usize>]) -> bool {
        let mut changed = false;
        for (at, first) in clusters.iter().enumerate() {
            for second in &clusters[at + 1..] {
                let (Some(a), Some(b)) = (self.label_of(first), self.label_of(second)) else { continue };
                if a == b {
                    continue;
                }
                let there = first.iter().map(|&wire| (self.whole(wire), b));
                let back = second.iter().map(|&wire| (self.whole(wire), a));
                let moves: Vec<_> = there.chain(back).collect();
                changed |= self.attempt(&moves);
            }
        }
        changed
    }

    fn label_of(&self, cluster: &[usize]) -> Option<usize> {
        self.label[*cluster.first()?].first().copied()
    }

    /// Labels of wires that share steps with these, ascending.
    fn near(&self, wires: &[usize]) -> Vec<usize> {
        let steps = wires.iter().flat_map(|&wire| self.places[wire].iter().flatten());
        let mut labels: Vec<usize> = steps
            .flat_map(|&(at, _)| self.problem.items[at].meets.iter().zip(&self.place[at]))
            .map(|(meet, &place)| self.label[meet.wire][place])
            .collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// Moves segments, their beginnings and their ends; true if anything got better.
    fn refine_segments(&mut self) -> bool {
        let mut changed = false;
        for wire in 0..self.problem.n_wires {
            let len = self.label[wire].len();
            for from in 0..len {
                let label = self.label[wire][from];
                let end = (from..len).find(|&k| self.label[wire][k] != label).unwrap_or(len);
                let starts = from == 0 || self.label[wire][from - 1] != label;
                for to in (from + 1..=end).filter(|&to| starts || to == end) {
                    for label in self.near(&[wire]) {
                        changed |= self.attempt(&[(Stretch { wire, from, to }, label)]);
                    }
                }
            }
        }
        changed
    }

    fn division(&self) -> Division {
        let mut wires: Vec<Vec<Segment>> = Vec::with_capacity(self.label.len());
        let mut segment_at: Vec<Vec<usize>> = Vec::with_capacity(self.label.len());
        for (wire, labels) in self.label.iter().enumerate() {
            let mut list: Vec<Segment> = Vec::new();
            let mut at = Vec::with_capacity(labels.len());
            for &fragment in labels {
                if list.last().is_none_or(|segment| segment.fragment != fragment) {
                    list.push(Segment { wire, fragment });
                }
                at.push(list.len() - 1);
            }
            wires.push(list);
            segment_at.push(at);
        }
        let at = self
            .problem
            .items
            .iter()
            .zip(&self.place)
            .map(|(item, places)| {
                item.meets.iter().zip(places).map(|(meet, &place)| segment_at[meet.wire][place]).collect()
            })
            .collect();
        Division { wires, at, fragments: self.size.len() }.tidy(self.problem)
    }
}
