//! From a region to the plan of one state.

use super::plan::{Bit, Places, Run, SingleOp, SinglePlan, Turn, block, unify};
use crate::backends::errors::PREPARE_AFTER_GATE;
use crate::backends::sim::angle::Affine;
use crate::backends::sim::lower::{fires, operands};
use crate::backends::sim::pauli::Masks;
use crate::backends::sim::program::{DenseSource, Many, Phases};
use crate::backends::sim::qubit::{C2, OneQubit, RunGate, SharedRun, TINY, always_diagonal};
use crate::diag::Diagnostic;
use crate::gates::Gate;
use crate::ir::{GateOp, Operation, QuantumOp, Region, WeightId};
use crate::math::{C64, Matrix};

/// Plans a region; see [`crate::backends::sim::lower::lower`].
///
/// # Errors
/// [`PREPARE_AFTER_GATE`].
pub(crate) fn lower(
    region: &Region,
    offset: &dyn Fn(WeightId) -> usize,
    lane_bits: usize,
) -> Result<SinglePlan, Diagnostic> {
    let n = region.n_qubits as usize;
    let bits = n.max(lane_bits);
    let plan = SinglePlan {
        bits,
        n_inputs: region.n_inputs as usize,
        n_outputs: region.n_outputs(),
        readouts: region.readouts.clone(),
        ..SinglePlan::default()
    };
    let mut lowering = Lowering {
        offset,
        places: Places::identity(bits),
        pending: vec![Vec::new(); n],
        used: vec![false; n],
        known: vec![true; n],
        touched: vec![false; n],
        strings: Vec::new(),
        soft: vec![false; n],
        newest: None,
        plan,
    };
    for op in &region.ops {
        match op {
            QuantumOp::Gate(gate) => lowering.gate(gate),
            QuantumOp::Barrier { .. } => {}
            QuantumOp::Prepare { qubits, values, path, span } => {
                if let Some(qubit) = qubits.iter().find(|&&qubit| lowering.used[qubit as usize]) {
                    let message = format!("`prepare` of `{path}` comes after a gate on qubit {qubit}");
                    return Err(Diagnostic::error(&PREPARE_AFTER_GATE, *span, message).help("put `prepare` first"));
                }
                qubits.iter().for_each(|&qubit| lowering.known[qubit as usize] = false);
                let values = values.iter().map(|value| unify(Affine::new(value, offset))).collect();
                lowering.plan.prepared.push((qubits.iter().map(|&qubit| qubit as usize).collect(), values));
            }
        }
    }
    (0..n).for_each(|qubit| lowering.flush(qubit));
    let mut plan = lowering.plan;
    for op in &mut plan.ops {
        if let SingleOp::Layer { turns, blocks } = op {
            *blocks = block(turns, bits, lane_bits);
        }
    }
    plan.product = plan.prepared.is_empty() && matches!(plan.ops.first(), Some(SingleOp::Layer { .. }));
    plan.places = Some(lowering.places);
    Ok(plan)
}

struct Lowering<'a> {
    offset: &'a dyn Fn(WeightId) -> usize,
    places: Places,
    pending: Vec<Vec<RunGate>>,
    used: Vec<bool>,
    /// Has nothing happened to the qubit but what is pending?
    known: Vec<bool>,
    /// Touched since the newest layer began.
    touched: Vec<bool>,
    /// The Pauli strings of the newest layer.
    strings: Vec<Masks>,
    /// Touched since by those alone.
    soft: Vec<bool>,
    newest: Option<usize>,
    plan: SinglePlan,
}

impl Lowering<'_> {
    fn gate(&mut self, gate: &GateOp) {
        gate.qubits.iter().for_each(|&qubit| self.used[qubit as usize] = true);
        let angles: Vec<Affine> = gate.params().iter().map(|angle| unify(Affine::new(angle, self.offset))).collect();
        if gate.qubits.is_empty() {
            return;
        }
        let constant = angles.iter().all(Affine::is_constant);
        let values: Vec<f64> = angles.iter().map(|angle| angle.constant).collect();
        if gate.n_controls() == 0 && gate.targets().len() == 1 {
            let run_gate = match &gate.operation {
                Operation::Gate { gate: kind, .. } if !constant => RunGate { op: OneQubit::of(kind), angles },
                _ => RunGate { op: OneQubit::Constant(C2::of(&gate.target_matrix(&values))), angles: Vec::new() },
            };
            return self.pending[gate.qubits[0] as usize].push(run_gate);
        }
        if self.is_idle(gate, constant.then(|| gate.target_matrix(&values))) {
            return;
        }
        gate.qubits.iter().for_each(|&qubit| self.known[qubit as usize] = false);
        if let Operation::Gate { gate: kind, .. } = &gate.operation
            && let Some((scale, masks)) =
                Masks::of(gate, kind).filter(|(_, masks)| masks.controls.len() < 2 && !constant)
        {
            return self.exponential(gate, kind, &angles[0], (scale, masks));
        }
        gate.qubits.iter().for_each(|&qubit| self.flush(qubit as usize));
        match &gate.operation {
            _ if constant => self.constant(gate, &gate.target_matrix(&values)),
            Operation::Gate { gate: kind, .. } if always_diagonal(kind) => {
                let controls = gate.controls().map(|(_, value)| value).collect();
                self.phases(gate, Phases::Gate { gate: kind, angles, controls });
            }
            Operation::Gate { gate: kind, .. } => self.general(gate, DenseSource::Shared { gate: kind, angles }),
            Operation::Unitary(_) => {}
        }
        gate.qubits.iter().for_each(|&qubit| self.touch(qubit as usize));
    }

    /// The state of a qubit to which nothing but constants has happened.
    fn state(&self, qubit: u32) -> Option<[C64; 2]> {
        let gates = &self.pending[qubit as usize];
        let constant = gates.iter().all(|gate| matches!(gate.op, OneQubit::Constant(_)));
        if !self.known[qubit as usize] || !constant {
            return None;
        }
        let matrix = SharedRun { gates: gates.clone() }.matrix(&|_| 0.0).0;
        Some([matrix[0], matrix[2]])
    }

    /// Does a gate leave the state as it is because of what its qubits are known to be: a control that never fires, or a
    /// product that it maps to itself, as CNOTs do right after hadamards?
    fn is_idle(&self, gate: &GateOp, matrix: Option<Matrix>) -> bool {
        let nothing = |z: C64| z.norm() < TINY;
        let never =
            |(qubit, value): (u32, bool)| self.state(qubit).is_some_and(|state| nothing(state[usize::from(value)]));
        if gate.controls().any(never) {
            return true;
        }
        let controls: Option<Vec<[C64; 2]>> = gate.controls().map(|(qubit, _)| self.state(qubit)).collect();
        let targets: Option<Vec<[C64; 2]>> = gate.targets().iter().map(|&qubit| self.state(qubit)).collect();
        let (Some(matrix), Some(_), Some(targets)) = (matrix, controls, targets) else { return false };
        let mut product = vec![C64::new(1.0, 0.0)];
        for state in targets {
            product = state.iter().flat_map(|a| product.iter().map(move |b| a * b)).collect();
        }
        let row = |row: usize| product.iter().enumerate().map(|(at, a)| matrix[(row, at)] * a).sum::<C64>();
        product.iter().enumerate().all(|(at, &a)| nothing(row(at) - a))
    }

    fn touch(&mut self, qubit: usize) {
        (self.touched[qubit], self.soft[qubit]) = (true, false);
    }

    fn begin_layer(&mut self) {
        self.plan.ops.push(SingleOp::Layer { turns: Vec::new(), blocks: Vec::new() });
        self.newest = Some(self.plan.ops.len() - 1);
        self.touched.fill(false);
        self.soft.fill(false);
        self.strings.clear();
    }

    /// A turn of the newest layer.
    fn turn(&mut self, run: Run, bit: Bit, string: bool) {
        self.plan.runs.push(run);
        let turn = Turn { run: self.plan.runs.len() - 1, bit, string };
        if let Some(SingleOp::Layer { turns, .. }) = self.newest.map(|at| &mut self.plan.ops[at]) {
            turns.push(turn);
        }
    }

    /// `exp(-i s θ P)`, into the newest layer if it commutes with all that came since. Under a control with projector
    /// (1 ± Z)/2 it is `exp(-i s/2 θ P) exp(∓i s/2 θ Z P)`, the first of which fuses with its neighbours on one qubit.
    fn exponential(
        &mut self,
        gate: &GateOp,
        kind: &'static Gate,
        angle: &Affine,
        (mut scale, mut masks): (f64, Masks),
    ) {
        if let Some((control, value)) = masks.controls.pop() {
            scale /= 2.0;
            if let [target] = gate.targets() {
                let mut half = angle.clone();
                half.scale(0.5);
                self.pending[*target as usize].push(RunGate { op: OneQubit::of(kind), angles: vec![half] });
            } else {
                self.string(masks.clone(), scale, angle);
            }
            masks.signs ^= 1 << control;
            scale = if value { -scale } else { scale };
        }
        self.string(masks, scale, angle);
    }

    fn string(&mut self, masks: Masks, scale: f64, angle: &Affine) {
        let qubits = || (0..self.used.len()).filter(|qubit| (masks.flips | masks.signs) >> qubit & 1 == 1);
        let qubits: Vec<usize> = qubits().collect();
        qubits.iter().for_each(|&qubit| self.flush(qubit));
        let free = |&qubit: &usize| !self.touched[qubit] || self.soft[qubit];
        let joins = qubits.iter().all(free) && self.strings.iter().all(|other| other.commutes(&masks));
        if self.newest.is_none() || !joins {
            self.begin_layer();
        }
        let mut bit = Bit { reads: 0, moves: 0, flipped: false };
        for &qubit in &qubits {
            let own = self.places.bit(qubit);
            if masks.flips >> qubit & 1 == 1 {
                bit.moves ^= own.moves;
            }
            if masks.signs >> qubit & 1 == 1 {
                bit.reads ^= own.reads;
                bit.flipped ^= own.flipped;
            }
            (self.touched[qubit], self.soft[qubit]) = (true, true);
        }
        let run = Run::String { scale, angle: angle.clone(), ys: masks.ys, flips: masks.flips != 0 };
        self.turn(run, bit, true);
        self.strings.push(masks);
    }

    fn bits(&self, qubits: impl Iterator<Item = usize>) -> Vec<Bit> {
        qubits.map(|qubit| self.places.bit(qubit)).collect()
    }

    fn phases(&mut self, gate: &GateOp, phases: Phases) {
        let qubits = operands(gate);
        let bits = self.bits(qubits.iter().copied());
        self.plan.ops.push(SingleOp::Phases { many: Many { qubits, phases }, bits });
    }

    fn general(&mut self, gate: &GateOp, source: DenseSource) {
        let targets = self.bits(gate.targets().iter().map(|&qubit| qubit as usize));
        let controls = gate.controls().map(|(qubit, value)| (self.places.bit(qubit as usize), value)).collect();
        self.plan.ops.push(SingleOp::General { targets, controls, source });
    }

    /// A constant gate with controls or several targets: phases, an affine map of bits, or a matrix.
    fn constant(&mut self, gate: &GateOp, matrix: &Matrix) {
        let dim = matrix.dim();
        let controls: Vec<bool> = gate.controls().map(|(_, value)| value).collect();
        let row_of = |from: usize| {
            let mut rows = (0..dim).filter(|&row| matrix[(row, from)].norm() > TINY);
            rows.next().filter(|_| rows.next().is_none())
        };
        let Some(rows) = (0..dim).map(row_of).collect::<Option<Vec<usize>>>() else {
            return self.general(gate, DenseSource::Constant(Box::new(matrix.clone())));
        };
        let all = dim << controls.len();
        let on = |class: usize| fires(class / dim, &controls);
        let to: Vec<usize> =
            (0..all).map(|class| if on(class) { class - class % dim + rows[class % dim] } else { class }).collect();
        let Some(map) = AffineMap::of(&to) else {
            return self.general(gate, DenseSource::Constant(Box::new(matrix.clone())));
        };
        let one = C64::new(1.0, 0.0);
        let phase = |class: usize| matrix[(rows[class % dim], class % dim)];
        let phases: Vec<C64> = (0..all).map(|class| if on(class) { phase(class) } else { one }).collect();
        if phases.iter().any(|phase| (phase - one).norm() > TINY) {
            self.phases(gate, Phases::Constant(phases));
        }
        self.apply(&operands(gate), &map);
    }

    fn apply(&mut self, qubits: &[usize], map: &AffineMap) {
        let old: Vec<Bit> = self.bits(qubits.iter().copied());
        let sum = |mask: usize, of: &dyn Fn(&Bit) -> u32| {
            old.iter().enumerate().filter(|(k, _)| mask >> k & 1 == 1).fold(0, |sum, (_, bit)| sum ^ of(bit))
        };
        for (k, &qubit) in qubits.iter().enumerate() {
            self.places.reads[qubit] = sum(map.rows[k], &|bit| bit.reads);
            self.places.moves[qubit] = sum(map.inverse_columns[k], &|bit| bit.moves);
            self.places.flipped[qubit] =
                (sum(map.rows[k], &|bit| u32::from(bit.flipped)) == 1) != (map.shift >> k & 1 == 1);
        }
    }

    fn flush(&mut self, qubit: usize) {
        let gates = std::mem::take(&mut self.pending[qubit]);
        if gates.is_empty() {
            return;
        }
        self.known[qubit] = false;
        let run = SharedRun { gates };
        if run.gates.iter().all(|gate| matches!(gate.op, OneQubit::Constant(_))) {
            let matrix = run.matrix(&|_| 0.0);
            if matrix.is_identity() {
                return;
            }
            if matrix.is_antidiagonal() && (matrix.0[1] - matrix.0[2]).norm() < TINY {
                self.places.flipped[qubit] ^= true;
                self.touch(qubit);
                return;
            }
        }
        if self.newest.is_none() || self.touched[qubit] {
            self.begin_layer();
        }
        self.touch(qubit);
        let bit = self.places.bit(qubit);
        self.turn(Run::Qubit(run), bit, false);
    }
}

/// `y = A x + shift` over bits.
struct AffineMap {
    /// Bits of `x` that make bit `k` of `y`.
    rows: Vec<usize>,
    /// Bits of `x` that flip when bit `k` of `y` does.
    inverse_columns: Vec<usize>,
    shift: usize,
}

impl AffineMap {
    /// Reads a permutation as an affine map, if it is one.
    fn of(to: &[usize]) -> Option<Self> {
        let k = to.len().trailing_zeros() as usize;
        let shift = to[0];
        let columns: Vec<usize> = (0..k).map(|bit| to[1 << bit] ^ shift).collect();
        let image = |x: usize| (0..k).filter(|bit| x >> bit & 1 == 1).fold(shift, |y, bit| y ^ columns[bit]);
        if (0..to.len()).any(|x| image(x) != to[x]) {
            return None;
        }
        let rows = (0..k).map(|row| (0..k).fold(0, |mask, bit| mask | (columns[bit] >> row & 1) << bit)).collect();
        let source = |y: usize| to.iter().position(|&image| image == y).unwrap_or(0);
        let start = source(shift);
        let inverse_columns = (0..k).map(|bit| source(shift ^ 1 << bit) ^ start).collect();
        Some(Self { rows, inverse_columns, shift })
    }
}
