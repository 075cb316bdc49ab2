//! Settings of searches: calls of the vocabulary, matched against their signatures.

use super::super::errors::{names as name_errors, types};
use super::super::program::Global;
use super::super::value::{ConfigCall, List, Value};
use super::super::vocabulary::{ArgKind, Parameter, Role, Signature};
use super::expression::suggest;
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::syntax::ast::{self, Arg, ExprKind, Ident, ItemKind};
use std::sync::Arc;

impl Elaborator<'_> {
    /// A call (or bare name) of the vocabulary in a role.
    pub(super) fn config(&mut self, e: &ast::Expr, role: Role) -> Option<Arc<ConfigCall>> {
        let (name, args): (&Ident, &[Arg]) = match &e.kind {
            ExprKind::Name(name) => (name, &[]),
            ExprKind::Call { callee, args } => match &callee.kind {
                ExprKind::Name(name) => (name, args),
                _ => return self.no_config(e, role),
            },
            ExprKind::Paren(inner) => return self.config(inner, role),
            _ => return self.no_config(e, role),
        };
        let signature = self.vocabulary.calls.iter().find(|call| call.name == name.text && call.role == role).cloned();
        let Some(signature) = signature else {
            self.unknown_call(name, role);
            return None;
        };
        self.global(name);
        let given = self.match_args(&signature, args)?;
        let mut out = Vec::new();
        let mut fine = true;
        for (parameter, arg) in &given {
            let path = self.path().child(parameter.name);
            let value = self.scoped(path, true, |this| this.config_value(parameter, &arg.value));
            match value {
                Some(value) => out.push((parameter.name.into(), value)),
                None => fine = false,
            }
        }
        for parameter in &signature.parameters {
            if parameter.required && !given.iter().any(|(p, _)| p.name == parameter.name) {
                fine = false;
                self.report(
                    Diagnostic::error(
                        &types::BAD_FIELD,
                        e.span,
                        format!("`{}` needs the argument `{}`", name.text, parameter.name),
                    )
                    .note(parameter.doc),
                );
            }
        }
        fine.then(|| Arc::new(ConfigCall { name: name.text.as_str().into(), args: out, span: e.span }))
    }

    fn no_config(&mut self, e: &ast::Expr, role: Role) -> Option<Arc<ConfigCall>> {
        let known = self.calls_of(role);
        self.report(
            Diagnostic::error(&types::BAD_FIELD, e.span, format!("here stands {}", role_words(role)))
                .help(format!("write one of {}", super::listed(&known))),
        );
        None
    }

    fn calls_of(&self, role: Role) -> Vec<String> {
        self.vocabulary.calls.iter().filter(|call| call.role == role).map(|call| format!("`{}`", call.name)).collect()
    }

    fn unknown_call(&mut self, name: &Ident, role: Role) {
        let known: Vec<&str> =
            self.vocabulary.calls.iter().filter(|call| call.role == role).map(|call| call.name).collect();
        let diagnostic = Diagnostic::error(
            &name_errors::UNKNOWN_NAME,
            name.span,
            format!("`{}` is not {}", name.text, role_words(role)),
        );
        let mut diagnostic = suggest(diagnostic, &name.text, known, name.span);
        let elsewhere = |role: Role| self.vocabulary.calls.iter().any(|c| c.name == name.text && c.role == role);
        if role == Role::Train && elsewhere(Role::Policy) {
            diagnostic =
                diagnostic.help(format!("`{}` trains a policy; give it an environment with `env: ..`", name.text));
        }
        let list = self.calls_of(role);
        self.report(diagnostic.note(format!("known are {}", super::listed(&list))));
    }

    fn match_args<'a>(&mut self, signature: &Signature, args: &'a [Arg]) -> Option<Vec<(Parameter, &'a Arg)>> {
        let mut out: Vec<(Parameter, &Arg)> = Vec::new();
        let mut position = 0;
        for arg in args {
            let parameter = match &arg.name {
                Some(name) => {
                    let found = signature.parameters.iter().find(|p| p.name == name.text);
                    if found.is_none() {
                        self.unknown_setting(name, signature.name, signature.parameters.iter().map(|p| p.name));
                        return None;
                    }
                    found
                }
                None => {
                    position += 1;
                    signature.parameters.get(position - 1)
                }
            };
            let Some(parameter) = parameter else {
                let takes = signature.parameters.len();
                self.error(
                    &types::ARGUMENT_COUNT,
                    arg.value.span,
                    format!("`{}` takes {takes} arguments", signature.name),
                );
                return None;
            };
            if out.iter().any(|(p, _)| p.name == parameter.name) {
                self.error(
                    &types::ARGUMENT_COUNT,
                    arg.value.span,
                    format!("the argument `{}` is given twice", parameter.name),
                );
                return None;
            }
            out.push((parameter.clone(), arg));
        }
        Some(out)
    }

    fn config_value(&mut self, parameter: &Parameter, e: &ast::Expr) -> Option<Value> {
        match &parameter.kind {
            ArgKind::Call(role) => self.config(e, *role).map(Value::Config),
            ArgKind::Word(words) => self.word(parameter.name, words, e),
            ArgKind::Target => match &e.kind {
                ExprKind::Name(name) => Some(Value::Text(name.text.as_str().into())),
                _ => {
                    self.error(&types::BAD_FIELD, e.span, format!("`{}` names something", parameter.name));
                    None
                }
            },
            ArgKind::Any => self.open_setting(e),
            kind => {
                let value = self.expr(e, &Names::default(), None);
                if value.is_error() {
                    return None;
                }
                self.config_kind(parameter, kind, value, e)
            }
        }
    }

    fn config_kind(&mut self, parameter: &Parameter, kind: &ArgKind, value: Value, e: &ast::Expr) -> Option<Value> {
        let wanted = match (kind, &value) {
            (ArgKind::Int, Value::Int(_))
            | (ArgKind::Number, Value::Int(_) | Value::Real(_))
            | (ArgKind::Bool, Value::Bool(_))
            | (ArgKind::Text, Value::Text(_)) => return Some(value),
            (ArgKind::Real, Value::Int(_) | Value::Real(_)) => return self.as_real(value, e.span).map(Value::Real),
            (ArgKind::Numbers, Value::List(list)) if matches!(&**list, List::Items(_)) => return Some(value),
            (ArgKind::Int, _) => "an int",
            (ArgKind::Real | ArgKind::Number, _) => "a number",
            (ArgKind::Bool, _) => "`true` or `false`",
            (ArgKind::Text, _) => "text in double quotes",
            (ArgKind::Numbers, _) => "a list of numbers",
            _ => "something else",
        };
        let what = format!("the argument `{}`", parameter.name);
        self.mismatch(&value, wanted, e.span, &what);
        None
    }

    /// A setting whose meaning its consumer knows: words and calls stay names, the rest is evaluated.
    fn open_setting(&mut self, e: &ast::Expr) -> Option<Value> {
        let call = |name: &Ident, args: Vec<(Arc<str>, Value)>| {
            Some(Value::Config(Arc::new(ConfigCall { name: name.text.as_str().into(), args, span: e.span })))
        };
        match &e.kind {
            ExprKind::Name(name) if !self.names_a_value(&name.text) => call(name, Vec::new()),
            ExprKind::Call { callee, args } => match &callee.kind {
                ExprKind::Name(name) => {
                    let mut out = Vec::new();
                    for (at, arg) in args.iter().enumerate() {
                        let key = arg.name.as_ref().map(|n| n.text.clone()).unwrap_or_default();
                        let segment = if key.is_empty() { at.to_string() } else { key.clone() };
                        let path = self.path().child(&segment);
                        let value = self.scoped(path, true, |this| this.open_setting(&arg.value))?;
                        out.push((key.as_str().into(), value));
                    }
                    call(name, out)
                }
                _ => None,
            },
            ExprKind::List(items) => {
                let items: Option<Vec<Value>> = items.iter().map(|item| self.open_setting(item)).collect();
                Some(Value::List(Arc::new(List::Items(items?))))
            }
            _ => {
                let value = self.expr(e, &Names::default(), None);
                (!value.is_error()).then_some(value)
            }
        }
    }

    /// Does `name` stand for a fixed value? Models, gates and enums are no settings, so words with their names stay words.
    fn names_a_value(&self, name: &str) -> bool {
        let global = self.program.global(self.module, name);
        name == "pi"
            || matches!(global, Some(Global::Item(item)) if matches!(self.program.item(item).kind, ItemKind::Const(_)))
    }

    fn word(&mut self, owner: &str, words: &[&'static str], e: &ast::Expr) -> Option<Value> {
        if let ExprKind::Name(name) = &e.kind
            && words.contains(&name.text.as_str())
        {
            let args = Vec::new();
            return Some(Value::Config(Arc::new(ConfigCall { name: name.text.as_str().into(), args, span: e.span })));
        }
        let list: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let diagnostic =
            Diagnostic::error(&types::BAD_FIELD, e.span, format!("`{owner}` is one of {}", super::listed(&list)));
        let text = match &e.kind {
            ExprKind::Name(name) => name.text.as_str(),
            ExprKind::Text(text) => text.as_str(),
            _ => "",
        };
        let diagnostic = suggest(diagnostic, text, words.iter().copied(), e.span);
        self.report(diagnostic);
        None
    }
}

fn role_words(role: Role) -> &'static str {
    match role {
        Role::Data => "a data set",
        Role::Train => "a way to train",
        Role::Optimizer => "an optimiser",
        Role::Schedule => "a learning-rate schedule",
        Role::Loss => "a loss",
        Role::Strategy => "a search strategy",
        Role::Retrain => "a way to retrain",
        Role::Environment => "an environment",
        Role::Policy => "a way to train a policy",
    }
}
