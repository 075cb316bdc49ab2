//! Expressions to values: integers stay exact, angles stay affine, whatever has no value is an error at its place.

use super::super::ast::{Binary, Expr, ExprKind, Selector, Unary, Version};
use super::super::lex::{self, Sym};
use super::super::parse::FUNCTIONS;
use super::{Entity, Lower, Lowered, errors};
use crate::diag::{Diagnostic, nearest};
use crate::ir::Angle;
use crate::source::Span;

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub(in super::super) enum Value {
    Int(i64),
    Real(f64),
    Bool(bool),
    Angle(Angle),
}

impl Value {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Angle(angle) => angle.as_constant(),
        }
    }

    pub(super) fn angle(self) -> Angle {
        match self {
            Self::Angle(angle) => angle,
            other => Angle::constant(other.number().unwrap_or(f64::NAN)),
        }
    }
}

impl Lower<'_> {
    /// An angle: a finite affine form.
    pub(super) fn angle(&mut self, expr: &Expr) -> Lowered<Angle> {
        let angle = match &expr.kind {
            ExprKind::Real(value) => Angle::constant(*value),
            ExprKind::Int(value) => Angle::constant(*value as f64),
            _ => self.eval(expr)?.angle(),
        };
        if angle.constant.is_finite() && angle.terms().iter().all(|term| term.1.is_finite()) {
            return Ok(angle);
        }
        Err(Diagnostic::error(&errors::BAD_NUMBER, expr.span, "this angle is no finite number"))
    }

    /// An integer.
    pub(super) fn int(&mut self, expr: &Expr) -> Lowered<i64> {
        match self.eval(expr)? {
            Value::Int(value) => Ok(value),
            Value::Bool(value) => Ok(i64::from(value)),
            Value::Real(_) => {
                Err(Diagnostic::error(&errors::WRONG_TYPE, expr.span, "an integer belongs here, this is a real number"))
            }
            Value::Angle(_) => Err(Diagnostic::error(
                &errors::WRONG_TYPE,
                expr.span,
                "what decides the structure of a circuit must be constant, this depends on inputs",
            )),
        }
    }

    pub(super) fn eval(&mut self, expr: &Expr) -> Lowered<Value> {
        match &expr.kind {
            ExprKind::Int(value) => Ok(Value::Int(*value)),
            ExprKind::Real(value) => Ok(Value::Real(*value)),
            ExprKind::Bool(value) => Ok(Value::Bool(*value)),
            ExprKind::Name(sym) => match self.find(*sym) {
                Some(Entity::Number(value)) => Ok(value.clone()),
                Some(Entity::Bits { start, len, .. }) => {
                    let (start, len) = (*start, *len);
                    self.bits_value(start, len, expr.span)
                }
                Some(_) => Err(self.no_number(*sym, expr.span)),
                None => Err(self.unknown(*sym, expr.span)),
            },
            ExprKind::Unary(op, operand) => {
                let value = self.eval(operand)?;
                unary(*op, value, expr.span)
            }
            ExprKind::Binary(op, operands) => {
                let (left, right) = (self.eval(&operands[0])?, self.eval(&operands[1])?);
                self.binary(*op, left, right, expr.span)
            }
            ExprKind::Call(sym, args) => self.function(*sym, args, expr.span),
            ExprKind::Index(sym, selector) => self.bit_value(*sym, selector, expr.span),
            ExprKind::Physical(number) => {
                Err(Diagnostic::error(&errors::WRONG_TYPE, expr.span, format!("`${number}` is a qubit, no number")))
            }
        }
    }

    fn no_number(&self, sym: Sym, span: Span) -> Diagnostic {
        Diagnostic::error(&errors::WRONG_TYPE, span, format!("`{}` is no number", self.words.name(sym)))
    }

    fn bit_value(&mut self, sym: Sym, selector: &Selector, span: Span) -> Lowered<Value> {
        let Some(entity) = self.find(sym) else { return Err(self.unknown(sym, span)) };
        let (Entity::Bits { start, len, .. }, Selector::One(index)) = (entity.clone(), selector) else {
            return Err(self.no_number(sym, span));
        };
        let index_at = self.int(index)?;
        let at = super::operands::index(index_at, len, index.span)?;
        self.bits_value(start + at, 1, span)
    }

    fn binary(&self, op: Binary, left: Value, right: Value, span: Span) -> Lowered<Value> {
        if let (Value::Int(a), Value::Int(b)) = (&left, &right)
            && let Some(value) = self.ints(op, *a, *b, span)?
        {
            return Ok(value);
        }
        if let (Value::Bool(a), Value::Bool(b)) = (&left, &right) {
            match op {
                Binary::And => return Ok(Value::Bool(*a && *b)),
                Binary::Or => return Ok(Value::Bool(*a || *b)),
                _ => {}
            }
        }
        if let (Some(a), Some(b)) = (left.number(), right.number()) {
            return reals(op, a, b).ok_or_else(|| {
                Diagnostic::error(&errors::WRONG_TYPE, span, "this operator does not work on real numbers")
            });
        }
        let (a, b) = (left.angle(), right.angle());
        let value = match (op, a.as_constant(), b.as_constant()) {
            (Binary::Add, ..) => a.plus(&b),
            (Binary::Sub, ..) => a.add_scaled(&b, -1.0),
            (Binary::Mul, Some(factor), _) => b.scaled(factor),
            (Binary::Mul, _, Some(factor)) => a.scaled(factor),
            (Binary::Div, _, Some(divisor)) => divided(&a, divisor),
            _ => return Err(not_affine(span)),
        };
        Ok(Value::Angle(value))
    }

    /// Arithmetic of integers; `None` where version 2 knows only reals.
    fn ints(&self, op: Binary, a: i64, b: i64, span: Span) -> Lowered<Option<Value>> {
        let two = self.version == Version::Two;
        let compared = match op {
            Binary::Equal => Some(a == b),
            Binary::NotEqual => Some(a != b),
            Binary::Less => Some(a < b),
            Binary::AtMost => Some(a <= b),
            Binary::Greater => Some(a > b),
            Binary::AtLeast => Some(a >= b),
            Binary::And => Some(a != 0 && b != 0),
            Binary::Or => Some(a != 0 || b != 0),
            _ => None,
        };
        if let Some(value) = compared {
            return Ok(Some(Value::Bool(value)));
        }
        let value = match op {
            Binary::Add => a.checked_add(b),
            Binary::Sub => a.checked_sub(b),
            Binary::Mul => a.checked_mul(b),
            Binary::Div if two => return Ok(None),
            Binary::Div => a.checked_div(b),
            Binary::Rem => a.checked_rem(b),
            Binary::Pow if b < 0 => return Ok(None),
            Binary::Pow => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
            _ => return Ok(None),
        };
        value.map(|value| Some(Value::Int(value))).ok_or_else(|| {
            let zero = b == 0 && matches!(op, Binary::Div | Binary::Rem);
            let message = if zero { "this divides by zero" } else { "this integer does not fit 64 bits" };
            Diagnostic::error(&errors::BAD_NUMBER, span, message)
        })
    }

    fn function(&mut self, sym: Sym, args: &[Expr], span: Span) -> Lowered<Value> {
        if !FUNCTIONS.contains(&sym) {
            let name = self.words.name(sym);
            let error = Diagnostic::error(&errors::UNKNOWN_NAME, span, format!("there is no function `{name}`"));
            let known: Vec<&str> = FUNCTIONS.iter().map(|sym| self.words.name(*sym)).collect();
            return Err(match nearest(name, known.iter().copied()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.note(format!("there are {}", known.join(", "))),
            });
        }
        let values: Vec<Value> = args.iter().map(|arg| self.eval(arg)).collect::<Lowered<_>>()?;
        let wanted = if sym == lex::MOD { 2 } else { 1 };
        if values.len() != wanted {
            let message = format!("`{}` takes {wanted} numbers, here are {}", self.words.name(sym), values.len());
            return Err(Diagnostic::error(&errors::ARITY, span, message));
        }
        if let [Value::Int(a), Value::Int(b)] = values[..] {
            return match a.checked_rem(b) {
                Some(value) => Ok(Value::Int(value)),
                None => Err(Diagnostic::error(&errors::BAD_NUMBER, span, "this divides by zero")),
            };
        }
        let Some(numbers) = values.iter().map(Value::number).collect::<Option<Vec<f64>>>() else {
            return Err(not_affine(span));
        };
        let x = numbers[0];
        let value = match sym {
            lex::SIN => x.sin(),
            lex::COS => x.cos(),
            lex::TAN => x.tan(),
            lex::EXP => x.exp(),
            lex::LN | lex::LOG => x.ln(),
            lex::SQRT => x.sqrt(),
            lex::ARCSIN => x.asin(),
            lex::ARCCOS => x.acos(),
            lex::ARCTAN => x.atan(),
            lex::CEILING => x.ceil(),
            lex::FLOOR => x.floor(),
            _ => x % numbers[1],
        };
        if value.is_finite() {
            return Ok(Value::Real(value));
        }
        Err(Diagnostic::error(&errors::BAD_NUMBER, span, format!("`{}` has no value here", self.words.name(sym))))
    }
}

fn not_affine(span: Span) -> Diagnostic {
    Diagnostic::error(&errors::NOT_AFFINE, span, "this is no sum of inputs with constant factors")
        .help("compute it before the circuit and declare the result as an input of its own")
}

fn divided(angle: &Angle, divisor: f64) -> Angle {
    // A quotient, not a product with the reciprocal, so that numbers come out as written; 1/0 is found by the reader.
    let mut out = angle.scaled(1.0 / divisor);
    out.constant = angle.constant / divisor;
    out
}

fn unary(op: Unary, value: Value, span: Span) -> Lowered<Value> {
    let no_value = || Diagnostic::error(&errors::BAD_NUMBER, span, "this integer does not fit 64 bits");
    Ok(match (op, value) {
        (Unary::Minus, Value::Int(value)) => Value::Int(value.checked_neg().ok_or_else(no_value)?),
        (Unary::Minus, Value::Angle(angle)) => Value::Angle(angle.scaled(-1.0)),
        (Unary::Minus, other) => Value::Real(-other.number().unwrap_or(f64::NAN)),
        (Unary::Not, Value::Bool(value)) => Value::Bool(!value),
        (Unary::Not, Value::Int(value)) => Value::Bool(value == 0),
        (Unary::Not, _) => return Err(Diagnostic::error(&errors::WRONG_TYPE, span, "`!` negates conditions only")),
    })
}

fn reals(op: Binary, a: f64, b: f64) -> Option<Value> {
    Some(match op {
        Binary::Add => Value::Real(a + b),
        Binary::Sub => Value::Real(a - b),
        Binary::Mul => Value::Real(a * b),
        Binary::Div => Value::Real(a / b),
        Binary::Rem => Value::Real(a % b),
        Binary::Pow => Value::Real(a.powf(b)),
        Binary::Equal => Value::Bool(a == b),
        Binary::NotEqual => Value::Bool(a != b),
        Binary::Less => Value::Bool(a < b),
        Binary::AtMost => Value::Bool(a <= b),
        Binary::Greater => Value::Bool(a > b),
        Binary::AtLeast => Value::Bool(a >= b),
        Binary::And | Binary::Or => return None,
    })
}
