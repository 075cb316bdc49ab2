//! Gate items: macros whose body runs at every application.

use super::super::errors::{names as name_errors, types};
use super::super::expr::{self, Expr};
use super::super::value::{ItemUse, Value};
use super::argument::settings_so_far;
use super::list::LoopRange;
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Ident};

impl Elaborator<'_> {
    /// A gate item: its body runs here, at every application.
    pub(super) fn apply_item(
        &mut self,
        target: &ItemUse,
        args: &[(Value, Span)],
        operands: &[Value],
        spans: &[Span],
        span: Span,
    ) {
        let Some(callable) = self.callable(target.item) else { return };
        let name = callable.name.text.clone();
        if self.is_open(target.item) {
            self.report(
                Diagnostic::error(&name_errors::RECURSION, span, format!("`{name}` uses itself"))
                    .help("repeat with a `for` loop"),
            );
            return;
        }
        if args.len() != callable.params.len() {
            let (takes, given) = (callable.params.len(), args.len());
            self.error(&types::ARGUMENT_COUNT, span, format!("`{name}` takes {takes} arguments, {given} given"));
            return;
        }
        if operands.len() != callable.operands.len() {
            let (takes, given) = (callable.operands.len(), operands.len());
            self.error(&types::OPERAND_COUNT, span, format!("`{name}` acts on {takes} operands, {given} given"));
            return;
        }
        // Operands declared as single qubits are broadcast like those of a catalogue gate.
        let singles = callable.operands.iter().all(|o| o.size.is_none());
        let lens: Vec<Option<Expr>> = operands
            .iter()
            .map(|operand| match operand {
                Value::Wires(wires) => wires.len.clone(),
                Value::List(list) => Some(self.list_len(list)),
                _ => None,
            })
            .collect();
        if singles && let Some(len) = lens.iter().flatten().next().cloned() {
            let range = LoopRange { start: expr::int(0), step: 1, len, direct: true };
            self.repeat(&range, "qubit", span, |this, var| {
                let here = expr::symbol(var);
                let wires: Vec<Value> = operands
                    .iter()
                    .zip(&lens)
                    .map(
                        |(operand, len)| {
                            if len.is_some() { this.element(operand, &here, span) } else { operand.clone() }
                        },
                    )
                    .collect();
                let args: Vec<(Value, Span)> = args
                    .iter()
                    .map(|(value, at)| match value {
                        Value::Real(f) if f.shape.len() == 1 => {
                            let kind = super::super::flow::FlowKind::Element(f.clone(), here.clone());
                            (Value::Real(super::super::flow::flow(kind, Vec::new(), *at)), *at)
                        }
                        _ => (value.clone(), *at),
                    })
                    .collect();
                let path = this.path().value(here.clone());
                this.scoped(path, false, |this| this.run_gate_item(target, &args, &wires, spans, span));
                ((), None)
            });
            return;
        }
        self.run_gate_item(target, args, operands, spans, span);
    }

    fn run_gate_item(
        &mut self,
        target: &ItemUse,
        args: &[(Value, Span)],
        operands: &[Value],
        spans: &[Span],
        span: Span,
    ) {
        let Some(callable) = self.callable(target.item) else { return };
        let (open, scope) = settings_so_far(callable, target);
        let mut inferred = Vec::new();
        // Through a variable, paths also name the item entered.
        let here = self.path();
        let written = here.0.iter().rev().find_map(|segment| match segment {
            super::super::symbol::Segment::Name(name) => Some(name),
            super::super::symbol::Segment::Value(_) => None,
        });
        let direct = written.is_some_and(|name| name.split('#').next() == Some(&*callable.name.text));
        let path = if direct { self.path() } else { self.path().child(&callable.name.text) };
        self.calls.push((target.item, span));
        self.walked.insert(target.item);
        self.in_module(target.item.module, |this| {
            this.scoped(path, false, |this| {
                for ((operand, value), at) in callable.operands.iter().zip(operands).zip(spans) {
                    let ty = qubit_type(operand);
                    this.unify(value.clone(), &ty, &scope, &open, &mut inferred, *at, "this operand");
                }
                let mut values = Vec::new();
                for (param, (value, at)) in callable.params.iter().zip(args) {
                    values.push(this.bind_param(param, value.clone(), &scope, &open, &mut inferred, *at));
                }
                let mut names = Names::default();
                if this.bind_settings(target, &inferred, &mut names, span).is_none() {
                    return;
                }
                let block = callable.name.span.start;
                for (param, value) in callable.params.iter().zip(values) {
                    this.bound.insert(param.name.span, param.name.text.clone());
                    names = names.with(&param.name.text, value, param.name.span, block);
                }
                for (operand, value) in callable.operands.iter().zip(operands) {
                    this.bound.insert(operand.name.span, operand.name.text.clone());
                    names = names.with(&operand.name.text, value.clone(), operand.name.span, block);
                }
                this.late_sizes(callable, args, operands, &open, &mut names);
                this.block(&callable.body, &names, None);
            });
        });
        self.calls.pop();
    }
}

fn qubit_type(operand: &ast::Operand) -> ast::Type {
    let name = Ident { text: "qubit".to_owned(), span: operand.name.span };
    let dims = operand.size.iter().cloned().collect();
    ast::Type { kind: ast::TypeKind::Name { name, dims }, span: operand.name.span }
}
