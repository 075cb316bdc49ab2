//! What the kernels of a planned region cost: counted off the plan, not measured.
//!
//! A multiply-add counts as two operations; a complex product is six, a complex sum two.

use super::Runner;
use super::pauli::Paulis;
use super::program::{DenseSource, Factor, Program, Step};
use super::single::{SingleEngine, SingleOp, SinglePlan, Way};
use crate::backends::Real;
use crate::backends::plan::KernelCost;
use crate::ir::Readout;

impl<T: Real> Runner<T> {
    /// Its kernels.
    pub(crate) fn cost(&self) -> Vec<KernelCost> {
        match self {
            Self::Batched(engine) => batched::<T>(engine.program()),
            Self::Single(engine) => single::<T>(engine),
            Self::Sampled(sampler) => sampler.engines().flat_map(single::<T>).collect(),
        }
    }
}

fn batched<T: Real>(program: &Program) -> Vec<KernelCost> {
    let amplitude = 2 * size_of::<T>();
    let slots = program.slots();
    let touch = 2 * slots * amplitude;
    let mut out = Vec::new();
    let add = |out: &mut Vec<KernelCost>, name: String, flops: usize, bytes: usize| {
        out.push(KernelCost::new(name, flops, bytes, false));
    };
    let (mut grown, mut len) = (0, 1);
    for factor in &program.factors {
        len *= factor.dim();
        grown += len;
    }
    let prepared = program.factors.iter().filter(|factor| matches!(factor, Factor::Prepared(_))).count();
    let factors = program.factors.len();
    // On the way back partial products are made again, and two complex multiply-adds take each amplitude apart.
    out.push(
        KernelCost::new(
            format!("product of {factors} factors, {prepared} prepared"),
            6 * grown,
            2 * grown * amplitude,
            false,
        )
        .back(22 * grown - 6 * slots),
    );
    for step in &program.steps {
        match step {
            Step::Block(block) => {
                let gates: usize = block.table.groups.iter().map(|group| group.ones.len() + group.many.len()).sum();
                let name = format!("phases of {gates} gates in one table");
                let bytes = touch + slots * amplitude / T::LANES;
                out.push(KernelCost::new(name, 6 * slots, bytes, false).back(10 * slots));
                for pass in &block.passes {
                    let name = format!("{} real rotations in one pass", pass.count);
                    let flops = pass.count * 4 * slots;
                    out.push(KernelCost::new(name, flops, touch, false).back(3 * flops));
                }
                for _ in &block.lane_rotations {
                    add(&mut out, "2x2 matrix per sample".into(), 14 * slots, touch);
                }
            }
            Step::LanePhases(phases) => {
                phases.iter().for_each(|_| add(&mut out, "phases per sample".into(), 6 * slots, touch));
            }
            Step::Paulis(paulis) => exponentials(paulis, amplitude, &mut out),
            Step::Dense(dense) => {
                let per_sample = if matches!(dense.source, DenseSource::Lane { .. }) { " per sample" } else { "" };
                let rows = dense.groups.len();
                let name = format!("{0}x{0} matrix{per_sample}", dense.dim);
                add(&mut out, name, rows * (8 * dense.dim - 2), 2 * touch);
            }
        }
    }
    readouts::<T>(program, &mut out);
    out
}

/// Appends the passes of a step of exponentials.
fn exponentials(paulis: &Paulis, amplitude: usize, out: &mut Vec<KernelCost>) {
    for pass in &paulis.passes {
        let count = pass.turns.len();
        let name = format!("{count} Pauli exponentials in one pass");
        let bytes = 2 * pass.groups.len() * amplitude;
        // Going back undoes them and takes one overlap each.
        let flops = 6 * count * pass.groups.len();
        out.push(KernelCost::new(name, flops, bytes, false).back(flops + 5 * count * pass.groups.len()));
    }
}

/// Appends the read-outs.
fn readouts<T: Real>(program: &Program, out: &mut Vec<KernelCost>) {
    let (slots, amplitude) = (program.slots(), 2 * size_of::<T>());
    let readouts = &program.readouts;
    if !readouts.diagonal.is_empty() {
        let count = readouts.diagonal.len();
        let name = format!("{count} diagonal observables");
        let flops = slots * (3 + 2 * count);
        out.push(KernelCost::new(name, flops, slots * amplitude, false).back(slots * (2 + 2 * count)));
    }
    let mut add = |name: &str, flops: usize, bytes: usize| out.push(KernelCost::new(name, flops, bytes, false));
    readouts.probabilities.iter().for_each(|_| add("probabilities", 4 * slots, slots * amplitude));
    readouts.flips.iter().for_each(|_| add("observable that flips bits", 10 * slots, 2 * slots * amplitude));
}

fn single<T: Real>(engine: &SingleEngine<T>) -> Vec<KernelCost> {
    match engine.way() {
        Way::Complex => complex::<T>(engine.plan()),
        Way::Real => real::<T>(engine.plan()),
        Way::Commuting => commuting::<T>(engine.plan()),
    }
}

/// Real amplitudes: a turn is two products and a sum for each.
fn real<T: Real>(plan: &SinglePlan) -> Vec<KernelCost> {
    let places = 1usize << plan.bits;
    let touch = 2 * places * size_of::<T>();
    let mut out = vec![KernelCost::new("start of a real state", places, touch / 2, true)];
    for op in &plan.ops[usize::from(plan.product)..] {
        if let SingleOp::Layer { turns, blocks } = op {
            let passes: usize = blocks.iter().map(|block| block.groups.len()).sum();
            let name = format!("{} real 2x2 matrices in {passes} passes", turns.len());
            // Going back undoes two states and takes an overlap.
            let flops = 3 * turns.len() * places;
            out.push(KernelCost::new(name, flops, passes * touch, true).back(2 * flops + 2 * turns.len() * places));
        }
    }
    by_place::<T>(plan, &mut out);
    out
}

/// All turns at once: three Walsh-Hadamard transforms, and as many backwards.
fn commuting<T: Real>(plan: &SinglePlan) -> Vec<KernelCost> {
    let places = 1usize << plan.bits;
    let name = format!("{} commuting exponentials in 3 Walsh-Hadamard transforms", plan.runs.len());
    let bytes = places * (2 * size_of::<T>() + size_of::<f64>());
    let flops = 3 * plan.bits * places + 20 * places;
    let mut out = vec![KernelCost::new(name, flops, plan.bits * bytes, true)];
    by_place::<T>(plan, &mut out);
    out
}

/// Read-outs of probabilities by place.
fn by_place<T: Real>(plan: &SinglePlan, out: &mut Vec<KernelCost>) {
    let places = 1usize << plan.bits;
    let strings = plan.readouts.iter().any(|readout| matches!(readout, Readout::Expectation(_)));
    let flops = 2 * places + if strings { plan.bits * places } else { 0 };
    out.push(KernelCost::new("read-outs by place", flops, 2 * places * size_of::<T>(), true));
}

fn complex<T: Real>(plan: &SinglePlan) -> Vec<KernelCost> {
    let amplitude = 2 * size_of::<T>();
    let places = 1usize << plan.bits;
    let touch = 2 * places * amplitude;
    let mut out = Vec::new();
    let mut add = |name: String, flops: usize, bytes: usize| out.push(KernelCost::new(name, flops, bytes, true));
    let first = usize::from(plan.product);
    add(if plan.product { "product of qubits" } else { "start" }.into(), 12 * places * first, places * amplitude);
    for op in &plan.ops[first..] {
        match op {
            SingleOp::Layer { turns, blocks } => {
                for block in blocks {
                    let whole = block.offsets.is_empty();
                    let passes = block.groups.len();
                    let count: usize = block.groups.iter().map(|group| group.across.len() + group.within.len()).sum();
                    let how = if whole { format!("in {passes} passes") } else { "block by block".into() };
                    let bytes = if whole { passes * touch } else { touch };
                    let indices = block.groups.iter().flat_map(|group| group.across.iter().chain(&group.within));
                    let strings = indices.filter(|&&turn| turns[turn].string).count();
                    let name = match strings {
                        0 => format!("{count} 2x2 matrices {how}"),
                        all if all == count => format!("{count} Pauli exponentials {how}"),
                        some => format!("{} 2x2 matrices and {some} Pauli exponentials {how}", count - some),
                    };
                    add(name, count * 14 * places, bytes);
                }
            }
            SingleOp::Phases { .. } => add("phases of a gate".into(), 6 * places, touch),
            SingleOp::General { targets, .. } => {
                let dim = 1usize << targets.len();
                add(format!("{dim}x{dim} matrix"), places * (8 * dim - 2), touch);
            }
        }
    }
    for readout in &plan.readouts {
        match readout {
            Readout::Expectation(sum) => {
                for (_, string) in sum.terms() {
                    let flops = if string.is_diagonal() { 4 } else { 10 };
                    add(format!("expectation of {string}"), flops * places, places * amplitude);
                }
            }
            Readout::Probabilities(_) => add("probabilities".into(), 4 * places, places * amplitude),
        }
    }
    out
}
