//! `fn` items: fixed values and observables from fixed values, inlined.

use super::super::errors::{names as name_errors, types};
use super::super::value::{FunctionValue, Value};
use super::argument::settings_so_far;
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::Arg;

impl Elaborator<'_> {
    pub(super) fn call_function(&mut self, function: &FunctionValue, args: &[Arg], names: &Names, span: Span) -> Value {
        let target = &function.callee;
        let Some(callable) = self.callable(target.item) else { return Value::Error };
        let name = callable.name.text.clone();
        if self.is_open(target.item) {
            return self.report(
                Diagnostic::error(&name_errors::RECURSION, span, format!("`{name}` uses itself"))
                    .note("programs always end, so nothing may use itself")
                    .help("repeat with a list: `sum([for i in 0..n { .. }])`"),
            );
        }
        // Arguments by position or by name; enums are expected where the parameter says so.
        let mut values: Vec<Option<(Value, Span)>> = vec![None; callable.params.len()];
        for arg in args {
            let at = match &arg.name {
                Some(name) => callable.params.iter().position(|p| p.name.text == name.text),
                None => values.iter().position(Option::is_none),
            };
            let Some(at) = at else {
                match &arg.name {
                    Some(given) => {
                        self.unknown_setting(given, &name, callable.params.iter().map(|p| p.name.text.as_str()));
                    }
                    None => {
                        let takes = callable.params.len();
                        self.error(&types::ARGUMENT_COUNT, arg.value.span, format!("`{name}` takes {takes} arguments"));
                    }
                }
                return Value::Error;
            };
            let expected = callable.params[at]
                .ty
                .as_ref()
                .and_then(|ty| self.in_module(target.item.module, |this| this.expected_enum(ty)));
            let value = self.expr(&arg.value, names, expected);
            if value.is_error() {
                return Value::Error;
            }
            values[at] = Some((value, arg.value.span));
        }
        if values.iter().any(Option::is_none) {
            let (takes, given) = (callable.params.len(), args.len());
            return self.error(
                &types::ARGUMENT_COUNT,
                span,
                format!("`{name}` takes {takes} arguments, {given} given"),
            );
        }
        let values: Vec<(Value, Span)> = values.into_iter().flatten().collect();
        self.run_function(function, &values, span)
    }

    fn run_function(&mut self, function: &FunctionValue, args: &[(Value, Span)], span: Span) -> Value {
        let target = &function.callee;
        let Some(callable) = self.callable(target.item) else { return Value::Error };
        let (open, scope) = settings_so_far(callable, target);
        let mut inferred = Vec::new();
        self.calls.push((target.item, span));
        self.walked.insert(target.item);
        let value = self.in_module(target.item.module, |this| {
            this.fixed(|this| {
                let mut values = Vec::new();
                for (param, (value, at)) in callable.params.iter().zip(args) {
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
                this.late_sizes(callable, args, &[], &open, &mut names);
                let expected = callable.result.as_ref().and_then(|ty| this.expected_enum(ty));
                let value = this.block(&callable.body, &names, expected);
                match &callable.result {
                    Some(ty) => {
                        let place = callable.body.tail.as_ref().map_or(callable.body.span, |tail| tail.span);
                        this.unify(value, ty, &names, &[], &mut Vec::new(), place, "the result")
                    }
                    None => value,
                }
            })
        });
        self.calls.pop();
        value
    }
}
