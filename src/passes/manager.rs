//! Runs lists of passes over every region of a graph and keeps account of what each saved.

use super::pipeline::MAX_ROUNDS;
use super::{Changed, Pass, PassContext};
use crate::ir::{Graph, NodeId, Op, Region};
use std::ops::{AddAssign, Sub};

/// Size of a region, or of all regions together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Size {
    /// Gates with at least one operand.
    pub gates: usize,
    /// Gates on two or more qubits.
    pub two_qubit: usize,
    /// Depth; over several regions their sum.
    pub depth: usize,
    /// Distinct numbers of weights that angles read.
    pub weights: usize,
}

impl Size {
    /// Of one region.
    #[must_use]
    pub fn of(region: &Region) -> Self {
        let counts = region.gate_counts();
        let variables: std::collections::BTreeSet<_> = region
            .ops
            .iter()
            .flat_map(crate::ir::QuantumOp::angles)
            .flat_map(crate::ir::Angle::terms)
            .map(|term| term.0)
            .filter(|variable| matches!(variable, crate::ir::Variable::Weight { .. }))
            .collect();
        Self {
            gates: counts.total,
            two_qubit: counts.two_qubit + counts.multi_qubit,
            depth: region.depth(),
            weights: variables.len(),
        }
    }

    fn of_graph(graph: &Graph) -> Self {
        let mut sum = Self::default();
        graph.regions().for_each(|(_, region)| sum += Self::of(region));
        sum
    }
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        self.gates += other.gates;
        self.two_qubit += other.two_qubit;
        self.depth += other.depth;
        self.weights += other.weights;
    }
}

impl Sub for Size {
    type Output = Self;
    /// What was saved from `self` to `after`; nothing where it grew.
    fn sub(self, after: Self) -> Self {
        Self {
            gates: self.gates.saturating_sub(after.gates),
            two_qubit: self.two_qubit.saturating_sub(after.two_qubit),
            depth: self.depth.saturating_sub(after.depth),
            weights: self.weights.saturating_sub(after.weights),
        }
    }
}

/// What one pass did, over all rounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PassReport {
    /// The pass.
    pub name: &'static str,
    /// In how many runs it changed something.
    pub changed: usize,
    /// What it saved.
    pub saved: Size,
}

/// What a list of passes did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PipelineReport {
    /// Before.
    pub before: Size,
    /// After.
    pub after: Size,
    /// How many times the list was run.
    pub rounds: usize,
    /// Per place in the list.
    pub passes: Vec<PassReport>,
}

/// Runs passes over every region of a graph, in rounds until nothing changes. `after` is called after each run of a pass that changed
/// something, with its name (for `--print-after`).
///
/// # Panics
/// In debug builds, if a pass leaves a graph that breaks an invariant of the IR.
pub fn run(
    graph: &mut Graph,
    passes: &[&'static dyn Pass],
    cx: &PassContext,
    mut after: impl FnMut(&'static str, &Graph),
) -> PipelineReport {
    let mut report = PipelineReport { before: Size::of_graph(graph), ..PipelineReport::default() };
    report.passes =
        passes.iter().map(|p| PassReport { name: p.meta().name, changed: 0, saved: Size::default() }).collect();
    let mut size = report.before;
    for _ in 0..MAX_ROUNDS {
        report.rounds += 1;
        let mut changed = false;
        for (at, pass) in passes.iter().enumerate() {
            if run_pass(graph, *pass, cx) == Changed::No {
                continue;
            }
            changed = true;
            debug_assert_eq!(crate::ir::validate(graph), Ok(()), "after {}", pass.meta().name);
            let now = Size::of_graph(graph);
            report.passes[at].changed += 1;
            report.passes[at].saved += size - now;
            size = now;
            after(pass.meta().name, graph);
        }
        if !changed {
            break;
        }
    }
    report.after = size;
    report
}

fn run_pass(graph: &mut Graph, pass: &dyn Pass, cx: &PassContext) -> Changed {
    let ids: Vec<NodeId> = graph.regions().map(|(id, _)| id).collect();
    ids.into_iter().fold(Changed::No, |changed, id| match &mut graph.node_mut(id).op {
        Op::Region(region) => changed.or(pass.run(region, cx)),
        _ => changed,
    })
}

/// Runs passes over one region that stands alone, in rounds until nothing changes; returns the number of rounds.
pub fn run_region(region: &mut Region, passes: &[&'static dyn Pass], cx: &PassContext) -> usize {
    run_changing(region, passes, cx).0
}

/// As [`run_region`], and whether any pass changed anything. A pass that would see the region as it left it is not run again.
pub(super) fn run_changing(region: &mut Region, passes: &[&'static dyn Pass], cx: &PassContext) -> (usize, Changed) {
    let mut version = 0_usize;
    // Per pass the version of the region on which it is known to change nothing.
    let mut settled = vec![None; passes.len()];
    for round in 1..=MAX_ROUNDS {
        let before = version;
        for (pass, settled) in passes.iter().zip(&mut settled) {
            if *settled == Some(version) {
                continue;
            }
            if pass.run(region, cx) == Changed::No {
                *settled = Some(version);
            } else {
                version += 1;
                *settled = pass.idempotent().then_some(version);
            }
        }
        if version == before {
            return (round, Changed::when(version > 0));
        }
    }
    (MAX_ROUNDS, Changed::Yes)
}
