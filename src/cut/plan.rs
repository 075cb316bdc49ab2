//! A plan: which gates and wires of a circuit are cut, what pieces are left, and what it costs to put them together again.

use super::errors::{BUDGET_TOO_SMALL, NO_DIVISION};
use super::gamma::{self, Interval, WIRE};
use super::instance::{Instance, gates_at};
use super::solve::problem::{Problem, overhead};
use super::solve::{Division, divide};
use crate::diag::Diagnostic;
use crate::ir::{Readout, Variable};
use crate::math::{Pauli, PauliString};
use std::collections::{BTreeMap, BTreeSet};

/// Effort unless told otherwise: states that the exact search may look at, per part of a circuit.
pub const EFFORT: u64 = 200_000;

/// A gate that is cut: a step of the instance.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GateCut {
    /// The step: an index into [`Instance::steps`].
    pub step: usize,
    /// The fragments on its two sides, in the order of the step's wires.
    pub between: [usize; 2],
    /// Gamma over all values of its angles.
    pub gamma: Interval,
    /// How many of `II`, `XX`, `YY`, `ZZ` (up to local gates) it consists of.
    pub rank: usize,
}

/// A wire that is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WireCut {
    /// The wire: an index into [`Instance::wires`].
    pub wire: usize,
    /// The segment that ends here; the next one of the wire begins.
    pub segment: usize,
    /// The fragments before and after.
    pub between: [usize; 2],
}

/// A piece of the circuit that runs by itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fragment {
    /// Its qubits: segments of wires as `(wire, segment)`, ascending.
    pub qubits: Vec<(usize, usize)>,
    /// Cut wires that begin in it.
    pub incoming: usize,
    /// Cut wires that end in it.
    pub outgoing: usize,
    /// Ranks of the cut gates it has an end of, in order.
    pub ends: Vec<usize>,
    /// Groups of observables that can be measured together on it; at least one.
    pub settings: usize,
}

/// A plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// What is cut.
    pub instance: Instance,
    /// Qubits a fragment may have.
    pub budget: usize,
    /// Where everything is.
    pub division: Division,
    /// The gates that are cut, in time order.
    pub gates: Vec<GateCut>,
    /// The wires that are cut.
    pub wires: Vec<WireCut>,
    /// The pieces.
    pub fragments: Vec<Fragment>,
    /// Factor by which shots grow, over all values of the angles: the product of gamma squared.
    pub overhead: Interval,
    /// The same if all cut gates between two fragments are cut jointly (Schmitt et al., arXiv:2312.11638).
    pub joint: Interval,
    /// No plan of this circuit under this budget has a smaller largest overhead.
    pub bound: f64,
    /// Is the plan proved to be the best?
    pub optimal: bool,
}

/// The best plan that `effort` finds.
///
/// # Errors
/// `QN0601` if a step does not fit into a fragment; `QN0602` if no division was found.
pub fn plan(instance: Instance, budget: usize, effort: u64) -> Result<Plan, Diagnostic> {
    let widest = instance.steps.iter().filter(|step| !step.gamma.high.is_finite()).map(|step| step.touches.len()).max();
    let widest = widest.unwrap_or(usize::from(!instance.wires.is_empty()));
    if widest > budget {
        let message = format!("a step of the circuit acts on {widest} qubits, and a fragment may have {budget}");
        return Err(Diagnostic::global(&BUDGET_TOO_SMALL, message).help(format!("allow at least {widest} qubits")));
    }
    let problem = Problem::new(&instance, budget);
    let solved = divide(&problem, effort);
    let Some(division) = solved.division else {
        return Err(Diagnostic::global(
            &NO_DIVISION,
            format!("no way to cut into fragments of {budget} qubits was found"),
        )
        .help("allow more qubits, or write gates on three or more qubits with gates on two"));
    };
    let optimal = solved.lower == solved.cost;
    let mut plan = describe(instance, budget, division);
    plan.optimal = optimal;
    plan.bound = if optimal { plan.overhead.high } else { overhead(solved.lower).min(plan.overhead.high) };
    Ok(plan)
}

fn describe(instance: Instance, budget: usize, division: Division) -> Plan {
    let mut fragments = vec![Fragment::default(); division.fragments];
    let mut wires = Vec::new();
    for (wire, list) in division.wires.iter().enumerate() {
        for (segment, part) in list.iter().enumerate() {
            fragments[part.fragment].qubits.push((wire, segment));
        }
        for (segment, pair) in list.windows(2).enumerate() {
            let between = [pair[0].fragment, pair[1].fragment];
            fragments[between[0]].outgoing += 1;
            fragments[between[1]].incoming += 1;
            wires.push(WireCut { wire, segment, between });
        }
    }
    let mut gates = Vec::new();
    for (at, (step, places)) in instance.steps.iter().zip(&division.at).enumerate() {
        let owners: Vec<usize> =
            step.touches.iter().zip(places).map(|(touch, &k)| division.wires[touch.wire][k].fragment).collect();
        if let [a, b] = owners[..]
            && a != b
        {
            let rank = gates_at(&instance.region, &step.ops).map_or(4, |gates| gamma::rank(&gates));
            fragments[a].ends.push(rank);
            fragments[b].ends.push(rank);
            gates.push(GateCut { step: at, between: [a, b], gamma: step.gamma, rank });
        }
    }
    let sum = overheads(&gates, wires.len(), |cut| cut.gamma);
    let mut plan = Plan {
        instance,
        budget,
        division,
        gates,
        wires,
        fragments,
        overhead: sum.0,
        joint: sum.1,
        bound: 1.0,
        optimal: false,
    };
    for at in 0..plan.fragments.len() {
        plan.fragments[at].settings = plan.settings(at);
    }
    plan
}

/// The overhead with every cut by itself, and with the gates between two fragments cut jointly.
fn overheads(gates: &[GateCut], wires: usize, gamma: impl Fn(&GateCut) -> Interval) -> (Interval, Interval) {
    let wires = WIRE.powi(i32::try_from(wires).unwrap_or(i32::MAX));
    let mut pairs: BTreeMap<[usize; 2], (f64, f64)> = BTreeMap::new();
    // A product of sorted factors is the same number in whatever order gates are printed.
    let mut low: Vec<f64> = gates.iter().map(|cut| gamma(cut).low).collect();
    let mut high: Vec<f64> = gates.iter().map(|cut| gamma(cut).high).collect();
    low.sort_by(f64::total_cmp);
    high.sort_by(f64::total_cmp);
    let mut sorted: Vec<(Interval, [usize; 2])> = gates
        .iter()
        .map(|cut| (gamma(cut), [cut.between[0].min(cut.between[1]), cut.between[0].max(cut.between[1])]))
        .collect();
    sorted.sort_by(|a, b| a.0.high.total_cmp(&b.0.high).then(a.0.low.total_cmp(&b.0.low)));
    for (gamma, pair) in sorted {
        let sums = pairs.entry(pair).or_insert((1.0, 1.0));
        sums.0 *= f64::midpoint(gamma.low, 1.0);
        sums.1 *= f64::midpoint(gamma.high, 1.0);
    }
    let mut joint: Vec<(f64, f64)> = pairs.values().map(|sums| (2.0 * sums.0 - 1.0, 2.0 * sums.1 - 1.0)).collect();
    joint.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.total_cmp(&b.0)));
    let squared = |gamma: f64| gamma * gamma;
    let product = |factors: &[f64]| squared(factors.iter().product::<f64>() * wires);
    let joint_low: Vec<f64> = joint.iter().map(|sums| sums.0).collect();
    let joint_high: Vec<f64> = joint.iter().map(|sums| sums.1).collect();
    (
        Interval { low: product(&low), high: product(&high) },
        Interval { low: product(&joint_low), high: product(&joint_high) },
    )
}

impl Plan {
    /// Gates and wires that are cut.
    #[must_use]
    pub fn cuts(&self) -> usize {
        self.gates.len() + self.wires.len()
    }

    /// How far the overhead may be from the best possible, as a factor; 1 if it is proved to be the best.
    #[must_use]
    pub fn gap(&self) -> f64 {
        self.overhead.high / self.bound
    }

    /// The overhead for given values of what angles depend on.
    #[must_use]
    pub fn overhead_at(&self, variable: &mut dyn FnMut(Variable) -> f64) -> f64 {
        let gammas: BTreeMap<usize, f64> = self
            .gates
            .iter()
            .map(|cut| {
                let gates = gates_at(&self.instance.region, &self.instance.steps[cut.step].ops).unwrap_or_default();
                (cut.step, gamma::bound(&gates, &mut *variable))
            })
            .collect();
        overheads(&self.gates, self.wires.len(), |cut| Interval::exact(gammas[&cut.step])).0.high
    }

    /// Circuits that determine every fragment completely: `4^incoming · 3^outgoing` times the distinct operations at each
    /// end of a cut gate. Four preparations span the states of a qubit, and the identity is read from the outcomes for Z.
    #[must_use]
    pub fn fragment_variants(&self) -> f64 {
        self.fragments.iter().map(|fragment| fragment.variants(4.0)).sum()
    }

    /// Distinct circuits that hardware runs to sample the quasi-probability decomposition, for all observables: a cut
    /// wire is prepared in six states.
    #[must_use]
    pub fn subexperiments(&self) -> f64 {
        self.fragments.iter().map(|fragment| fragment.variants(6.0) * fragment.settings as f64).sum()
    }

    /// Terms of the sum that puts the fragments together.
    #[must_use]
    pub fn summation_terms(&self) -> f64 {
        let gates: f64 = self.gates.iter().map(|cut| terms_of_rank(cut.rank)).product();
        gates * 8f64.powi(i32::try_from(self.wires.len()).unwrap_or(i32::MAX))
    }

    /// The strings that are measured, factors on wires.
    #[must_use]
    pub fn strings(&self) -> Vec<PauliString> {
        let mut out = BTreeSet::new();
        for readout in &self.instance.region.readouts {
            match readout {
                Readout::Expectation(sum) => out.extend(sum.terms().iter().map(|term| term.1.clone())),
                Readout::Probabilities(qubits) => {
                    let all = qubits.iter().map(|&qubit| (qubit, Pauli::Z)).collect();
                    out.insert(PauliString::from_factors(all));
                }
            }
        }
        out.into_iter().collect()
    }

    /// Groups of strings that agree wherever they meet on a fragment, made greedily in order.
    fn settings(&self, fragment: usize) -> usize {
        // A wire is measured where it ends: on its last segment.
        let here: BTreeSet<u32> = self.fragments[fragment]
            .qubits
            .iter()
            .filter(|(wire, segment)| segment + 1 == self.division.wires[*wire].len())
            .map(|(wire, _)| self.instance.wires[*wire])
            .collect();
        let mut groups: Vec<BTreeMap<u32, Pauli>> = Vec::new();
        for string in self.strings() {
            let factors: Vec<(u32, Pauli)> = string.factors().iter().filter(|f| here.contains(&f.0)).copied().collect();
            let agrees =
                |group: &&mut BTreeMap<u32, Pauli>| factors.iter().all(|(q, p)| group.get(q).is_none_or(|o| o == p));
            match groups.iter_mut().find(agrees) {
                Some(group) => group.extend(factors),
                None => groups.push(factors.into_iter().collect()),
            }
        }
        groups.len().max(1)
    }
}

impl Fragment {
    fn variants(&self, preparations: f64) -> f64 {
        let power = |base: f64, exponent: usize| base.powi(i32::try_from(exponent).unwrap_or(i32::MAX));
        let ends: f64 = self.ends.iter().map(|&rank| operations_of_rank(rank)).product();
        power(preparations, self.incoming) * power(3.0, self.outgoing) * ends
    }
}

/// Distinct operations on one side of a cut gate: a Pauli per element, a measurement and two unitaries per pair of them.
fn operations_of_rank(rank: usize) -> f64 {
    (rank + 3 * (rank * rank.saturating_sub(1) / 2)) as f64
}

/// Terms of a cut gate: 1, 6, or as many as a gate with all three interactions has.
fn terms_of_rank(rank: usize) -> f64 {
    match rank {
        0 | 1 => 1.0,
        2 => 6.0,
        _ => 58.0,
    }
}
