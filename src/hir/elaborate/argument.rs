//! Settings and arguments: by position, by name, by default, or inferred from shapes.

use super::super::errors::{names as name_errors, types};
use super::super::expr::{self, Expr};
use super::super::value::{EnumId, ItemRef, ItemUse, Value};
use super::expression::suggest;
use super::types::signature_mentions;
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Arg, Callable, ItemKind, Setting};

impl<'p> Elaborator<'p> {
    /// The declaration of a callable item.
    pub(super) fn callable(&self, item: ItemRef) -> Option<&'p Callable> {
        match &self.program.item(item).kind {
            ItemKind::Fn(c) | ItemKind::Gate(c) | ItemKind::Model(c) | ItemKind::Circuit(c) => Some(c),
            _ => None,
        }
    }

    /// Runs `f` with another module's names in force.
    pub(super) fn in_module<R>(&mut self, module: usize, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.module, module);
        let result = f(self);
        self.module = before;
        result
    }

    /// Puts bracket arguments into an item's settings.
    pub(super) fn give_settings(
        &mut self,
        target: &ItemUse,
        args: &[Arg],
        names: &Names,
        span: Span,
    ) -> Option<ItemUse> {
        let callable = self.callable(target.item)?;
        let mut out = target.clone();
        let path = self.path();
        for arg in args {
            let at = match &arg.name {
                Some(name) => match callable.settings.iter().position(|s| s.name.text == name.text) {
                    Some(at) => at,
                    None => {
                        self.unknown_setting(
                            name,
                            &callable.name.text,
                            callable.settings.iter().map(|s| s.name.text.as_str()),
                        );
                        return None;
                    }
                },
                None => match out.settings.iter().position(Option::is_none) {
                    Some(at) => at,
                    None => {
                        self.too_many(&callable.name.text, callable.settings.len(), arg.value.span);
                        return None;
                    }
                },
            };
            if out.settings[at].is_some() {
                self.error(
                    &types::ARGUMENT_COUNT,
                    arg.value.span,
                    format!("setting `{}` is given twice", callable.settings[at].name.text),
                );
                return None;
            }
            let setting = &callable.settings[at];
            let expected = self.in_module(target.item.module, |this| this.setting_enum(setting));
            let inner = path.child(&callable.name.text).child(&setting.name.text);
            let value = self.scoped(inner, true, |this| this.expr(&arg.value, names, expected));
            if value.is_error() {
                return None;
            }
            let value = self.check_setting(value, setting, target.item.module, arg.value.span)?;
            out.settings[at] = Some(value);
        }
        let _ = span;
        Some(out)
    }

    fn setting_enum(&mut self, setting: &Setting) -> Option<EnumId> {
        setting.ty.as_ref().and_then(|ty| self.expected_enum(ty))
    }

    /// Is a value of a setting's type? Untyped settings are ints.
    pub(super) fn check_setting(
        &mut self,
        value: Value,
        setting: &Setting,
        module: usize,
        span: Span,
    ) -> Option<Value> {
        if value.is_error() {
            return None;
        }
        let fits = match &setting.ty {
            None => matches!(value, Value::Int(_)),
            Some(ty) => return self.in_module(module, |this| this.fits_setting(value, ty, span)),
        };
        if fits {
            return Some(value);
        }
        if let Value::OneOf(_) | Value::Real(_) = value {
            self.not_fixed(span, &format!("the setting `{}`", setting.name.text));
            return None;
        }
        let what = value.describe();
        self.report(
            Diagnostic::error(
                &types::TYPE_MISMATCH,
                span,
                format!("the setting `{}` is an int, this is {what}", setting.name.text),
            )
            .label(setting.name.span, "declared here; settings without a type are ints"),
        );
        None
    }

    pub(super) fn unknown_setting<'a>(
        &mut self,
        name: &ast::Ident,
        owner: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let diagnostic = Diagnostic::error(
            &name_errors::UNKNOWN_ARGUMENT,
            name.span,
            format!("`{owner}` has no setting or argument `{}`", name.text),
        );
        let list: Vec<&str> = known.clone().collect();
        let diagnostic = suggest(diagnostic, &name.text, known, name.span);
        let diagnostic = if list.is_empty() {
            diagnostic.note(format!("`{owner}` takes none"))
        } else {
            diagnostic.note(format!("`{owner}` takes {}", list.join(", ")))
        };
        self.report(diagnostic);
    }

    pub(super) fn too_many(&mut self, owner: &str, takes: usize, span: Span) {
        let count = match takes {
            0 => "no settings".to_owned(),
            1 => "one setting".to_owned(),
            n => format!("{n} settings"),
        };
        self.error(&types::ARGUMENT_COUNT, span, format!("`{owner}` takes {count}"));
    }

    /// Binds all settings of an item for its body: given ones, defaults, and `inferred` ones by name.
    /// Returns the scope, or `None` after reporting what is missing.
    pub(super) fn bind_settings(
        &mut self,
        target: &ItemUse,
        inferred: &[(String, Value)],
        scope: &mut Names,
        span: Span,
    ) -> Option<()> {
        let callable = self.callable(target.item)?;
        let block = callable.name.span.start;
        let mut complete = true;
        let (mut given, mut inferred) = (target.settings.clone(), inferred.to_vec());
        self.type_models(callable, &mut given, &mut inferred, span)?;
        for (setting, given) in callable.settings.iter().zip(&given) {
            let name = &setting.name.text;
            let value = if let Some(value) = given {
                value.clone()
            } else if let Some((_, value)) = inferred.iter().find(|(n, _)| n == name) {
                match self.check_setting(value.clone(), setting, target.item.module, span) {
                    Some(value) => value,
                    None => Value::Error,
                }
            } else if let Some(default) = &setting.default {
                let path = self.path().child(name);
                let expected = self.setting_enum(setting);
                let value = self.scoped(path, true, |this| this.expr(default, scope, expected));
                self.check_setting(value, setting, target.item.module, default.span).unwrap_or(Value::Error)
            } else {
                complete = false;
                self.report(
                    Diagnostic::error(
                        &types::MISSING_SETTING,
                        span,
                        format!("`{}` needs the setting `{name}`", callable.name.text),
                    )
                    .note("it has no default and cannot be found from shapes here")
                    .help(format!(
                        "write `{}[{}]`",
                        callable.name.text,
                        setting_list(&callable.settings)
                    )),
                );
                Value::Error
            };
            self.bound.insert(setting.name.span, name.clone());
            if signature_mentions(callable, name) {
                self.used.insert(setting.name.span);
            }
            *scope = scope.with(name, value, setting.name.span, block);
        }
        complete.then_some(())
    }

    /// An int known once the architecture is.
    pub(super) fn int(&mut self, e: &ast::Expr, names: &Names) -> Option<Expr> {
        let value = self.expr(e, names, None);
        self.as_int(value, e.span, "this")
    }

    pub(super) fn as_int(&mut self, value: Value, span: Span, what: &str) -> Option<Expr> {
        match value {
            Value::Int(e) => Some(e),
            Value::Error => None,
            Value::Real(_) => {
                self.report(
                    Diagnostic::error(&types::NOT_FIXED, span, format!("{what} must be an int, this is a real number"))
                        .note("sizes, bounds and indices are ints; a real never becomes an int by itself"),
                );
                None
            }
            other => {
                let found = other.describe();
                self.error(&types::TYPE_MISMATCH, span, format!("{what} must be an int, this is {found}"));
                None
            }
        }
    }

    /// An index that must lie in `0..len`.
    pub(super) fn index_in(&mut self, index: &Expr, len: &Expr, span: Span, what: &'static str) {
        let (i, n) = (index.clone(), len.clone());
        let inside = expr::and(&expr::le(&expr::int(0), index), &expr::lt(index, len));
        self.require_that(
            inside,
            Box::new(move |case| {
                let (shown, size) = (case.show(&i), case.show(&n));
                let diagnostic = Diagnostic::error(
                    &types::OUT_OF_RANGE,
                    span,
                    format!("index {shown} is outside this {what} of {size}"),
                );
                if shown.starts_with('-') {
                    diagnostic.help("indices count from 0 and are never negative; the last one is `[n - 1]`")
                } else {
                    diagnostic.note("indices count from 0")
                }
            }),
        );
    }
}

/// The names of settings still open, and a scope with those given.
pub(super) fn settings_so_far(callable: &Callable, target: &ItemUse) -> (Vec<String>, Names) {
    let mut open = Vec::new();
    let mut scope = Names::default();
    for (setting, given) in callable.settings.iter().zip(&target.settings) {
        match given {
            Some(given) => {
                scope = scope.with(&setting.name.text, given.clone(), setting.name.span, callable.name.span.start);
            }
            None => open.push(setting.name.text.clone()),
        }
    }
    (open, scope)
}

fn setting_list(settings: &[Setting]) -> String {
    let names: Vec<&str> = settings.iter().map(|s| s.name.text.as_str()).collect();
    names.join(", ")
}
