//! `offset-rotation`: a trainable offset of an angle whose input already has a trainable offset.

use crate::ir::{BinaryFn, NodeId, Op, QuantumOp, UnaryFn, Variable};
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds weights that only shift an angle in which a number of a `linear` layer with bias stands: an embedding about one
    /// axis followed by a trainable rotation about the same axis.
    /// ## Why is this bad?
    /// The layer's bias shifts the same angle: two trained numbers for one. The rotation costs a gate in every layer and adds nothing.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; ry(weight[2]) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { x |> linear[2] |> c |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { x |> linear[2] |> c |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered: the same weights would give other outputs.
    pub OFFSET_ROTATION =
        ("QL0114", "offset-rotation", "a weight shifts an angle that a bias shifts already"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.live && region.region.n_inputs > 0) {
        let reduced = region.reduced();
        let uses = |variable: Variable| {
            reduced.ops.iter().flat_map(QuantumOp::angles).filter(|a| a.terms().iter().any(|t| t.0 == variable)).count()
        };
        for angle in reduced.ops.iter().flat_map(QuantumOp::angles) {
            let inputs: Vec<u32> = angle
                .terms()
                .iter()
                .filter_map(|term| if let Variable::Input(input) = term.0 { Some(input) } else { None })
                .collect();
            let [input] = inputs[..] else { continue };
            if !angle.terms().iter().any(|term| view.is_trainable(term.0)) {
                continue;
            }
            let Some(layer) = view.source(region, input).and_then(|(node, element)| biased(view, node, element)) else {
                continue;
            };
            // A number that turns several gates shifts all of them, one weight only its own.
            if uses(Variable::Input(input)) != 1 || read_elsewhere(view, region.id, layer) {
                continue;
            }
            for &(variable, _) in angle.terms().iter().filter(|term| view.is_trainable(term.0) && uses(term.0) == 1) {
                let place = view.place(region, &[region.variable_span(variable)]);
                let bias = quoted(&format!("{}.bias", view.graph.node(layer).path));
                out.about(
                    place,
                    quoted(&view.variable_name(region, variable)),
                    "{} only shifts an angle that a bias shifts already",
                )
                .note(format!("the angle is a number of a layer plus this weight, and {bias} shifts that number"))
                .help("leave the rotation out, or turn about another axis");
            }
        }
    }
}

/// The linear layer with bias of which a number is an affine function with constant coefficients.
fn biased(view: &GraphView<'_>, node: NodeId, element: usize) -> Option<NodeId> {
    let inputs = view.graph.inputs_of(node);
    match &view.graph.node(node).op {
        Op::Linear { bias: Some(_), .. } => Some(node),
        Op::Gather { indices } => biased(view, *inputs.first()?, *indices.get(element)? as usize),
        Op::Reshape | Op::Unary(UnaryFn::Neg) => biased(view, *inputs.first()?, element),
        Op::Pad if element < view.graph.node(*inputs.first()?).len() => biased(view, inputs[0], element),
        Op::Binary(BinaryFn::Mul | BinaryFn::Add | BinaryFn::Sub) => {
            let constant = |id: &NodeId| matches!(view.graph.node(*id).op, Op::Constant { .. });
            let [a, b] = inputs[..] else { return None };
            match (constant(&a), constant(&b)) {
                (true, false) => biased(view, b, element),
                (false, true) => biased(view, a, element),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Does anything but the way to this region read the layer?
fn read_elsewhere(view: &GraphView<'_>, region: NodeId, layer: NodeId) -> bool {
    let mut stack = vec![layer];
    while let Some(id) = stack.pop() {
        if view.graph.outputs.iter().any(|output| output.node == id) {
            return true;
        }
        for user in view.graph.users_of(id) {
            match view.graph.node(user).op {
                Op::Region(_) if user == region => {}
                Op::Gather { .. } | Op::Reshape | Op::Pad | Op::Unary(_) | Op::Binary(_) => stack.push(user),
                _ => return true,
            }
        }
    }
    false
}
