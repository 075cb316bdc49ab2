//! Flowing values to nodes.

use super::super::{NodeId, Op, Weight};
use super::numbers::Numbers;
use super::{Builder, len, too_large};
use crate::diag::Diagnostic;
use crate::hir::expr::Expr;
use crate::hir::fixed_real;
use crate::hir::flow::{Flow, FlowKind, InitSpec, LayerUse, Repeat};
use crate::hir::layers::LayerKind;
use crate::ops::Init;
use crate::source::Span;

/// Most elements of a list that are computed one by one.
const MAX_PARTS: usize = 1 << 16;

impl Builder<'_> {
    /// Makes the node of a value.
    pub(super) fn make(&mut self, flow: &Flow) -> Result<NodeId, Diagnostic> {
        let span = flow.span;
        if let Some(value) = fixed_real(flow, &self.bindings)
            && flow.shape.is_empty()
        {
            return Ok(self.graph.add(Op::Constant { values: vec![value] }, &[], Vec::new(), "", span));
        }
        let shape = self.shape(&flow.shape, span)?;
        match &flow.kind {
            FlowKind::Input(index) => self.inputs.get(*index).copied().ok_or_else(|| too_large(span, "an input")),
            FlowKind::Constant(_) | FlowKind::FromInt(_) | FlowKind::RealChoice(_) => Err(too_large(span, "a number")),
            FlowKind::Weight { .. } => {
                let weight = self.weight(flow, &shape)?;
                let path = self.graph.weight(weight).path.clone();
                Ok(self.graph.add(Op::Weight { weight }, &[], shape, path, span))
            }
            FlowKind::Bits(number) => self.bits(number, shape, span),
            FlowKind::Generated { of, start, .. } => {
                let start = self.size(start, span)?;
                self.gather(of, start, shape.iter().product(), shape, span)
            }
            FlowKind::Unary(function, a) => self.unary(Op::Unary(*function), a, shape, span),
            FlowKind::Binary(function, a, b) => {
                let (a, b) = (self.force(a)?, self.force(b)?);
                Ok(self.graph.add(Op::Binary(*function), &[a, b], shape, "", span))
            }
            FlowKind::Element(a, index) => {
                let index = self.size(index, span)?;
                let stride: usize = shape.iter().product();
                self.gather(a, index * stride, stride, shape, span)
            }
            FlowKind::Slice(a, start) => {
                let start = self.size(start, span)?;
                let rest: usize = shape[1..].iter().product();
                self.gather(a, start * rest, shape.iter().product(), shape, span)
            }
            FlowKind::Concat(parts) => self.concat(parts, shape, span),
            FlowKind::Stack(parts) => self.stack(parts, shape, span),
            FlowKind::Comprehension(repeat, body) => self.comprehension(repeat, body, span),
            FlowKind::Pad(a) => self.unary(Op::Pad, a, shape, span),
            FlowKind::Normalize(a) => self.unary(Op::Normalize, a, shape, span),
            FlowKind::Sum(a) => self.unary(Op::Sum, a, shape, span),
            FlowKind::Reshape(a) => {
                let a = self.force(a)?;
                Ok(self.reshaped(a, shape, span))
            }
            FlowKind::Layer(layer, a) => self.layer(layer, a, shape, span),
            FlowKind::If(condition, a, b) => {
                let taken = self.int(condition, span)? != 0;
                self.force(if taken { a } else { b })
            }
            FlowKind::Expect(..) | FlowKind::Probabilities(..) => self.read_out(flow, shape),
        }
    }

    fn bits(&mut self, number: &Expr, shape: Vec<usize>, span: Span) -> Result<NodeId, Diagnostic> {
        let start = u64::try_from(self.int(number, span)?).map_err(|_| too_large(span, "a number"))?;
        let row = [&[1], &shape[..]].concat();
        let node = self.graph.add(Op::Bits { start }, &[], row, "", span);
        Ok(self.reshaped(node, shape, span))
    }

    /// What a circuit's read-out has become.
    fn read_out(&mut self, flow: &Flow, shape: Vec<usize>) -> Result<NodeId, Diagnostic> {
        let span = flow.span;
        match &flow.kind {
            FlowKind::Expect(circuit, observable) => {
                let at = self.ints(&circuit.at, span)?;
                self.readout(circuit.id, at, shape, span, &|this| {
                    let sums = this.observable(observable)?;
                    Ok(sums.into_iter().map(super::Readout::Expectation).collect())
                })
            }
            FlowKind::Probabilities(circuit, wires) => {
                let at = self.ints(&circuit.at, span)?;
                self.readout(circuit.id, at, shape, span, &|this| {
                    Ok(vec![super::Readout::Probabilities(this.wires(wires, span)?)])
                })
            }
            _ => Err(too_large(span, "a read-out")),
        }
    }

    fn unary(&mut self, op: Op, a: &Flow, shape: Vec<usize>, span: Span) -> Result<NodeId, Diagnostic> {
        let a = self.force(a)?;
        Ok(self.graph.add(op, &[a], shape, "", span))
    }

    fn gather(
        &mut self,
        a: &Flow,
        start: usize,
        count: usize,
        shape: Vec<usize>,
        span: Span,
    ) -> Result<NodeId, Diagnostic> {
        let a = self.force(a)?;
        if start == 0 && self.graph.node(a).len() == count {
            return Ok(self.reshaped(a, shape, span));
        }
        let indices = (start..start + count).map(len).collect();
        Ok(self.graph.add(Op::Gather { indices }, &[a], shape, "", span))
    }

    pub(super) fn reshaped(&mut self, node: NodeId, shape: Vec<usize>, span: Span) -> NodeId {
        if self.graph.node(node).shape == shape {
            return node;
        }
        self.graph.add(Op::Reshape, &[node], shape, "", span)
    }

    fn concat(&mut self, parts: &[Flow], shape: Vec<usize>, span: Span) -> Result<NodeId, Diagnostic> {
        let nodes: Vec<NodeId> = parts.iter().map(|part| self.force(part)).collect::<Result<_, _>>()?;
        match nodes.as_slice() {
            [only] => Ok(*only),
            _ => Ok(self.graph.add(Op::Concat, &nodes, shape, "", span)),
        }
    }

    fn stack(&mut self, parts: &[Flow], shape: Vec<usize>, span: Span) -> Result<NodeId, Diagnostic> {
        let constants: Option<Vec<f64>> = parts.iter().map(|part| fixed_real(part, &self.bindings)).collect();
        if let Some(values) = constants {
            return Ok(self.graph.add(Op::Constant { values }, &[], shape, "", span));
        }
        let mut nodes = Vec::with_capacity(parts.len());
        for part in parts {
            let node = self.force(part)?;
            let mut row = vec![1];
            row.extend(&self.graph.node(node).shape);
            nodes.push(self.reshaped(node, row, span));
        }
        match nodes.as_slice() {
            [only] => Ok(self.reshaped(*only, shape, span)),
            _ => Ok(self.graph.add(Op::Concat, &nodes, shape, "", span)),
        }
    }

    fn comprehension(&mut self, repeat: &Repeat, body: &Flow, span: Span) -> Result<NodeId, Diagnostic> {
        let mut parts = Vec::new();
        let before = self.bindings.get(repeat.var.0, &[]).cloned();
        let mut turns = self.repeat_values(repeat, span)?;
        if let Some(filter) = &repeat.filter {
            turns = turns.filtered(|&value| {
                self.bindings.bind(repeat.var.0, Vec::new(), super::Picked::Int(value));
                self.bindings.eval(filter) != Some(0)
            });
            self.bindings.restore(repeat.var.0, Vec::new(), before.clone());
        }
        if turns.count() > 1
            && let Some(node) = self.batched(repeat, body, &turns)?
        {
            return Ok(node);
        }
        if turns.count() > MAX_PARTS {
            let message =
                format!("a list of {} elements that are not computed alike has at most {MAX_PARTS}", turns.count());
            return Err(Diagnostic::error(&crate::hir::errors::types::TOO_LARGE, span, message));
        }
        for value in turns.iter() {
            self.bindings.bind(repeat.var.0, Vec::new(), super::Picked::Int(value));
            let node = self.force(body)?;
            let mut row = vec![1];
            row.extend(&self.graph.node(node).shape);
            parts.push(self.reshaped(node, row, span));
        }
        self.bindings.restore(repeat.var.0, Vec::new(), before);
        let mut shape = parts.first().map_or_else(|| vec![0], |part| self.graph.node(*part).shape.clone());
        shape[0] = parts.len();
        match parts.as_slice() {
            [] => Ok(self.graph.add(Op::Constant { values: Vec::new() }, &[], shape, "", span)),
            [only] => Ok(*only),
            _ => Ok(self.graph.add(Op::Concat, &parts, shape, "", span)),
        }
    }

    pub(super) fn repeat_values(&self, repeat: &Repeat, span: Span) -> Result<Numbers, Diagnostic> {
        let (first, count) = (self.int(&repeat.start, span)?, self.int(&repeat.len, span)?);
        let count = usize::try_from(count).unwrap_or(0);
        Ok(Numbers::Run { first, step: repeat.step, count })
    }

    /// The weight of a flow, added to the graph if it is new.
    pub(super) fn weight(&mut self, flow: &Flow, shape: &[usize]) -> Result<super::super::WeightId, Diagnostic> {
        if let FlowKind::Generated { path, of, start } = &flow.kind {
            let path = path.render(&self.bindings);
            return self.generated(path, of, self.size(start, flow.span)?, shape, flow.span);
        }
        let FlowKind::Weight { path, init, trainable } = &flow.kind else {
            return Err(too_large(flow.span, "a weight"));
        };
        let path = self.weight_path(path.render(&self.bindings));
        if let Some(&known) = self.weights.get(&path) {
            return Ok(known);
        }
        let init = match init {
            InitSpec::Fixed(init) => *init,
            InitSpec::FanIn(fan) => {
                #[allow(clippy::cast_precision_loss)]
                let bound = 1.0 / (self.size(fan, flow.span)?.max(1) as f64).sqrt();
                Init::Uniform(-bound, bound)
            }
        };
        let id = super::super::WeightId(len(self.graph.weights.len()));
        self.weights.insert(path.clone(), id);
        let shape = shape.to_vec();
        self.graph.weights.push(Weight { path, shape, init, trainable: *trainable, quantum: false, span: flow.span });
        Ok(id)
    }

    /// The weight that a stretch of a vector becomes.
    fn generated(
        &mut self,
        path: String,
        of: &Flow,
        start: usize,
        shape: &[usize],
        span: Span,
    ) -> Result<super::super::WeightId, Diagnostic> {
        if let Some(&known) = self.weights.get(&path) {
            return Ok(known);
        }
        let of = self.force(of)?;
        let id = super::super::WeightId(len(self.graph.weights.len()));
        self.weights.insert(path.clone(), id);
        let (init, shape) = (Init::Constant(0.0), shape.to_vec());
        let weight = Weight { path: path.clone(), shape: shape.clone(), init, trainable: false, quantum: false, span };
        self.graph.weights.push(weight);
        let node = self.graph.add(Op::Generate { weight: id, start }, &[of], shape, path, span);
        self.made.insert(id, node);
        Ok(id)
    }

    fn layer(&mut self, layer: &LayerUse, a: &Flow, shape: Vec<usize>, span: Span) -> Result<NodeId, Diagnostic> {
        let input = self.force(a)?;
        self.layer_on(layer, input, shape, span)
    }

    /// A layer on a node; `shape` is that of the result.
    pub(super) fn layer_on(
        &mut self,
        layer: &LayerUse,
        input: NodeId,
        shape: Vec<usize>,
        span: Span,
    ) -> Result<NodeId, Diagnostic> {
        let mut weights = Vec::new();
        for weight in &layer.weights {
            let shape = self.shape(&weight.shape, span)?;
            weights.push(self.weight(weight, &shape)?);
        }
        let ints: Vec<usize> = layer.ints.iter().map(|e| self.size(e, span)).collect::<Result<_, _>>()?;
        let int = |at: usize| ints.get(at).copied().unwrap_or(0);
        let real = layer.reals.first().and_then(|f| fixed_real(f, &self.bindings)).unwrap_or(0.0);
        let first = weights.first().copied();
        let op = match (layer.layer.kind, first) {
            (LayerKind::Linear, Some(weight)) => Op::Linear { weight, bias: weights.get(1).copied() },
            (LayerKind::Conv2d, Some(weight)) => {
                Op::Conv2d { weight, bias: weights.get(1).copied(), stride: int(2), padding: int(3) }
            }
            (LayerKind::Pool(pooling), _) => Op::Pool2d { pooling, kernel: int(0), stride: int(1) },
            (LayerKind::BatchNorm, Some(scale)) => {
                Op::BatchNorm { scale, shift: weights[1], mean: weights[2], variance: weights[3] }
            }
            (LayerKind::Dropout, _) => {
                if !(0.0..1.0).contains(&real) {
                    return Err(Diagnostic::error(
                        &crate::hir::errors::types::LAYER_NEEDS,
                        span,
                        format!("a dropout's probability lies in 0..1, this is {real:?}"),
                    ));
                }
                Op::Dropout { p: real }
            }
            (LayerKind::Recurrent(cell), Some(input)) => {
                Op::Recurrent { cell, input, hidden: weights[1], biases: weights[2..].to_vec() }
            }
            (LayerKind::Last, _) => {
                let (all, count) = (self.graph.node(input).len(), shape.iter().product::<usize>());
                let indices = (all - count..all).map(len).collect();
                Op::Gather { indices }
            }
            (LayerKind::Flatten, _) => return Ok(self.reshaped(input, shape, span)),
            (LayerKind::Activation(activation), _) => Op::Activation(activation),
            _ => return Err(too_large(span, "a layer")),
        };
        // What makes its weights comes before the layer.
        let made = weights.iter().filter_map(|weight| self.made.get(weight)).copied();
        let operands: Vec<NodeId> = std::iter::once(input).chain(made).collect();
        Ok(self.graph.add(op, &operands, shape, layer.path.render(&self.bindings), span))
    }
}
