//! From the decisions of a search to a division: the same steps again, with the names of segments.

use super::problem::{Division, Problem, Segment, root};
use super::state::{Deed, Pick, Rules, State, name};

/// A segment of a wire that is still going on.
#[derive(Clone, Copy)]
struct Going {
    /// Its position in the wire's list.
    place: usize,
    /// The block it is in.
    tag: u32,
    /// Its fragment, before fragments grow together.
    fragment: usize,
}

struct Player<'p> {
    problem: &'p Problem,
    going: Vec<Vec<Going>>,
    /// Per wire: segment and fragment, in order of their beginning.
    wires: Vec<Vec<usize>>,
    /// Per wire: pairs of segments that follow one another though another began between.
    at: Vec<Vec<usize>>,
    parent: Vec<usize>,
    /// Per wire the segments that its groups leave by, with the number of segments there were.
    exits: Vec<Vec<(usize, usize)>>,
}

/// The division that the path of a search from the first step describes.
pub(crate) fn back(rules: &Rules<'_>, path: &[u32]) -> Division {
    let problem = rules.problem;
    let n = problem.n_wires;
    let mut player = Player {
        problem,
        going: vec![Vec::new(); n],
        wires: vec![Vec::new(); n],
        at: Vec::with_capacity(problem.items.len()),
        parent: Vec::new(),
        exits: vec![Vec::new(); n],
    };
    let mut state: State = Vec::new();
    for (step, &child) in path.iter().enumerate() {
        let mut taken = None;
        let mut count = 0;
        rules.expand(&state, step, &mut |next, _, deed| {
            if count == child {
                taken = Some((next, deed));
            }
            count += 1;
        });
        let Some((next, deed)) = taken else { break };
        player.step(step, &deed);
        state = next;
    }
    player.division()
}

/// The division of a problem without steps.
pub(crate) fn nothing(problem: &Problem) -> Division {
    let wires = (0..problem.n_wires).map(|wire| vec![Segment { wire, fragment: wire }]).collect();
    Division { wires, at: Vec::new(), fragments: problem.n_wires }
}

impl Player<'_> {
    fn begin(&mut self, wire: usize, tag: u32) -> Going {
        let fragment = self.parent.len();
        self.parent.push(fragment);
        self.wires[wire].push(fragment);
        let going = Going { place: self.wires[wire].len() - 1, tag, fragment };
        self.going[wire].push(going);
        going
    }

    fn step(&mut self, step: usize, deed: &Deed) {
        for &(wire, tag) in &deed.left {
            let all = self.wires[wire].len();
            self.going[wire].retain(|going| going.tag == tag);
            let exits = self.going[wire].iter().map(|going| (going.place, all));
            self.exits[wire].extend(exits);
        }
        let meets = &self.problem.items[step].meets;
        for (k, meet) in meets.iter().enumerate() {
            if self.going[meet.wire].is_empty() {
                self.begin(meet.wire, name(step, k));
            }
        }
        let places = match &deed.kept {
            None => meets.iter().map(|meet| self.going[meet.wire].first().map_or(0, |going| going.place)).collect(),
            Some((picks, into)) => {
                let mut tags = Vec::new();
                let mut places = Vec::new();
                let mut fragments = Vec::new();
                for (meet, pick) in meets.iter().zip(picks) {
                    let going = match pick {
                        Pick::Stay(tag) => {
                            tags.push(*tag);
                            self.going[meet.wire].iter().find(|going| going.tag == *tag).copied()
                        }
                        Pick::Fresh => Some(self.begin(meet.wire, *into)),
                    };
                    if let Some(going) = going {
                        places.push(going.place);
                        fragments.push(going.fragment);
                    }
                }
                for going in self.going.iter_mut().flatten().filter(|going| tags.contains(&going.tag)) {
                    going.tag = *into;
                }
                for pair in fragments.windows(2) {
                    let (a, b) = (root(&self.parent, pair[0]), root(&self.parent, pair[1]));
                    self.parent[a.max(b)] = a.min(b);
                }
                places
            }
        };
        self.at.push(places);
        for meet in meets.iter().filter(|meet| meet.last) {
            self.going[meet.wire].clear();
        }
    }

    /// Segments in time order: within a group the one it is left by comes last.
    fn division(mut self) -> Division {
        for wire in 0..self.wires.len() {
            if self.wires[wire].is_empty() {
                let fragment = self.parent.len();
                self.parent.push(fragment);
                self.wires[wire].push(fragment);
            }
            let count = self.wires[wire].len();
            let mut order: Vec<usize> = (0..count).collect();
            for &(exit, all) in &self.exits[wire] {
                // The segments that began in the group stand before `all`; the exit goes to their end.
                if let Some(at) = order.iter().position(|&k| k == exit) {
                    let end = order.iter().rposition(|&k| k < all).unwrap_or(at);
                    order[at..=end].rotate_left(1);
                }
            }
            let mut place = vec![0; count];
            order.iter().enumerate().for_each(|(at, &k)| place[k] = at);
            self.wires[wire] = order.iter().map(|&k| self.wires[wire][k]).collect();
            for (item, at) in self.problem.items.iter().zip(&mut self.at) {
                for (meet, k) in item.meets.iter().zip(at.iter_mut()).filter(|(meet, _)| meet.wire == wire) {
                    debug_assert_eq!(meet.wire, wire);
                    *k = place[*k];
                }
            }
        }
        let parent = self.parent;
        let wires: Vec<Vec<Segment>> = self
            .wires
            .iter()
            .enumerate()
            .map(|(wire, list)| list.iter().map(|&k| Segment { wire, fragment: root(&parent, k) }).collect())
            .collect();
        Division { wires, at: self.at, fragments: parent.len() }.tidy(self.problem)
    }
}
