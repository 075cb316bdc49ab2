//! Entry points: a search with its data, a model by itself, an item checked alone.

use super::super::errors::{names as name_errors, types};
use super::super::expr::{self, Expr};
use super::super::flow::{self, FlowKind, Wires};
use super::super::program::{Global, Program};
use super::super::symbol::{PathTemplate, Shown};
use super::super::template::{SearchSpec, Template};
use super::super::value::{ConfigCall, GateCallee, GateValue, ItemRef, ItemUse, MetricExpr, ModuleKind, Value};
use super::super::vocabulary::{DataShape, Role, Vocabulary};
use super::expression::suggest;
use super::feeding::targets_setting;
use super::types::signature_mentions;
use super::{CircuitState, Elaborator, Names};
use crate::device::Device;
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, ItemKind, Record, Type, TypeKind};
use std::sync::Arc;

/// The fields of a search.
pub const FIELDS: &[&str] =
    &["model", "data", "env", "train", "minimize", "require", "assert", "strategy", "retrain", "seed", "device"];

/// Walks an item with free settings and parameters of its declared types: what is wrong whatever callers give.
pub(crate) fn check_item<'p>(program: &'p Program, vocabulary: &'p Vocabulary<'p>, item: ItemRef) -> Elaborator<'p> {
    let mut walk = Elaborator::new(program, vocabulary, item.module);
    match &program.item(item).kind {
        ItemKind::Const(constant) => {
            walk.item_value(item, &constant.name, &Names::default());
        }
        ItemKind::Device(record) => {
            walk.item_value(item, &record.name, &Names::default());
        }
        ItemKind::Fn(_) | ItemKind::Gate(_) | ItemKind::Model(_) | ItemKind::Circuit(_) => walk.alone(item),
        ItemKind::Search(_) | ItemKind::Use(_) | ItemKind::Enum(_) | ItemKind::Error => {}
    }
    walk
}

/// The hardware of a device item.
pub(crate) fn check_device<'p>(
    program: &'p Program,
    vocabulary: &'p Vocabulary<'p>,
    item: ItemRef,
) -> (Elaborator<'p>, Option<Device>) {
    let mut walk = Elaborator::new(program, vocabulary, item.module);
    let device = walk.hardware(item);
    (walk, device)
}

/// A model or circuit that needs nothing from outside (no open settings after defaults, inputs of known size).
pub(crate) fn elaborate_model<'p>(
    program: &'p Program,
    vocabulary: &'p Vocabulary<'p>,
    item: ItemRef,
) -> (Elaborator<'p>, Option<Template>) {
    let mut walk = Elaborator::new(program, vocabulary, item.module);
    let Some(callable) = walk.callable(item) else { return (walk, None) };
    let target = ItemUse { item, settings: vec![None; callable.settings.len()] };
    let mut inputs = Vec::new();
    let mut args = Vec::new();
    for (at, param) in callable.params.iter().enumerate() {
        let Some(value) = walk.input(at, param, &mut inputs) else { return (walk, None) };
        args.push((value, param.name.span));
    }
    let value = walk.enter_model(&target, &PathTemplate::default(), args, &[], callable.name.span);
    let outputs = walk.outputs(value, callable.name.span);
    let template = outputs.map(|outputs| walk.template(callable.name.text.clone(), inputs, outputs));
    (walk, template)
}

/// A search with its model bound to its data.
pub(crate) fn elaborate_search<'p>(
    program: &'p Program,
    vocabulary: &'p Vocabulary<'p>,
    item: ItemRef,
) -> (Elaborator<'p>, Option<SearchSpec>) {
    let mut walk = Elaborator::new(program, vocabulary, item.module);
    let ItemKind::Search(record) = &program.item(item).kind else { return (walk, None) };
    let spec = walk.search(record, program.item(item).span);
    (walk, spec)
}

impl Elaborator<'_> {
    fn template(
        &mut self,
        name: String,
        inputs: Vec<(String, Vec<Expr>)>,
        outputs: Vec<(String, flow::Flow)>,
    ) -> Template {
        let steps = self.take_steps();
        Template { name, symbols: self.symbols.clone(), steps, inputs, outputs, late: Vec::new(), device: None }
    }

    /// A model's input of a size written in constants.
    fn input(&mut self, at: usize, param: &ast::Param, inputs: &mut Vec<(String, Vec<Expr>)>) -> Option<Value> {
        let dims: &[ast::Expr] = match &param.ty {
            Some(Type { kind: TypeKind::Name { name, dims }, .. }) if name.text == "real" => dims,
            None => &[],
            Some(ty) => {
                self.error(&types::BAD_FIELD, ty.span, "a model that is run takes tensors of reals");
                return None;
            }
        };
        let errors = self.diagnostics.len();
        let shape: Option<Vec<Expr>> = dims.iter().map(|dim| self.int(dim, &Names::default())).collect();
        let Some(shape) = shape else {
            self.diagnostics.truncate(errors);
            self.report(
                Diagnostic::error(
                    &types::MISSING_SETTING,
                    param.name.span,
                    format!("the size of `{}` is not known here", param.name.text),
                )
                .help("bind it to data in a `search`, or give the size as a number"),
            );
            return None;
        };
        inputs.push((param.name.text.clone(), shape.clone()));
        Some(Value::Real(flow::flow(FlowKind::Input(at), shape, param.name.span)))
    }

    fn outputs(&mut self, value: Value, span: Span) -> Option<Vec<(String, flow::Flow)>> {
        match value {
            Value::Error => None,
            Value::Tuple(fields) => fields
                .iter()
                .enumerate()
                .map(|(at, (name, value))| {
                    let name = name.as_deref().map_or_else(|| at.to_string(), str::to_owned);
                    Some((name, self.as_real(value.clone(), span)?))
                })
                .collect(),
            other => {
                let described = other.describe();
                match self.as_real(other, span) {
                    Some(flow) => Some(vec![(String::new(), flow)]),
                    None => {
                        self.error(
                            &types::RESULT_MISMATCH,
                            span,
                            format!("a model gives numbers, this gives {described}"),
                        );
                        None
                    }
                }
            }
        }
    }

    fn search(&mut self, record: &Record, span: Span) -> Option<SearchSpec> {
        self.known_fields(record);
        let field = |name: &str| record.fields.iter().find(|(n, _)| n.text == name).map(|(_, value)| value);
        let data = field("data").and_then(|e| self.config_field("data", e, Role::Data));
        let env = field("env").and_then(|e| self.config_field("env", e, Role::Environment));
        let shape = self.shape_of(data.as_ref(), env.as_ref());
        let way = if field("env").is_some() { Role::Policy } else { Role::Train };
        let train = field("train").and_then(|e| self.config_field("train", e, way));
        let strategy = field("strategy").and_then(|e| self.config_field("strategy", e, Role::Strategy));
        let retrain = field("retrain").and_then(|e| self.config_field("retrain", e, Role::Retrain));
        let seed = field("seed").and_then(|e| self.seed(e));
        let device = field("device").and_then(|e| self.search_device(e));
        self.device_given = Some(field("device").is_some());
        let minimize = field("minimize").map(|e| self.objectives(e)).unwrap_or_default();
        for (name, assert) in [("require", false), ("assert", true)] {
            if let Some(list) = field(name) {
                self.search_requirements(list, assert);
            }
        }
        let Some(model) = field("model") else {
            self.report(
                Diagnostic::error(&types::BAD_FIELD, record.name.span, format!("`{}` has no model", record.name.text))
                    .help("add `model: name`"),
            );
            return None;
        };
        if (data.is_some() || field("env").is_some()) && shape.is_none() {
            return None;
        }
        let mut template = self.search_model(model, shape.as_ref(), &record.name.text)?;
        template.device = device;
        Some(SearchSpec {
            name: record.name.text.clone(),
            template,
            data,
            env,
            train,
            strategy,
            retrain,
            minimize,
            seed,
            fields: Vec::new(),
            span,
        })
    }

    fn known_fields(&mut self, record: &Record) {
        for (at, (name, _)) in record.fields.iter().enumerate() {
            if !FIELDS.contains(&name.text.as_str()) {
                let diagnostic = Diagnostic::error(
                    &name_errors::UNKNOWN_FIELD,
                    name.span,
                    format!("a search has no field `{}`", name.text),
                );
                let diagnostic = suggest(diagnostic, &name.text, FIELDS.iter().copied(), name.span);
                self.report(diagnostic.note(format!("the fields are {}", FIELDS.join(", "))));
            }
            if let Some((first, _)) = record.fields[..at].iter().find(|(n, _)| n.text == name.text) {
                self.report(
                    Diagnostic::error(
                        &name_errors::DUPLICATE_NAME,
                        name.span,
                        format!("the field `{}` is given twice", name.text),
                    )
                    .label(first.span, "first given here"),
                );
            }
        }
    }

    /// `device: ibm_heron_156`
    fn search_device(&mut self, e: &ast::Expr) -> Option<Arc<Device>> {
        let item = match &e.kind {
            ExprKind::Name(name) => match self.global(name) {
                Some(Global::Item(item)) => Some(item),
                Some(_) => None,
                None => {
                    self.name(name, &Names::default(), None);
                    return None;
                }
            },
            _ => None,
        };
        match item.filter(|&item| matches!(self.program.item(item).kind, ItemKind::Device(_))) {
            Some(item) => self.hardware(item).map(Arc::new),
            None => {
                self.report(
                    Diagnostic::error(&types::BAD_FIELD, e.span, "`device` names a `device` item")
                        .help("write one of your own, or `use std::device::ibm_heron_156;` and its name"),
                );
                None
            }
        }
    }

    fn seed(&mut self, e: &ast::Expr) -> Option<u64> {
        let value = self.int(e, &Names::default())?;
        match expr::constant(&value).and_then(|v| u64::try_from(v).ok()) {
            Some(seed) => Some(seed),
            None => {
                self.error(&types::BAD_FIELD, e.span, "a seed is a constant int that is not negative");
                None
            }
        }
    }

    fn objectives(&mut self, e: &ast::Expr) -> Vec<(Arc<MetricExpr>, String)> {
        let items: Vec<&ast::Expr> = match &e.kind {
            ExprKind::List(items) => items.iter().collect(),
            _ => vec![e],
        };
        let mut out = Vec::new();
        for item in items {
            let value = self.in_metrics(|this| this.expr(item, &Names::default(), None));
            match value {
                Value::Error => {}
                Value::Metric(metric) => out.push((metric, describe_objective(item))),
                other => {
                    let what = other.describe();
                    self.report(
                        Diagnostic::error(
                            &types::BAD_FIELD,
                            item.span,
                            format!("an objective is a metric, this is {what}"),
                        )
                        .help("`qnas list metrics` shows all"),
                    );
                }
            }
        }
        out
    }

    /// Runs `f` where the names of metrics are in scope.
    pub(super) fn in_metrics<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.in_search, true);
        let result = f(self);
        self.in_search = before;
        result
    }

    fn search_requirements(&mut self, e: &ast::Expr, assert: bool) {
        let items: Vec<&ast::Expr> = match &e.kind {
            ExprKind::List(items) => items.iter().collect(),
            _ => vec![e],
        };
        for item in items {
            let value = self.in_metrics(|this| this.expr(item, &Names::default(), None));
            self.add_requirement(value, item.span, assert);
        }
    }

    /// The model with its data's shape put in.
    fn search_model(&mut self, model: &ast::Expr, shape: Option<&DataShape>, name: &str) -> Option<Template> {
        let path = PathTemplate::default().child("model");
        let value = self.scoped(path, true, |this| this.expr(model, &Names::default(), None));
        let Value::Module(module) = &value else {
            if !value.is_error() {
                let what = value.describe();
                self.error(&types::BAD_FIELD, model.span, format!("`model` names a model or circuit, this is {what}"));
            }
            return None;
        };
        let mut inputs = Vec::new();
        let result = match &module.kind {
            ModuleKind::Item(target) => {
                let callable = self.callable(target.item)?;
                let axes = match callable.params.first().and_then(|p| p.ty.as_ref()) {
                    Some(Type { kind: TypeKind::Name { dims, .. }, .. }) => dims.len(),
                    _ => 1,
                };
                let mut args = Vec::new();
                match (shape, callable.params.len()) {
                    (None, 0) => {}
                    (Some(shape), 1) => args
                        .push((self.data_input(shape, axes, &callable.params[0].name.text, &mut inputs), model.span)),
                    (None, _) => {
                        self.report(
                            Diagnostic::error(
                                &types::BAD_FIELD,
                                model.span,
                                format!("`{}` takes data, and the search has none", callable.name.text),
                            )
                            .help("add `data: iris`, or another of `qnas list data`, or an environment"),
                        );
                        return None;
                    }
                    (Some(_), n) => {
                        let owner = callable.name.text.clone();
                        self.error(
                            &types::BAD_FIELD,
                            model.span,
                            format!("data is one tensor, but `{owner}` takes {n}"),
                        );
                        return None;
                    }
                }
                let mut bound = Vec::new();
                if let Some(shape) = shape {
                    let size = |n: i64| Value::Int(expr::int(n));
                    for (key, value) in [("features", shape.features.iter().product()), targets_setting(shape)] {
                        let open = callable.settings.iter().zip(&target.settings);
                        if open.clone().any(|(s, given)| s.name.text == key && given.is_none()) {
                            bound.push((key.to_owned(), size(value)));
                        }
                    }
                }
                self.enter_model(target, &PathTemplate::default(), args, &bound, model.span)
            }
            _ => {
                let args = match shape {
                    Some(shape) => vec![(self.data_input(shape, 1, "x", &mut inputs), model.span)],
                    None => Vec::new(),
                };
                self.apply_module(&value, args, model.span)
            }
        };
        let outputs = self.outputs(result, model.span)?;
        if let Some(shape) = shape {
            self.fits(shape, &outputs, model.span);
        }
        // What is built is the model; an expression has no name but the search's.
        let name = match &module.kind {
            ModuleKind::Item(target) => self.callable(target.item).map_or(name, |callable| &callable.name.text),
            _ => name,
        };
        let name = name.to_owned();
        Some(self.template(name, inputs, outputs))
    }

    fn data_input(
        &mut self,
        shape: &DataShape,
        axes: usize,
        name: &str,
        inputs: &mut Vec<(String, Vec<Expr>)>,
    ) -> Value {
        let dims: Vec<i64> =
            if axes == shape.features.len() { shape.features.clone() } else { vec![shape.features.iter().product()] };
        let dims: Vec<Expr> = dims.into_iter().map(expr::int).collect();
        inputs.push((name.to_owned(), dims.clone()));
        Value::Real(flow::flow(FlowKind::Input(0), dims, Span::default()))
    }

    fn config_field(&mut self, field: &str, e: &ast::Expr, role: Role) -> Option<Arc<ConfigCall>> {
        let path = PathTemplate::default().child(field);
        self.scoped(path, true, |this| this.config(e, role))
    }

    /// A check of an item by itself.
    fn alone(&mut self, item: ItemRef) {
        let Some(callable) = self.callable(item) else { return };
        // What a model as a setting gives is its own; a body around it is left to callers.
        let takes_model = |ty: &Type| matches!(ty.kind, TypeKind::Model { .. });
        if callable.settings.iter().filter_map(|setting| setting.ty.as_ref()).any(takes_model) {
            return;
        }
        let block = callable.name.span.start;
        let mut names = Names::default();
        self.calls.push((item, Span::default()));
        for setting in &callable.settings {
            if let Some(default) = &setting.default {
                let expected = setting.ty.as_ref().and_then(|ty| self.expected_enum(ty));
                let path = self.path().child(&setting.name.text);
                let (value, _) =
                    self.collect(|this| this.scoped(path, true, |this| this.expr(default, &names, expected)));
                self.check_setting(value, setting, item.module, default.span);
            }
            let value = self.free_value(setting.ty.as_ref(), &setting.name.text, &names, setting.name.span);
            self.bound.insert(setting.name.span, setting.name.text.clone());
            if signature_mentions(callable, &setting.name.text) {
                self.used.insert(setting.name.span);
            }
            names = names.with(&setting.name.text, value, setting.name.span, block);
        }
        let is_fn = matches!(self.program.item(item).kind, ItemKind::Fn(_));
        for (at, param) in callable.params.iter().enumerate() {
            let value = match (&param.ty, is_fn) {
                (Some(ty), true) => self.free_value(Some(ty), &param.name.text, &names, param.name.span),
                (None, true) => self.free_value(None, &param.name.text, &names, param.name.span),
                (ty, false) => self.free_tensor(at, ty.as_ref(), &names, param.name.span),
            };
            self.bound.insert(param.name.span, param.name.text.clone());
            names = names.with(&param.name.text, value, param.name.span, block);
        }
        match &self.program.item(item).kind {
            ItemKind::Fn(_) => {
                let expected = callable.result.as_ref().and_then(|ty| self.expected_enum(ty));
                self.fixed(|this| {
                    let value = this.block(&callable.body, &names, expected);
                    if let Some(ty) = &callable.result {
                        this.unify(value, ty, &names, &[], &mut Vec::new(), callable.body.span, "the result");
                    }
                });
            }
            ItemKind::Gate(_) => self.gate_alone(callable, names),
            ItemKind::Circuit(_) => {
                self.circuit = Some(empty_circuit());
                self.body_alone(callable, &names);
            }
            _ => self.body_alone(callable, &names),
        }
        self.calls.pop();
    }

    fn body_alone(&mut self, callable: &ast::Callable, names: &Names) {
        let value = self.block(&callable.body, names, None);
        if let Some(ty) = &callable.result
            && !value.is_error()
            && !matches!(value, Value::Unit)
        {
            let place = callable.body.tail.as_ref().map_or(callable.body.span, |tail| tail.span);
            self.unify(value, ty, names, &[], &mut Vec::new(), place, "the result");
        } else if matches!(value, Value::Unit) {
            self.report(
                Diagnostic::error(
                    &types::RESULT_MISMATCH,
                    callable.body.span,
                    format!("the body of `{}` has no result", callable.name.text),
                )
                .help("end the body with an expression without `;`"),
            );
        }
    }

    fn gate_alone(&mut self, callable: &ast::Callable, mut names: Names) {
        self.circuit = Some(empty_circuit());
        let mut base = expr::int(0);
        for operand in &callable.operands {
            let len = operand.size.as_ref().map(|size| self.int(size, &names).unwrap_or_else(|| expr::int(1)));
            let value = Value::Wires(Wires { base: base.clone(), stride: 1, len: len.clone() });
            base = expr::add(&base, &len.unwrap_or_else(|| expr::int(1)));
            self.bound.insert(operand.name.span, operand.name.text.clone());
            names = names.with(&operand.name.text, value, operand.name.span, callable.name.span.start);
        }
        let value = self.block(&callable.body, &names, None);
        if !matches!(value, Value::Unit | Value::Error) {
            let place = callable.body.tail.as_ref().map_or(callable.body.span, |tail| tail.span);
            self.error(&types::NO_EFFECT, place, "a gate has no result; end its last statement with `;`");
        }
    }

    fn free_value(&mut self, ty: Option<&Type>, name: &str, names: &Names, span: Span) -> Value {
        let int = |this: &mut Self| Value::Int(expr::symbol(this.free_symbol(name, None, Shown::Int, span)));
        let Some(ty) = ty else { return int(self) };
        let TypeKind::Name { name: word, dims } = &ty.kind else { return Value::Error };
        match word.text.as_str() {
            "int" if dims.is_empty() => int(self),
            "bool" if dims.is_empty() => Value::Bool(expr::symbol(self.free_symbol(name, Some(2), Shown::Bool, span))),
            "real" if dims.is_empty() => {
                let symbol = expr::symbol(self.free_symbol(name, None, Shown::Int, span));
                Value::Real(flow::flow(FlowKind::FromInt(symbol), Vec::new(), span))
            }
            "gate" => Value::Gate(Arc::new(GateValue {
                callee: GateCallee::Opaque(dims.first().and_then(|dim| self.int(dim, names))),
                args: None,
                written: name.into(),
            })),
            "qubit" => {
                let base = expr::symbol(self.free_symbol(name, None, Shown::Int, span));
                let len = dims.first().and_then(|dim| self.int(dim, names));
                Value::Wires(Wires { base, stride: 1, len })
            }
            _ => match self.expected_enum(ty) {
                Some(id) => {
                    let variants = self.program.enums[id].variants.clone();
                    let count = i64::try_from(variants.len()).ok();
                    let symbol = self.free_symbol(name, count, Shown::Names(variants.into()), span);
                    Value::Enum(id, expr::symbol(symbol))
                }
                None => Value::Error,
            },
        }
    }

    fn free_tensor(&mut self, at: usize, ty: Option<&Type>, names: &Names, span: Span) -> Value {
        let dims: &[ast::Expr] = match ty {
            None => &[],
            Some(Type { kind: TypeKind::Name { name, dims }, .. }) if name.text == "real" => dims,
            Some(ty) => return self.free_value(Some(ty), "param", names, span),
        };
        let shape: Option<Vec<Expr>> = dims.iter().map(|dim| self.int(dim, names)).collect();
        match shape {
            Some(shape) => Value::Real(flow::flow(FlowKind::Input(at), shape, span)),
            None => Value::Error,
        }
    }
}

fn empty_circuit() -> CircuitState {
    CircuitState { id: 0, at: Vec::new(), qubits: expr::int(0), readout: None, touched: Vec::new() }
}

/// The text of an objective for tables; the formatter's would need more room.
fn describe_objective(e: &ast::Expr) -> String {
    match &e.kind {
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Field(base, field) => format!("{}.{}", describe_objective(base), field.text),
        ExprKind::Paren(inner) => format!("({})", describe_objective(inner)),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Real(value) => format!("{value:?}"),
        ExprKind::Unary(ast::UnaryOp::Neg, inner) => format!("-{}", describe_objective(inner)),
        ExprKind::Binary(op, a, b) => {
            format!("{} {} {}", describe_objective(a), op.symbol(), describe_objective(b))
        }
        ExprKind::Call { callee, args } => {
            let args: Vec<String> = args
                .iter()
                .map(|arg| match &arg.name {
                    Some(name) => format!("{}: {}", name.text, describe_objective(&arg.value)),
                    None => describe_objective(&arg.value),
                })
                .collect();
            format!("{}({})", describe_objective(callee), args.join(", "))
        }
        _ => "objective".to_owned(),
    }
}
