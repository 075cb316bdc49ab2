//! Circuits as OpenQASM for others to run: files that their readers take, with nothing left implicit.
//!
//! A [`Profile`] says what a reader knows. What it lacks is defined in the file or taken apart: `build` spells gates by simpler
//! ones, `native` by those of a machine, `spell` decides which. `text` writes, and `check` reads every file again with our
//! own reader and compares before anybody gets it.

mod build;
mod check;
mod names;
mod native;
mod prepare;
mod profile;
mod profiles;
mod spell;
mod text;

pub use native::{OneQubit, TwoQubit};
pub use profile::{Machine, Profile, Spelled, find};
pub use profiles::PROFILES;

use super::errors;
use crate::diag::Diagnostic;
use crate::ir::{Angle, Graph, NodeId, Op, Operation, QuantumOp, Region, Variable};

/// Numbers for what angles depend on; what has none stays open as an `input`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Binding<'a> {
    /// The numbers of every weight of the graph, by its id.
    pub weights: Option<&'a [Vec<f64>]>,
    /// The numbers of the region's inputs.
    pub inputs: Option<&'a [f64]>,
}

/// How a file is written.
#[derive(Clone, Debug)]
pub struct EmitOptions<'a> {
    /// Numbers.
    pub binding: Binding<'a>,
    /// Where the circuit comes from, for the head of the file.
    pub source: String,
    /// Measure the qubits that diagonal read-outs need, in the order of the read-outs.
    pub measure: bool,
    /// Further lines for the head of the file.
    pub notes: Vec<String>,
}

/// A circuit ready to be written: gates the profile knows, names, a self-test.
#[derive(Debug)]
struct Program<'a> {
    profile: &'static Profile,
    region: &'a Region,
    options: &'a EmitOptions<'a>,
    /// What is open, in the order of the `input` lines.
    open: Vec<Variable>,
    spelled: spell::SpelledOps,
}

/// The circuit of a node as OpenQASM.
///
/// # Errors
/// `QN0712` for what the profile cannot express, `QN0713` if the file, read again, is not the same circuit.
pub fn emit(
    graph: &Graph,
    node: NodeId,
    profile: &'static Profile,
    options: &EmitOptions<'_>,
) -> Result<String, Diagnostic> {
    let Op::Region(region) = &graph.node(node).op else {
        return Err(Diagnostic::global(&errors::NOT_EMITTED, "only circuits are written as OpenQASM"));
    };
    let ops = bind(region, &options.binding)?;
    let mut open: Vec<Variable> =
        ops.iter().flat_map(QuantumOp::angles).flat_map(Angle::terms).map(|term| term.0).collect();
    open.sort_unstable();
    open.dedup();
    if !open.is_empty() && !profile.takes_inputs() {
        return Err(open_angles(graph, &open, profile));
    }
    let spelled = spell::spell(&ops, region.n_qubits, profile)?;
    let program = Program { profile, region, options, open, spelled };
    let file = text::write(graph, node, &program, &check::self_test(&program, &ops));
    check::check(&program, &ops, &file)?;
    Ok(file)
}

fn open_angles(graph: &Graph, open: &[Variable], profile: &Profile) -> Diagnostic {
    let weights = open.iter().any(|variable| matches!(variable, Variable::Weight { .. }));
    let inputs = open.iter().any(|variable| matches!(variable, Variable::Input(_)));
    let what = match (weights, inputs) {
        (true, true) => "weights and data",
        (true, false) => "weights",
        _ => "data",
    };
    let name = profile.meta.name;
    let error = Diagnostic::global(
        &errors::NOT_EMITTED,
        format!("`{name}` has no parameters, and the circuit of `{}` depends on {what}", graph.name),
    );
    let help = match (weights, inputs) {
        (true, true) => "give numbers with `--weights FILE` and `--input FILE`, or emit `qasm3`",
        (true, false) => "give numbers with `--weights FILE`, or emit `qasm3`",
        _ => "give a sample with `--input FILE`, or emit `qasm3`",
    };
    error.help(help)
}

/// The steps with everything replaced that has a number.
///
/// # Errors
/// `QN0712` if an angle is then no finite number.
pub fn bind(region: &Region, binding: &Binding<'_>) -> Result<Vec<QuantumOp>, Diagnostic> {
    let value = |variable: Variable| match variable {
        Variable::Weight { weight, index } => {
            binding.weights.and_then(|all| all.get(weight.0 as usize)?.get(index as usize).copied())
        }
        Variable::Input(index) => binding.inputs.and_then(|all| all.get(index as usize).copied()),
    };
    let replaced = |angle: &Angle| -> Result<Angle, Diagnostic> {
        let mut out = Angle::constant(angle.constant);
        for &(variable, coefficient) in angle.terms() {
            match value(variable) {
                Some(number) => out.constant += coefficient * number,
                None => out = out.add_scaled(&Angle::variable(variable), coefficient),
            }
        }
        match out.constant.is_finite() {
            true => Ok(out),
            false => Err(Diagnostic::global(&errors::NOT_EMITTED, "an angle is no finite number with these values")),
        }
    };
    let mut ops = region.ops.clone();
    for op in &mut ops {
        let angles = match op {
            QuantumOp::Gate(gate) => match &mut gate.operation {
                Operation::Gate { params, .. } => params,
                Operation::Unitary(_) => continue,
            },
            QuantumOp::Prepare { values, .. } => values,
            QuantumOp::Barrier { .. } => continue,
        };
        for angle in angles {
            *angle = replaced(angle)?;
        }
    }
    Ok(ops)
}
