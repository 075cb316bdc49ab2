//! A training step after the first touches the heap no more: every buffer is made once.

use crate::classical::Build;
use crate::support::arbitrary::{Limits, cases, config};
use proptest::prelude::*;
use qnas::backends::Real;
use qnas::backends::hybrid::{Mode, Model};
use qnas::backends::nn::loss::{CROSS_ENTROPY, Targets};
use qnas::backends::nn::optim::{Optimizer, Rule};
use qnas::ir::{
    Activation, Angle, GateOp, Graph, Op, Operation, Pooling, QuantumOp, Readout, Region, Variable, WeightId,
};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts what the current thread asks for; other tests run beside this one.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that is being torn down has no counter any more.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is handed on to the system's allocator.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `f` asks for memory.
fn allocations(f: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    f();
    COUNT.with(Cell::get) - before
}

/// Forwards, loss, backwards, optimiser.
struct Step<T> {
    model: Model<T>,
    optimizer: Optimizer<T>,
    params: Vec<T>,
    gradient: Vec<T>,
    d_outputs: Vec<T>,
    inputs: Vec<Vec<T>>,
    classes: Vec<u32>,
}

impl<T: Real> Step<T> {
    fn new(graph: &Graph, rows: usize) -> Self {
        let model = Model::<T>::compile(graph).expect("compiles");
        let params: Vec<T> = model.initial(1);
        let len = |shape: &[usize]| rows * shape.iter().product::<usize>();
        let number = |k: usize| T::of(((k * 37 + 11) % 101) as f64 / 101.0 + 0.1);
        let inputs = graph.inputs.iter().map(|input| (0..len(&input.shape)).map(number).collect()).collect();
        Self {
            optimizer: Optimizer::new(Rule::named("adam").expect("in the catalogue"), model.layout()),
            gradient: vec![T::zero(); params.len()],
            d_outputs: vec![T::zero(); rows * model.output_len()],
            classes: (0..rows).map(|row| (row % model.output_len().max(1)) as u32).collect(),
            inputs,
            params,
            model,
        }
    }

    fn run(&mut self, step: u64) {
        // The list of inputs is the caller's; it is made before counting in `count`.
        let views: [&[T]; 2] = std::array::from_fn(|k| self.inputs.get(k).map_or(&[][..], |input| &input[..]));
        let (rows, k) = (self.classes.len(), self.model.output_len());
        let mode = Mode::Train { seed: 1, step };
        let outputs = self.model.forward(&mut self.params, &views[..self.inputs.len()], rows, mode).expect("runs");
        let targets = Targets::Classes(&self.classes);
        CROSS_ENTROPY.value_and_gradient(outputs, k, targets, &mut self.d_outputs).expect("fits");
        self.gradient.fill(T::zero());
        self.model.backward(&self.params, &self.d_outputs, &mut self.gradient, None).expect("runs");
        self.optimizer.step(&mut self.params, &self.gradient, 1e-3);
    }

    /// Allocations of a step after two others.
    fn later(&mut self) -> usize {
        self.run(0);
        self.run(1);
        allocations(|| self.run(2))
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![1_u8; 100]))), 1);
    assert_eq!(allocations(|| ()), 0);
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn circuits_of_any_gates_allocate_nothing(case in cases(Limits { max_qubits: 5, ..Limits::default() })) {
        let (mut double, mut single) = (Step::<f64>::new(&case.graph(), 19), Step::<f32>::new(&case.graph(), 19));
        prop_assert_eq!(double.later(), 0);
        prop_assert_eq!(single.later(), 0);
    }

    #[test]
    fn one_state_allocates_nothing(case in cases(Limits { max_qubits: 5, inputs: false, ..Limits::default() })) {
        let mut step = Step::<f32>::new(&case.graph(), 1);
        prop_assert_eq!(step.later(), 0);
    }
}

fn rotation(name: &str, angle: Angle, qubit: u32) -> QuantumOp {
    let operation = Operation::Gate { gate: qnas::gates::find(name).expect("in the catalogue"), params: vec![angle] };
    QuantumOp::Gate(GateOp {
        operation,
        extra_controls: Vec::new(),
        qubits: vec![qubit],
        path: "q".into(),
        span: Span::default(),
    })
}

#[test]
fn a_hybrid_model_of_every_layer_allocates_nothing() {
    let mut build = Build::new();
    build.random("angles", &[3]);
    let image = build.input(&[1, 6, 6]);
    let weight = build.random("conv.weight", &[2, 1, 3, 3]);
    let conv = build.node(Op::Conv2d { weight, bias: None, stride: 1, padding: 1 }, &[image], &[2, 6, 6]);
    let normal = build.batchnorm(conv, &[2, 6, 6]);
    let active = build.node(Op::Activation(Activation::Gelu), &[normal], &[2, 6, 6]);
    let pooled = build.node(Op::Pool2d { pooling: Pooling::Max, kernel: 2, stride: 2 }, &[active], &[2, 3, 3]);
    let flat = build.node(Op::Reshape, &[pooled], &[18]);
    let dropped = build.node(Op::Dropout { p: 0.2 }, &[flat], &[18]);
    let weight = build.random("one.weight", &[3, 18]);
    let bias = Some(build.random("one.bias", &[3]));
    let one = build.node(Op::Linear { weight, bias }, &[dropped], &[3]);
    let variable = |index| Angle::variable(Variable::Weight { weight: WeightId(0), index });
    let mut ops: Vec<QuantumOp> = (0..3).map(|q| rotation("ry", Angle::variable(Variable::Input(q)), q)).collect();
    ops.extend((0..3).map(|q| rotation("rx", variable(q), q)));
    let z = |q| Readout::Expectation(PauliSum::string(PauliString::single(q, Pauli::Z)));
    let readouts = (0..3).map(z).collect();
    let region = Region { path: "q".into(), n_qubits: 3, registers: Vec::new(), n_inputs: 3, ops, readouts };
    let circuit = build.node(Op::Region(Box::new(region)), &[one], &[3]);
    let weight = build.random("two.weight", &[10, 3]);
    let two = build.node(Op::Linear { weight, bias: None }, &[circuit], &[10]);
    let tanh = build.node(Op::Activation(Activation::Tanh), &[two], &[10]);
    build.output("", tanh);
    assert_eq!(Step::<f32>::new(&build.0, 37).later(), 0);
    assert_eq!(Step::<f64>::new(&build.0, 37).later(), 0);
}
