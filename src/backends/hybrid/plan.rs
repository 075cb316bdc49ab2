//! From a graph to a list of operations over flat buffers.

use super::layout::Layout;
use crate::backends::Real;
use crate::backends::errors::BAD_SHAPE;
use crate::backends::nn::conv::ConvShape;
use crate::backends::nn::norm::BatchStats;
use crate::backends::nn::pool::PoolShape;
use crate::backends::nn::recurrent::{Room, Shape};
use crate::backends::sim::{self, Runner, Shots, simd::Isa};
use crate::diag::Diagnostic;
use crate::ir::{Activation, BinaryFn, Graph, MixRule, Node, NodeId, Op, Pooling, UnaryFn, WeightId};
use std::collections::{BTreeMap, BTreeSet};

/// An operation with everything looked up. Weights are positions in the flat vector.
#[derive(Debug)]
pub(super) enum Kind<T> {
    Input(usize),
    Weight(usize),
    Constant(Vec<T>),
    Linear {
        weight: usize,
        bias: Option<usize>,
        n_in: usize,
        n_out: usize,
    },
    Conv2d {
        shape: ConvShape,
        weight: usize,
        bias: Option<usize>,
        columns: Vec<T>,
    },
    Pool2d {
        shape: PoolShape,
        pooling: Pooling,
    },
    BatchNorm {
        scale: usize,
        shift: usize,
        mean: usize,
        variance: usize,
        features: usize,
        stats: BatchStats<T>,
        /// Running statistics forwards, gradients of scale and shift backwards.
        room: [Vec<T>; 2],
    },
    Dropout {
        p: f64,
        mask: Vec<T>,
        training: bool,
    },
    /// A stretch of the operand, copied among the parameters; backwards it takes their gradient away from there.
    Generate {
        at: usize,
        start: usize,
    },
    Recurrent {
        shape: Shape,
        /// Input, state.
        weights: [usize; 2],
        biases: [Option<usize>; 2],
        room: Box<Room<T>>,
    },
    /// Candidates times their coefficients.
    Mix {
        at: usize,
        rule: MixRule,
        coefficients: Vec<f64>,
        /// That of the last training step; what an evaluation uses.
        temperature: f64,
    },
    Join,
    Reshape,
    Activation {
        activation: Activation,
        axis: usize,
    },
    Unary(UnaryFn),
    Binary(BinaryFn),
    Concat,
    Gather(Vec<u32>),
    Pad,
    Normalize,
    Sum,
    Region {
        engine: Runner<T>,
        inputs: Vec<T>,
        d_inputs: Vec<T>,
    },
}

/// A node over a buffer of `rows x len` numbers, `rows` being 1 if it is the same for all samples.
#[derive(Debug)]
pub(super) struct Step<T> {
    pub(super) id: u32,
    pub(super) kind: Kind<T>,
    pub(super) inputs: Vec<usize>,
    pub(super) len: usize,
    /// Size of the last axis.
    pub(super) width: usize,
    pub(super) shared: bool,
    /// Does nothing that ever changes stand before it? Then it is computed once.
    pub(super) fixed: bool,
    /// Does a weight stand before it that has a gradient?
    pub(super) from_weight: bool,
    /// Does an input stand before it?
    pub(super) from_input: bool,
    pub(super) value: Vec<T>,
    pub(super) gradient: Vec<T>,
}

/// Steps in order, and the step of every node.
pub(super) type Plan<T> = (Vec<Step<T>>, BTreeMap<NodeId, usize>);

/// Plans all nodes that an output needs, in topological order; returns them and the position of every node.
pub(super) fn plan<T: Real>(
    graph: &Graph,
    layout: &Layout,
    isa: Isa,
    shots: Option<Shots>,
) -> Result<Plan<T>, Diagnostic> {
    let order = graph.order();
    let mut needed: BTreeSet<NodeId> = graph.outputs.iter().map(|output| output.node).collect();
    for &id in order.iter().rev() {
        if needed.contains(&id) {
            needed.extend(graph.inputs_of(id));
        }
    }
    // Buffers that a node fills: their gradient is the node's.
    let filled = |node: &Node| if let Op::Generate { weight, .. } = node.op { Some(weight) } else { None };
    let made: BTreeSet<WeightId> = graph.nodes().filter_map(filled).collect();
    let mut steps: Vec<Step<T>> = Vec::new();
    let mut at = BTreeMap::new();
    for id in order.into_iter().filter(|id| needed.contains(id)) {
        let node = graph.node(id);
        let inputs: Vec<usize> = graph.inputs_of(id).iter().map(|input| at[input]).collect();
        let shapes: Vec<&[usize]> = graph.inputs_of(id).into_iter().map(|input| &graph.node(input).shape[..]).collect();
        let any = |test: fn(&Step<T>) -> bool| inputs.iter().any(|&input| test(&steps[input]));
        let shared = !matches!(node.op, Op::Input { .. }) && !any(|step| !step.shared);
        let reads = node.op.weights();
        let changes = |id: &WeightId| graph.weight(*id).trainable || made.contains(id);
        let from_weight = reads.iter().any(changes) || any(|step| step.from_weight);
        let from_input = matches!(node.op, Op::Input { .. }) || any(|step| step.from_input);
        let random = matches!(node.op, Op::Dropout { .. }) || shots.is_some() || any(|step| !step.fixed);
        let step = Step {
            id: id.0,
            fixed: reads.is_empty() && !from_weight && !from_input && !random,
            kind: kind(graph, layout, node, &shapes, (isa, shared, shots))?,
            len: node.len(),
            width: last(&node.shape),
            shared,
            from_weight,
            from_input,
            inputs,
            value: Vec::new(),
            gradient: Vec::new(),
        };
        at.insert(id, steps.len());
        steps.push(step);
    }
    share_beginnings(&mut steps);
    Ok((steps, at))
}

/// Lets circuits without data that begin with the same gates, as the candidates of a mixture do, run them once.
fn share_beginnings<T: Real>(steps: &mut [Step<T>]) {
    let alike = |step: &Step<T>| step.shared && step.from_weight && !step.from_input;
    for at in 1..steps.len() {
        let (before, rest) = steps.split_at_mut(at);
        if !alike(&rest[0]) {
            continue;
        }
        let Kind::Region { engine, .. } = &mut rest[0].kind else { continue };
        let mut best = None;
        for earlier in before.iter_mut().filter(|earlier| alike(earlier)) {
            if let Kind::Region { engine: other, .. } = &mut earlier.kind {
                let common = engine.common(other);
                if common > best.as_ref().map_or(0, |(most, _)| *most) {
                    best = Some((common, other));
                }
            }
        }
        if let Some((common, other)) = best {
            engine.follow(other, common);
        }
    }
}

fn bad(node: &Node, message: String) -> Diagnostic {
    let name = node.op.name();
    Diagnostic::error(&BAD_SHAPE, node.span, format!("`{name}` at `{}` {message}", node.path))
}

/// The weight's position, if it has so many numbers.
fn weight(graph: &Graph, layout: &Layout, node: &Node, id: WeightId, len: usize) -> Result<usize, Diagnostic> {
    let entry = &layout.entries[id.0 as usize];
    if entry.len() == len {
        return Ok(entry.offset);
    }
    let path = &graph.weight(id).path;
    Err(bad(node, format!("wants {len} numbers in the weight `{path}`, which has {}", entry.len())))
}

fn kind<T: Real>(
    graph: &Graph,
    layout: &Layout,
    node: &Node,
    shapes: &[&[usize]],
    (isa, shared, shots): (Isa, bool, Option<Shots>),
) -> Result<Kind<T>, Diagnostic> {
    let find = |id: WeightId, len: usize| weight(graph, layout, node, id, len);
    let first: &[usize] = shapes.first().copied().unwrap_or(&[]);
    // The operands that make a layer's weights stand behind its own.
    let own = match &node.op {
        Op::Linear { .. } | Op::Conv2d { .. } | Op::BatchNorm { .. } | Op::Recurrent { .. } => {
            &shapes[..shapes.len().min(1)]
        }
        Op::Weight { .. } => &[],
        _ => shapes,
    };
    check(node, own)?;
    Ok(match &node.op {
        Op::Input { index } => Kind::Input(*index),
        Op::Weight { weight } => Kind::Weight(find(*weight, node.len())?),
        Op::Constant { values } => Kind::Constant(values.iter().map(|&value| T::of(value)).collect()),
        Op::Linear { weight, bias } => {
            let (n_in, n_out) = (last(first), last(&node.shape));
            let bias = bias.map(|bias| find(bias, n_out)).transpose()?;
            Kind::Linear { weight: find(*weight, n_in * n_out)?, bias, n_in, n_out }
        }
        Op::Conv2d { weight, bias, stride, padding } => {
            let kernel = graph.weight(*weight).shape.last().copied().unwrap_or(1);
            let shape = ConvShape {
                channels: first[0],
                height: first[1],
                width: first[2],
                out_channels: node.shape[0],
                out_height: node.shape[1],
                out_width: node.shape[2],
                kernel,
                stride: *stride,
                padding: *padding,
            };
            let reaches = |size: usize, out: usize| (out - 1) * stride + kernel <= size + 2 * padding;
            if !reaches(first[1], node.shape[1]) || !reaches(first[2], node.shape[2]) {
                return Err(bad(node, format!("reaches beyond its input of shape {first:?}")));
            }
            let bias = bias.map(|bias| find(bias, shape.out_channels)).transpose()?;
            let weight = find(*weight, shape.out_channels * shape.window())?;
            Kind::Conv2d { shape, weight, bias, columns: vec![T::zero(); shape.window() * shape.positions()] }
        }
        Op::Pool2d { pooling, kernel, stride } => {
            let shape = PoolShape {
                height: first[1],
                width: first[2],
                out_height: node.shape[1],
                out_width: node.shape[2],
                kernel: *kernel,
                stride: *stride,
            };
            if (node.shape[1] - 1) * stride + kernel > first[1] || (node.shape[2] - 1) * stride + kernel > first[2] {
                return Err(bad(node, format!("reaches beyond its input of shape {first:?}")));
            }
            Kind::Pool2d { shape, pooling: *pooling }
        }
        Op::BatchNorm { scale, shift, mean, variance } => {
            let features = first.first().copied().unwrap_or(1);
            let find = |id| find(id, features);
            let (scale, shift, mean, variance) = (find(*scale)?, find(*shift)?, find(*mean)?, find(*variance)?);
            let (stats, room) = (BatchStats::default(), [Vec::new(), Vec::new()]);
            Kind::BatchNorm { scale, shift, mean, variance, features, stats, room }
        }
        Op::Dropout { p } => Kind::Dropout { p: *p, mask: Vec::new(), training: false },
        Op::Generate { weight, start } => Kind::Generate { at: find(*weight, node.len())?, start: *start },
        Op::Recurrent { cell, input, hidden, biases } => {
            let (n_in, size) = (last(first), last(&node.shape));
            let width = cell.gates() * size;
            let bias = |at: usize| biases.get(at).map(|bias| find(*bias, width)).transpose();
            Kind::Recurrent {
                shape: Shape { cell: *cell, steps: first[0], n_in, hidden: size },
                weights: [find(*input, width * n_in)?, find(*hidden, width * size)?],
                biases: [bias(0)?, bias(1)?],
                room: Box::default(),
            }
        }
        Op::Bits { start } => Kind::Constant(bits(*start, &node.shape)),
        Op::Mix { weight, rule } => Kind::Mix {
            at: find(*weight, shapes.len())?,
            rule: *rule,
            coefficients: Vec::new(),
            temperature: rule.start,
        },
        Op::Join => Kind::Join,
        Op::Reshape => Kind::Reshape,
        Op::Activation(activation) => Kind::Activation { activation: *activation, axis: last(&node.shape) },
        Op::Unary(function) => Kind::Unary(*function),
        Op::Binary(function) => Kind::Binary(*function),
        Op::Concat => Kind::Concat,
        Op::Gather { indices } => Kind::Gather(indices.clone()),
        Op::Pad => Kind::Pad,
        Op::Normalize => Kind::Normalize,
        Op::Sum => Kind::Sum,
        Op::Region(region) => {
            let offset = |id: WeightId| layout.entries[id.0 as usize].offset;
            Kind::Region {
                engine: sim::compile(region, &offset, isa, shared, shots)?,
                inputs: Vec::new(),
                d_inputs: Vec::new(),
            }
        }
    })
}

/// Binary digits of `shape[0]` numbers from `start` on.
fn bits<T: Real>(start: u64, shape: &[usize]) -> Vec<T> {
    let (count, digits) = (shape.first().copied().unwrap_or(0), last(shape));
    let digit = |number: u64, at: usize| if number >> at & 1 == 1 { T::one() } else { T::zero() };
    (start..start + count as u64).flat_map(|number| (0..digits).map(move |at| digit(number, at))).collect()
}

fn last(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(1)
}

/// Refuses operands that kernels would index wrongly.
fn check(node: &Node, shapes: &[&[usize]]) -> Result<(), Diagnostic> {
    let lens: Vec<usize> = shapes.iter().map(|shape| shape.iter().product()).collect();
    let one = |len: usize| lens.len() == 1 && lens[0] == len;
    let three = shapes.first().is_some_and(|shape| shape.len() == 3) && node.shape.len() == 3 && !node.is_empty();
    let fits = match &node.op {
        Op::Input { .. } | Op::Weight { .. } => lens.is_empty(),
        Op::Bits { .. } => lens.is_empty() && node.shape.len() == 2 && last(&node.shape) <= 63,
        Op::Generate { start, .. } => lens.len() == 1 && start + node.len() <= lens[0],
        Op::Recurrent { .. } => {
            lens.len() == 1
                && shapes[0].len() == 2
                && node.shape.len() == 2
                && shapes[0][0] == node.shape[0]
                && lens[0] > 0
        }
        Op::Mix { .. } => !lens.is_empty() && lens.iter().all(|&len| len == node.len()),
        Op::Join => {
            let rows = node.len() / last(&node.shape).max(1);
            lens.iter().sum::<usize>() == node.len()
                && shapes.iter().zip(&lens).all(|(shape, len)| rows * last(shape) == *len)
        }
        Op::Constant { values } => lens.is_empty() && values.len() == node.len(),
        Op::Linear { .. } => {
            lens.len() == 1 && lens[0] * last(&node.shape) == node.len() * last(shapes[0]) && lens[0] > 0
        }
        Op::Conv2d { stride, .. } => lens.len() == 1 && three && *stride > 0,
        Op::Pool2d { stride, .. } => lens.len() == 1 && three && *stride > 0 && shapes[0][0] == node.shape[0],
        Op::BatchNorm { .. } | Op::Dropout { .. } | Op::Reshape | Op::Activation(_) | Op::Unary(_) | Op::Normalize => {
            one(node.len())
        }
        Op::Binary(_) => lens.len() == 2 && lens.iter().all(|&len| len == node.len() || len == 1),
        Op::Concat => lens.iter().sum::<usize>() == node.len(),
        Op::Gather { indices } => {
            lens.len() == 1 && indices.len() == node.len() && indices.iter().all(|&index| (index as usize) < lens[0])
        }
        Op::Pad => lens.len() == 1 && lens[0] <= node.len(),
        Op::Sum => lens.len() == 1 && node.len() == 1,
        Op::Region(region) => {
            lens.iter().sum::<usize>() == region.n_inputs as usize && region.n_outputs() == node.len()
        }
    };
    if fits { Ok(()) } else { Err(bad(node, format!("cannot make shape {:?} from {shapes:?}", node.shape))) }
}
