//! Every invariant of the IR, checked after each transformation in tests and after lowering always.
//!
//! A message names the node or the step it is about. A program cannot cause any of them: what stands here guards the
//! compiler against itself, so the result is text and not a diagnostic.

use super::region_rules::check_region;
use super::{Graph, Node, NodeId, Op, WeightId};
use std::collections::BTreeSet;

/// Checks a graph.
///
/// # Errors
/// One sentence per broken invariant.
pub fn validate(graph: &Graph) -> Result<(), Vec<String>> {
    let mut errors = Vec::new();
    check_names(graph, &mut errors);
    if graph.order().len() != graph.nodes().count() {
        errors.push("the graph has a cycle".to_owned());
    }
    for node in graph.nodes() {
        let shapes: Vec<&[usize]> = graph.inputs_of(node.id).into_iter().map(|id| &*graph.node(id).shape).collect();
        let mut found = Vec::new();
        check_weights(graph, node, &mut found);
        check_node(graph, node, &shapes, &mut found);
        let name = format!(
            "node %{} ({}{}{})",
            node.id.0,
            node.op.name(),
            if node.path.is_empty() { "" } else { " " },
            node.path
        );
        errors.extend(found.into_iter().map(|error| format!("{name}: {error}")));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn check_names(graph: &Graph, errors: &mut Vec<String>) {
    let mut paths = BTreeSet::new();
    for weight in &graph.weights {
        if !paths.insert(&weight.path) {
            errors.push(format!("two weights have the path `{}`", weight.path));
        }
    }
    let nodes: BTreeSet<NodeId> = graph.nodes().map(|node| node.id).collect();
    let mut names = BTreeSet::new();
    for output in &graph.outputs {
        if !nodes.contains(&output.node) {
            errors.push(format!("output `{}` reads node %{}, which does not exist", output.name, output.node.0));
        }
        if !names.insert(&output.name) {
            errors.push(format!("two outputs are called `{}`", output.name));
        }
    }
    if graph.outputs.is_empty() {
        errors.push("the model has no output".to_owned());
    }
}

fn check_weights(graph: &Graph, node: &Node, errors: &mut Vec<String>) {
    for weight in node.op.weights() {
        if graph.weights.get(weight.0 as usize).is_none() {
            errors.push(format!("reads weight {}, which does not exist", weight.0));
        }
    }
}

/// The shape of a weight; an impossible one if it does not exist, which `check_weights` reports.
fn shape_of(graph: &Graph, weight: WeightId) -> &[usize] {
    graph.weights.get(weight.0 as usize).map_or(&[], |weight| &weight.shape)
}

fn expect(errors: &mut Vec<String>, holds: bool, message: impl FnOnce() -> String) {
    if !holds {
        errors.push(message());
    }
}

/// How many operands an operation takes; `None` for any positive number.
fn arity(op: &Op) -> Option<usize> {
    match op {
        Op::Input { .. } | Op::Weight { .. } | Op::Constant { .. } | Op::Bits { .. } => Some(0),
        Op::Binary(_) => Some(2),
        Op::Concat | Op::Join | Op::Mix { .. } | Op::Region(_) => None,
        _ => Some(1),
    }
}

/// How many operands follow an operation's own: those that make its weights.
fn generated(graph: &Graph, node: &Node) -> usize {
    let made = |id: &crate::ir::NodeId| matches!(graph.node(*id).op, Op::Generate { .. });
    match node.op.weights().is_empty() || matches!(node.op, Op::Generate { .. }) {
        true => 0,
        false => graph.inputs_of(node.id).iter().filter(|id| made(id)).count(),
    }
}

fn check_node(graph: &Graph, node: &Node, shapes: &[&[usize]], errors: &mut Vec<String>) {
    if let Some(wanted) = arity(&node.op)
        && shapes.len() != wanted + generated(graph, node)
    {
        errors.push(format!("takes {wanted} operands but has {}", shapes.len()));
        return;
    }
    match &node.op {
        Op::Input { index } => match graph.inputs.get(*index) {
            Some(input) => expect(errors, input.shape == node.shape, || {
                format!("has shape {:?} but input `{}` has {:?}", node.shape, input.name, input.shape)
            }),
            None => errors.push(format!("reads input {index}, which does not exist")),
        },
        Op::Weight { weight } => expect_shape(errors, node, shape_of(graph, *weight)),
        Op::Constant { values } => {
            expect(errors, values.len() == node.len(), || {
                format!("{} numbers for shape {:?}", values.len(), node.shape)
            });
        }
        Op::Region(region) => {
            let given: usize = shapes.iter().map(|shape| shape.iter().product::<usize>()).sum();
            expect(errors, given == region.n_inputs as usize, || {
                format!("is given {given} numbers but reads {}", region.n_inputs)
            });
            check_region(graph, region, errors);
            if errors.is_empty() {
                expect_shape(errors, node, &[region.n_outputs()]);
            }
        }
        Op::Bits { .. } => {
            let fits = matches!(&*node.shape, [_, digits] if *digits <= 63);
            expect(errors, fits, || format!("has shape {:?}, not numbers and their digits", node.shape));
        }
        Op::Mix { weight, .. } => {
            expect_weight(graph, *weight, &[shapes.len()], errors);
            shapes.iter().for_each(|shape| expect_shape(errors, node, shape));
        }
        Op::Join => {
            let widths: usize = shapes.iter().map(|shape| shape.last().copied().unwrap_or(0)).sum();
            let wanted: Vec<usize> = shapes[0].iter().rev().skip(1).rev().copied().chain([widths]).collect();
            let agree = shapes
                .iter()
                .all(|shape| shape.len() == wanted.len() && shape[..wanted.len() - 1] == wanted[..wanted.len() - 1]);
            expect(errors, agree, || format!("cannot join shapes {shapes:?}"));
            expect_shape(errors, node, &wanted);
        }
        Op::Concat => match concat_shape(shapes) {
            Some(shape) => expect_shape(errors, node, &shape),
            None => errors.push(format!("cannot join shapes {shapes:?}")),
        },
        Op::Binary(_) => {
            let number = |shape: &[usize]| shape.len() <= 1 && shape.iter().product::<usize>() == 1;
            let (a, b) = (shapes[0], shapes[1]);
            let fits = (a == b || number(b)) && a == node.shape || number(a) && b == node.shape;
            expect(errors, fits, || format!("{a:?} and {b:?} do not give {:?}", node.shape));
        }
        op => check_unary(graph, node, op, shapes[0], errors),
    }
}

fn expect_shape(errors: &mut Vec<String>, node: &Node, wanted: &[usize]) {
    expect(errors, node.shape == wanted, || format!("has shape {:?} but gives {wanted:?}", node.shape));
}

fn concat_shape(shapes: &[&[usize]]) -> Option<Vec<usize>> {
    let (_, rest) = shapes.first()?.split_first()?;
    let mut length = 0;
    for shape in shapes {
        let (first, others) = shape.split_first()?;
        if others != rest {
            return None;
        }
        length += first;
    }
    Some([&[length], rest].concat())
}

fn check_unary(graph: &Graph, node: &Node, op: &Op, x: &[usize], errors: &mut Vec<String>) {
    match op {
        Op::Linear { weight, bias } => {
            let Some((&input, outer)) = x.split_last() else {
                errors.push("reads a single number".to_owned());
                return;
            };
            let output = node.shape.last().copied().unwrap_or(0);
            expect_shape(errors, node, &[outer, &[output]].concat());
            expect_weight(graph, *weight, &[output, input], errors);
            bias.iter().for_each(|bias| expect_weight(graph, *bias, &[output], errors));
        }
        Op::Generate { .. } | Op::Recurrent { .. } => check_made(graph, node, op, x, errors),
        Op::Conv2d { weight, bias, stride, padding } => {
            let &[channels, ..] = x else {
                errors.push(format!("reads shape {x:?}, not channels, height, width"));
                return;
            };
            let &[output, _, kernel, _] = shape_of(graph, *weight) else {
                errors.push("has a weight that is not [out, in, k, k]".to_owned());
                return;
            };
            expect_weight(graph, *weight, &[output, channels, kernel, kernel], errors);
            bias.iter().for_each(|bias| expect_weight(graph, *bias, &[output], errors));
            check_window(node, x, output, (kernel, *stride, *padding), errors);
        }
        Op::Pool2d { kernel, stride, .. } => {
            let channels = x.first().copied().unwrap_or(0);
            check_window(node, x, channels, (*kernel, *stride, 0), errors);
        }
        Op::BatchNorm { scale, shift, mean, variance } => {
            expect_shape(errors, node, x);
            let features = x.first().copied().unwrap_or(0);
            check_batchnorm(graph, [*scale, *shift, *mean, *variance], features, errors);
        }
        Op::Dropout { p } => {
            expect_shape(errors, node, x);
            expect(errors, (0.0..1.0).contains(p), || format!("drops with probability {p}"));
        }
        Op::Reshape => {
            let length = x.iter().product::<usize>();
            expect(errors, length == node.len(), || format!("makes {:?} of {length} numbers", node.shape));
        }
        Op::Gather { indices } => {
            let length = x.iter().product::<usize>();
            expect(errors, indices.len() == node.len(), || {
                format!("picks {} numbers for {:?}", indices.len(), node.shape)
            });
            let outside = indices.iter().find(|index| **index as usize >= length);
            expect(errors, outside.is_none(), || format!("picks number {outside:?} of {length}"));
        }
        Op::Pad => {
            let fits = matches!((x, &*node.shape), (&[from], &[to]) if from <= to);
            expect(errors, fits, || format!("pads {x:?} to {:?}", node.shape));
        }
        Op::Sum => expect_shape(errors, node, &[]),
        _ => expect_shape(errors, node, x),
    }
}

/// A generated weight, or a layer over windows.
fn check_made(graph: &Graph, node: &Node, op: &Op, x: &[usize], errors: &mut Vec<String>) {
    match op {
        Op::Generate { weight, start } => {
            let length = x.iter().product::<usize>();
            expect_shape(errors, node, shape_of(graph, *weight));
            expect(errors, start + node.len() <= length, || {
                format!("takes {} numbers from {start} of {length}", node.len())
            });
            let buffer = graph.weights.get(weight.0 as usize).is_none_or(|found| !found.trainable);
            expect(errors, buffer, || format!("weight {} must not be trainable", weight.0));
        }
        Op::Recurrent { cell, input, hidden, biases } => {
            let (&[_, width], &[_, state]) = (x, &*node.shape) else {
                errors.push(format!("reads shape {x:?}, not steps and features"));
                return;
            };
            expect_shape(errors, node, &[x[0], state]);
            let rows = cell.gates() * state;
            expect_weight(graph, *input, &[rows, width], errors);
            expect_weight(graph, *hidden, &[rows, state], errors);
            biases.iter().for_each(|bias| expect_weight(graph, *bias, &[rows], errors));
        }
        _ => {}
    }
}

/// Scale and shift are trained, the running mean and variance are not.
fn check_batchnorm(graph: &Graph, weights: [WeightId; 4], features: usize, errors: &mut Vec<String>) {
    for (weight, trainable) in weights.into_iter().zip([true, true, false, false]) {
        expect_weight(graph, weight, &[features], errors);
        let right = graph.weights.get(weight.0 as usize).is_none_or(|found| found.trainable == trainable);
        let not = if trainable { "" } else { " not" };
        expect(errors, right, || format!("weight {} must{not} be trainable", weight.0));
    }
}

fn expect_weight(graph: &Graph, weight: WeightId, wanted: &[usize], errors: &mut Vec<String>) {
    let shape = shape_of(graph, weight);
    expect(errors, shape == wanted, || format!("weight {} has shape {shape:?}, not {wanted:?}", weight.0));
}

/// A window of `kernel` slides by `stride` over a padded image.
fn check_window(node: &Node, x: &[usize], output: usize, window: (usize, usize, usize), errors: &mut Vec<String>) {
    let (kernel, stride, padding) = window;
    let &[_, height, width] = x else {
        errors.push(format!("reads shape {x:?}, not channels, height, width"));
        return;
    };
    if kernel == 0 || stride == 0 || kernel > height.min(width) + 2 * padding {
        errors.push(format!("a window of {kernel} in steps of {stride} does not fit {height} x {width}"));
        return;
    }
    let slide = |size: usize| (size + 2 * padding - kernel) / stride + 1;
    expect_shape(errors, node, &[output, slide(height), slide(width)]);
}
