//! A quick look before the engine: does everything in a region matter, so that there is nothing to take out?
//!
//! The engine follows every string back to the beginning; to see that a gate matters one way back is enough. Most
//! architectures of most spaces waste nothing, and are done with here after some hundred strings. Where something is left open,
//! the engine need not look at what comes before it.

mod frontier;
mod hope;
mod open;

use super::alike::Alike;
use super::forward;
use super::prepared::Prepared;
use super::strings::Bits;
use super::walk::Walk;
use super::{OpEffect, live_flags, param_flags};
use crate::ir::{QuantumOp, Readout, Region};
use frontier::Frontier;
use hope::Hope;
use open::Open;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Most strings that are looked at without anything new being found, before the engine is asked: a fraction of what it would spend.
const PATIENCE: usize = 2000;
/// Ways back that are tried blindly.
const WALKS: usize = 16;
/// Most strings that are looked at to settle what the engine leaves to be settled.
const THOROUGH: usize = 200_000;
/// Most steps of a region that is screened: ways back are followed by recursion.
const MOST_STEPS: usize = 1000;

type String = Bits<1>;

/// Which amplitudes move the expectation of a string, if it is ever not zero.
type Said = Option<Rc<[usize]>>;

/// A region under a quick look.
pub(crate) struct Screen<'r> {
    pub(crate) walk: Walk<'r, 1>,
    /// Per step the stabiliser of the state about which it only turns the phase: known to be idle, so nothing is followed back to it.
    pub(crate) phases: Vec<Option<String>>,
    prepared: FxHashMap<usize, Prepared>,
    /// Per `prepare` and string on its qubits, what it says: the same few strings come again and again.
    said: FxHashMap<(usize, usize, usize), Said>,
    /// Per step and string it changes: does some way back from there end well?
    known: FxHashMap<(usize, String), bool>,
    open: Open,
    /// Per step, whether types tell that it or one of its angles is idle: no string will show the contrary.
    idle: Vec<bool>,
    /// What may end well at all.
    hope: Hope,
    /// Which strings end well together.
    alike: Alike,
    budget: usize,
    /// Where ways that are tried blindly turn: arbitrary, and always the same.
    turns: u64,
}

/// Is it certain that every step, every angle that is no number, and every term of an observable has an effect?
#[cfg(test)]
pub(crate) fn all_matters(region: &Region) -> bool {
    Screen::new(region).is_some_and(|mut screen| !screen.has_phases() && screen.first_open().is_none())
}

impl<'r> Screen<'r> {
    /// None for regions that are not screened.
    pub(crate) fn new(region: &'r Region) -> Option<Self> {
        if region.n_qubits > 64 || region.ops.len() > MOST_STEPS {
            return None;
        }
        let mut open = Open::new(region)?;
        let walk = Walk::new(region);
        let (_, phases) = forward::walk(region, &walk.tables, region.ops.len());
        phases.iter().enumerate().filter(|(_, phase)| phase.is_some()).for_each(|(at, _)| open.close(at));
        let idle = open.close_idle(&walk);
        Some(Self {
            hope: Hope::new(&walk),
            alike: Alike::new(region, &walk.tables),
            walk,
            phases,
            prepared: FxHashMap::default(),
            said: FxHashMap::default(),
            known: FxHashMap::default(),
            open,
            idle,
            budget: PATIENCE,
            turns: 0,
        })
    }

    /// Is there a step that only turns the phase?
    pub(crate) fn has_phases(&self) -> bool {
        self.phases.iter().any(Option::is_some)
    }

    /// The first step of which it is not certain that it and its angles have an effect; the end of the region if that is so of a term
    /// of an observable alone, none if everything has one.
    pub(crate) fn first_open(&mut self) -> Option<usize> {
        let end = self.walk.region.ops.len();
        let mut frontier = Frontier::default();
        let mut terms = false;
        for at in 0..self.walk.region.readouts.len() {
            for string in self.roots(at) {
                // Of probabilities nothing is dropped.
                let is_term = matches!(self.walk.region.readouts[at], Readout::Expectation(_));
                if is_term && !(self.hope.ends_well(&string) && self.useful(end, string)) {
                    terms = true;
                } else {
                    self.reach(&mut frontier, end, string);
                }
            }
        }
        while self.open.left() > 0 && self.budget > 0 {
            let Some((at, string)) = frontier.pop() else { break };
            // It was to be looked at before what lay there was found.
            if at < self.open.first() {
                continue;
            }
            self.budget -= 1;
            self.visit(at, string);
            let mut children = self.before(at, &string);
            let turn = frontier.pick(children.len());
            children.rotate_left(turn);
            children.into_iter().for_each(|child| self.reach(&mut frontier, at, child));
        }
        let is_open = |at: &usize| self.idle[*at] || self.open.any(*at);
        let step = (0..end).find(is_open);
        step.or(terms.then_some(end))
    }

    /// Notes that a string is to be looked at where it meets the step that changes it. Before the first step that is open it shows nothing.
    fn reach(&mut self, frontier: &mut Frontier, end: usize, string: String) {
        match self.next(end, &string) {
            Some(at) if at >= self.open.first() => frontier.add(at, string, self.open.any(at)),
            _ => {}
        }
    }

    /// The strings of a read-out.
    fn roots(&self, readout: usize) -> Vec<String> {
        match &self.walk.region.readouts[readout] {
            Readout::Expectation(sum) => sum.terms().iter().map(|term| String::of(&term.1)).collect(),
            // Probabilities are the expectations of all products of Z; those of one Z each reach most of what the rest does.
            Readout::Probabilities(qubits) => {
                qubits.iter().map(|&qubit| String::IDENTITY.with_local(&[qubit], 2)).collect()
            }
        }
    }

    /// Does some way back of the string before step `end` end well? `None` if that would take too long to say.
    pub(crate) fn decide(&mut self, end: usize, string: String) -> Option<bool> {
        let found = self.useful(end, string);
        (found || self.budget > 0).then_some(found)
    }

    /// Allows what settling takes.
    pub(crate) fn be_thorough(&mut self) {
        self.budget = THOROUGH;
    }

    /// Whether a read-out may depend on a weight, and on an input, given which angles have an effect at all; `None` if that would take too
    /// long to say.
    pub(crate) fn depends(&mut self, readout: usize, ops: &[OpEffect]) -> Option<u8> {
        let end = self.walk.region.ops.len();
        let mut stack: Vec<(usize, String)> = self.roots(readout).into_iter().map(|string| (end, string)).collect();
        let mut seen: FxHashSet<(usize, String)> = FxHashSet::default();
        let possible = self.reached(readout, ops);
        let mut flags = 0;
        while let Some((end, string)) = stack.pop() {
            if flags == possible {
                break;
            }
            if !self.useful(end, string) {
                continue;
            }
            let Some(at) = self.next(end, &string) else { continue };
            if !seen.insert((at, string)) {
                continue;
            }
            self.budget = self.budget.checked_sub(1)?;
            for param in 0..self.open.angles(at) {
                let more = param_flags(self.walk.region, at, param) & !flags;
                if more != 0 && self.moved(at, &string, param).into_iter().any(|way| self.useful(at, way)) {
                    flags |= more;
                }
            }
            stack.extend(self.before(at, &string).into_iter().map(|child| (at, child)));
        }
        (self.budget > 0).then_some(flags)
    }

    /// On what angles with an effect depend that stand on qubits which a read-out reaches.
    fn reached(&self, readout: usize, ops: &[OpEffect]) -> u8 {
        let mut cone = self.roots(readout).iter().fold(0, |all, string| all | string.support()[0]);
        let mut flags = 0;
        for (at, op) in self.walk.region.ops.iter().enumerate().rev() {
            let here = op.qubits().iter().fold(0, |all, &qubit| all | 1 << qubit);
            if here & cone != 0 && !matches!(op, QuantumOp::Barrier { .. }) {
                cone |= here;
                flags |= live_flags(self.walk.region, ops, at);
            }
        }
        flags
    }

    /// Notes what one string shows of the step that changes it.
    fn visit(&mut self, at: usize, string: String) {
        if self.open.step(at) && self.useful(at + 1, string) {
            self.open.close_step(at);
            self.found();
        }
        for param in 0..self.open.angles(at) {
            if self.open.angle(at, param) && self.moved(at, &string, param).into_iter().any(|way| self.useful(at, way))
            {
                self.open.close_angle(at, param);
                self.found();
            }
        }
    }

    fn found(&mut self) {
        self.budget = self.budget.max(PATIENCE);
    }

    /// The last step before `end` that changes the string.
    fn next(&self, end: usize, string: &String) -> Option<usize> {
        self.walk.event(string, end, |_, _| {})
    }

    /// The strings a string is before a step that changes it.
    fn before(&mut self, at: usize, string: &String) -> Vec<String> {
        match &self.walk.region.ops[at] {
            QuantumOp::Gate(gate) => match &self.walk.tables.of_op[at] {
                Some(table) => {
                    let images = &table.images[string.local(&gate.qubits) as usize];
                    let hoped = images.iter().filter(|&&(image, _)| self.hope.through(at, image));
                    hoped.map(|&(image, _)| string.with_local(&gate.qubits, image)).collect()
                }
                None => Vec::new(),
            },
            QuantumOp::Prepare { qubits, .. } => match self.expectation(at, string) {
                Some(_) => vec![without(string, qubits)],
                None => Vec::new(),
            },
            QuantumOp::Barrier { .. } => Vec::new(),
        }
    }

    /// The strings through which an angle of a step moves a string.
    fn moved(&mut self, at: usize, string: &String, param: usize) -> Vec<String> {
        match &self.walk.region.ops[at] {
            QuantumOp::Gate(gate) => {
                let Some(table) = &self.walk.tables.of_op[at] else { return Vec::new() };
                let images = &table.derivatives[param][string.local(&gate.qubits) as usize];
                let hoped = images.iter().filter(|&&image| self.hope.through(at, image));
                hoped.map(|&image| string.with_local(&gate.qubits, image)).collect()
            }
            QuantumOp::Prepare { qubits, .. } => match self.expectation(at, string) {
                Some(moving) if moving.contains(&param) => vec![without(string, qubits)],
                _ => Vec::new(),
            },
            QuantumOp::Barrier { .. } => Vec::new(),
        }
    }

    fn expectation(&mut self, at: usize, string: &String) -> Option<Rc<[usize]>> {
        let QuantumOp::Prepare { qubits, values, .. } = &self.walk.region.ops[at] else { return None };
        let mask = |part: u8| {
            qubits.iter().enumerate().fold(0, |mask, (j, &q)| mask | usize::from(string.get(q) >> part & 1) << j)
        };
        let (x, z) = (mask(0), mask(1));
        let prepared = self.prepared.entry(at).or_insert_with(|| Prepared::new(values));
        let said = self.said.entry((at, x, z)).or_insert_with(|| prepared.expectation(x, z).map(Into::into));
        said.clone()
    }

    /// The string that ends well if this one does and stands for all such, and the last step before `end` that changes it.
    fn nearest(&self, end: usize, string: String) -> (String, Option<usize>) {
        let string = self.alike.stands_for(end, string);
        let Some(at) = self.next(end, &string) else { return (string, None) };
        // Nearer to the beginning nothing but gates on single qubits may be left of what made it differ.
        let nearer = self.alike.stands_for(at + 1, string);
        if nearer == string { (string, Some(at)) } else { self.nearest(at + 1, nearer) }
    }

    /// Does some way back of the string end in one that the first state, where every qubit is |0⟩, does not make vanish? Some ways are tried
    /// blindly: a choice on one qubit may be lost for what becomes of another much earlier, which going through all choices in order is
    /// slow to undo.
    fn useful(&mut self, end: usize, string: String) -> bool {
        let (string, next) = self.nearest(end, string);
        let Some(at) = next else { return string.x == [0] };
        if let Some(&known) = self.known.get(&(at, string)) {
            return known;
        }
        // The string stands for the other where it meets its step, not at `end`.
        let end = at + 1;
        (0..WALKS).any(|_| self.descend(end, string)) || self.search(end, string)
    }

    /// Follows one way back; whether it ends well.
    fn descend(&mut self, mut end: usize, mut string: String) -> bool {
        let mut way = Vec::new();
        let well = loop {
            let (nearest, next) = self.nearest(end, string);
            string = nearest;
            let Some(at) = next else { break string.x == [0] };
            if let Some(&known) = self.known.get(&(at, string)) {
                break known;
            }
            if self.budget == 0 {
                return false;
            }
            self.budget -= 1;
            way.push((at, string));
            let children = self.before(at, &string);
            let Some(last) = children.len().checked_sub(1) else { break false };
            self.turns = self.turns.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            string = children[(self.turns >> 33) as usize % (last + 1)];
            end = at;
        };
        if well {
            self.known.extend(way.into_iter().map(|step| (step, true)));
        }
        well
    }

    /// As [`Self::useful`], through all ways in order.
    fn search(&mut self, end: usize, string: String) -> bool {
        let (string, next) = self.nearest(end, string);
        let Some(at) = next else { return string.x == [0] };
        if let Some(&known) = self.known.get(&(at, string)) {
            return known;
        }
        if self.budget == 0 {
            return false;
        }
        self.budget -= 1;
        let found = self.before(at, &string).into_iter().any(|child| self.search(at, child));
        // Without budget nothing was found out.
        if found || self.budget > 0 {
            self.known.insert((at, string), found);
        }
        found
    }
}

/// A string with nothing on some qubits.
fn without(string: &String, qubits: &[u32]) -> String {
    qubits.iter().fold(*string, |rest, &qubit| rest.with_local(&[qubit], 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Angle, GateOp, Operation, Variable, WeightId};
    use crate::math::{Pauli, PauliString, PauliSum};
    use crate::passes::effect::{Limits, analyse, idle, quick};
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    /// Layers of rotations about some axes, with some CNOTs between them: strings that differ in nothing come to the same.
    fn layered(rng: &mut ChaCha8Rng) -> Region {
        let n = rng.random_range(2..=4u32);
        let mut ops = Vec::new();
        let mut add = |name: &str, qubits: &[u32], at: u32| {
            let gate = crate::gates::find(name).expect("in the catalogue");
            let angle = Angle::variable(Variable::Weight { weight: WeightId(0), index: at });
            let operation = Operation::Gate { gate, params: vec![angle; gate.params.len()] };
            let (path, span, qubits) = ("".into(), crate::source::Span::default(), qubits.to_vec());
            ops.push(QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path, span }));
        };
        let mut count = 0;
        for _ in 0..rng.random_range(1..=3) {
            for name in ["rx", "ry", "rz", "h"] {
                for qubit in 0..n {
                    if rng.random_bool(0.6) {
                        add(name, &[qubit], count);
                        count += 1;
                    }
                }
            }
            let range = rng.random_range(1..n);
            (0..n).filter(|_| rng.random_bool(0.7)).for_each(|i| add("cx", &[i, (i + range) % n], 0));
        }
        let z = |qubit| Readout::Expectation(PauliSum::string(PauliString::from_factors(vec![(qubit, Pauli::Z)])));
        Region { n_qubits: n, ops, readouts: (0..n).map(z).collect(), ..Region::default() }
    }

    fn random(rng: &mut ChaCha8Rng) -> Region {
        if rng.random_bool(0.3) {
            return layered(rng);
        }
        let n = rng.random_range(1..=4u32);
        let names = ["h", "s", "x", "rx", "ry", "rz", "cx", "cz", "rzz", "crx", "rxx"];
        let mut ops = Vec::new();
        for at in 0..rng.random_range(1..=14u32) {
            let gate = crate::gates::find(names[rng.random_range(0..names.len())]).expect("in the catalogue");
            let count = gate.controls + gate.targets;
            if count > n as usize {
                continue;
            }
            let first = rng.random_range(0..n);
            let second = (first + rng.random_range(1..n.max(2))) % n;
            let qubits = [first, second][..count].to_vec();
            let angle = Angle::variable(Variable::Weight { weight: WeightId(0), index: at });
            let operation = Operation::Gate { gate, params: vec![angle; gate.params.len()] };
            let (path, span) = ("".into(), crate::source::Span::default());
            ops.push(QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path, span }));
        }
        let pauli = |rng: &mut ChaCha8Rng| [Pauli::X, Pauli::Y, Pauli::Z][rng.random_range(0..3)];
        let readouts = (0..rng.random_range(1..=n))
            .map(|qubit| {
                let string = PauliString::from_factors(vec![(qubit, pauli(rng))]);
                Readout::Expectation(PauliSum::string(string))
            })
            .collect();
        Region { n_qubits: n, ops, readouts, ..Region::default() }
    }

    #[test]
    fn what_matters_here_matters_to_the_engine() {
        let mut rng = ChaCha8Rng::seed_from_u64(21);
        let (mut yes, mut clean) = (0, 0);
        for _ in 0..3000 {
            let region = random(&mut rng);
            let effects = analyse(&region, &Limits::default());
            let nothing = effects.ops.iter().all(|op| op.removable.is_none() && op.params.iter().all(Option::is_none))
                && effects.readouts.iter().all(|readout| !readout.terms.contains(&false));
            let screened = all_matters(&region);
            assert!(nothing || !screened, "{region:?}\n{effects:?}");
            yes += u32::from(screened);
            clean += u32::from(nothing);
        }
        assert!(clean > 100 && yes * 4 > clean * 3, "{yes} of {clean} are seen at once");
    }

    #[test]
    fn a_quick_look_and_the_rest_find_what_the_engine_finds() {
        let mut rng = ChaCha8Rng::seed_from_u64(22);
        let mut found = 0;
        for _ in 0..3000 {
            let region = random(&mut rng);
            let effects = analyse(&region, &Limits::default());
            let whole: Vec<(bool, Vec<bool>)> =
                effects.ops.iter().map(|op| (op.removable.is_some(), dead(op))).collect();
            let terms: Vec<_> = effects.readouts.iter().map(|readout| readout.terms.clone()).collect();
            // A gate that only turns the phase is seen here even where the engine leaves it open.
            let covers = |ops: &[OpEffect]| {
                ops.iter().zip(&whole).all(|(op, (step, angles))| {
                    (op.removable.is_some() || !step)
                        && dead(op).iter().zip(angles).all(|(dead, angle)| *dead || !angle)
                })
            };
            match idle(&region) {
                Some((ops, readouts)) => {
                    assert!(covers(&ops), "{region:?}");
                    assert_eq!(readouts.into_iter().map(|r| r.terms).collect::<Vec<_>>(), terms, "{region:?}");
                    found += 1;
                }
                None => assert!(whole.iter().all(|(step, angles)| !step && !angles.contains(&true)), "{region:?}"),
            }
            let looked = quick(&region, true).expect("small");
            assert!(covers(&looked.ops), "{region:?}");
            let dead_too = |(variable, proof): (&Variable, &Option<_>)| proof.is_none() || looked.is_dead(*variable);
            assert!(effects.variables.iter().all(dead_too), "{region:?}");
        }
        assert!(found > 1000, "{found}");
    }

    fn dead(op: &OpEffect) -> Vec<bool> {
        op.params.iter().map(Option::is_some).collect()
    }
}
