//! A list built by a loop as one operation: the loop's turns become a leading axis.
//!
//! Every operation of the element that depends on the turn is done for all turns at once; what cannot be (a layer whose
//! weights depend on the turn, a condition on it) makes the whole list fall back to one element after another.

use super::super::{NodeId, Op};
use super::numbers::Numbers;
use super::{Builder, len};
use crate::diag::Diagnostic;
use crate::hir::expr::{Expr, Node, Picked, Symbol, each_atom};
use crate::hir::fixed_real;
use crate::hir::flow::{Flow, FlowKind, FlowNode, LayerUse, Repeat};
use crate::hir::layers::LayerKind;
use crate::hir::symbol::{PathTemplate, Segment};
use crate::ops::BinaryFn;
use crate::source::Span;
use rustc_hash::FxHashMap;

/// A value of the element.
#[derive(Clone, Copy)]
enum Lifted {
    /// The same in every turn.
    Same(NodeId),
    /// One per turn, along the first axis.
    Each(NodeId),
}

/// The loop, and what was made of the element's values.
struct Turns<'a> {
    var: Symbol,
    values: &'a Numbers,
    done: FxHashMap<*const FlowNode, Lifted>,
}

impl Turns<'_> {
    fn count(&self) -> usize {
        self.values.count()
    }
}

type Made<T> = Result<Option<T>, Diagnostic>;

impl Builder<'_> {
    /// The list as one node, if its element can be computed for all turns at once.
    pub(super) fn batched(&mut self, repeat: &Repeat, body: &Flow, values: &Numbers) -> Made<NodeId> {
        let before = self.bindings.get(repeat.var.0, &[]).cloned();
        let mut turns = Turns { var: repeat.var, values, done: FxHashMap::default() };
        let lifted = self.lift(body, &mut turns);
        self.bindings.restore(repeat.var.0, Vec::new(), before);
        match lifted? {
            Some(Lifted::Each(node)) => Ok(Some(node)),
            Some(Lifted::Same(node)) => {
                let row = self.graph.node(node).shape.clone();
                Ok(Some(self.spread(Lifted::Same(node), &row, values.count(), body.span)))
            }
            None => Ok(None),
        }
    }

    fn lift(&mut self, value: &Flow, turns: &mut Turns<'_>) -> Made<Lifted> {
        if !value.free.contains(&turns.var) {
            return self.force(value).map(|node| Some(Lifted::Same(node)));
        }
        if let Some(known) = turns.done.get(&std::sync::Arc::as_ptr(value)) {
            return Ok(Some(*known));
        }
        let made = self.lift_new(value, turns)?;
        if let Some(lifted) = made {
            turns.done.insert(std::sync::Arc::as_ptr(value), lifted);
        }
        Ok(made)
    }

    fn lift_new(&mut self, value: &Flow, turns: &mut Turns<'_>) -> Made<Lifted> {
        let span = value.span;
        if value.shape.is_empty()
            && let Some(numbers) = self.each(turns, |this| fixed_real(value, &this.bindings))
        {
            let shape = vec![numbers.len()];
            return Ok(Some(Lifted::Each(self.graph.add(Op::Constant { values: numbers }, &[], shape, "", span))));
        }
        // The shape of one element is the same in every turn, or there is no such axis.
        let Some(shape) = self.fixed_shape(&value.shape, turns) else { return Ok(None) };
        match &value.kind {
            FlowKind::Bits(number) => Ok(self.lift_bits(number, &shape, turns, span)),
            FlowKind::Element(a, index) => {
                let a = self.lift(a, turns)?;
                Ok(a.and_then(|a| self.lift_part(a, index, shape.iter().product(), &shape, turns, span)))
            }
            FlowKind::Slice(a, start) => {
                let a = self.lift(a, turns)?;
                Ok(a.and_then(|a| self.lift_part(a, start, shape[1..].iter().product(), &shape, turns, span)))
            }
            FlowKind::Unary(function, a) => {
                let Some(Lifted::Each(a)) = self.lift(a, turns)? else { return Ok(None) };
                Ok(Some(self.rows(Op::Unary(*function), a, &shape, turns, span)))
            }
            FlowKind::Reshape(a) => {
                let Some(Lifted::Each(a)) = self.lift(a, turns)? else { return Ok(None) };
                let all = [&[turns.count()], &shape[..]].concat();
                Ok(Some(Lifted::Each(self.reshaped(a, all, span))))
            }
            FlowKind::Binary(function, a, b) => {
                let (Some(a), Some(b)) = (self.lift(a, turns)?, self.lift(b, turns)?) else { return Ok(None) };
                Ok(Some(self.lift_binary(*function, (a, b), &shape, turns, span)))
            }
            FlowKind::Concat(parts) if shape.len() == 1 => self.lift_join(parts, turns, span),
            FlowKind::Stack(parts) if shape.len() == 1 => self.lift_join(parts, turns, span),
            FlowKind::Layer(layer, a) => self.lift_layer(layer, a, &shape, turns, span),
            FlowKind::If(condition, a, b) => {
                let Some(taken) = self.each_int(turns, condition) else { return Ok(None) };
                match taken.first() {
                    Some(first) if taken.iter().all(|value| value == first) => {
                        self.lift(if first != 0 { a } else { b }, turns)
                    }
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// Something for every turn, if it exists for every turn.
    fn each<R>(&mut self, turns: &Turns<'_>, mut of: impl FnMut(&mut Self) -> Option<R>) -> Option<Vec<R>> {
        let mut out = Vec::with_capacity(turns.count());
        for value in turns.values.iter() {
            self.bindings.bind(turns.var.0, Vec::new(), Picked::Int(value));
            out.push(of(self)?);
        }
        Some(out)
    }

    /// The values of an expression. Lists have a hundred thousand turns, and most expressions are the turn, a multiple of it, or
    /// do not look at it: those are not evaluated turn by turn.
    fn each_int(&mut self, turns: &Turns<'_>, expr: &Expr) -> Option<Numbers> {
        let slope = match &**expr {
            Node::Atom(atom) if atom.symbol == turns.var && atom.at.is_empty() => Some(1),
            Node::Sum(_, terms) => {
                let own: Vec<_> = terms.iter().filter(|term| looks_at(&term.1, turns.var)).collect();
                match own[..] {
                    [] => Some(0),
                    [(factor, term)] => match &**term {
                        Node::Atom(atom) if atom.symbol == turns.var && atom.at.is_empty() => Some(*factor),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => (!looks_at(expr, turns.var)).then_some(0),
        };
        let (Some(slope), Some(origin)) = (slope, turns.values.first()) else {
            return self.each(turns, |this| this.bindings.eval(expr)).map(Numbers::List);
        };
        self.bindings.bind(turns.var.0, Vec::new(), Picked::Int(origin));
        let first = self.bindings.eval(expr)?;
        turns.values.scaled(slope, first)
    }

    fn fixed_shape(&mut self, shape: &[Expr], turns: &Turns<'_>) -> Option<Vec<usize>> {
        let of = |this: &Self| -> Option<Vec<usize>> {
            shape.iter().map(|dim| this.bindings.eval(dim).and_then(|dim| usize::try_from(dim).ok())).collect()
        };
        if let Some(value) = turns.values.last()
            && !shape.iter().any(|dim| looks_at(dim, turns.var))
        {
            self.bindings.bind(turns.var.0, Vec::new(), Picked::Int(value));
            return of(self);
        }
        let all: Vec<Vec<usize>> = self.each(turns, |this| of(this))?;
        let first = all.first()?.clone();
        all.iter().all(|other| *other == first).then_some(first)
    }

    fn rows(&mut self, op: Op, a: NodeId, shape: &[usize], turns: &Turns<'_>, span: Span) -> Lifted {
        Lifted::Each(self.graph.add(op, &[a], [&[turns.count()], shape].concat(), "", span))
    }

    fn lift_bits(&mut self, number: &Expr, shape: &[usize], turns: &Turns<'_>, span: Span) -> Option<Lifted> {
        let numbers = self.each_int(turns, number)?;
        let start = u64::try_from(numbers.first()?).ok()?;
        let counted = numbers.count() == 1 || numbers.distance() == Some(1);
        let shape = [&[numbers.count()], shape].concat();
        counted.then(|| Lifted::Each(self.graph.add(Op::Bits { start }, &[], shape, "", span)))
    }

    /// A stretch of `a` that starts `stride` numbers further for every step of `index`.
    fn lift_part(
        &mut self,
        a: Lifted,
        index: &Expr,
        stride: usize,
        shape: &[usize],
        turns: &Turns<'_>,
        span: Span,
    ) -> Option<Lifted> {
        let starts = self.each_int(turns, index)?;
        let count: usize = shape.iter().product();
        let (node, row) = match a {
            Lifted::Same(node) => (node, 0),
            Lifted::Each(node) => (node, self.graph.node(node).len() / turns.count().max(1)),
        };
        let all = [&[starts.count()], shape].concat();
        let from = |(turn, start): (usize, i64)| Some(turn * row + usize::try_from(start).ok()? * stride);
        let (first, size) = (from((0, starts.first().unwrap_or(0)))?, starts.count() * count);
        from((0, starts.last().unwrap_or(0)))?;
        // Each turn goes on where the one before it ended.
        let further =
            |distance: i64| Some(i64::try_from(row).ok()? + distance.checked_mul(i64::try_from(stride).ok()?)?);
        let in_a_row = starts.count() <= 1 || starts.distance().and_then(further) == i64::try_from(count).ok();
        if in_a_row && first == 0 && self.graph.node(node).len() == size {
            return Some(Lifted::Each(self.reshaped(node, all, span)));
        }
        let indices = match in_a_row {
            true => (len(first)..len(first + size)).collect(),
            false => {
                let mut indices = Vec::with_capacity(size);
                for start in starts.iter().enumerate() {
                    let from = from(start)?;
                    indices.extend(len(from)..len(from + count));
                }
                indices
            }
        };
        Some(Lifted::Each(self.graph.add(Op::Gather { indices }, &[node], all, "", span)))
    }

    fn lift_binary(
        &mut self,
        function: BinaryFn,
        (a, b): (Lifted, Lifted),
        shape: &[usize],
        turns: &Turns<'_>,
        span: Span,
    ) -> Lifted {
        let count = turns.count();
        let mut side = |value: Lifted| match value {
            // A single number meets every element as it is.
            Lifted::Same(node) if self.graph.node(node).len() == 1 => node,
            other => self.spread(other, shape, count, span),
        };
        let (a, b) = (side(a), side(b));
        Lifted::Each(self.graph.add(Op::Binary(function), &[a, b], [&[count], shape].concat(), "", span))
    }

    /// A value as `[count, row..]`, repeated where it has less.
    fn spread(&mut self, value: Lifted, row: &[usize], count: usize, span: Span) -> NodeId {
        let (size, all) = (row.iter().product::<usize>(), [&[count], row].concat());
        let (node, each) = match value {
            Lifted::Same(node) => (node, false),
            Lifted::Each(node) => (node, true),
        };
        let have = self.graph.node(node).len();
        if each && have == count * size {
            return self.reshaped(node, all, span);
        }
        let of = |at: usize| match (each, have) {
            (true, _) => at / size.max(1),
            (false, 1) => 0,
            (false, _) => at % size.max(1),
        };
        let indices = (0..count * size).map(|at| len(of(at))).collect();
        self.graph.add(Op::Gather { indices }, &[node], all, "", span)
    }

    /// Numbers and vectors of every turn side by side.
    fn lift_join(&mut self, parts: &[Flow], turns: &mut Turns<'_>, span: Span) -> Made<Lifted> {
        let count = turns.count();
        let mut nodes = Vec::with_capacity(parts.len());
        let mut width = 0;
        for part in parts {
            let Some(lifted) = self.lift(part, turns)? else { return Ok(None) };
            let Some(row) = self.fixed_shape(&part.shape, turns).filter(|row| row.len() <= 1) else { return Ok(None) };
            let size: usize = row.iter().product();
            nodes.push(self.spread(lifted, &[size], count, span));
            width += size;
        }
        Ok(Some(Lifted::Each(match nodes.as_slice() {
            [only] => *only,
            _ => self.graph.add(Op::Join, &nodes, vec![count, width], "", span),
        })))
    }

    /// Layers that work on the last axis, or on single numbers, do not mind one more axis in front.
    fn lift_layer(
        &mut self,
        layer: &LayerUse,
        a: &Flow,
        shape: &[usize],
        turns: &mut Turns<'_>,
        span: Span,
    ) -> Made<Lifted> {
        let steady = |value: &Flow| !value.free.contains(&turns.var);
        let fits = matches!(layer.layer.kind, LayerKind::Linear | LayerKind::Dropout | LayerKind::Activation(_));
        // The path of a layer without weights names nothing.
        let one_path = |this: &mut Self| layer.weights.is_empty() || this.one_path(&layer.path, turns);
        if !fits || !one_path(self) || !layer.weights.iter().chain(&layer.reals).all(steady) {
            return Ok(None);
        }
        let Some(Lifted::Each(a)) = self.lift(a, turns)? else { return Ok(None) };
        let all = [&[turns.count()], shape].concat();
        self.layer_on(layer, a, all, span).map(|node| Some(Lifted::Each(node)))
    }

    /// Is a path the same in every turn?
    fn one_path(&mut self, path: &PathTemplate, turns: &Turns<'_>) -> bool {
        let turning = |segment: &Segment| matches!(segment, Segment::Value(expr) if looks_at(expr, turns.var));
        if !path.0.iter().any(turning) {
            return true;
        }
        let paths = self.each(turns, |this| Some(path.render(&this.bindings)));
        paths.is_some_and(|paths| paths.iter().all(|path| *path == paths[0]))
    }
}

/// Does an expression mention the turn?
fn looks_at(expr: &Expr, turn: Symbol) -> bool {
    let mut found = false;
    each_atom(expr, &mut |atom| found |= atom.symbol == turn);
    found
}
