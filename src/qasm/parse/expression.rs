//! Expressions, by precedence. Numbers and their arithmetic fold as they are read where both versions agree.

use super::super::ast::{Binary, Expr, ExprKind, Selector, Unary};
use super::super::errors;
use super::super::lex::{self, Kind, Sym};
use super::{MAX_DEPTH, Parser, Read, Version};
use crate::diag::Diagnostic;
use crate::source::Span;

/// Functions of both versions; a name before `(` that is none of them is an error later.
pub(in super::super) const FUNCTIONS: [Sym; 13] = [
    lex::SIN,
    lex::COS,
    lex::TAN,
    lex::EXP,
    lex::LN,
    lex::LOG,
    lex::SQRT,
    lex::ARCSIN,
    lex::ARCCOS,
    lex::ARCTAN,
    lex::CEILING,
    lex::FLOOR,
    lex::MOD,
];

impl Parser<'_, '_> {
    pub(super) fn expr(&mut self) -> Read<Expr> {
        self.binary(0)
    }

    /// Operators of at least a level; chains group from the left in a loop, powers from the right.
    fn binary(&mut self, least: u8) -> Read<Expr> {
        self.enter()?;
        let start = self.token.start;
        let mut left = self.unary()?;
        while let Some((op, level)) = self.operator()
            && level >= least
        {
            self.bump();
            let right = self.binary(if op == Binary::Pow { level } else { level + 1 })?;
            left = self.join(op, left, right, start)?;
        }
        self.leave();
        Ok(left)
    }

    fn operator(&self) -> Option<(Binary, u8)> {
        let two = self.version == Version::Two;
        Some(match self.token.kind {
            Kind::Or => (Binary::Or, 1),
            Kind::And => (Binary::And, 2),
            Kind::Equal => (Binary::Equal, 3),
            Kind::NotEqual => (Binary::NotEqual, 3),
            Kind::Sign(b'<') => (Binary::Less, 4),
            Kind::AtMost => (Binary::AtMost, 4),
            Kind::Sign(b'>') => (Binary::Greater, 4),
            Kind::AtLeast => (Binary::AtLeast, 4),
            Kind::Sign(b'+') => (Binary::Add, 5),
            Kind::Sign(b'-') => (Binary::Sub, 5),
            Kind::Sign(b'*') => (Binary::Mul, 6),
            Kind::Sign(b'/') => (Binary::Div, 6),
            Kind::Sign(b'%') if !two => (Binary::Rem, 6),
            Kind::Sign(b'^') if two => (Binary::Pow, 8),
            Kind::Power => (Binary::Pow, 8),
            _ => return None,
        })
    }

    fn join(&mut self, op: Binary, left: Expr, right: Expr, start: u32) -> Read<Expr> {
        let span = self.since(start);
        let folded = match (&left.kind, &right.kind) {
            (ExprKind::Real(a), ExprKind::Real(b)) => real(op, *a, *b),
            (ExprKind::Real(a), ExprKind::Int(b)) => real(op, *a, *b as f64),
            (ExprKind::Int(a), ExprKind::Real(b)) => real(op, *a as f64, *b),
            _ => None,
        };
        if let Some(value) = folded {
            return Ok(Expr { kind: ExprKind::Real(value), span, height: 0 });
        }
        let height = left.height.max(right.height) + 1;
        if height > MAX_DEPTH * 4 {
            return Err(Diagnostic::error(&errors::TOO_DEEP, span, "this expression has too many terms")
                .note(format!("at most {} are read in one chain", MAX_DEPTH * 4)));
        }
        Ok(Expr { kind: ExprKind::Binary(op, Box::new([left, right])), span, height })
    }

    fn unary(&mut self) -> Read<Expr> {
        let start = self.token.start;
        let op = match self.token.kind {
            Kind::Sign(b'-') => Unary::Minus,
            Kind::Sign(b'!') => Unary::Not,
            Kind::Sign(b'+') => {
                self.bump();
                return self.binary(7);
            }
            _ => return self.primary(),
        };
        self.bump();
        // `-2 ** 2` is -4.
        let operand = self.binary(7)?;
        let span = self.since(start);
        let kind = match (op, &operand.kind) {
            (Unary::Minus, ExprKind::Real(value)) => ExprKind::Real(-value),
            (Unary::Minus, ExprKind::Int(value)) => ExprKind::Int(-value),
            _ => {
                let height = operand.height + 1;
                return Ok(Expr { kind: ExprKind::Unary(op, Box::new(operand)), span, height });
            }
        };
        Ok(Expr { kind, span, height: 0 })
    }

    pub(super) fn primary(&mut self) -> Read<Expr> {
        let token = self.token;
        let span = self.here();
        let leaf = |kind| Expr { kind, span, height: 0 };
        match token.kind {
            Kind::Int => {
                let kind = self.int()?;
                self.bump();
                Ok(leaf(kind))
            }
            Kind::Real => {
                let text = self.lexer.slice(token);
                let value = if text.contains('_') { text.replace('_', "").parse() } else { text.parse() };
                let value = value.ok().filter(|value: &f64| value.is_finite());
                let value = value.ok_or_else(|| bad_number(span, text))?;
                self.bump();
                Ok(leaf(ExprKind::Real(value)))
            }
            Kind::Physical => {
                let number = self.lexer.slice(token)[1..].parse().map_err(|_| bad_number(span, "the qubit"))?;
                self.bump();
                Ok(leaf(ExprKind::Physical(number)))
            }
            Kind::Measured => Err(Diagnostic::error(
                &errors::NOT_CARRIED,
                span,
                format!("`{}` is a duration or an imaginary number, which no angle is", self.lexer.slice(token)),
            )),
            Kind::Sign(b'(') => self.parenthesised(),
            Kind::Word(sym) => self.named(sym, span),
            _ => Err(self.unexpected("an expression")),
        }
    }

    fn int(&self) -> Read<ExprKind> {
        let text = self.lexer.slice(self.token);
        let bad = || bad_number(self.here(), text);
        let clean = || text.replace('_', "");
        let radix = match text.as_bytes() {
            [b'0', b'x' | b'X', ..] => 16,
            [b'0', b'b' | b'B', ..] => 2,
            [b'0', b'o' | b'O', ..] => 8,
            _ => 10,
        };
        if radix != 10 {
            return i64::from_str_radix(&clean()[2..], radix).map(ExprKind::Int).map_err(|_| bad());
        }
        let value = if text.contains('_') { clean().parse() } else { text.parse() };
        value.map(ExprKind::Int).map_err(|_| bad())
    }

    fn named(&mut self, sym: Sym, span: Span) -> Read<Expr> {
        self.bump();
        let leaf = |kind| Ok(Expr { kind, span, height: 0 });
        match sym {
            lex::PI | lex::PI_GREEK => return leaf(ExprKind::Real(std::f64::consts::PI)),
            lex::TAU | lex::TAU_GREEK if self.version == Version::Three => {
                return leaf(ExprKind::Real(std::f64::consts::TAU));
            }
            lex::EULER | lex::EULER_GREEK if self.version == Version::Three => {
                return leaf(ExprKind::Real(std::f64::consts::E));
            }
            lex::TRUE => return leaf(ExprKind::Bool(true)),
            lex::FALSE => return leaf(ExprKind::Bool(false)),
            // A cast leaves the number as it is: angles and floats are one thing here.
            lex::FLOAT | lex::ANGLE => {
                if self.eat(b'[') {
                    self.expr()?;
                    self.expect(b']')?;
                }
                return self.parenthesised();
            }
            _ => {}
        }
        if self.is(b'(') {
            let args = self.arguments()?;
            let height = args.iter().map(|arg| arg.height).max().unwrap_or(0) + 1;
            return Ok(Expr { kind: ExprKind::Call(sym, args), span: self.since(span.start), height });
        }
        if self.is(b'[') {
            let selector = Box::new(self.selector()?);
            return Ok(Expr { kind: ExprKind::Index(sym, selector), span: self.since(span.start), height: 1 });
        }
        leaf(ExprKind::Name(sym))
    }

    /// `(a)`
    pub(super) fn parenthesised(&mut self) -> Read<Expr> {
        self.expect(b'(')?;
        let inner = self.expr()?;
        self.expect(b')')?;
        Ok(inner)
    }

    /// `(a, b)`; strict readers take no comma behind the last.
    pub(super) fn arguments(&mut self) -> Read<Vec<Expr>> {
        self.expect(b'(')?;
        self.listed(b')', Self::expr)
    }

    /// `[..]` behind a register.
    pub(super) fn selector(&mut self) -> Read<Selector> {
        self.expect(b'[')?;
        let selector = if self.is(b'{') {
            Selector::Set(self.set()?)
        } else {
            let first = if self.is(b':') { None } else { Some(self.expr()?) };
            if self.eat(b':') {
                let second = if self.is(b']') || self.is(b':') { None } else { Some(self.expr()?) };
                if self.eat(b':') {
                    let third = if self.is(b']') { None } else { Some(self.expr()?) };
                    Selector::Range(Box::new([first, second, third]))
                } else {
                    Selector::Range(Box::new([first, None, second]))
                }
            } else {
                match first {
                    Some(index) => Selector::One(index),
                    None => return Err(self.unexpected("an index")),
                }
            }
        };
        self.expect(b']')?;
        Ok(selector)
    }

    /// `{a, b}`
    pub(super) fn set(&mut self) -> Read<Vec<Expr>> {
        self.expect(b'{')?;
        self.listed(b'}', Self::expr)
    }
}

fn bad_number(span: Span, text: &str) -> Diagnostic {
    let text: String = text.chars().take(40).collect();
    Diagnostic::error(&errors::BAD_NUMBER, span, format!("`{text}` is too large, or no number"))
        .note("integers have 64 bits, reals are doubles")
}

/// Arithmetic of two reals; what has no value is left for whoever evaluates it, who knows the place.
fn real(op: Binary, a: f64, b: f64) -> Option<f64> {
    let value = match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Pow => a.powf(b),
        _ => return None,
    };
    value.is_finite().then_some(value)
}
