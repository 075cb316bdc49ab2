//! Do two gates commute? Answered from their matrices, remembered per kind of gate and overlap.
//!
//! Two answers, the cheap one first. *Axes*: a gate that commutes with a Pauli on one of its operands is diagonal there in
//! that Pauli's basis; two gates that share an axis on every qubit they share commute. What that misses (`rxx` and `rzz` on
//! one pair) is multiplied out on the union of their operands, at most [`MAX_UNION`] qubits.

use super::local::{EPS, KindKey, MAX_OPERANDS, embed, operand_matrix, sample_params, sandwich};
use crate::ir::{GateOp, QuantumOp};
use crate::math::Matrix;
use rustc_hash::FxHashMap;
use std::cell::Cell;

/// Widest union of operands that is multiplied out.
const MAX_UNION: usize = 4;

/// A set of axes: bit 0 for X, bit 1 for Z, bit 2 for Y.
pub(crate) type Axes = u8;
/// Every axis: the gate does nothing on this operand.
pub(crate) const ALL_AXES: Axes = 7;
/// The Z axis: diagonal in the computational basis.
pub(crate) const Z_AXIS: Axes = 2;

/// Number of a kind of gate in a [`Commuter`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Kind(u32);

struct KindFacts {
    axes: Vec<Axes>,
    /// At both samples; `None` if too wide.
    matrices: Option<[Matrix; 2]>,
}

/// What is known of kinds of gates and of pairs of them.
#[derive(Default)]
struct Known {
    ids: FxHashMap<KindKey, Kind>,
    facts: Vec<KindFacts>,
    pairs: FxHashMap<(Kind, Kind, u32), bool>,
}

/// Kinds kept from one commuter to the next. Constants make ever new kinds, so what is kept is bounded.
const KEPT: usize = 512;

thread_local! {
    /// What earlier commuters of this thread found out: facts about kinds, whoever asks. Taken while in use.
    static KNOWN: Cell<Option<Box<Known>>> = const { Cell::new(None) };
}

/// Remembers kinds of gates and which of them commute.
pub(crate) struct Commuter(Box<Known>);

impl Default for Commuter {
    fn default() -> Self {
        let known = KNOWN.try_with(Cell::take).ok().flatten();
        Self(known.filter(|known| known.facts.len() <= KEPT).unwrap_or_default())
    }
}

impl Drop for Commuter {
    fn drop(&mut self) {
        let known = std::mem::take(&mut self.0);
        // A thread that ends keeps nothing.
        let _ = KNOWN.try_with(|kept| kept.set(Some(known)));
    }
}

impl Commuter {
    /// The kind of a step; `None` for what commutes with nothing on its qubits.
    pub(crate) fn kind(&mut self, op: &QuantumOp) -> Option<Kind> {
        match op {
            QuantumOp::Gate(gate) => Some(self.gate_kind(gate)),
            QuantumOp::Prepare { .. } | QuantumOp::Barrier { .. } => None,
        }
    }

    /// The kind of a gate.
    pub(crate) fn gate_kind(&mut self, gate: &GateOp) -> Kind {
        let key = KindKey::of(gate);
        if let Some(&kind) = self.0.ids.get(&key) {
            return kind;
        }
        let kind = Kind(u32::try_from(self.0.facts.len()).unwrap_or(u32::MAX));
        self.0.facts.push(facts(gate));
        self.0.ids.insert(key, kind);
        kind
    }

    /// Per operand the axes it is diagonal in.
    pub(crate) fn axes(&self, kind: Kind) -> &[Axes] {
        &self.0.facts[kind.0 as usize].axes
    }

    /// Do they commute? Kinds as [`Self::kind`] gave them, with the qubits they stand on.
    pub(crate) fn commute(&mut self, a: (Option<Kind>, &[u32]), b: (Option<Kind>, &[u32])) -> bool {
        let shared = b.1.iter().any(|qubit| a.1.contains(qubit));
        if !shared {
            return true;
        }
        let (Some(kind_a), Some(kind_b)) = (a.0, b.0) else { return false };
        self.share_axes((kind_a, a.1), (kind_b, b.1)) || self.multiply_out((kind_a, a.1), (kind_b, b.1))
    }

    fn share_axes(&self, a: (Kind, &[u32]), b: (Kind, &[u32])) -> bool {
        let (axes_a, axes_b) = (self.axes(a.0), self.axes(b.0));
        a.1.iter()
            .zip(axes_a)
            .all(|(qubit, mask)| b.1.iter().position(|other| other == qubit).is_none_or(|at| axes_b[at] & mask != 0))
    }

    fn multiply_out(&mut self, a: (Kind, &[u32]), b: (Kind, &[u32])) -> bool {
        let mut n = a.1.len();
        let mut code = 0;
        let mut places = Vec::with_capacity(b.1.len());
        for qubit in b.1 {
            let at = a.1.iter().position(|other| other == qubit).unwrap_or_else(|| {
                n += 1;
                n - 1
            });
            places.push(at);
            code = code << 4 | u32::try_from(at).unwrap_or(u32::MAX);
        }
        if n > MAX_UNION {
            return false;
        }
        if let Some(&known) = self.0.pairs.get(&(a.0, b.0, code)) {
            return known;
        }
        let (fa, fb) = (&self.0.facts[a.0.0 as usize], &self.0.facts[b.0.0 as usize]);
        let identity: Vec<usize> = (0..a.1.len()).collect();
        let answer = match (&fa.matrices, &fb.matrices) {
            (Some(ma), Some(mb)) => ma.iter().zip([&mb[1], &mb[0]]).all(|(ma, mb)| {
                let (ma, mb) = (embed(ma, &identity, n), embed(mb, &places, n));
                ma.matmul(&mb).distance(&mb.matmul(&ma)) < EPS
            }),
            _ => false,
        };
        self.0.pairs.insert((a.0, b.0, code), answer);
        answer
    }
}

fn facts(gate: &GateOp) -> KindFacts {
    let samples = [sample_params(gate, 0), sample_params(gate, 1)];
    let targets = samples.each_ref().map(|params| gate.target_matrix(params));
    let n_targets = gate.targets().len();
    let mut axes = vec![Z_AXIS; gate.n_controls()];
    axes.extend((0..n_targets).map(|j| target_axes(&targets, j, n_targets)));
    let idle = targets.iter().all(|m| m.distance(&Matrix::identity(m.dim())) < EPS);
    if idle {
        axes.fill(ALL_AXES);
    }
    let matrices = (gate.qubits.len() <= MAX_OPERANDS.min(MAX_UNION - 1))
        .then(|| samples.each_ref().map(|params| operand_matrix(gate, params)))
        .and_then(|[first, second]| Some([first?, second?]));
    KindFacts { axes, matrices }
}

fn target_axes(matrices: &[Matrix; 2], j: usize, n: usize) -> Axes {
    if n > MAX_OPERANDS {
        return 0;
    }
    let paulis: [(Axes, u8); 3] = [(1, 0b01), (2, 0b10), (4, 0b11)];
    let one = Matrix::identity(1 << n);
    let commutes = |pauli: u8| {
        matrices
            .iter()
            .all(|m| sandwich(m, pauli << (2 * j), n, &one).distance(&sandwich(&one, pauli << (2 * j), n, m)) < EPS)
    };
    paulis.into_iter().filter(|&(_, pauli)| commutes(pauli)).fold(0, |mask, (bit, _)| mask | bit)
}
