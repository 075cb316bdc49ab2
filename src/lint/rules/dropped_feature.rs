//! `dropped-feature`: a number of the model's input that nothing reads.

use crate::ir::{NodeId, Op, Variable};
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

fn unread(read: &BTreeSet<usize>, len: usize) -> Vec<usize> {
    (0..len).filter(|at| !read.contains(at)).collect()
}

/// Which elements of a node some output reads, as far as they are written in the program (whether a circuit makes
/// something of what it reads is another rule's question).
fn read_elements(view: &GraphView<'_>) -> BTreeMap<NodeId, BTreeSet<usize>> {
    let graph = view.graph;
    let mut read: BTreeMap<NodeId, BTreeSet<usize>> = graph.nodes().map(|node| (node.id, BTreeSet::new())).collect();
    for output in &graph.outputs {
        read.insert(output.node, (0..graph.node(output.node).len()).collect());
    }
    for id in graph.order().into_iter().rev() {
        let node = graph.node(id);
        let wanted = read[&id].clone();
        if wanted.is_empty() {
            continue;
        }
        let mut offset = 0;
        for (slot, input) in graph.inputs_of(id).into_iter().enumerate() {
            let len = graph.node(input).len();
            let into = read.entry(input).or_default();
            match &node.op {
                Op::Gather { indices } => {
                    into.extend(wanted.iter().filter_map(|&at| indices.get(at).map(|&i| i as usize)))
                }
                Op::Pad | Op::Reshape | Op::Unary(_) | Op::Dropout { .. } => {
                    into.extend(wanted.iter().filter(|&&at| at < len))
                }
                Op::Binary(_) if len == node.len() => into.extend(&wanted),
                Op::Concat => {
                    into.extend(wanted.iter().filter(|&&at| (offset..offset + len).contains(&at)).map(|at| at - offset))
                }
                Op::Region(region) => {
                    let variables = region.ops.iter().flat_map(crate::ir::QuantumOp::angles).flat_map(|a| a.terms());
                    let taken = variables
                        .filter_map(|term| if let Variable::Input(i) = term.0 { Some(i as usize) } else { None });
                    into.extend(taken.filter(|at| (offset..offset + len).contains(at)).map(|at| at - offset));
                }
                _ => into.extend(0..len),
            }
            let _ = slot;
            offset += len;
        }
    }
    read
}
