//! Random quantum regions for property tests, with the weights and inputs to run them on.
//!
//! Everything a region may hold occurs: every gate of the catalogue on every operand placement, constant unitaries,
//! extra controls of both polarities, barriers, `prepare` on untouched qubits, angles as affine forms over several
//! weights and inputs, observables with several X, Y and Z, probabilities of subsets in any order.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngSeed};
use qnas::gates::{GATES, Gate};
use qnas::ir::{
    Angle, GateOp, Graph, Init, InputId, Op, Operation, Output, QuantumOp, Readout, Region, Register, Variable, Weight,
    WeightId,
};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;
use std::sync::Arc;

/// A fixed seed, so that a test fails for everybody or for nobody.
pub fn config(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(20_260_101), failure_persistence: None, ..Config::default() }
}

/// What regions may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Fewest qubits, at least 1.
    pub min_qubits: u32,
    /// Most qubits.
    pub max_qubits: u32,
    /// Most steps.
    pub max_ops: usize,
    /// May `prepare` occur?
    pub prepare: bool,
    /// May gates have controls beside their own?
    pub extra_controls: bool,
    /// May angles read inputs?
    pub inputs: bool,
    /// The gates that may occur; all if there are none.
    pub gates: &'static [&'static str],
}

impl Default for Limits {
    fn default() -> Self {
        let (prepare, extra_controls, inputs) = (true, true, true);
        Self { min_qubits: 1, max_qubits: 6, max_ops: 14, prepare, extra_controls, inputs, gates: &[] }
    }
}

/// Shapes of the weights that angles read.
pub const WEIGHT_SHAPES: [&[usize]; 3] = [&[], &[3], &[2, 2]];
/// How many input numbers angles read.
pub const N_INPUTS: u32 = 4;

/// A region and numbers to run it on.
#[derive(Clone, Debug)]
pub struct Case {
    /// The region.
    pub region: Region,
    /// The numbers of its weights, by [`WeightId`].
    pub weights: Vec<Vec<f64>>,
    /// Its input numbers.
    pub inputs: Vec<f64>,
}

impl Case {
    /// A graph `x -> region` with these weights declared.
    pub fn graph(&self) -> Graph {
        let mut graph = Graph::new("random");
        for weight in weights() {
            graph.add_weight(weight);
        }
        let mut operands = Vec::new();
        if self.region.n_inputs > 0 {
            let shape = vec![self.region.n_inputs as usize];
            graph.inputs.push(InputId { name: "x".into(), shape: shape.clone() });
            operands.push(graph.add(Op::Input { index: 0 }, &[], shape, "x", Span::default()));
        }
        let shape = vec![self.region.n_outputs()];
        let node = graph.add(Op::Region(Box::new(self.region.clone())), &operands, shape, "circuit", Span::default());
        graph.outputs.push(Output { name: String::new(), node });
        graph
    }
}

/// The weights behind [`WEIGHT_SHAPES`].
pub fn weights() -> Vec<Weight> {
    let weight = |(at, shape): (usize, &&[usize])| Weight {
        path: format!("circuit.w{at}"),
        shape: shape.to_vec(),
        init: Init::Normal(0.0, 1.0),
        trainable: true,
        quantum: true,
        span: Span::default(),
    };
    WEIGHT_SHAPES.iter().enumerate().map(weight).collect()
}

/// Random regions with the numbers to run them on.
pub fn cases(limits: Limits) -> impl Strategy<Value = Case> {
    let numbers: Vec<_> =
        WEIGHT_SHAPES.iter().map(|shape| vec(-3.0..3.0f64, shape.iter().product::<usize>())).collect();
    let n_inputs = if limits.inputs { N_INPUTS } else { 0 };
    (regions(limits), numbers, vec(-3.0..3.0f64, n_inputs as usize)).prop_map(|(region, weights, inputs)| Case {
        region,
        weights,
        inputs,
    })
}

/// Random regions over the weights of [`weights`] and [`N_INPUTS`] inputs.
pub fn regions(limits: Limits) -> impl Strategy<Value = Region> {
    (limits.min_qubits..=limits.max_qubits).prop_flat_map(move |n| {
        let prepares = if limits.prepare { 0..=2usize } else { 0..=0 };
        (
            vec(step(n, limits), 0..=limits.max_ops),
            vec((preparation(n, limits), any::<bool>()), prepares),
            vec(readout(n), 1..=4),
        )
            .prop_map(move |(mut ops, prepares, readouts)| {
                for (prepare, late) in prepares {
                    insert_prepare(&mut ops, prepare, late);
                }
                Region {
                    path: "circuit".into(),
                    n_qubits: n,
                    registers: vec![Register { name: "q".into(), start: 0, len: n }],
                    n_inputs: if limits.inputs { N_INPUTS } else { 0 },
                    ops,
                    readouts,
                }
            })
    })
}

/// First, or as late as its qubits are untouched; nowhere if another `prepare` has them.
fn insert_prepare(ops: &mut Vec<QuantumOp>, prepare: QuantumOp, late: bool) {
    let meets = |op: &QuantumOp| op.qubits().iter().any(|qubit| prepare.qubits().contains(qubit));
    if ops.iter().any(|op| matches!(op, QuantumOp::Prepare { .. }) && meets(op)) {
        return;
    }
    let at = if late { ops.iter().position(meets).unwrap_or(ops.len()) } else { 0 };
    ops.insert(at, prepare);
}

/// Distinct qubits in any order.
fn distinct(n: u32, count: usize) -> impl Strategy<Value = Vec<u32>> {
    Just((0..n).collect::<Vec<u32>>()).prop_shuffle().prop_map(move |mut all| {
        all.truncate(count);
        all
    })
}

/// Any non-empty choice of qubits in any order, at most `most`.
fn some_qubits(n: u32, most: usize) -> impl Strategy<Value = Vec<u32>> {
    (1..=most.min(n as usize)).prop_flat_map(move |count| distinct(n, count))
}

fn step(n: u32, limits: Limits) -> BoxedStrategy<QuantumOp> {
    let gate = gate(n, limits).prop_map(QuantumOp::Gate);
    let barrier = some_qubits(n, 6).prop_map(|qubits| QuantumOp::Barrier { qubits });
    prop_oneof![30 => gate, 1 => barrier].boxed()
}

/// Any gate of the catalogue, or a constant unitary, anywhere.
pub fn gate(n: u32, limits: Limits) -> impl Strategy<Value = GateOp> {
    let wanted = |gate: &&Gate| limits.gates.is_empty() || limits.gates.contains(&gate.meta.name);
    let fits = |gate: &&Gate| gate.n_qubits() <= n as usize;
    let fitting: Vec<&'static Gate> = GATES.iter().copied().filter(wanted).filter(fits).collect();
    let catalogue = select(fitting).prop_flat_map(move |gate| {
        let operation = vec(angle(limits), gate.params.len()).prop_map(move |params| Operation::Gate { gate, params });
        place(operation.boxed(), gate.n_qubits(), n, limits)
    });
    let constant = (1..=n.min(2) as usize, vec(-3.0..3.0f64, 9))
        .prop_flat_map(move |(targets, numbers)| place(Just(unitary(targets, &numbers)).boxed(), targets, n, limits));
    prop_oneof![20 => catalogue, 1 => constant]
}

fn place(operation: BoxedStrategy<Operation>, arity: usize, n: u32, limits: Limits) -> BoxedStrategy<GateOp> {
    let most = if limits.extra_controls { (n as usize - arity).min(2) } else { 0 };
    let extra = prop_oneof![3 => Just(Vec::new()), 1 => vec(any::<bool>(), 0..=most)];
    (operation, extra)
        .prop_flat_map(move |(operation, extra_controls)| {
            distinct(n, arity + extra_controls.len()).prop_map(move |qubits| GateOp {
                operation: operation.clone(),
                extra_controls: extra_controls.clone(),
                qubits,
                path: Arc::from("circuit.gate"),
                span: Span::default(),
            })
        })
        .boxed()
}

fn unitary(targets: usize, numbers: &[f64]) -> Operation {
    let u = |at: usize| (qnas::gates::find("u").expect("listed").matrix)(&numbers[at..at + 3]);
    let rxx = (qnas::gates::find("rxx").expect("listed").matrix)(&numbers[6..7]);
    Operation::Unitary(Arc::new(if targets == 1 { u(0) } else { rxx.matmul(&u(0).kron_high(&u(3))) }))
}

/// An affine form: often one variable, sometimes a number, sometimes a mixture.
pub fn angle(limits: Limits) -> impl Strategy<Value = Angle> {
    let weights = WEIGHT_SHAPES.iter().enumerate().flat_map(|(at, shape)| {
        let weight = WeightId(u32::try_from(at).expect("few"));
        (0..u32::try_from(shape.iter().product::<usize>()).expect("small"))
            .map(move |index| Variable::Weight { weight, index })
    });
    let inputs = (0..if limits.inputs { N_INPUTS } else { 0 }).map(Variable::Input);
    let variables: Vec<Variable> = weights.chain(inputs).collect();
    let coefficient = || select(vec![1.0, -1.0, 2.0, 0.5, -0.75]);
    let one = select(variables.clone()).prop_map(Angle::variable);
    let mixture = (-3.0..3.0f64, vec((select(variables), coefficient()), 1..=3)).prop_map(|(constant, terms)| {
        terms.into_iter().fold(Angle::constant(constant), |sum, (variable, factor)| {
            sum.add_scaled(&Angle::variable(variable), factor)
        })
    });
    prop_oneof![2 => one, 1 => (-4.0..4.0f64).prop_map(Angle::constant), 2 => mixture]
}

fn preparation(n: u32, limits: Limits) -> impl Strategy<Value = QuantumOp> {
    some_qubits(n, 3).prop_flat_map(move |qubits| {
        vec(angle(limits), 1 << qubits.len()).prop_map(move |values| QuantumOp::Prepare {
            qubits: qubits.clone(),
            values,
            path: Arc::from("circuit.prepare"),
            span: Span::default(),
        })
    })
}

/// A sum of up to four strings; the identity and the empty sum occur.
pub fn observable(n: u32) -> impl Strategy<Value = PauliSum> {
    let paulis = || select(vec![Pauli::X, Pauli::Y, Pauli::Z]);
    let string = subsequence((0..n).collect::<Vec<u32>>(), 0..=(n as usize).min(4)).prop_flat_map(move |qubits| {
        vec(paulis(), qubits.len())
            .prop_map(move |paulis| PauliString::from_factors(qubits.iter().copied().zip(paulis).collect()))
    });
    let single = (0..n, paulis()).prop_map(|(qubit, pauli)| PauliSum::string(PauliString::single(qubit, pauli)));
    prop_oneof![1 => single, 1 => vec((-2.0..2.0f64, string), 0..=4).prop_map(PauliSum::from_terms)]
}

/// An expectation value or the probabilities of some qubits.
pub fn readout(n: u32) -> impl Strategy<Value = Readout> {
    prop_oneof![
        2 => observable(n).prop_map(Readout::Expectation),
        1 => some_qubits(n, 6).prop_map(Readout::Probabilities),
    ]
}
