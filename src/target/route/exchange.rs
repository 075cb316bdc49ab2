//! A trial for circuits in which nearly all meet all: whoever has met changes sides.
//!
//! On a line, after `n` rounds of exchanges between neighbours everyone has met everyone (Kivlichan et al., 1711.04789), each swap merged with the
//! task before it. On a ladder two rungs exchange at once: of the four tasks between them two need no swap, since one swap brings the others
//! beside each other, too. Only tasks that are ready are placed, so an order that the circuit demands is kept, and the next layer runs the line back.
//! The search by distances of `sabre` finds no such order, since every step of it makes someone's way longer.

use super::perfect::Layout;
use super::plan::Plan;
use super::sabre::{Event, NOBODY, Routed, Router, Weights};
use crate::device::Coupling;
use rand::rngs::ChaCha8Rng;

/// What is exchanged along.
#[derive(Clone, Debug)]
pub(super) enum Rail {
    /// Neighbours in a row.
    Line(Layout),
    /// Pairs of neighbours, side by side.
    Ladder(Vec<[u32; 2]>),
}

impl Rail {
    /// Where `n` qubits stand at the beginning, in their order.
    pub(super) fn layout(&self, n: usize) -> Layout {
        match self {
            Self::Line(line) => line.clone(),
            Self::Ladder(rungs) => rungs.iter().flatten().copied().take(n).collect(),
        }
    }
}

/// Routes a plan along a rail: its layout and the steps; `None` if it takes other swaps, too.
pub(super) fn exchange(
    plan: &Plan,
    coupling: &Coupling,
    rail: &Rail,
    weights: Weights,
    rng: &mut ChaCha8Rng,
) -> Option<(Layout, Routed)> {
    let start = rail.layout(plan.n_qubits());
    let mut router = Router::new(plan, coupling, &start, weights, false);
    router.rail = Some(rail);
    router.run(rng);
    (!router.strayed).then(|| router.trimmed(start))
}

impl Router<'_> {
    /// One round of exchanges, each qubit in one at most; `false` if nobody is ready.
    pub(super) fn exchange_all(&mut self) -> bool {
        match self.rail {
            None => false,
            Some(Rail::Line(line)) => {
                let pairs = line.windows(2).map(|pair| (pair[0], pair[1]));
                self.round(pairs, |router, (a, b)| router.task_at(a, b).is_some_and(|task| router.pass(task, a, b)))
            }
            Some(Rail::Ladder(rungs)) => {
                let mut any = false;
                for &[top, bottom] in rungs {
                    if let Some(task) = self.task_at(top, bottom) {
                        self.place_one(task, top, bottom);
                        any = true;
                    }
                }
                self.round(rungs.windows(2).map(|two| (two[0], two[1])), Self::cross) || any
            }
        }
    }

    /// Does something for neighbours on the rail, left to right; after an exchange the next pair is left out.
    fn round<T>(&mut self, pairs: impl Iterator<Item = T>, mut one: impl FnMut(&mut Self, T) -> bool) -> bool {
        let (mut any, mut before) = (false, false);
        for pair in pairs {
            before = !before && one(self, pair);
            any |= before;
        }
        any
    }

    /// The task in front between those who stand at two places.
    fn task_at(&self, a: u32, b: u32) -> Option<usize> {
        let (x, y) = (self.carries[a as usize], self.carries[b as usize]);
        if x == NOBODY || y == NOBODY {
            return None;
        }
        let between = |&&task: &&usize| {
            let qubits = self.plan.tasks[task].qubits;
            qubits == [x, y] || qubits == [y, x]
        };
        self.front.iter().find(between).copied()
    }

    fn place_one(&mut self, task: usize, a: u32, b: u32) {
        self.front.retain(|&other| other != task);
        self.finish(task, a, b);
    }

    /// A task and the swap after it.
    fn pass(&mut self, task: usize, a: u32, b: u32) -> bool {
        self.place_one(task, a, b);
        self.swap(a, b);
        true
    }

    /// Two rungs exchange, if all between them is ready.
    fn cross(&mut self, ([a, b], [c, d]): ([u32; 2], [u32; 2])) -> bool {
        let all = [(a, c), (a, d), (b, c), (b, d)];
        let somebody = |place: u32| self.carries[place as usize] != NOBODY;
        let ready = |&(x, y): &(u32, u32)| !somebody(x) || !somebody(y) || self.task_at(x, y).is_some();
        let none = all.iter().all(|&(x, y)| self.task_at(x, y).is_none());
        if none || !all.iter().all(ready) {
            return false;
        }
        for (x, y, swap) in [(b, d, true), (a, b, false), (c, d, false), (a, c, true)] {
            if let Some(task) = self.task_at(x, y) {
                self.place_one(task, x, y);
            }
            if swap {
                self.swap(x, y);
            }
        }
        true
    }

    /// The same steps without the swaps before and after which nothing is done to either qubit, and where they begin.
    fn trimmed(self, mut start: Layout) -> (Layout, Routed) {
        let mut places = Router::new(self.plan, self.coupling, &start, self.weights, false);
        let mut steps = Vec::with_capacity(self.out.events.len());
        for &event in &self.out.events {
            steps.push((event, places.pair(event)));
            if let Some((a, b)) = event.exchanged() {
                places.exchange_places(a, b);
            }
        }
        let n = self.coupling.len();
        let mut touched = vec![false; n];
        let mut kept = Vec::with_capacity(steps.len());
        for (event, [a, b]) in steps.into_iter().rev() {
            let idle = !touched[a as usize] && !touched[b as usize];
            if idle && event.exchanged().is_some() {
                continue;
            }
            (touched[a as usize], touched[b as usize]) = (true, true);
            kept.push((event, [a, b]));
        }
        // A first task looks the same from both sides, so a swap behind it may as well stand before the circuit.
        let mut met = vec![Some(NOBODY); n];
        let mut events = Vec::with_capacity(kept.len());
        for (event, [a, b]) in kept.into_iter().rev() {
            let fresh = |x: u32, y: u32| matches!(met[x as usize], Some(other) if other == NOBODY || other == y);
            if event.exchanged().is_some() && fresh(a, b) && fresh(b, a) {
                for place in &mut start {
                    *place = if *place == a {
                        b
                    } else if *place == b {
                        a
                    } else {
                        *place
                    };
                }
                (met[a as usize], met[b as usize]) = (None, None);
                continue;
            }
            let first = met[a as usize] == Some(NOBODY) && met[b as usize] == Some(NOBODY);
            met[a as usize] = if first { Some(b) } else { None };
            met[b as usize] = if first { Some(a) } else { None };
            events.push(event);
        }
        let routed = self.replayed(&start, &events);
        (start, routed)
    }

    /// The same steps from another layout, with what they cost.
    fn replayed(&self, start: &Layout, events: &[Event]) -> Routed {
        let mut again = Router::new(self.plan, self.coupling, start, self.weights, false);
        again.begin();
        for &event in events {
            match event {
                Event::Task(task) => {
                    let [a, b] = again.pair(event);
                    again.place_one(task, a, b);
                }
                Event::Swap(a, b) | Event::Move(a, b) | Event::Rename(a, b) => again.swap(a, b),
            }
        }
        again.ended()
    }

    /// The qubits of the device that an event is about.
    fn pair(&self, event: Event) -> [u32; 2] {
        match event {
            Event::Task(task) => self.plan.tasks[task].qubits.map(|qubit| self.place[qubit as usize]),
            Event::Swap(a, b) | Event::Move(a, b) | Event::Rename(a, b) => [a, b],
        }
    }
}
