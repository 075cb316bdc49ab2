//! `choose`: where a program is left open.

use super::super::assignment::Value as Chosen;
use super::super::errors::{space, types};
use super::super::expr::{self, Atom, Expr, Node};
use super::super::flow::{self, FlowKind, Wires};
use super::super::symbol::{DomainSpec, PathTemplate, Shown, SymbolInfo, SymbolKind};
use super::super::template::Step;
use super::super::value::{EnumId, List, Value};
use super::{Elaborator, Names};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Alternative, Choose, ExprKind};
use std::sync::Arc;

impl Elaborator<'_> {
    pub(super) fn choose(&mut self, choose: &Choose, names: &Names, expected: Option<EnumId>, span: Span) -> Value {
        if self.fixed_only {
            self.read_quietly(choose, names, expected);
            return self.report(
                Diagnostic::error(&types::MISPLACED, span, "a `fn` leaves nothing open")
                    .note("functions compute fixed values; draw the choice where the function is called"),
            );
        }
        let path = self.unnamed("choose");
        match choose {
            Choose::Alternatives(list) => self.alternatives(list, path, names, expected, span),
            Choose::Element(domain) => self.choose_element(domain, path, names, expected, span),
            Choose::Subset { count, of, ordered } => self.choose_subset(count, of, *ordered, path, names, span),
        }
    }

    /// What stands in a misplaced `choose` is still read, so that the names in it count as used.
    fn read_quietly(&mut self, choose: &Choose, names: &Names, expected: Option<EnumId>) {
        let parts: Vec<&ast::Expr> = match choose {
            Choose::Alternatives(list) => list.iter().map(|alternative| &alternative.value).collect(),
            Choose::Element(domain) => vec![domain],
            Choose::Subset { count, of, .. } => vec![count, of],
        };
        for part in parts {
            self.collect(|this| this.expr(part, names, expected));
        }
    }

    /// Declares (or finds again) the symbol of a choice and draws it here.
    fn draw(&mut self, path: PathTemplate, domain: DomainSpec, shown: Shown, span: Span) -> Atom {
        self.domain_not_empty(&domain, span);
        let key = (span, path.clone());
        let symbol = match self.choices.get(&key) {
            Some(&symbol) => {
                let old = expr::all(self.symbols[symbol.0 as usize].guard.iter().cloned());
                let here = expr::all(self.guards.iter().cloned());
                if old != here {
                    self.symbols[symbol.0 as usize].guard = vec![expr::any([old, here])];
                }
                symbol
            }
            None => {
                let name = path.0.iter().rev().find_map(|segment| match segment {
                    super::super::symbol::Segment::Name(name) => Some(name.to_string()),
                    super::super::symbol::Segment::Value(_) => None,
                });
                let info = SymbolInfo {
                    name: name.unwrap_or_else(|| "choose".to_owned()),
                    path,
                    kind: SymbolKind::Choice(domain),
                    shown,
                    loops: self.loops.clone(),
                    guard: self.guards.clone(),
                    span,
                };
                let symbol = self.new_symbol(info);
                self.choices.insert(key, symbol);
                symbol
            }
        };
        self.emit(Step::Choice(symbol));
        Atom { symbol, at: self.loop_values() }
    }

    fn domain_not_empty(&mut self, domain: &DomainSpec, span: Span) {
        let (predicate, what): (Expr, Sentence) = match domain {
            DomainSpec::Ints { start, count, .. } => {
                let (start, shown) = (start.clone(), count.clone());
                (
                    expr::lt(&expr::int(0), count),
                    Box::new(move |case| {
                        format!(
                            "there is nothing to choose from: the range from {} holds {} values",
                            case.show(&start),
                            case.show(&shown)
                        )
                    }),
                )
            }
            DomainSpec::Values(values) => {
                (expr::truth(!values.is_empty()), Box::new(|_| "there is nothing to choose from".to_owned()))
            }
            DomainSpec::Real { low, high, log } => {
                let (low, high, log) = (*low, *high, *log);
                let fine = low <= high && (!log || low > 0.0);
                (
                    expr::truth(fine),
                    Box::new(move |_| {
                        if log && low <= 0.0 {
                            format!("a range over the logarithm starts above 0, not at {low:?}")
                        } else {
                            format!("there is nothing to choose from: {low:?} is larger than {high:?}")
                        }
                    }),
                )
            }
            DomainSpec::Subset { of, min, max, .. } => {
                let (n, a, b) = (of.clone(), min.clone(), max.clone());
                let fine = expr::all([expr::le(&expr::int(0), min), expr::le(min, max), expr::le(min, of)]);
                (
                    fine,
                    Box::new(move |case| {
                        format!("{} to {} of {} elements cannot be chosen", case.show(&a), case.show(&b), case.show(&n))
                    }),
                )
            }
        };
        self.must(predicate, &space::EMPTY_DOMAIN, span, what);
    }

    /// `choose { a, b }` and `choose { x => .., y => .. }`
    fn alternatives(
        &mut self,
        list: &[Alternative],
        path: PathTemplate,
        names: &Names,
        expected: Option<EnumId>,
        span: Span,
    ) -> Value {
        let heads: Vec<(Chosen, bool)> = list.iter().map(head).collect();
        for (at, (label, _)) in heads.iter().enumerate() {
            if let Some(first) = heads[..at].iter().position(|(other, _)| other == label) {
                self.report(
                    Diagnostic::error(
                        &space::ALTERNATIVES_ALIKE,
                        list[at].value.span,
                        format!("two alternatives are called `{label}`"),
                    )
                    .label(list[first].value.span, "the first is here")
                    .help("give them labels: `choose { small => .., large => .. }`"),
                );
                return Value::Error;
            }
        }
        let labels: Vec<Chosen> = heads.iter().map(|(label, _)| label.clone()).collect();
        let shown = Shown::Names(labels.iter().map(ToString::to_string).collect());
        let atom = self.draw(path.clone(), DomainSpec::Values(labels), shown, span);
        let position = expr::atom(atom);
        let conditions: Vec<Expr> =
            (0..list.len()).map(|at| expr::eq(&position, &expr::int(i64::try_from(at).unwrap_or(i64::MAX)))).collect();
        let constants = self.plain_constants(list, names, expected);
        if let Some(value) = constants {
            return value.at(&position);
        }
        self.cases(conditions, span, |this, at| {
            let (label, application) = &heads[at];
            let inner = if *application { path.clone() } else { path.child(&label.to_string()) };
            this.scoped(inner, true, |this| this.expr(&list[at].value, names, expected))
        })
    }

    /// Alternatives that are all int constants or all variants of one enum need no branches.
    fn plain_constants(&mut self, list: &[Alternative], names: &Names, expected: Option<EnumId>) -> Option<Plain> {
        let mut ints = Vec::new();
        for alternative in list {
            match &alternative.value.kind {
                ExprKind::Int(value) => ints.push(*value),
                ExprKind::Name(name) if names.get(&name.text).is_none() => {
                    let variants = &self.program.enums[expected?].variants;
                    ints.push(i64::try_from(variants.iter().position(|v| *v == name.text)?).ok()?);
                }
                _ => return None,
            }
        }
        let enums = matches!(list.first()?.value.kind, ExprKind::Name(_));
        let all_alike = list.iter().all(|a| matches!(a.value.kind, ExprKind::Name(_)) == enums);
        all_alike.then_some(Plain { table: ints.into(), owner: if enums { expected } else { None } })
    }

    fn choose_element(
        &mut self,
        domain: &ast::Expr,
        path: PathTemplate,
        names: &Names,
        expected: Option<EnumId>,
        span: Span,
    ) -> Value {
        if let ExprKind::Range { start, end, log, .. } = strip(domain)
            && let Some(value) = self.real_range(start, end, *log, &path, names, span)
        {
            return value;
        }
        let source = match strip(domain) {
            ExprKind::Name(name) if name.text == "bool" && names.get("bool").is_none() => Value::BoolType,
            _ => self.expr(domain, names, expected),
        };
        self.choose_from(source, path, domain.span, span)
    }

    fn choose_from(&mut self, source: Value, path: PathTemplate, place: Span, span: Span) -> Value {
        match source {
            Value::Error => Value::Error,
            Value::BoolType => {
                let values = vec![Chosen::Bool(false), Chosen::Bool(true)];
                let atom = self.draw(path, DomainSpec::Values(values), Shown::Bool, span);
                Value::Bool(expr::atom(atom))
            }
            Value::EnumType(id) => {
                let variants = self.program.enums[id].variants.clone();
                let values = variants.iter().cloned().map(Chosen::Name).collect();
                let atom = self.draw(path, DomainSpec::Values(values), Shown::Names(variants.into()), span);
                Value::Enum(id, expr::atom(atom))
            }
            Value::Wires(Wires { base, stride, len: Some(len) }) => {
                let domain = DomainSpec::Ints { start: expr::int(0), step: 1, count: len };
                let position = expr::atom(self.draw(path, domain, Shown::Int, span));
                let at = Wires { base, stride, len: None };
                Value::Wires(Wires { base: at.at(&position), stride: 1, len: None })
            }
            Value::List(list) => self.choose_from_list(&list, path, span),
            other => {
                let what = other.describe();
                self.report(
                    Diagnostic::error(&space::NOT_A_DOMAIN, place, format!("{what} is nothing to choose from"))
                        .help("choose from a range, a list, an enum, `bool`, a register, or alternatives in braces"),
                )
            }
        }
    }

    fn choose_from_list(&mut self, list: &Arc<List>, path: PathTemplate, span: Span) -> Value {
        match &**list {
            List::Range { start, step, len } => {
                let domain = DomainSpec::Ints { start: start.clone(), step: *step, count: len.clone() };
                Value::Int(expr::atom(self.draw(path, domain, Shown::Int, span)))
            }
            List::Items(items) => {
                let known: Option<Vec<Chosen>> = items.iter().map(|item| self.plain_value(item)).collect();
                let labels = known.unwrap_or_else(|| {
                    (0..items.len()).map(|at| Chosen::Int(i64::try_from(at).unwrap_or(i64::MAX))).collect()
                });
                if let Some(at) = (1..labels.len()).find(|&at| labels[..at].contains(&labels[at])) {
                    return self.error(
                        &space::ALTERNATIVES_ALIKE,
                        span,
                        format!("the list holds `{}` twice", labels[at]),
                    );
                }
                let shown = Shown::Names(labels.iter().map(ToString::to_string).collect());
                let position = expr::atom(self.draw(path, DomainSpec::Values(labels), shown, span));
                self.list_get(list, &position, span)
            }
            other => {
                let domain = DomainSpec::Ints { start: expr::int(0), step: 1, count: self.list_len(other) };
                let position = expr::atom(self.draw(path, domain, Shown::Int, span));
                self.list_get(list, &position, span)
            }
        }
    }

    /// The value of a list's element as people write it, if it is fixed and short.
    fn plain_value(&self, value: &Value) -> Option<Chosen> {
        Some(match value {
            Value::Int(e) => Chosen::Int(expr::constant(e)?),
            Value::Bool(e) => Chosen::Bool(expr::constant(e)? != 0),
            Value::Enum(id, e) => {
                Chosen::Name(self.program.enums[*id].variants.get(usize::try_from(expr::constant(e)?).ok()?)?.clone())
            }
            Value::Real(f) => match f.kind {
                FlowKind::Constant(value) => Chosen::Real(value),
                _ => return None,
            },
            Value::Gate(gate) => Chosen::Name(gate.written.to_string()),
            _ => return None,
        })
    }

    /// `choose 1e-4..=1e-1 log`: a real interval, if the bounds are real.
    fn real_range(
        &mut self,
        start: &ast::Expr,
        end: &ast::Expr,
        log: bool,
        path: &PathTemplate,
        names: &Names,
        span: Span,
    ) -> Option<Value> {
        let errors = self.diagnostics.len();
        let (a, b) = (self.expr(start, names, None), self.expr(end, names, None));
        if matches!((&a, &b), (Value::Int(_), Value::Int(_))) && !log {
            self.diagnostics.truncate(errors);
            return None;
        }
        if a.is_error() || b.is_error() {
            return Some(Value::Error);
        }
        let bound = |this: &mut Self, value: Value, at: Span| {
            let found = this.as_real(value, at).and_then(|f| match f.kind {
                FlowKind::Constant(value) => Some(value),
                _ => None,
            });
            if found.is_none() {
                this.error(&space::NOT_A_DOMAIN, at, "the bounds of a real range are numbers");
            }
            found
        };
        let (Some(low), Some(high)) = (bound(self, a, start.span), bound(self, b, end.span)) else {
            return Some(Value::Error);
        };
        let atom = self.draw(path.clone(), DomainSpec::Real { low, high, log }, Shown::Int, span);
        Some(Value::Real(flow::flow(FlowKind::RealChoice(atom), Vec::new(), span)))
    }

    /// `choose k of S`
    fn choose_subset(
        &mut self,
        count: &ast::Expr,
        of: &ast::Expr,
        ordered: bool,
        path: PathTemplate,
        names: &Names,
        span: Span,
    ) -> Value {
        let source = self.expr(of, names, None);
        let size = match &source {
            Value::Error => return Value::Error,
            Value::List(list) => self.list_len(list),
            Value::Wires(Wires { len: Some(len), .. }) => len.clone(),
            other => {
                let what = other.describe();
                return self.error(&space::NOT_A_DOMAIN, of.span, format!("{what} has no elements to choose"));
            }
        };
        let Some((min, max)) = self.subset_size(count, names) else { return Value::Error };
        let max = expr::min(&max, &size);
        let domain = DomainSpec::Subset { of: size, min: min.clone(), max: max.clone(), ordered };
        let atom = self.draw(path, domain, Shown::Int, span);
        let list = List::Chosen { atom: atom.clone(), source };
        // A fixed small number of elements can be taken apart by a pattern.
        match (expr::constant(&min), expr::constant(&max)) {
            (Some(k), _) if matches!(strip(count), ExprKind::Int(_)) => {
                let items = (0..k).map(|at| self.list_get(&list, &expr::int(at), span)).collect();
                Value::List(Arc::new(List::Items(items)))
            }
            _ => Value::List(Arc::new(list)),
        }
    }

    fn subset_size(&mut self, count: &ast::Expr, names: &Names) -> Option<(Expr, Expr)> {
        match self.expr(count, names, None) {
            Value::Error => None,
            Value::Int(k) => Some((k.clone(), k)),
            Value::List(list) => match &*list {
                List::Range { start, step: 1, len } => {
                    Some((start.clone(), expr::sub(&expr::add(start, len), &expr::int(1))))
                }
                _ => {
                    self.error(&space::NOT_A_DOMAIN, count.span, "the number of elements is an int or a range `a..=b`");
                    None
                }
            },
            other => {
                let what = other.describe();
                self.error(
                    &space::NOT_A_DOMAIN,
                    count.span,
                    format!("the number of elements is an int or a range `a..=b`, this is {what}"),
                );
                None
            }
        }
    }
}

/// A sentence about a failing case.
type Sentence = Box<dyn Fn(&super::Case<'_>) -> String>;

/// Constants by position.
struct Plain {
    table: Arc<[i64]>,
    owner: Option<EnumId>,
}

impl Plain {
    fn at(&self, position: &Expr) -> Value {
        // 0, 1, 2, .. is the position itself.
        let straight = self.table.iter().enumerate().all(|(at, &value)| i64::try_from(at) == Ok(value));
        let value =
            if straight { position.clone() } else { Arc::new(Node::Table(self.table.clone(), position.clone())) };
        match self.owner {
            Some(id) => Value::Enum(id, value),
            None => Value::Int(value),
        }
    }
}

fn strip(e: &ast::Expr) -> &ExprKind {
    match &e.kind {
        ExprKind::Paren(inner) => strip(inner),
        kind => kind,
    }
}

/// What an alternative is called, and whether that is the name of an application (which names itself in paths).
fn head(alternative: &Alternative) -> (Chosen, bool) {
    match &alternative.label {
        Some(label) => (Chosen::Name(label.text.clone()), false),
        None => leading(&alternative.value),
    }
}

fn leading(e: &ast::Expr) -> (Chosen, bool) {
    match &e.kind {
        ExprKind::Name(name) => (Chosen::Name(name.text.clone()), true),
        ExprKind::Path(path) => (Chosen::Name(path.last().map(|p| p.text.clone()).unwrap_or_default()), true),
        ExprKind::Int(value) => (Chosen::Int(*value), false),
        ExprKind::Real(value) => (Chosen::Real(*value), false),
        ExprKind::Bool(value) => (Chosen::Bool(*value), false),
        ExprKind::Text(text) => (Chosen::Name(text.clone()), false),
        ExprKind::Weight { .. } => (Chosen::Name("weight".to_owned()), false),
        ExprKind::Paren(inner) => leading(inner),
        ExprKind::Unary(ast::UnaryOp::Neg, inner) => match leading(inner) {
            (Chosen::Int(value), _) => (Chosen::Int(-value), false),
            (Chosen::Real(value), _) => (Chosen::Real(-value), false),
            (other, _) => (other, false),
        },
        ExprKind::Call { callee: inner, .. }
        | ExprKind::Bracket { base: inner, .. }
        | ExprKind::Field(inner, _)
        | ExprKind::Pipe(inner, _) => leading(inner),
        ExprKind::Binary(_, inner, _) => (leading(inner).0, false),
        _ => (Chosen::Name("value".to_owned()), false),
    }
}
