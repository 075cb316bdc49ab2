//! From a region to its plan.
//!
//! Gates on one qubit wait in its pending run until something else touches the qubit. A run that is flushed joins the
//! newest block if nothing has touched its qubit since that block began, so a whole layer becomes one block; it makes
//! the product state at the start if nothing has touched the qubit at all.

use super::angle::Affine;
use super::pauli::{Masks, PauliTurn, Paulis, TurnAngle};
use super::program::{
    Block, Dense, DenseSource, Factor, Group, LanePhase, LaneRun, Many, One, Phases, Placement, Program, Segment, Step,
    Table,
};
use super::qubit::{C2, OneQubit, RunGate, SharedRun, TINY, always_diagonal};
use super::{passes, readout};
use crate::backends::errors::PREPARE_AFTER_GATE;
use crate::diag::Diagnostic;
use crate::gates::Gate;
use crate::ir::{GateOp, Operation, QuantumOp, Region, WeightId};
use crate::math::{C64, Matrix};
use std::sync::Arc;

/// Plans a region; `offset` is the position of a weight in the flat vector of parameters.
///
/// # Errors
/// [`PREPARE_AFTER_GATE`].
pub(crate) fn lower(region: &Region, offset: &dyn Fn(WeightId) -> usize) -> Result<Program, Diagnostic> {
    let n = region.n_qubits as usize;
    let mut lowering = Lowering::new(region, offset);
    for op in &region.ops {
        match op {
            QuantumOp::Gate(gate) => lowering.gate(gate),
            QuantumOp::Prepare { qubits, path, span, .. } => lowering.prepare(qubits, path, *span)?,
            QuantumOp::Barrier { .. } => {}
        }
    }
    (0..n).for_each(|qubit| lowering.flush(qubit));
    if region.readouts.iter().any(|readout| !readout::is_diagonal(readout)) {
        lowering.flush_table();
    }
    Ok(lowering.finish(region))
}

struct Lowering<'a> {
    n: usize,
    offset: &'a dyn Fn(WeightId) -> usize,
    placement: Placement,
    /// The placement when the newest block began.
    block_placement: Placement,
    newest: Option<usize>,
    pending: Vec<Vec<RunGate>>,
    /// Still |0>, with its pending run to come.
    fresh: Vec<bool>,
    /// Touched since the newest block began.
    touched: Vec<bool>,
    /// The newest step of exponentials.
    paulis: Option<usize>,
    /// Touched since that step by anything else.
    since: Vec<bool>,
    /// Touched by any gate.
    used: Vec<bool>,
    /// The factor every qubit belongs to.
    factor_of: Vec<usize>,
    groups: Vec<Group>,
    program: Program,
}

impl<'a> Lowering<'a> {
    fn new(region: &Region, offset: &'a dyn Fn(WeightId) -> usize) -> Self {
        let n = region.n_qubits as usize;
        let mut sets: Vec<(Vec<usize>, Factor)> = Vec::new();
        let mut prepared = vec![false; n];
        for op in &region.ops {
            if let QuantumOp::Prepare { qubits, values, .. } = op {
                let qubits: Vec<usize> = qubits.iter().map(|&qubit| qubit as usize).collect();
                qubits.iter().for_each(|&qubit| prepared[qubit] = true);
                let values = values.iter().map(|value| Affine::new(value, offset)).collect();
                sets.push((qubits, Factor::Prepared(values)));
            }
        }
        let mut program = Program { n_qubits: n, n_inputs: region.n_inputs as usize, ..Program::default() };
        for qubit in (0..n).filter(|&qubit| !prepared[qubit]) {
            program.lane_runs.push(LaneRun { segments: Vec::new() });
            sets.push((vec![qubit], Factor::Run(program.lane_runs.len() - 1)));
        }
        sets.sort_by_key(|(qubits, _)| qubits.iter().copied().min());
        let mut factor_of = vec![0; n];
        let mut bit_of = vec![0; n];
        let mut bit = 0;
        for (at, (qubits, factor)) in sets.into_iter().enumerate() {
            for qubit in qubits {
                factor_of[qubit] = at;
                bit_of[qubit] = bit;
                bit += 1;
            }
            program.factors.push(factor);
        }
        let slot_of: Vec<u32> =
            (0..1u32 << n).map(|state| (0..n).fold(0, |slot, q| slot | (state >> q & 1) << bit_of[q])).collect();
        let placement = Placement { state_of: Arc::new(passes::inverse(&slot_of)), slot_of: Arc::new(slot_of) };
        Self {
            n,
            offset,
            block_placement: placement.clone(),
            placement,
            newest: None,
            pending: vec![Vec::new(); n],
            fresh: prepared.iter().map(|prepared| !prepared).collect(),
            touched: prepared,
            paulis: None,
            since: vec![false; n],
            used: vec![false; n],
            factor_of,
            groups: Vec::new(),
            program,
        }
    }

    fn affine(&self, gate: &GateOp) -> Vec<Affine> {
        gate.params().iter().map(|angle| Affine::new(angle, self.offset)).collect()
    }

    fn prepare(&mut self, qubits: &[u32], path: &str, span: crate::source::Span) -> Result<(), Diagnostic> {
        match qubits.iter().find(|&&qubit| self.used[qubit as usize]) {
            None => Ok(()),
            Some(qubit) => Err(Diagnostic::error(
                &PREPARE_AFTER_GATE,
                span,
                format!("`prepare` of `{path}` comes after a gate on qubit {qubit}"),
            )
            .help("put `prepare` first")),
        }
    }

    fn gate(&mut self, gate: &GateOp) {
        let (controls, targets) = (gate.n_controls(), gate.targets().len());
        let angles = self.affine(gate);
        gate.qubits.iter().for_each(|&qubit| self.used[qubit as usize] = true);
        if gate.qubits.is_empty() {
            return;
        }
        if controls == 0 && targets == 1 {
            self.one_qubit(gate, angles);
            return;
        }
        for &qubit in &gate.qubits {
            self.flush(qubit as usize);
        }
        let mut joined = false;
        if angles.iter().all(Affine::is_constant) {
            let values: Vec<f64> = angles.iter().map(|angle| angle.constant).collect();
            self.constant(gate, &gate.target_matrix(&values));
        } else if let Operation::Gate { gate: kind, .. } = &gate.operation {
            joined = self.parametric(gate, kind, angles);
        }
        for &qubit in &gate.qubits {
            self.touched[qubit as usize] = true;
            self.since[qubit as usize] |= !joined;
        }
    }

    fn one_qubit(&mut self, gate: &GateOp, angles: Vec<Affine>) {
        let constant = angles.iter().all(Affine::is_constant);
        let run_gate = match &gate.operation {
            Operation::Gate { gate: kind, .. } if !constant => RunGate { op: OneQubit::of(kind), angles },
            _ => {
                let values: Vec<f64> = angles.iter().map(|angle| angle.constant).collect();
                let matrix = C2::of(&gate.target_matrix(&values));
                if matrix.is_identity() {
                    return;
                }
                RunGate { op: OneQubit::Constant(matrix), angles: Vec::new() }
            }
        };
        self.pending[gate.qubits[0] as usize].push(run_gate);
    }

    /// A constant gate with controls or several targets.
    fn constant(&mut self, gate: &GateOp, matrix: &Matrix) {
        let dim = matrix.dim();
        // Column `from` of a matrix that only moves basis states has one entry; `to[from]` is its row.
        let to: Vec<Option<usize>> = (0..dim)
            .map(|from| {
                let mut rows = (0..dim).filter(|&row| matrix[(row, from)].norm() > TINY);
                rows.next().filter(|_| rows.next().is_none())
            })
            .collect();
        let Some(to) = to.into_iter().collect::<Option<Vec<usize>>>() else {
            return self.dense(gate, dim, DenseSource::Constant(Box::new(matrix.clone())));
        };
        let phases: Vec<C64> = (0..dim).map(|from| matrix[(to[from], from)]).collect();
        if phases.iter().any(|phase| (phase - 1.0).norm() > TINY) {
            let controls: Vec<bool> = gate.controls().map(|(_, value)| value).collect();
            let all = (0..dim << controls.len()).map(|class| match fires(class / dim, &controls) {
                true => phases[class % dim],
                false => C64::new(1.0, 0.0),
            });
            let many = Many { qubits: operands(gate), phases: Phases::Constant(all.collect()) };
            self.current_group().many.push(many);
        }
        if to.iter().enumerate().any(|(from, &row)| from != row) {
            self.permute(gate, &to);
        }
    }

    /// Moves basis states: `to` on the targets where the controls fire.
    fn permute(&mut self, gate: &GateOp, to: &[usize]) {
        let targets = gate.targets();
        let controls: Vec<(u32, bool)> = gate.controls().collect();
        let moved = |state: u32| {
            if controls.iter().any(|&(qubit, value)| (state >> qubit & 1 == 1) != value) {
                return state;
            }
            let class = targets.iter().enumerate().fold(0, |class, (k, &q)| class | ((state >> q & 1) as usize) << k);
            let row = to[class];
            targets.iter().enumerate().fold(state, |state, (k, &q)| state & !(1 << q) | ((row >> k & 1) as u32) << q)
        };
        let state_of: Vec<u32> = self.placement.state_of.iter().map(|&state| moved(state)).collect();
        self.placement = Placement { slot_of: Arc::new(passes::inverse(&state_of)), state_of: Arc::new(state_of) };
    }

    /// A gate with controls or several targets and angles that are not all numbers. Returns whether it became part of a
    /// step of exponentials.
    fn parametric(&mut self, gate: &GateOp, kind: &'static Gate, angles: Vec<Affine>) -> bool {
        let dim = 1 << gate.targets().len();
        let lane = angles.iter().any(Affine::per_sample);
        let controls: Vec<bool> = gate.controls().map(|(_, value)| value).collect();
        if let Some((scale, masks)) = Masks::of(gate, kind).filter(|(_, masks)| masks.flips != 0) {
            self.exponential(gate, masks, scale, angles);
            return true;
        }
        match (always_diagonal(kind), lane) {
            (true, false) => {
                let many = Many { qubits: operands(gate), phases: Phases::Gate { gate: kind, angles, controls } };
                self.current_group().many.push(many);
            }
            (true, true) if !kind.generator.is_empty() => {
                let values = generator_diagonal(kind, dim);
                let values: Vec<f64> = (0..dim << controls.len())
                    .map(|class| if fires(class / dim, &controls) { values[class % dim] } else { 0.0 })
                    .collect();
                self.lane_phase(angles, values, &operands(gate));
            }
            (_, false) => self.dense(gate, dim, DenseSource::Shared { gate: kind, angles }),
            (_, true) => {
                let angles = self.lane_angles(angles);
                self.dense(gate, dim, DenseSource::Lane { gate: kind, angles });
            }
        }
        false
    }

    /// Into the newest step of exponentials if it commutes with all that came since, or into a new one.
    fn exponential(&mut self, gate: &GateOp, masks: Masks, scale: f64, mut angles: Vec<Affine>) {
        let since = &self.since;
        let steps = &self.program.steps;
        let joins = |at: &usize| {
            gate.qubits.iter().all(|&qubit| !since[qubit as usize])
                && matches!(&steps[*at], Step::Paulis(step) if step.turns.iter().all(|turn| turn.masks.commutes(&masks)))
        };
        let at = self.paulis.filter(joins);
        if at.is_none() {
            self.flush_table();
            self.program.steps.push(Step::Paulis(Paulis::new(self.placement.clone())));
            self.since.fill(false);
        }
        let at = at.unwrap_or(self.program.steps.len() - 1);
        self.paulis = Some(at);
        let angle = match angles.pop() {
            Some(angle) if angle.per_sample() => TurnAngle::Lane(self.lane_angles(vec![angle])[0]),
            angle => TurnAngle::Shared(angle.unwrap_or_default()),
        };
        if let Step::Paulis(step) = &mut self.program.steps[at] {
            step.turns.push(PauliTurn { masks, scale, angle });
        }
    }

    fn lane_angles(&mut self, angles: Vec<Affine>) -> Vec<usize> {
        let first = self.program.lane_angles.len();
        self.program.lane_angles.extend(angles);
        (first..self.program.lane_angles.len()).collect()
    }

    fn lane_phase(&mut self, angles: Vec<Affine>, values: Vec<f64>, qubits: &[usize]) {
        let mut distinct: Vec<f64> = values.clone();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        let index = |value: f64| distinct.iter().position(|&other| other == value).unwrap_or(0) as u8;
        let classes =
            self.placement.state_of.iter().map(|&state| index(values[passes::class(state, qubits)])).collect();
        let values = distinct;
        let angle = self.lane_angles(angles)[0];
        let phase = LanePhase { angle, values, classes };
        match self.program.steps.last_mut() {
            Some(Step::LanePhases(phases)) => phases.push(phase),
            _ => self.program.steps.push(Step::LanePhases(vec![phase])),
        }
    }

    fn dense(&mut self, gate: &GateOp, dim: usize, source: DenseSource) {
        self.flush_table();
        let targets: Vec<usize> = gate.targets().iter().map(|&qubit| qubit as usize).collect();
        let controls: Vec<(u32, bool)> = gate.controls().collect();
        let groups = passes::groups(self.n, &self.placement, &targets, &controls);
        self.program.steps.push(Step::Dense(Dense { dim, groups, source }));
    }

    /// Begins a block with the phases that wait, if any wait.
    fn flush_table(&mut self) {
        if !self.groups.is_empty() {
            self.begin_block();
        }
    }

    fn begin_block(&mut self) {
        let block = Block {
            table: Table { groups: std::mem::take(&mut self.groups) },
            placement: self.placement.clone(),
            rotations: Vec::new(),
            passes: Vec::new(),
            overlaps: Vec::new(),
            lane_rotations: Vec::new(),
        };
        self.program.steps.push(Step::Block(block));
        self.newest = Some(self.program.steps.len() - 1);
        self.block_placement = self.placement.clone();
        self.touched.fill(false);
    }

    fn current_group(&mut self) -> &mut Group {
        let placement = self.placement.clone();
        group(&mut self.groups, placement)
    }

    /// The waiting phases of one qubit, in the placement of the newest block if the qubit is the same bit there.
    fn push_one(&mut self, qubit: usize, one: One) {
        let placement = if self.touched[qubit] { self.placement.clone() } else { self.block_placement.clone() };
        group(&mut self.groups, placement).ones.push((qubit, one));
    }

    fn shared_run(&mut self, gates: Vec<RunGate>) -> usize {
        self.program.runs.push(SharedRun { gates });
        self.program.runs.len() - 1
    }

    fn flush(&mut self, qubit: usize) {
        let gates = std::mem::take(&mut self.pending[qubit]);
        // What goes into the product at the start is in front of everything.
        self.since[qubit] |= !self.fresh[qubit] && !gates.is_empty();
        if self.fresh[qubit] {
            self.fresh[qubit] = false;
            let segments = self.segments(gates);
            if let Factor::Run(run) = self.program.factors[self.factor_of[qubit]] {
                self.program.lane_runs[run].segments = segments;
            }
        } else if gates.is_empty() {
            return;
        } else if gates.iter().all(|gate| matches!(gate.op, OneQubit::Constant(_))) {
            let run = SharedRun { gates };
            self.flush_constant(qubit, run.matrix(&|_| 0.0), run);
        } else if gates.iter().all(|gate| gate.op.is_diagonal()) {
            self.flush_diagonal(qubit, gates);
        } else {
            self.rotation(qubit, gates);
        }
        self.touched[qubit] = true;
    }

    fn flush_constant(&mut self, qubit: usize, matrix: C2, run: SharedRun) {
        if matrix.is_identity() {
        } else if matrix.is_diagonal() {
            self.push_one(qubit, One::Constant([matrix.0[0], matrix.0[3]]));
        } else if matrix.is_antidiagonal() {
            self.push_one(qubit, One::Constant([matrix.0[2], matrix.0[1]]));
            let flip = |state: &u32| state ^ 1 << qubit;
            let state_of: Vec<u32> = self.placement.state_of.iter().map(flip).collect();
            self.placement = Placement { slot_of: Arc::new(passes::inverse(&state_of)), state_of: Arc::new(state_of) };
        } else {
            self.rotation(qubit, run.gates);
        }
    }

    fn flush_diagonal(&mut self, qubit: usize, gates: Vec<RunGate>) {
        let (lane, shared): (Vec<_>, Vec<_>) = gates.into_iter().partition(RunGate::per_sample);
        if !shared.is_empty() {
            let run = self.shared_run(shared);
            self.push_one(qubit, One::Run(run));
        }
        for gate in lane {
            match gate.op {
                OneQubit::Generated([_, _, z]) => self.lane_phase(gate.angles, vec![z, -z], &[qubit]),
                _ => self.rotation(qubit, vec![gate]),
            }
        }
    }

    /// A run that is not diagonal: into the newest block, or into a new one.
    fn rotation(&mut self, qubit: usize, gates: Vec<RunGate>) {
        if self.newest.is_none() || self.touched[qubit] {
            self.begin_block();
        }
        self.touched[qubit] = true;
        let lane = gates.iter().any(RunGate::per_sample);
        let run = if lane {
            let segments = self.segments(gates);
            self.program.lane_runs.push(LaneRun { segments });
            self.program.lane_runs.len() - 1
        } else {
            self.shared_run(gates)
        };
        let placement = self.block_placement.clone();
        let pairs = if lane { passes::groups(self.n, &placement, &[qubit], &[]) } else { Vec::new() };
        if let Some(Step::Block(block)) = self.newest.map(|at| &mut self.program.steps[at]) {
            if lane {
                block.lane_rotations.push((run, pairs));
            } else {
                block.rotations.push((qubit, run));
                group(&mut block.table.groups, placement.clone()).ones.push((qubit, One::Before(run)));
                group(&mut self.groups, placement).ones.push((qubit, One::After(run)));
            }
        }
    }

    /// Splits a run into shared stretches and gates per sample.
    fn segments(&mut self, gates: Vec<RunGate>) -> Vec<Segment> {
        let mut out = Vec::new();
        let mut shared = Vec::new();
        for gate in gates {
            if gate.per_sample() {
                if !shared.is_empty() {
                    out.push(Segment::Shared(self.shared_run(std::mem::take(&mut shared))));
                }
                out.push(Segment::Lane { op: gate.op, angles: self.lane_angles(gate.angles) });
            } else {
                shared.push(gate);
            }
        }
        if !shared.is_empty() {
            out.push(Segment::Shared(self.shared_run(shared)));
        }
        out
    }

    fn finish(mut self, region: &Region) -> Program {
        for step in &mut self.program.steps {
            match step {
                Step::Block(block) => passes::plan(self.n, block),
                Step::Paulis(paulis) => paulis.plan(self.n),
                _ => {}
            }
        }
        self.program.readouts = readout::lower(region, &self.placement);
        self.program.n_outputs = region.n_outputs();
        self.program
    }
}

/// The group of a placement, new if there is none.
fn group(groups: &mut Vec<Group>, placement: Placement) -> &mut Group {
    let at = groups.iter().position(|group| Arc::ptr_eq(&group.placement.state_of, &placement.state_of));
    let at = at.unwrap_or_else(|| {
        groups.push(Group { placement, ones: Vec::new(), many: Vec::new() });
        groups.len() - 1
    });
    &mut groups[at]
}

/// Targets, then controls: the order of bits in classes.
pub(crate) fn operands(gate: &GateOp) -> Vec<usize> {
    gate.targets().iter().copied().chain(gate.controls().map(|control| control.0)).map(|qubit| qubit as usize).collect()
}

/// Do the controls fire on these bits?
pub(crate) fn fires(bits: usize, controls: &[bool]) -> bool {
    controls.iter().enumerate().all(|(k, &value)| (bits >> k & 1 == 1) == value)
}

/// The eigenvalues of a diagonal generator.
fn generator_diagonal(gate: &Gate, dim: usize) -> Vec<f64> {
    let value = |state: usize| {
        let sign = |letters: &str| {
            let odd = letters.bytes().enumerate().filter(|&(k, letter)| letter == b'Z' && state >> k & 1 == 1).count();
            if odd % 2 == 0 { 1.0 } else { -1.0 }
        };
        gate.generator.iter().map(|(coefficient, letters)| coefficient * sign(letters)).sum()
    };
    (0..dim).map(value).collect()
}
