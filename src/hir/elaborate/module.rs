//! Layers, models and circuits: instances and their application to data.

use super::super::errors::types;
use super::super::expr::{self, Expr};
use super::super::flow::{self, Flow, FlowKind, LayerUse};
use super::super::layers::{Default, Layer, SettingKind};
use super::super::template::Step;
use super::super::value::{ItemUse, Module, ModuleKind, Value};
use super::argument::settings_so_far;
use super::types::mentions;
use super::{CircuitState, Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Arg, Callable, ItemKind, Param, TypeKind};
use std::sync::Arc;

impl Elaborator<'_> {
    /// `linear[64]`: an instance of a layer, here and now.
    pub(super) fn layer(&mut self, layer: &'static Layer, args: &[Arg], names: &Names, span: Span) -> Value {
        let path = self.counted(layer.meta.name);
        let mut given: Vec<Option<Value>> = vec![None; layer.settings.len()];
        for arg in args {
            let at = match &arg.name {
                Some(name) => match layer.settings.iter().position(|s| s.name == name.text) {
                    Some(at) => at,
                    None => {
                        self.unknown_setting(name, layer.meta.name, layer.settings.iter().map(|s| s.name));
                        return Value::Error;
                    }
                },
                None => match given.iter().position(Option::is_none) {
                    Some(at) => at,
                    None => {
                        self.too_many(layer.meta.name, layer.settings.len(), arg.value.span);
                        return Value::Error;
                    }
                },
            };
            let inner = path.child(layer.settings[at].name);
            given[at] = Some(self.scoped(inner, true, |this| this.expr(&arg.value, names, None)));
        }
        let mut ints: Vec<Expr> = Vec::new();
        let mut reals: Vec<Flow> = Vec::new();
        for (at, setting) in layer.settings.iter().enumerate() {
            let place = args.get(at).map_or(span, |arg| arg.value.span);
            let value = given[at].take();
            match self.layer_setting(layer, setting, value, &ints, place, span) {
                None => return Value::Error,
                Some(LayerArg::Int(e)) => ints.push(e),
                Some(LayerArg::Real(f)) => reals.push(f),
            }
        }
        Value::Module(Arc::new(Module { kind: ModuleKind::Layer(layer, ints, reals), path, span }))
    }

    fn layer_setting(
        &mut self,
        layer: &Layer,
        setting: &super::super::layers::LayerSetting,
        value: Option<Value>,
        earlier: &[Expr],
        place: Span,
        span: Span,
    ) -> Option<LayerArg> {
        let value = match (value, setting.default) {
            (Some(value), _) => value,
            (None, Default::Int(value)) => Value::Int(expr::int(value)),
            (None, Default::Bool(value)) => Value::Bool(expr::truth(value)),
            (None, Default::Real(value)) => Value::Real(flow::number(value, span)),
            (None, Default::SameAs(at)) => Value::Int(earlier.get(at)?.clone()),
            (None, Default::Required) => {
                let name = layer.meta.name;
                self.report(
                    Diagnostic::error(
                        &types::MISSING_SETTING,
                        span,
                        format!("`{name}` needs the setting `{}`", setting.name),
                    )
                    .help(format!("write `{name}[{}]`", setting.name)),
                );
                return None;
            }
        };
        let what = format!("the setting `{}`", setting.name);
        match (setting.kind, value) {
            (_, Value::Error) => None,
            (SettingKind::Int, value) => self.as_int(value, place, &what).map(LayerArg::Int),
            (SettingKind::Bool, Value::Bool(e)) => Some(LayerArg::Int(e)),
            (SettingKind::Bool, other) => {
                self.mismatch(&other, "a bool", place, &what);
                None
            }
            (SettingKind::Real, value) => {
                let described = value.describe();
                match self.as_real(value, place) {
                    Some(flow) if flow.shape.is_empty() => Some(LayerArg::Real(flow)),
                    _ => {
                        self.error(
                            &types::TYPE_MISMATCH,
                            place,
                            format!("{what} should be a real number, but it is {described}"),
                        );
                        None
                    }
                }
            }
        }
    }

    /// Applies something of a pipeline to values.
    pub(super) fn apply_module(&mut self, module: &Value, args: Vec<(Value, Span)>, span: Span) -> Value {
        if args.iter().any(|(v, _)| v.is_error()) {
            return Value::Error;
        }
        match module {
            Value::Error => Value::Error,
            Value::Builtin(name) => self.builtin_apply(name, args, span),
            Value::Module(module) => self.apply_instance(module, args, span),
            Value::OneOf(cases) => {
                let conditions: Vec<Expr> = cases.iter().map(|(c, _)| c.clone()).collect();
                let cases = cases.clone();
                self.cases(conditions, span, |this, at| this.apply_module(&cases[at].1, args.clone(), span))
            }
            other => {
                let what = other.describe();
                self.error(&types::TYPE_MISMATCH, span, format!("{what} cannot be applied to data"))
            }
        }
    }

    fn apply_instance(&mut self, module: &Arc<Module>, args: Vec<(Value, Span)>, span: Span) -> Value {
        match &module.kind {
            ModuleKind::Layer(layer, ints, reals) => {
                let [(value, at)] = args.as_slice() else {
                    let given = args.len();
                    return self.error(
                        &types::ARGUMENT_COUNT,
                        span,
                        format!("`{}` takes one tensor, {given} given", layer.meta.name),
                    );
                };
                self.apply_layer(layer, ints, reals, module, value.clone(), *at)
            }
            ModuleKind::Builtin(name) => self.builtin_apply(name, args, span),
            ModuleKind::Typed(inner, inputs) => {
                for ((value, at), wanted) in args.iter().zip(inputs) {
                    if let Value::Real(flow) = value
                        && flow.shape.len() == wanted.len()
                    {
                        self.sizes_agree(&flow.shape.clone(), wanted, *at, "the input of this model");
                    }
                }
                self.apply_module(inner, args, span)
            }
            ModuleKind::Generated(inner, numbers) => self.apply_generated(inner, numbers, args, module.span),
            ModuleKind::Compose(stages) => {
                let mut args = args;
                for stage in stages {
                    let value = self.apply_module(stage, args, span);
                    args = vec![(value, span)];
                }
                args.pop().map_or(Value::Error, |(value, _)| value)
            }
            ModuleKind::Repeat(stage, names) => match args.into_iter().next() {
                Some((value, _)) => {
                    let (stage, names) = (stage.clone(), names.clone());
                    self.scoped(module.path.clone(), false, |this| this.repeat_stage(value, &stage, &names))
                }
                None => Value::Error,
            },
            ModuleKind::Item(target) => self.apply_model(target, module, args, span),
        }
    }

    fn apply_layer(
        &mut self,
        layer: &'static Layer,
        ints: &[Expr],
        reals: &[Flow],
        module: &Module,
        value: Value,
        at: Span,
    ) -> Value {
        let described = value.describe();
        let Some(input) = self.as_real(value, at) else {
            let name = layer.meta.name;
            return self.error(&types::TYPE_MISMATCH, at, format!("`{name}` takes a tensor, this is {described}"));
        };
        let inferred = match (layer.infer)(&input.shape, ints) {
            Ok(inferred) => inferred,
            Err(message) => return self.error(&types::LAYER_NEEDS, module.span, message),
        };
        for (predicate, sentence) in inferred.needs {
            let shape = input.shape.clone();
            self.require_that(
                predicate,
                Box::new({
                    let span = module.span;
                    move |case| {
                        Diagnostic::error(&types::LAYER_NEEDS, span, sentence)
                            .note(format!("the input is {}", case.shape(&shape)))
                    }
                }),
            );
        }
        let weights = inferred
            .weights
            .into_iter()
            .map(|weight| {
                let path = module.path.child(weight.name);
                let kind = FlowKind::Weight { path, init: weight.init, trainable: weight.trainable };
                flow::flow(kind, weight.shape, module.span)
            })
            .collect();
        let used = LayerUse { layer, path: module.path.clone(), ints: ints.to_vec(), reals: reals.to_vec(), weights };
        Value::Real(flow::flow(FlowKind::Layer(Arc::new(used), input), inferred.output, module.span))
    }

    /// Types of parameters bind settings that are still open.
    pub(super) fn bind_param(
        &mut self,
        param: &Param,
        value: Value,
        scope: &Names,
        open: &[String],
        inferred: &mut Vec<(String, Value)>,
        at: Span,
    ) -> Value {
        let what = format!("`{}`", param.name.text);
        match &param.ty {
            Some(ty) => self.unify(value, ty, scope, open, inferred, at, &what),
            None => {
                let described = value.describe();
                match self.as_real(value, at) {
                    Some(flow) => Value::Real(flow),
                    None => {
                        self.error(&types::TYPE_MISMATCH, at, format!("{what} should be real, but it is {described}"))
                    }
                }
            }
        }
    }

    /// Sizes that mention settings found only from other parameters, checked once all are bound.
    pub(super) fn late_sizes(
        &mut self,
        callable: &Callable,
        args: &[(Value, Span)],
        operands: &[Value],
        open: &[String],
        names: &mut Names,
    ) {
        let is_open = |name: &str| open.iter().any(|o| o == name);
        for (param, (value, at)) in callable.params.iter().zip(args) {
            let Some(ast::Type { kind: TypeKind::Name { name, dims }, .. }) = &param.ty else { continue };
            if name.text != "real" || !dims.iter().any(|dim| mentions(dim, &is_open)) {
                continue;
            }
            let Some(flow) = self.as_real(value.clone(), *at) else { continue };
            let wanted: Option<Vec<Expr>> = dims.iter().map(|dim| self.size(dim, names)).collect();
            if let Some(wanted) = wanted
                && wanted.len() == flow.shape.len()
            {
                let what = format!("`{}`", param.name.text);
                self.sizes_agree(&flow.shape.clone(), &wanted, *at, &what);
                // The declared size holds from here on, as for sizes known at once.
                let value = Value::Real(flow::flow(FlowKind::Reshape(flow), wanted, *at));
                *names = names.with(&param.name.text, value, param.name.span, callable.name.span.start);
            }
        }
        for (operand, value) in callable.operands.iter().zip(operands) {
            let (Some(size), Value::Wires(wires)) = (&operand.size, value) else { continue };
            if let (Some(len), true) = (&wires.len, mentions(size, &is_open))
                && let Some(wanted) = self.size(size, names)
            {
                self.sizes_agree(std::slice::from_ref(len), &[wanted], operand.name.span, "this register");
            }
        }
    }

    /// A model or circuit of the program on its arguments.
    fn apply_model(&mut self, target: &ItemUse, module: &Module, args: Vec<(Value, Span)>, span: Span) -> Value {
        let Some(callable) = self.callable(target.item) else { return Value::Error };
        let name = callable.name.text.clone();
        if self.is_open(target.item) {
            return self.report(
                Diagnostic::error(&super::super::errors::names::RECURSION, span, format!("`{name}` uses itself"))
                    .help("repeat with a `for` loop"),
            );
        }
        if args.len() != callable.params.len() {
            let (takes, given) = (callable.params.len(), args.len());
            let takes = if takes == 1 { "one argument".to_owned() } else { format!("{takes} arguments") };
            return self.error(&types::ARGUMENT_COUNT, span, format!("`{name}` takes {takes}, {given} given"));
        }
        self.enter_model(target, &module.path, args, &[], span)
    }

    /// Runs the body of a model or circuit in its own scope. `bound` are settings found from outside by name.
    pub(super) fn enter_model(
        &mut self,
        target: &ItemUse,
        path: &super::PathTemplate,
        args: Vec<(Value, Span)>,
        bound: &[(String, Value)],
        span: Span,
    ) -> Value {
        let Some(callable) = self.callable(target.item) else { return Value::Error };
        let is_circuit = matches!(self.program.item(target.item).kind, ItemKind::Circuit(_));
        let mut inferred: Vec<(String, Value)> = bound.to_vec();
        let (open, scope) = settings_so_far(callable, target);
        self.calls.push((target.item, span));
        self.walked.insert(target.item);
        let value = self.in_module(target.item.module, |this| {
            this.scoped(path.clone(), false, |this| {
                let mut values = Vec::new();
                for (param, (value, at)) in callable.params.iter().zip(&args) {
                    values.push(this.bind_param(param, value.clone(), &scope, &open, &mut inferred, *at));
                }
                let mut names = Names::default();
                if this.bind_settings(target, &inferred, &mut names, span).is_none() {
                    return Value::Error;
                }
                for (param, value) in callable.params.iter().zip(values) {
                    this.bound.insert(param.name.span, param.name.text.clone());
                    names = names.with(&param.name.text, value, param.name.span, callable.name.span.start);
                }
                this.late_sizes(callable, &args, &[], &open, &mut names);
                if is_circuit {
                    this.circuit_body(callable, &names, span)
                } else {
                    this.model_body(callable, &names, span)
                }
            })
        });
        self.calls.pop();
        value
    }

    fn model_body(&mut self, callable: &Callable, names: &Names, span: Span) -> Value {
        let outer = self.circuit.take();
        let value = self.block(&callable.body, names, None);
        self.circuit = outer;
        self.check_result(value, callable, names, span)
    }

    fn circuit_body(&mut self, callable: &Callable, names: &Names, span: Span) -> Value {
        self.circuits += 1;
        let id = self.circuits - 1;
        let at = self.loop_values();
        let state = CircuitState { id, at: at.clone(), qubits: expr::int(0), readout: None, touched: Vec::new() };
        let outer = self.circuit.replace(state);
        let path = self.path();
        let (value, body) = self.collect(|this| this.block(&callable.body, names, None));
        self.circuit = outer;
        self.emit(Step::Circuit { id, at, path, body, span: self.user_place(span) });
        self.check_result(value, callable, names, span)
    }

    fn check_result(&mut self, value: Value, callable: &Callable, names: &Names, span: Span) -> Value {
        let place = callable.body.tail.as_ref().map_or(callable.body.span, |tail| tail.span);
        if matches!(value, Value::Unit) {
            return self.report(
                Diagnostic::error(
                    &types::RESULT_MISMATCH,
                    callable.body.span,
                    format!("the body of `{}` has no result", callable.name.text),
                )
                .help("end the body with an expression without `;`"),
            );
        }
        let Some(ty) = &callable.result else { return value };
        let _ = span;
        self.unify(value, ty, names, &[], &mut Vec::new(), place, "the result")
    }
}

enum LayerArg {
    Int(Expr),
    Real(Flow),
}
