//! `device` items: a record for the language, and the hardware it describes for everything that prices and rewrites circuits.
//!
//! The fields that say what hardware is are checked here, whether or not any circuit reads them; other fields are the program's own.

use super::super::errors::types;
use super::super::expr;
use super::super::value::{GateCallee, ItemRef, List, Value};
use super::{Elaborator, Names, suggest};
use crate::device::{Device, Figures, Native, READOUT, Values, topology};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, ItemKind};
use std::sync::Arc;

/// The fields that describe hardware, with a line each.
pub static DEVICE_FIELDS: &[(&str, &str)] = &[
    ("qubits", "how many; an int"),
    ("edges", "pairs that have two-qubit gates: a list, or a rule such as `grid(12, 10)`"),
    ("native", "the gates it has: `[rz, sx, x, cz]`; `rx(pi / 2)` fixes an angle"),
    ("directed", "do gates run only in the written direction of their pair? otherwise in both"),
    ("error", "chance of failure by gate and for `readout`: one number, or a list by qubit or by edge"),
    ("duration", "seconds by gate and for `readout`, likewise"),
    ("t1", "seconds of relaxation: one number, or one for each qubit"),
    ("t2", "seconds of dephasing, likewise"),
    ("rep_delay", "seconds between two shots"),
    ("job", "seconds of a job beside its shots"),
    ("date", "day of the figures, as text"),
    ("source", "where they come from, as text"),
];

impl Elaborator<'_> {
    /// A device is a record of its fields.
    pub(super) fn device(&mut self, item: ItemRef, record: &ast::Record) -> Value {
        self.calls.push((item, Span::default()));
        let fields = self.in_module(item.module, |this| {
            let mut fields = Vec::new();
            for (name, value) in &record.fields {
                let value = match (name.text.as_str(), &value.kind) {
                    ("edges", ExprKind::Call { callee, args }) => this.topology(callee, args),
                    _ => None,
                }
                .unwrap_or_else(|| this.fixed(|this| this.expr(value, &Names::default(), None)));
                fields.push((Some(name.text.as_str().into()), value));
            }
            fields
        });
        self.calls.pop();
        if fields.iter().any(|(_, v): &(_, Value)| v.is_error()) {
            return Value::Error;
        }
        Value::Tuple(Arc::new(fields))
    }

    /// `grid(12, 10)` as a list of pairs; `None` if the name is no rule.
    fn topology(&mut self, callee: &ast::Expr, args: &[ast::Arg]) -> Option<Value> {
        let ExprKind::Name(name) = &callee.kind else { return None };
        if self.program.global(self.module, &name.text).is_some() {
            return None;
        }
        let Some(rule) = topology::find(&name.text) else {
            let known = topology::TOPOLOGIES.iter().map(|rule| rule.name);
            let message = format!("there is no rule `{}` for the pairs of a device", name.text);
            let diagnostic =
                suggest(Diagnostic::error(&types::BAD_FIELD, name.span, message), &name.text, known, name.span);
            let all: Vec<String> = topology::TOPOLOGIES.iter().map(|rule| format!("`{}`", rule.name)).collect();
            return Some(self.report(diagnostic.note(format!("the rules are {}", all.join(", ")))));
        };
        let mut numbers = vec![0; rule.parameters.len()];
        if args.len() != numbers.len() {
            let wanted = rule.parameters.join(", ");
            let message = format!("`{}` takes {} numbers, {} given", rule.name, numbers.len(), args.len());
            return Some(
                self.report(
                    Diagnostic::error(&types::BAD_FIELD, callee.span, message)
                        .help(format!("write `{}({wanted})`", rule.name)),
                ),
            );
        }
        for (at, arg) in args.iter().enumerate() {
            let place = match &arg.name {
                Some(name) => rule.parameters.iter().position(|known| *known == name.text),
                None => Some(at),
            };
            let value = self.fixed(|this| this.expr(&arg.value, &Names::default(), None));
            let number = match &value {
                Value::Error => return Some(Value::Error),
                Value::Int(e) => expr::constant(e).and_then(|n| u32::try_from(n).ok()),
                _ => None,
            };
            match (place, number) {
                (Some(place), Some(number)) => numbers[place] = number,
                _ => {
                    let wanted = rule.parameters.join(", ");
                    let message = format!("`{}({wanted})` takes constant ints that are not negative", rule.name);
                    return Some(self.error(&types::BAD_FIELD, arg.value.span, message));
                }
            }
        }
        let Some((_, edges)) = (rule.generate)(&numbers) else {
            let message = format!("`{}` makes no graph of these numbers", rule.name);
            return Some(self.error(&types::BAD_FIELD, callee.span, message));
        };
        let end = |qubit: u32| (None, Value::Int(expr::int(i64::from(qubit))));
        let pair = |(a, b): (u32, u32)| Value::Tuple(Arc::new(vec![end(a), end(b)]));
        Some(Value::List(Arc::new(List::Items(edges.into_iter().map(pair).collect()))))
    }

    /// The hardware that a device item describes; what is wrong is reported.
    pub(crate) fn hardware(&mut self, item: ItemRef) -> Option<Device> {
        let program = self.program;
        let ItemKind::Device(record) = &program.item(item).kind else { return None };
        let Value::Tuple(fields) = self.item_value(item, &record.name, &Names::default()) else { return None };
        let spans: Vec<Span> = record.fields.iter().map(|(_, value)| value.span).collect();
        let field = |wanted: &str| {
            let at = fields.iter().position(|(name, _)| name.as_deref() == Some(wanted))?;
            Some((fields[at].1.clone(), spans.get(at).copied().unwrap_or(record.name.span)))
        };
        let Some((qubits, span)) = field("qubits") else {
            let message = format!("the device `{}` does not say how many qubits it has", record.name.text);
            self.report(Diagnostic::error(&types::BAD_FIELD, record.name.span, message).help("add `qubits: 5`"));
            return None;
        };
        let n_qubits = whole(&qubits).and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=4096).contains(n));
        let Some(n_qubits) = n_qubits else {
            self.error(&types::BAD_FIELD, span, "`qubits` is a constant int from 1 to 4096");
            return None;
        };
        let edges = match field("edges") {
            Some((value, span)) => self.edges(&value, n_qubits, span)?,
            None => Vec::new(),
        };
        let native = match field("native") {
            Some((value, span)) => self.native(&value, span)?,
            None => Vec::new(),
        };
        let (n, e) = (n_qubits as usize, edges.len());
        let mut device = Device::new(record.name.text.clone(), n_qubits, edges, native);
        if let Some((value, span)) = field("directed") {
            device.directed = self.flag(&value, span)?;
        }
        for (name, chance) in [("error", true), ("duration", false)] {
            let Some((value, span)) = field(name) else { continue };
            let figures = self.figures(name, &value, (n, e), chance, span)?;
            *(if chance { &mut device.errors } else { &mut device.durations }) = figures;
        }
        for (name, slot) in [("t1", &mut device.t1), ("t2", &mut device.t2)] {
            let Some((value, span)) = field(name) else { continue };
            *slot = Some(self.values(name, &value, n, false, span)?);
        }
        for (name, slot) in [("rep_delay", &mut device.rep_delay), ("job", &mut device.job_time)] {
            let Some((value, span)) = field(name) else { continue };
            match self.values(name, &value, 0, false, span)? {
                Values::Same(seconds) => *slot = seconds,
                Values::Each(_) => {
                    self.error(&types::BAD_FIELD, span, format!("`{name}` is one number of seconds"));
                    return None;
                }
            }
        }
        for (name, slot) in [("date", &mut device.date), ("source", &mut device.source)] {
            let Some((value, span)) = field(name) else { continue };
            *slot = self.words(name, &value, span)?;
        }
        Some(device)
    }

    fn words(&mut self, name: &str, value: &Value, span: Span) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.to_string()),
            _ => {
                self.error(&types::BAD_FIELD, span, format!("`{name}` is text in double quotes"));
                None
            }
        }
    }

    fn flag(&mut self, value: &Value, span: Span) -> Option<bool> {
        match value {
            Value::Bool(e) if expr::constant(e).is_some() => expr::constant(e).map(|value| value != 0),
            _ => {
                self.error(&types::BAD_FIELD, span, "`directed` is `true` or `false`");
                None
            }
        }
    }

    fn items(&mut self, value: &Value, span: Span) -> Option<Vec<Value>> {
        let Value::List(list) = value else { return None };
        let len = expr::constant(&self.list_len(list)).filter(|len| (0..=1 << 20).contains(len))?;
        Some((0..len).map(|at| self.list_get(list, &expr::int(at), span)).collect())
    }

    fn edges(&mut self, value: &Value, n_qubits: u32, span: Span) -> Option<Vec<(u32, u32)>> {
        let wrong = |this: &mut Self, message: String| -> Option<Vec<(u32, u32)>> {
            this.report(
                Diagnostic::error(&types::BAD_FIELD, span, message).help("write pairs of qubits: `[(0, 1), (1, 2)]`"),
            );
            None
        };
        let Some(items) = self.items(value, span) else {
            return wrong(self, "`edges` is a list of pairs of qubits".to_owned());
        };
        let mut seen = std::collections::BTreeSet::new();
        let mut out = Vec::with_capacity(items.len());
        for item in &items {
            let pair = match item {
                Value::Tuple(ends) if ends.len() == 2 => whole(&ends[0].1).zip(whole(&ends[1].1)),
                _ => None,
            };
            let Some((a, b)) = pair else {
                return wrong(self, "an entry of `edges` is a pair of constant ints".to_owned());
            };
            let inside = |end: i64| u32::try_from(end).ok().filter(|end| *end < n_qubits);
            let (Some(x), Some(y)) = (inside(a), inside(b)) else {
                return wrong(self, format!("the pair `({a}, {b})` names a qubit that is not among the {n_qubits}"));
            };
            if x == y {
                return wrong(self, format!("the pair `({a}, {b})` joins a qubit with itself"));
            }
            // Both directions of a pair are one edge.
            if seen.insert((x.min(y), x.max(y))) {
                out.push((x, y));
            }
        }
        Some(out)
    }

    fn native(&mut self, value: &Value, span: Span) -> Option<Vec<Native>> {
        let mut out = Vec::new();
        for item in self.items(value, span).unwrap_or_else(|| vec![Value::Unit]) {
            let Value::Gate(gate) = &item else {
                self.report(
                    Diagnostic::error(&types::BAD_FIELD, span, "`native` is a list of gates")
                        .help("write `[rz, sx, x, cz]`"),
                );
                return None;
            };
            let GateCallee::Catalogue(kind) = &gate.callee else {
                self.error(&types::BAD_FIELD, span, format!("`{}` is no gate of the catalogue", gate.written));
                return None;
            };
            let params: Option<Option<Vec<f64>>> =
                gate.args.as_ref().map(|args| args.iter().map(|(value, _)| real(value)).collect());
            match params {
                Some(None) => {
                    self.error(&types::BAD_FIELD, span, format!("the angles of `{}` are constants here", gate.written));
                    return None;
                }
                Some(params) => out.push(Native { gate: kind, params }),
                None => out.push(Native { gate: kind, params: None }),
            }
        }
        Some(out)
    }

    fn figures(
        &mut self,
        owner: &str,
        value: &Value,
        (n, e): (usize, usize),
        chance: bool,
        span: Span,
    ) -> Option<Figures> {
        let Value::Tuple(fields) = value else {
            self.report(
                Diagnostic::error(&types::BAD_FIELD, span, format!("`{owner}` is a record of numbers by gate"))
                    .help(format!("write `{owner}: (cx: 8e-3, readout: 2e-2)`")),
            );
            return None;
        };
        let mut out = Figures::default();
        for (name, value) in fields.iter() {
            let name = name.as_deref().unwrap_or_default();
            let places = match crate::gates::find(name) {
                Some(gate) if gate.n_qubits() == 2 => e,
                Some(gate) if gate.n_qubits() == 1 => n,
                _ if name == READOUT => n,
                _ => {
                    let known = crate::gates::GATES.iter().map(|gate| gate.meta.name).chain([READOUT]);
                    let message = format!("`{owner}` speaks of `{name}`, which is no gate on one or two qubits");
                    let diagnostic = Diagnostic::error(&types::BAD_FIELD, span, message);
                    self.report(match crate::diag::nearest(name, known) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                        None => diagnostic.help("name gates of the device, and `readout`"),
                    });
                    return None;
                }
            };
            out.set(name, self.values(&format!("{owner}.{name}"), value, places, chance, span)?);
        }
        Some(out)
    }

    /// A number, or one for each place.
    fn values(&mut self, owner: &str, value: &Value, places: usize, chance: bool, span: Span) -> Option<Values> {
        let fits = |number: f64| number >= 0.0 && number.is_finite() && (!chance || number <= 1.0);
        let wanted = if chance { "a chance from 0 to 1" } else { "seconds, not negative" };
        if let Some(number) = real(value) {
            if fits(number) {
                return Some(Values::Same(number));
            }
            self.error(&types::BAD_FIELD, span, format!("`{owner}` is {wanted}, this is {number}"));
            return None;
        }
        let numbers: Option<Vec<f64>> = self.items(value, span).and_then(|items| items.iter().map(real).collect());
        match numbers {
            Some(numbers) if numbers.len() == places && numbers.iter().all(|number| fits(*number)) => {
                Some(Values::Each(numbers))
            }
            Some(numbers) if numbers.len() != places => {
                let found = numbers.len();
                self.error(&types::BAD_FIELD, span, format!("`{owner}` has {found} numbers for {places} places"));
                None
            }
            _ => {
                self.error(&types::BAD_FIELD, span, format!("`{owner}` is {wanted}, or a list of such"));
                None
            }
        }
    }
}

/// A constant int.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(e) => expr::constant(e),
        _ => None,
    }
}

/// A constant number.
fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Int(e) => expr::constant(e).map(|value| value as f64),
        Value::Real(flow) => super::super::fixed_real(flow, &super::super::expr::Bindings::default()),
        _ => None,
    }
}
