//! Placing tasks one after another, with swaps where those that meet are apart.
//!
//! Source: Li, Ding and Xie, 1809.02573 (SABRE): swaps are picked by the distances of the tasks that are next, with those after them
//! counting less. Beyond the source, tasks of one group are next together, and a swap costs what it will really cost: it merges with a task of
//! the same pair before it, so a `swap` beside a `cx` is one more gate, not three.
//!
//! Source of the last: Liu et al., 2111.14947 (NASSC).

use super::exchange::Rail;
use super::perfect::Layout;
use super::plan::Plan;
use crate::device::Coupling;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// What weighs how much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights {
    /// Distances of tasks further on, at their best.
    pub(super) ahead: f64,
    /// How many of those are looked at.
    pub(super) window: usize,
    /// Gates that a swap adds.
    pub(super) gates: f64,
    /// Time that a swap adds.
    pub(super) time: f64,
    /// Power of a distance that counts: below 1 those come first that are near already.
    pub(super) bend: f64,
}

/// A step of a routed circuit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::target) enum Event {
    /// A task of the plan.
    Task(usize),
    /// Two qubits of the device exchange what they carry.
    Swap(u32, u32),
    /// What the first carries goes to the second, which nothing has touched: the first is then as good as untouched.
    Move(u32, u32),
    /// Two qubits that nothing has touched exchange their names.
    Rename(u32, u32),
}

impl Event {
    /// The qubits of the device that exchange what they carry, if they do.
    pub(in crate::target) fn exchanged(self) -> Option<(u32, u32)> {
        match self {
            Self::Task(_) => None,
            Self::Swap(a, b) | Self::Move(a, b) | Self::Rename(a, b) => Some((a, b)),
        }
    }
}

/// A routed circuit.
#[derive(Clone, Debug)]
pub(in crate::target) struct Routed {
    /// The layout at its end.
    pub(in crate::target) layout: Layout,
    /// Its steps.
    pub(in crate::target) events: Vec<Event>,
    /// Two-qubit gates, and how many of them follow each other.
    pub(in crate::target) gates: i64,
    pub(in crate::target) time: i64,
}

pub(super) const NOBODY: u32 = u32::MAX;
const NEVER: usize = usize::MAX;

pub(super) struct Router<'r> {
    pub(super) plan: &'r Plan,
    pub(super) coupling: &'r Coupling,
    pub(super) weights: Weights,
    backward: bool,
    /// What is exchanged along, if anything.
    pub(super) rail: Option<&'r Rail>,
    /// Did it need swaps beside those along the rail?
    pub(super) strayed: bool,
    pub(super) place: Layout,
    pub(super) carries: Vec<u32>,
    /// Per qubit of the circuit: groups done, and tasks of the current group still to do.
    group: Vec<usize>,
    left: Vec<usize>,
    done: Vec<bool>,
    pub(super) front: Vec<usize>,
    in_front: Vec<bool>,
    /// First position of the order ahead that is not done.
    first: usize,
    /// Per qubit of the circuit: whom it is to meet next, and how much that counts.
    pulls: Vec<Vec<(u32, f64)>>,
    /// Per qubit of the device: the last event there.
    last: Vec<usize>,
    /// Per event: has it taken up a swap?
    swapped: Vec<bool>,
    busy: Vec<i64>,
    /// Per qubit of the device: does it stand in |0>, untouched?
    fresh: Vec<bool>,
    /// By distance, how far that counts.
    bent: Vec<f64>,
    pub(super) out: Routed,
}

/// Routes a plan from a layout, or backward from its end.
pub(super) fn route(
    plan: &Plan,
    coupling: &Coupling,
    layout: &Layout,
    weights: Weights,
    backward: bool,
    rng: &mut ChaCha8Rng,
) -> Routed {
    let mut router = Router::new(plan, coupling, layout, weights, backward);
    router.run(rng);
    router.ended()
}

impl<'r> Router<'r> {
    pub(super) fn new(
        plan: &'r Plan,
        coupling: &'r Coupling,
        layout: &Layout,
        weights: Weights,
        backward: bool,
    ) -> Self {
        let n = plan.n_qubits();
        let mut carries = vec![NOBODY; coupling.len()];
        (0u32..).zip(layout).for_each(|(qubit, &place)| carries[place as usize] = qubit);
        Self {
            plan,
            coupling,
            weights,
            backward,
            rail: None,
            strayed: false,
            place: layout.clone(),
            carries,
            group: vec![0; n],
            left: vec![0; n],
            done: vec![false; plan.tasks.len()],
            front: Vec::new(),
            in_front: vec![false; plan.tasks.len()],
            first: 0,
            pulls: vec![Vec::new(); n],
            last: vec![NEVER; coupling.len()],
            swapped: Vec::new(),
            busy: vec![0; coupling.len()],
            fresh: vec![!backward; coupling.len()],
            bent: (0..=coupling.len()).map(|distance| (distance as f64).powf(weights.bend)).collect(),
            out: Routed { layout: Vec::new(), events: Vec::new(), gates: 0, time: 0 },
        }
    }
}

impl Router<'_> {
    /// Opens the first group of every qubit.
    pub(super) fn begin(&mut self) {
        for qubit in 0..self.plan.n_qubits() {
            self.left[qubit] = self.tasks_of(qubit).len();
        }
        for qubit in 0..self.plan.n_qubits() {
            self.open(qubit);
        }
    }

    pub(super) fn ended(mut self) -> Routed {
        self.out.layout = self.place;
        self.out.time = self.busy.iter().copied().max().unwrap_or(0);
        self.out
    }

    pub(super) fn run(&mut self, rng: &mut ChaCha8Rng) {
        self.begin();
        // Swaps since a task was placed; a path is forced after as many as any pair could need.
        let patience = 4 + 2 * self.plan.n_qubits();
        let mut idle = 0;
        let mut moved = true;
        loop {
            while self.exchange_all() {}
            if self.place_all() {
                (idle, moved) = (0, true);
            }
            if self.front.is_empty() {
                break;
            }
            if moved {
                self.look_ahead();
                moved = false;
            }
            if idle > patience {
                self.force();
                idle = 0;
                continue;
            }
            self.strayed = true;
            if self.rail.is_some() {
                return;
            }
            let (a, b) = self.best_swap(rng);
            self.swap(a, b);
            idle += 1;
        }
    }

    /// The tasks of the current group of a qubit.
    fn tasks_of(&self, qubit: usize) -> &[usize] {
        let groups = &self.plan.groups[qubit];
        let at = if self.backward { groups.len().wrapping_sub(1 + self.group[qubit]) } else { self.group[qubit] };
        groups.get(at).map_or(&[], |group| &group.tasks)
    }

    /// Puts the tasks of a qubit's current group that wait for nothing in front.
    fn open(&mut self, qubit: usize) {
        for k in 0..self.tasks_of(qubit).len() {
            let task = self.tasks_of(qubit)[k];
            let ready = !self.in_front[task] && (0..2).all(|side| self.is_current(task, side));
            if ready {
                self.in_front[task] = true;
                self.front.push(task);
            }
        }
    }

    fn is_current(&self, task: usize, side: usize) -> bool {
        let task = &self.plan.tasks[task];
        let qubit = task.qubits[side] as usize;
        let number =
            if self.backward { self.plan.groups[qubit].len() - 1 - task.group[side] } else { task.group[side] };
        self.group[qubit] == number
    }

    /// Places every task in front whose qubits are neighbours, until there is none.
    fn place_all(&mut self) -> bool {
        let mut any = false;
        let mut at = 0;
        while at < self.front.len() {
            let task = self.front[at];
            let [a, b] = self.plan.tasks[task].qubits.map(|qubit| self.place[qubit as usize]);
            if self.coupling.edge(a, b).is_none() {
                at += 1;
                continue;
            }
            self.front.swap_remove(at);
            self.finish(task, a, b);
            any = true;
            at = 0;
        }
        any
    }

    pub(super) fn finish(&mut self, task: usize, a: u32, b: u32) {
        let (gates, gates_swapped) = (self.plan.tasks[task].gates, self.plan.tasks[task].gates_swapped);
        // Right after a swap of the same pair the two merge.
        let merges = self.shared(a, b).is_some_and(|event| matches!(self.out.events[event], Event::Swap(..)));
        let added = if merges { i64::from(gates_swapped) - i64::from(self.plan.swap) } else { i64::from(gates) };
        self.record(Event::Task(task), a, b, added);
        self.done[task] = true;
        for side in 0..2 {
            let qubit = self.plan.tasks[task].qubits[side] as usize;
            self.left[qubit] -= 1;
            if self.left[qubit] == 0 {
                self.group[qubit] += 1;
                self.left[qubit] = self.tasks_of(qubit).len();
                self.open(qubit);
            }
        }
    }

    /// The event that was the last on both.
    fn shared(&self, a: u32, b: u32) -> Option<usize> {
        let event = self.last[a as usize];
        (event != NEVER && event == self.last[b as usize]).then_some(event)
    }

    fn record(&mut self, event: Event, a: u32, b: u32, added: i64) {
        self.out.gates += added;
        let end = self.busy[a as usize].max(self.busy[b as usize]) + added;
        for place in [a, b] {
            self.busy[place as usize] = end;
            self.last[place as usize] = self.out.events.len();
            self.fresh[place as usize] &= event.exchanged().is_some();
        }
        self.out.events.push(event);
        self.swapped.push(event.exchanged().is_some());
    }

    /// What a swap would add; `None` if it undoes one.
    fn price(&self, a: u32, b: u32) -> Option<i64> {
        let Some(event) = self.shared(a, b) else {
            return Some(match (self.fresh[a as usize], self.fresh[b as usize]) {
                (true, true) => 0,
                (false, false) => i64::from(self.plan.swap),
                _ => i64::from(self.plan.moved),
            });
        };
        match self.out.events[event] {
            Event::Task(task) => {
                let task = &self.plan.tasks[task];
                Some(i64::from(task.gates_swapped) - i64::from(task.gates))
            }
            _ => None,
        }
    }

    pub(super) fn swap(&mut self, a: u32, b: u32) {
        let added = self.price(a, b).unwrap_or(0);
        let event = match (self.fresh[a as usize], self.fresh[b as usize]) {
            (true, true) => Event::Rename(a, b),
            (false, true) => Event::Move(a, b),
            (true, false) => Event::Move(b, a),
            (false, false) => Event::Swap(a, b),
        };
        self.record(event, a, b, added);
        self.fresh.swap(a as usize, b as usize);
        self.exchange_places(a, b);
    }

    pub(super) fn exchange_places(&mut self, a: u32, b: u32) {
        let (x, y) = (self.carries[a as usize], self.carries[b as usize]);
        self.carries.swap(a as usize, b as usize);
        for (qubit, place) in [(x, b), (y, a)] {
            if qubit != NOBODY {
                self.place[qubit as usize] = place;
            }
        }
    }

    /// Works out whom each qubit is to meet, now and soon.
    fn look_ahead(&mut self) {
        self.pulls.iter_mut().for_each(Vec::clear);
        for &task in &self.front {
            pull(&mut self.pulls, self.plan.tasks[task].qubits, 1.0);
        }
        let order = &self.plan.ahead[usize::from(self.backward)];
        while order.get(self.first).is_some_and(|&task| self.done[task]) {
            self.first += 1;
        }
        let window = self.weights.window;
        let soon = order[self.first..].iter().filter(|&&task| !self.done[task] && !self.in_front[task]).take(window);
        for (rank, &task) in soon.enumerate() {
            let fade = 1.0 - rank as f64 / window as f64;
            pull(&mut self.pulls, self.plan.tasks[task].qubits, self.weights.ahead * fade);
        }
    }

    /// By how much a swap brings those together that are to meet.
    fn gain(&self, a: u32, b: u32) -> f64 {
        let (x, y) = (self.carries[a as usize], self.carries[b as usize]);
        let mut gain = 0.0;
        for (qubit, other, from, to) in [(x, y, a, b), (y, x, b, a)] {
            if qubit == NOBODY {
                continue;
            }
            for &(partner, weight) in &self.pulls[qubit as usize] {
                if partner != other {
                    let stands = self.place[partner as usize];
                    let (before, after) = (self.coupling.distance(from, stands), self.coupling.distance(to, stands));
                    gain += weight * (self.bent[before as usize] - self.bent[after as usize]);
                }
            }
        }
        gain
    }

    fn best_swap(&self, rng: &mut ChaCha8Rng) -> (u32, u32) {
        let mut best = ((0, 0), f64::NEG_INFINITY);
        let mut equal = 0;
        for &task in &self.front {
            for qubit in self.plan.tasks[task].qubits {
                let a = self.place[qubit as usize];
                for &b in self.coupling.neighbours(a) {
                    let Some(price) = self.price(a, b) else { continue };
                    let start = self.busy[a as usize].max(self.busy[b as usize]);
                    let late = (start + price) as f64;
                    let value = self.gain(a, b) - self.weights.gates * price as f64 - self.weights.time * late;
                    if value > best.1 + 1e-9 {
                        best = ((a, b), value);
                        equal = 1;
                    } else if (value - best.1).abs() <= 1e-9 {
                        equal += 1;
                        if rng.random_range(0..equal) == 0 {
                            best = ((a, b), value);
                        }
                    }
                }
            }
        }
        if equal == 0 { self.step_of_path() } else { best.0 }
    }

    /// The task in front whose qubits are closest.
    fn closest(&self) -> (u32, u32) {
        let places =
            self.front.iter().map(|&task| self.plan.tasks[task].qubits.map(|qubit| self.place[qubit as usize]));
        places.min_by_key(|&[a, b]| self.coupling.distance(a, b)).map_or((0, 0), |[a, b]| (a, b))
    }

    /// The first step of a shortest path of the closest task.
    fn step_of_path(&self) -> (u32, u32) {
        let (a, b) = self.closest();
        let nearer = |place: &&u32| self.coupling.distance(**place, b) < self.coupling.distance(a, b);
        (a, self.coupling.neighbours(a).iter().find(nearer).copied().unwrap_or(a))
    }

    /// Brings the closest task together, whatever it does to others.
    fn force(&mut self) {
        loop {
            let (a, b) = self.closest();
            if self.coupling.distance(a, b) <= 1 {
                return;
            }
            let (a, next) = self.step_of_path();
            self.swap(a, next);
        }
    }
}

fn pull(pulls: &mut [Vec<(u32, f64)>], [a, b]: [u32; 2], weight: f64) {
    pulls[a as usize].push((b, weight));
    pulls[b as usize].push((a, weight));
}
