//! Models whose weights come from an expression: `count(net)` and `net with weights w`.
//!
//! Both apply the model once to a placeholder of its input's shape. What stands for a weight in the result is counted, in
//! order of first appearance, or replaced by its stretch of `w`; sizes stay expressions over the choices.

use super::super::errors::types;
use super::super::expr::{self, Expr, Symbol};
use super::super::flow::{self, Flow, FlowKind};
use super::super::symbol::PathTemplate;
use super::super::template::{Step, Steps};
use super::super::value::{Module, ModuleKind, Value};
use super::types::mentions;
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Type, TypeKind};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The input of a model that is looked at, not run.
const PLACEHOLDER: usize = usize::MAX;

/// A weight of a model: its path, and its shapes with the conditions under which it has them.
struct Found {
    path: PathTemplate,
    cases: Vec<(Expr, Vec<Expr>)>,
}

impl Found {
    fn size(&self) -> Expr {
        let product = |shape: &[Expr]| shape.iter().fold(expr::int(1), |all, dim| expr::mul(&all, dim));
        self.cases.iter().rev().fold(expr::int(0), |rest, (guard, shape)| expr::if_else(guard, &product(shape), &rest))
    }
}

/// The weights of a flow, in order of first appearance.
#[derive(Default)]
struct Finder {
    found: Vec<Found>,
    seen: HashSet<(usize, Expr)>,
    /// What goes in: its weights are none of the model's.
    inputs: HashSet<usize>,
    loops: Vec<Symbol>,
    /// What cannot be generated, and where it is.
    trouble: Option<(Span, &'static str)>,
}

impl Finder {
    fn walk(&mut self, value: &Flow, guard: &Expr) {
        if self.inputs.contains(&(Arc::as_ptr(value) as usize)) {
            return;
        }
        if expr::constant(guard) == Some(0) || !self.seen.insert((Arc::as_ptr(value) as usize, guard.clone())) {
            return;
        }
        match &value.kind {
            FlowKind::Weight { path, trainable: true, .. } => self.weight(value, path, guard),
            FlowKind::If(condition, a, b) => {
                self.walk(a, &expr::and(guard, condition));
                self.walk(b, &expr::and(guard, &expr::not(condition)));
            }
            FlowKind::Comprehension(repeat, body) => {
                self.loops.push(repeat.var);
                self.walk(body, guard);
                self.loops.pop();
            }
            FlowKind::Expect(..) | FlowKind::Probabilities(..) => {
                self.trouble.get_or_insert((value.span, "it has a circuit, whose weights are its own"));
            }
            kind => flow::operands(kind).into_iter().for_each(|operand| self.walk(operand, guard)),
        }
    }

    fn weight(&mut self, value: &Flow, path: &PathTemplate, guard: &Expr) {
        if value.free.iter().any(|symbol| self.loops.contains(symbol)) {
            self.trouble.get_or_insert((value.span, "it draws weights in a list built by a loop"));
        }
        let at = match self.found.iter().position(|found| found.path == *path) {
            Some(at) => at,
            None => {
                self.found.push(Found { path: path.clone(), cases: Vec::new() });
                self.found.len() - 1
            }
        };
        let cases = &mut self.found[at].cases;
        match cases.iter_mut().find(|(_, shape)| *shape == value.shape) {
            Some((known, _)) => *known = expr::any([known.clone(), guard.clone()]),
            None => cases.push((guard.clone(), value.shape.clone())),
        }
    }

    fn total(&self) -> Expr {
        self.found.iter().fold(expr::int(0), |sum, found| expr::add(&sum, &found.size()))
    }
}

impl Elaborator<'_> {
    /// A model under a written type: what goes in is noted, what comes out is unified, once the sizes are known.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn unify_model(
        &mut self,
        value: Value,
        (params, result): (&[Type], &Type),
        names: &Names,
        open: &[String],
        bindings: &mut Vec<(String, Value)>,
        span: Span,
        what: &str,
    ) -> Value {
        if !matches!(value, Value::Module(_) | Value::OneOf(_) | Value::Builtin(_)) {
            return self.mismatch(&value, "a model", span, what);
        }
        let known = bindings
            .iter()
            .filter(|(name, _)| open.contains(name))
            .fold(names.clone(), |names, (name, value)| names.with(name, value.clone(), Span::default(), 0));
        let mut inputs = Vec::new();
        for param in params {
            let TypeKind::Name { dims, .. } = &param.kind else { return value };
            let unknown = |name: &str| known.get(name).is_none() && self.program.global(self.module, name).is_none();
            if dims.iter().any(|dim| mentions(dim, &unknown)) {
                return value;
            }
            let shape: Option<Vec<Expr>> = dims.iter().map(|dim| self.size(dim, &known)).collect();
            let Some(shape) = shape else { return Value::Error };
            inputs.push(shape);
        }
        let output = self.dry_run(&value, &inputs, span);
        let output = self.unify(output, result, names, open, bindings, span, "the result of this model");
        if output.is_error() {
            return Value::Error;
        }
        let path = self.path();
        Value::Module(Arc::new(Module { kind: ModuleKind::Typed(Box::new(value), inputs), path, span }))
    }

    /// Settings that are models, under their declared types, and what these types say about other settings.
    pub(super) fn type_models(
        &mut self,
        callable: &ast::Callable,
        settings: &mut [Option<Value>],
        inferred: &mut Vec<(String, Value)>,
        span: Span,
    ) -> Option<()> {
        let typed = |setting: &ast::Setting| matches!(setting.ty, Some(Type { kind: TypeKind::Model { .. }, .. }));
        if !callable.settings.iter().any(typed) {
            return Some(());
        }
        let mut open = Vec::new();
        let mut scope = Names::default();
        for (setting, given) in callable.settings.iter().zip(&*settings) {
            match given {
                Some(value) => scope = scope.with(&setting.name.text, value.clone(), setting.name.span, 0),
                None => open.push(setting.name.text.clone()),
            }
        }
        for (setting, given) in callable.settings.iter().zip(settings) {
            if let (Some(Type { kind: TypeKind::Model { params, result }, .. }), Some(value)) = (&setting.ty, given) {
                let what = format!("the setting `{}`", setting.name.text);
                *value = self.unify_model(value.clone(), (params, result), &scope, &open, inferred, span, &what);
                if value.is_error() {
                    return None;
                }
            }
        }
        Some(())
    }

    /// The result of a model on placeholders. Its choices are drawn here, its circuits and checks are left to where it is used.
    fn dry_run(&mut self, module: &Value, inputs: &[Vec<Expr>], span: Span) -> Value {
        let placeholder = |shape: &Vec<Expr>| flow::flow(FlowKind::Input(PLACEHOLDER), shape.clone(), span);
        let args = inputs.iter().map(|shape| (Value::Real(placeholder(shape)), span)).collect();
        let obligations = self.obligations.len();
        let circuit = self.circuit.take();
        let (value, steps) = self.collect(|this| this.apply_module(module, args, span));
        self.circuit = circuit;
        self.obligations.truncate(obligations);
        choices_only(steps).into_iter().for_each(|step| self.emit(step));
        value
    }

    /// `count(net)`
    pub(super) fn count_weights(&mut self, value: &Value, at: Span) -> Value {
        match value {
            Value::Error => Value::Error,
            Value::OneOf(cases) => {
                let conditions: Vec<Expr> = cases.iter().map(|(condition, _)| condition.clone()).collect();
                self.cases(conditions, at, |this, case| this.count_weights(&cases[case].1, at))
            }
            Value::Module(module) => {
                let ModuleKind::Typed(inner, inputs) = &module.kind else {
                    return self.report(
                        Diagnostic::error(
                            &types::MISSING_SETTING,
                            at,
                            "how many weights this model has depends on what goes in",
                        )
                        .help("say it with a type: `net: model(real[4]) -> real[2]`"),
                    );
                };
                let result = self.dry_run(inner, inputs, at);
                match self.find_weights(&result, &[], at) {
                    Some(finder) => Value::Int(finder.total()),
                    None => Value::Error,
                }
            }
            other => {
                let what = other.describe();
                self.error(&types::TYPE_MISMATCH, at, format!("`count` counts the weights of a model, this is {what}"))
            }
        }
    }

    fn find_weights(&mut self, result: &Value, inputs: &[Flow], at: Span) -> Option<Finder> {
        let inputs = inputs.iter().map(|input| Arc::as_ptr(input) as usize).collect();
        let mut finder = Finder { inputs, ..Finder::default() };
        for part in flows(result)? {
            finder.walk(&part, &expr::truth(true));
        }
        if let Some((place, why)) = finder.trouble {
            self.report(
                Diagnostic::error(
                    &types::MISPLACED,
                    at,
                    format!("the weights of this model cannot be generated: {why}"),
                )
                .label(place, "here")
                .note("`count` and `with weights` are for models of layers and of weights written out"),
            );
            return None;
        }
        Some(finder)
    }

    /// `net with weights w`
    pub(super) fn with_weights(&mut self, model: &ast::Expr, weights: &ast::Expr, names: &Names, span: Span) -> Value {
        let (net, numbers) = (self.expr(model, names, None), self.expr(weights, names, None));
        if net.is_error() || numbers.is_error() {
            return Value::Error;
        }
        if !matches!(net, Value::Module(_) | Value::OneOf(_)) {
            return self.mismatch(&net, "a model", model.span, "what stands before `with weights`");
        }
        let described = numbers.describe();
        let Some(numbers) = self.as_real(numbers, weights.span) else {
            return self.error(
                &types::TYPE_MISMATCH,
                weights.span,
                format!("`with weights` takes a vector, this is {described}"),
            );
        };
        if numbers.shape.len() != 1 {
            return self.report(
                Diagnostic::error(
                    &types::SHAPE_MISMATCH,
                    weights.span,
                    "`with weights` takes one vector of all weights",
                )
                .help("`flatten` makes one axis from all"),
            );
        }
        if self.reads_data(&numbers) {
            return self.report(
                Diagnostic::error(&types::NOT_FIXED, weights.span, "generated weights depend on the data")
                    .note("a model has the same weights for every sample of a batch"),
            );
        }
        let path = self.path();
        Value::Module(Arc::new(Module { kind: ModuleKind::Generated(Box::new(net), numbers), path, span }))
    }

    /// Applies a model with its weights taken from `numbers`.
    pub(super) fn apply_generated(
        &mut self,
        net: &Value,
        numbers: &Flow,
        args: Vec<(Value, Span)>,
        span: Span,
    ) -> Value {
        let mut inputs = Vec::new();
        let mut given = Vec::new();
        for (value, at) in args {
            let value = self.as_real(value.clone(), at).map_or(value, Value::Real);
            inputs.extend(flows(&value).unwrap_or_default());
            given.push((value, at));
        }
        let result = self.apply_module(net, given, span);
        if result.is_error() {
            return Value::Error;
        }
        let Some(finder) = self.find_weights(&result, &inputs, span) else { return Value::Error };
        let (have, want) = (numbers.shape[0].clone(), finder.total());
        let (x, y) = (have.clone(), want.clone());
        self.must(expr::eq(&have, &want), &types::SHAPE_MISMATCH, numbers.span, move |case| {
            format!("these are {} numbers, but the model has {} weights", case.show(&x), case.show(&y))
        });
        let mut starts = HashMap::new();
        let mut start = expr::int(0);
        for found in &finder.found {
            starts.insert(found.path.clone(), start.clone());
            start = expr::add(&start, &found.size());
        }
        let replaced = std::cell::RefCell::new(HashMap::new());
        let put = Put { starts: &starts, inputs: &finder.inputs, numbers, done: &replaced };
        map_flows(&result, &|value| put.flow(value))
    }

    /// Does a value depend on data?
    fn reads_data(&self, value: &Flow) -> bool {
        let mut seen = HashSet::new();
        let mut next = vec![value.clone()];
        while let Some(value) = next.pop() {
            if !seen.insert(Arc::as_ptr(&value)) {
                continue;
            }
            match &value.kind {
                FlowKind::Input(_) => return true,
                FlowKind::Expect(circuit, _) | FlowKind::Probabilities(circuit, _) => {
                    self.steps.iter().for_each(|steps| entering(steps, Some(circuit.id), &mut next));
                }
                kind => next.extend(flow::operands(kind).into_iter().cloned()),
            }
        }
        false
    }
}

/// The values that enter a circuit (or, past its head, all that stand in these steps).
fn entering(steps: &[Step], circuit: Option<u32>, out: &mut Vec<Flow>) {
    for step in steps {
        match step {
            Step::Circuit { id, body, .. } if Some(*id) == circuit => entering(body, None, out),
            Step::Gate { angles, .. } if circuit.is_none() => out.extend(angles.iter().map(|(angle, _)| angle.clone())),
            Step::Prepare { values, .. } if circuit.is_none() => out.push(values.clone()),
            Step::Loop { body, .. } | Step::Circuit { body, .. } | Step::Modified { body, .. } => {
                entering(body, circuit, out)
            }
            Step::Branch { then, otherwise, .. } => {
                entering(then, circuit, out);
                entering(otherwise, circuit, out);
            }
            _ => {}
        }
    }
}

/// Puts stretches of a vector in place of weights.
struct Put<'a> {
    starts: &'a HashMap<PathTemplate, Expr>,
    inputs: &'a HashSet<usize>,
    numbers: &'a Flow,
    done: &'a std::cell::RefCell<HashMap<usize, (Flow, Flow)>>,
}

impl Put<'_> {
    fn flow(&self, value: &Flow) -> Flow {
        let key = Arc::as_ptr(value) as usize;
        if self.inputs.contains(&key) {
            return value.clone();
        }
        if let Some((_, known)) = self.done.borrow().get(&key) {
            return known.clone();
        }
        let new = match &value.kind {
            FlowKind::Weight { path, trainable: true, .. } => match self.starts.get(path) {
                Some(start) => {
                    let kind =
                        FlowKind::Generated { path: path.clone(), of: self.numbers.clone(), start: start.clone() };
                    flow::flow(kind, value.shape.clone(), value.span)
                }
                None => value.clone(),
            },
            _ => flow::over(value, &|operand| self.flow(operand)),
        };
        // The old value is kept: its address is the key.
        self.done.borrow_mut().insert(key, (value.clone(), new.clone()));
        new
    }
}

/// The tensors of a model's result.
fn flows(value: &Value) -> Option<Vec<Flow>> {
    match value {
        Value::Real(flow) => Some(vec![flow.clone()]),
        Value::Tuple(fields) => {
            let parts: Option<Vec<Vec<Flow>>> = fields.iter().map(|(_, field)| flows(field)).collect();
            parts.map(|parts| parts.concat())
        }
        _ => None,
    }
}

fn map_flows(value: &Value, change: &dyn Fn(&Flow) -> Flow) -> Value {
    match value {
        Value::Real(flow) => Value::Real(change(flow)),
        Value::Tuple(fields) => Value::Tuple(Arc::new(
            fields.iter().map(|(name, field)| (name.clone(), map_flows(field, change))).collect(),
        )),
        other => other.clone(),
    }
}

/// The choices among some steps, in their loops and branches.
fn choices_only(steps: Steps) -> Steps {
    let mut out = Vec::new();
    for step in steps {
        match step {
            Step::Choice(_) => out.push(step),
            Step::Circuit { body, .. } | Step::Modified { body, .. } => out.extend(choices_only(body)),
            Step::Loop { var, filter, body } => {
                let body = choices_only(body);
                if !body.is_empty() {
                    out.push(Step::Loop { var, filter, body });
                }
            }
            Step::Branch { condition, then, otherwise } => {
                let (then, otherwise) = (choices_only(then), choices_only(otherwise));
                if !then.is_empty() || !otherwise.is_empty() {
                    out.push(Step::Branch { condition, then, otherwise });
                }
            }
            _ => {}
        }
    }
    out
}
