//! `dropped-feature`: a number of the model's input that nothing reads.

use crate::ir::{NodeId, Op, QuantumOp, Region, Variable};
use crate::lint::{Findings, GraphView, declare_lint, quoted};
use std::collections::{BTreeMap, BTreeSet};

declare_lint! {
    /// ## What it does
    /// Finds numbers of the model's input that no operation reads on the way to an output.
    /// ## Why is this bad?
    /// Features of the data are lost without a word: a circuit with fewer angles than features, a slice that ends too early.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[4]) -> real[2] { qubit[2] q; ry(x[0..2]) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[4]) -> real[2] { qubit[2] q; ry(x[0..2]) q; rx(x[2..4]) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub DROPPED_FEATURE = ("QL0115", "dropped-feature", "a feature of the input is never read"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let read = read_elements(view);
    for node in view.graph.nodes().filter(|node| matches!(node.op, Op::Input { .. })) {
        let Some(missing) = read.get(&node.id).map(|read| unread(read, node.len())) else { continue };
        let spans: Vec<_> = view.graph.users_of(node.id).iter().map(|&user| view.graph.node(user).span).collect();
        for element in missing {
            out.about(
                view.facts.place(&spans),
                quoted(&view.element_name(node.id, element)),
                "nothing reads the feature {}",
            )
            .note("no operation on the way to an output takes it");
        }
    }
}

fn unread(read: &[bool], len: usize) -> Vec<usize> {
    (0..len).filter(|&at| !read[at]).collect()
}

/// Which elements of the nodes between inputs and outputs some output reads, as far as they are written in the program
/// (whether a circuit makes something of what it reads is another rule's question).
fn read_elements(view: &GraphView<'_>) -> BTreeMap<NodeId, Vec<bool>> {
    let graph = view.graph;
    let order = graph.order();
    // Weights that a circuit makes come from a hundred thousand numbers none of which is an input.
    let mut fed: BTreeSet<NodeId> = BTreeSet::new();
    for &id in &order {
        if matches!(graph.node(id).op, Op::Input { .. }) || graph.inputs_of(id).iter().any(|from| fed.contains(from)) {
            fed.insert(id);
        }
    }
    let blank = |id: NodeId| vec![false; graph.node(id).len()];
    let mut read: BTreeMap<NodeId, Vec<bool>> = fed.iter().map(|&id| (id, blank(id))).collect();
    for output in &graph.outputs {
        read.insert(output.node, vec![true; graph.node(output.node).len()]);
    }
    for id in order.into_iter().rev() {
        let node = graph.node(id);
        let Some(wanted) = read.get(&id).filter(|wanted| fed.contains(&id) && wanted.contains(&true)).cloned() else {
            continue;
        };
        let circuit = match &node.op {
            Op::Region(region) => Some(read_by(region)),
            _ => None,
        };
        let mut offset = 0;
        for input in graph.inputs_of(id) {
            match (read.get_mut(&input), &circuit) {
                (Some(into), Some(circuit)) => {
                    into.iter_mut().zip(&circuit[offset..]).for_each(|(read, here)| *read |= here);
                }
                (Some(into), None) => pass_on(&node.op, &wanted, offset, into),
                (None, _) => {}
            }
            offset += graph.node(input).len();
        }
    }
    read
}

/// Which of its inputs the angles of a circuit read. A circuit may have thousands of inputs, so its gates are looked through once for all.
fn read_by(region: &Region) -> Vec<bool> {
    let mut read = vec![false; region.n_inputs as usize];
    for (variable, _) in region.ops.iter().flat_map(QuantumOp::angles).flat_map(|angle| angle.terms()) {
        if let Variable::Input(at) = *variable {
            read.get_mut(at as usize).into_iter().for_each(|read| *read = true);
        }
    }
    read
}

/// Marks the elements of an operand that an operation reads where its own are `wanted`; the operands before it have
/// `offset` elements.
fn pass_on(op: &Op, wanted: &[bool], offset: usize, into: &mut [bool]) {
    let same = into.len() == wanted.len();
    let mut mark = |at: usize| into.get_mut(at).into_iter().for_each(|read| *read = true);
    let all = (0..wanted.len()).filter(|&at| wanted[at]);
    match op {
        Op::Gather { indices } => all.filter_map(|at| indices.get(at)).for_each(|&at| mark(at as usize)),
        Op::Pad | Op::Reshape | Op::Unary(_) | Op::Dropout { .. } => all.for_each(mark),
        // A single number goes into every element of the other operand.
        Op::Binary(_) if same => all.for_each(mark),
        Op::Concat => all.filter_map(|at| at.checked_sub(offset)).for_each(mark),
        _ => into.fill(true),
    }
}
