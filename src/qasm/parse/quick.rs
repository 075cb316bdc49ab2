//! The one statement of which long programs consist, `name(numbers) q[1], r[2];`, read without a tree.
//!
//! Whatever looks different in any way is left to the general parser, which begins again at the same place; so nothing here knows errors.

use super::super::ast::{MOST_QUICK, Name, Quick, QuickOperand, Stmt, StmtKind};
use super::super::lex::{self, Kind, Sym};
use super::Parser;

impl Parser<'_, '_> {
    /// Reads a gate on single qubits with numbers for angles; `None`, and nothing read, if it is anything else.
    pub(super) fn quick(&mut self, sym: Sym) -> Option<Stmt> {
        let before = (self.lexer.at(), self.token, self.last);
        let found = self.quick_gate(sym);
        if found.is_none() {
            self.lexer.back(before.0);
            (self.token, self.last) = (before.1, before.2);
        }
        found
    }

    fn quick_gate(&mut self, sym: Sym) -> Option<Stmt> {
        let span = self.here();
        self.bump();
        let mut quick = Quick { name: Name { sym, span }, ..Quick::default() };
        if self.eat(b'(') {
            loop {
                let slot = quick.args.get_mut(usize::from(quick.n_args))?;
                *slot = self.quick_number()?;
                quick.n_args += 1;
                if !self.eat(b',') {
                    break;
                }
            }
            self.eat(b')').then_some(())?;
        }
        loop {
            let operand = self.quick_operand()?;
            *quick.operands.get_mut(usize::from(quick.n_operands))? = operand;
            quick.n_operands += 1;
            if !self.eat(b',') {
                break;
            }
        }
        self.eat(b';').then_some(())?;
        Some(Stmt { kind: StmtKind::Quick(quick), span: self.since(span.start) })
    }

    /// `q[3]`
    fn quick_operand(&mut self) -> Option<QuickOperand> {
        let Kind::Word(base) = self.token.kind else { return None };
        if (base.0 as usize) < lex::KEYWORDS.len() {
            return None;
        }
        let start = self.token.start;
        self.bump();
        self.eat(b'[').then_some(())?;
        let at = self.quick_int()?;
        self.eat(b']').then_some(())?;
        Some(QuickOperand { base, at, start, end: self.last })
    }

    fn quick_int(&mut self) -> Option<u32> {
        if self.token.kind != Kind::Int {
            return None;
        }
        let digits = self.lexer.slice(self.token).as_bytes();
        let add = |value: u32, digit: &u8| Some(value * 10 + u32::from(digit.checked_sub(b'0').filter(|d| *d < 10)?));
        let value = if digits.len() > 8 { None } else { digits.iter().try_fold(0, add) }?;
        self.bump();
        Some(value)
    }

    /// A chain of numbers and pi with `*` and `/` between them, of which no step has two integers: those differ between versions.
    fn quick_number(&mut self) -> Option<f64> {
        let minus = self.eat(b'-');
        let (mut value, mut whole) = self.quick_factor()?;
        if minus {
            // There is no integer -0.
            value = if whole { 0.0 - value } else { -value };
        }
        loop {
            let divide = match self.token.kind {
                Kind::Sign(b'*') => false,
                Kind::Sign(b'/') => true,
                _ => break,
            };
            self.bump();
            let (next, other) = self.quick_factor()?;
            if whole && other {
                return None;
            }
            whole = false;
            value = if divide { value / next } else { value * next };
        }
        // What is no number is for those who can say where.
        value.is_finite().then_some(value)
    }

    /// A number, and whether it is an integer.
    fn quick_factor(&mut self) -> Option<(f64, bool)> {
        match self.token.kind {
            Kind::Int => self.quick_int().map(|value| (f64::from(value), true)),
            Kind::Real => {
                let value = self.lexer.slice(self.token).parse().ok()?;
                self.bump();
                Some((value, false))
            }
            Kind::Word(lex::PI) => {
                self.bump();
                Some((std::f64::consts::PI, false))
            }
            _ => None,
        }
    }
}

const _: () = assert!(MOST_QUICK < u8::MAX as usize);
