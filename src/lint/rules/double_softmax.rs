//! `double-softmax`: a loss that does not fit the model's last operation.

use crate::ir::{Activation, Op};
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds models whose last operation does not fit their loss: `softmax` or `sigmoid` under `cross_entropy` (which has its own), `nll`
    /// without `log_softmax`, `sigmoid` under `bce` (which takes logits).
    /// ## Why is this bad?
    /// Training runs and the accuracy looks plausible, but gradients are squeezed twice, or the loss is no likelihood.
    /// ## Example
    /// ```qnas wrong
    /// model m[features, classes](x: real[features]) -> real[classes] { x |> linear[classes] |> softmax }
    /// search s { model: m, data: iris(scale: standard), train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 20, batch: 16), seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// model m[features, classes](x: real[features]) -> real[classes] { x |> linear[classes] }
    /// search s { model: m, data: iris(scale: standard), train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 20, batch: 16), seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered: training changes.
    pub DOUBLE_SOFTMAX = ("QL0121", "double-softmax", "the loss does not fit the model's last operation"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let Some(train) = &view.facts.train else { return };
    let [output] = &view.graph.outputs[..] else { return };
    let node = view.graph.node(output.node);
    let last = match &node.op {
        Op::Activation(activation) => Some(*activation),
        _ => None,
    };
    let (message, help) = match (train.loss.as_str(), last) {
        ("cross_entropy", Some(Activation::Softmax)) => {
            ("`cross_entropy` takes logits, and {} ends in `softmax`", "leave `softmax` out")
        }
        ("cross_entropy", Some(Activation::Sigmoid)) => {
            ("`cross_entropy` takes logits, and {} ends in `sigmoid`", "leave `sigmoid` out")
        }
        ("bce", Some(Activation::Sigmoid | Activation::Softmax)) => {
            ("`bce` takes logits, and {} ends in probabilities", "leave the last activation out")
        }
        ("nll", other) if other != Some(Activation::LogSoftmax) => (
            "`nll` takes log-probabilities, and {} does not end in `log_softmax`",
            "end it in `log_softmax`, or use `cross_entropy`",
        ),
        _ => return,
    };
    out.about(view.facts.place(&[train.span]), quoted(&view.graph.name), message).help(help);
}
