//! Numbers that all samples of a step share: matrices of runs, tables of phases, rotations. Bound once per forward pass.

use super::angle::Affine;
use super::kernels::Turns;
use super::pauli::{Paulis, TurnAngle};
use super::program::{Block, DenseSource, Group, Many, One, Phases, Program, Step};
use super::qubit::{C2, Euler};
use crate::backends::Real;
use crate::math::{C64, c};

/// See the module.
#[derive(Debug)]
pub(crate) struct Bound<T> {
    pub(crate) matrices: Vec<C2>,
    pub(crate) flat: Vec<[T; 8]>,
    pub(crate) bloch: Vec<[[T; 3]; 3]>,
    pub(crate) eulers: Vec<Euler>,
    /// Per run, per gate: half its turn, for the gradient.
    pub(crate) half_turns: Vec<Vec<[f64; 2]>>,
    /// Per step: the table of a block or the matrix of a dense step, `[..][re|im]`.
    pub(crate) tables: Vec<Vec<T>>,
    /// Per step: the passes of a block.
    pub(crate) turns: Vec<Vec<Turns<T>>>,
    by_state: Vec<C64>,
    by_slot: Vec<C64>,
    /// The phases of one gate.
    phases: Vec<C64>,
}

/// Cosines below this are not divided out of a rotation.
const SMALLEST_COSINE: f64 = 1.0 / 256.0;
/// The product of divided cosines stays above this, so that amplitudes stay within the range of `f32`.
const SMALLEST_SCALE: f64 = 1e-18;

impl<T: Real> Bound<T> {
    pub(crate) fn new(program: &Program) -> Self {
        let slots = program.slots();
        let blank = Turns { count: 0, lifted: true, p: [T::one(); 3], q: [T::zero(); 3] };
        let (mut tables, mut turns) = (Vec::new(), Vec::new());
        for step in &program.steps {
            let (table, passes) = match step {
                Step::Block(block) => (2 * slots, block.passes.len()),
                Step::LanePhases(_) => (0, 0),
                Step::Paulis(paulis) => (3 * T::LANES * paulis.turns.len(), 0),
                Step::Dense(dense) => (2 * dense.dim * dense.dim, 0),
            };
            tables.push(vec![T::zero(); table]);
            turns.push(vec![blank; passes]);
        }
        let runs = program.runs.len();
        Self {
            matrices: vec![C2::IDENTITY; runs],
            flat: vec![[T::zero(); 8]; runs],
            bloch: vec![[[T::zero(); 3]; 3]; runs],
            eulers: vec![C2::IDENTITY.euler(); runs],
            half_turns: program.runs.iter().map(|run| vec![[1.0, 0.0]; run.gates.len()]).collect(),
            tables,
            turns,
            by_state: vec![c(0.0, 0.0); slots],
            by_slot: vec![c(0.0, 0.0); slots],
            phases: Vec::new(),
        }
    }

    /// Takes the values of the parameters.
    pub(crate) fn bind(&mut self, program: &Program, param: &dyn Fn(usize) -> f64) {
        for (at, run) in program.runs.iter().enumerate() {
            let matrix = run.matrix_with(param, &mut self.half_turns[at]);
            self.matrices[at] = matrix;
            self.eulers[at] = matrix.euler();
            for (k, entry) in matrix.0.iter().enumerate() {
                self.flat[at][2 * k] = T::of(entry.re);
                self.flat[at][2 * k + 1] = T::of(entry.im);
            }
        }
        for segment in program.lane_runs.iter().flat_map(|run| &run.segments) {
            if let super::program::Segment::Shared(run) = segment {
                self.bloch[*run] = self.matrices[*run].bloch().map(|row| row.map(T::of));
            }
        }
        for (at, step) in program.steps.iter().enumerate() {
            match step {
                Step::Block(block) => {
                    let scale = self.turns(at, block);
                    self.table(at, block, scale, param);
                }
                Step::Dense(dense) => match &dense.source {
                    DenseSource::Constant(matrix) => self.dense(at, matrix.as_slice()),
                    DenseSource::Shared { gate, angles } => {
                        self.dense(at, (gate.matrix)(&Affine::all_shared(angles, param)).as_slice());
                    }
                    DenseSource::Lane { .. } => {}
                },
                Step::Paulis(paulis) => self.paulis(at, paulis, param),
                Step::LanePhases(_) => {}
            }
        }
    }

    /// Cosines, sines and sines with the other sign of the exponentials that samples share, in every lane.
    fn paulis(&mut self, at: usize, paulis: &Paulis, param: &dyn Fn(usize) -> f64) {
        for (turn, out) in paulis.turns.iter().zip(self.tables[at].chunks_exact_mut(3 * T::LANES)) {
            if let TurnAngle::Shared(angle) = &turn.angle {
                let (sin, cos) = (turn.scale * angle.shared(param)).sin_cos();
                for (out, number) in out.chunks_exact_mut(T::LANES).zip([cos, sin, -sin]) {
                    out.fill(T::of(number));
                }
            }
        }
    }

    fn dense(&mut self, at: usize, matrix: &[C64]) {
        for (out, entry) in self.tables[at].chunks_exact_mut(2).zip(matrix) {
            (out[0], out[1]) = (T::of(entry.re), T::of(entry.im));
        }
    }

    /// The rotations of a block; returns the product of the cosines that the table must carry.
    fn turns(&mut self, at: usize, block: &Block) -> f64 {
        let mut scale = 1.0;
        for (turns, pass) in self.turns[at].iter_mut().zip(&block.passes) {
            let runs = &block.rotations[pass.first..pass.first + pass.count];
            let cosines: f64 = runs.iter().map(|&(_, run)| self.eulers[run].cos).product();
            let lifted =
                runs.iter().all(|&(_, run)| self.eulers[run].cos > SMALLEST_COSINE) && scale * cosines > SMALLEST_SCALE;
            turns.count = pass.count;
            turns.lifted = lifted;
            for (k, &(_, run)) in runs.iter().enumerate() {
                let Euler { cos, sin, .. } = self.eulers[run];
                (turns.p[k], turns.q[k]) = if lifted { (T::one(), T::of(sin / cos)) } else { (T::of(cos), T::of(sin)) };
            }
            if lifted {
                scale *= cosines;
            }
        }
        scale
    }

    fn table(&mut self, at: usize, block: &Block, scale: f64, param: &dyn Fn(usize) -> f64) {
        let mut first = true;
        for group in &block.table.groups {
            self.group(group, if first { scale } else { 1.0 }, param);
            let states = group.placement.state_of.iter();
            for (slot, &state) in self.by_slot.iter_mut().zip(states) {
                let phase = self.by_state[state as usize];
                *slot = if first { phase } else { *slot * phase };
            }
            first = false;
        }
        if first {
            self.by_slot.fill(c(scale, 0.0));
        }
        for (out, phase) in self.tables[at].chunks_exact_mut(2).zip(&self.by_slot) {
            (out[0], out[1]) = (T::of(phase.re), T::of(phase.im));
        }
    }

    /// The phases of a group by basis state: the product over qubits doubles up from the least significant one.
    fn group(&mut self, group: &Group, scale: f64, param: &dyn Fn(usize) -> f64) {
        let n = self.by_state.len().trailing_zeros() as usize;
        let one = c(1.0, 0.0);
        let mut vectors = [[one; 2]; 32];
        for (qubit, phases) in &group.ones {
            let [p0, p1] = match phases {
                One::Constant(phases) => *phases,
                One::Run(run) => [self.matrices[*run].0[0], self.matrices[*run].0[3]],
                One::Before(run) => [one, self.eulers[*run].before],
                One::After(run) => [one, self.eulers[*run].after],
            };
            vectors[*qubit][0] *= p0;
            vectors[*qubit][1] *= p1;
        }
        self.by_state[0] = c(scale, 0.0);
        for (qubit, [p0, p1]) in vectors[..n].iter().enumerate() {
            let (low, high) = self.by_state[..2 << qubit].split_at_mut(1 << qubit);
            for (a, b) in low.iter_mut().zip(high) {
                *b = *a * p1;
                *a *= p0;
            }
        }
        for many in &group.many {
            phases_of(many, param, &mut self.phases);
            for (state, phase) in self.by_state.iter_mut().enumerate() {
                *phase *= self.phases[super::passes::class(state as u32, &many.qubits)];
            }
        }
    }
}

/// The phases of a diagonal gate by class, into `out`.
pub(crate) fn phases_of(many: &Many, param: &dyn Fn(usize) -> f64, out: &mut Vec<C64>) {
    out.clear();
    match &many.phases {
        Phases::Constant(phases) => out.extend_from_slice(phases),
        Phases::Gate { gate, angles, controls } => {
            let matrix = (gate.matrix)(&Affine::all_shared(angles, param));
            let dim = matrix.dim();
            out.extend((0..dim << controls.len()).map(|class| match super::lower::fires(class / dim, controls) {
                true => matrix[(class % dim, class % dim)],
                false => c(1.0, 0.0),
            }));
        }
    }
}
