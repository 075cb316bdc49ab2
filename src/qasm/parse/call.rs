//! Statements with parts of their own: loops, subroutines, applications, assignments.

use super::super::ast::{Base, Call, Def, Iterated, Modifier, Name, Operand, StmtKind};
use super::super::errors;
use super::super::lex::{self, Kind};
use super::{Parser, Read};
use crate::diag::Diagnostic;
use crate::source::Span;
use std::rc::Rc;

impl Parser<'_, '_> {
    pub(super) fn for_loop(&mut self) -> Read<StmtKind> {
        self.bump();
        if matches!(self.token.kind, Kind::Word(lex::INT | lex::UINT)) {
            self.bump();
            self.size()?;
        }
        let name = self.name("variable")?;
        if !self.is_word(lex::IN) {
            return Err(self.unexpected("`in`"));
        }
        self.bump();
        let over = if self.is(b'{') {
            Iterated::Set(self.set()?)
        } else if self.eat(b'[') {
            let first = self.expr()?;
            self.expect(b':')?;
            let second = self.expr()?;
            let range = if self.eat(b':') {
                Iterated::Range(first, Some(second), self.expr()?)
            } else {
                Iterated::Range(first, None, second)
            };
            self.expect(b']')?;
            range
        } else {
            return Err(self.unexpected("a range `[a:b]` or a set `{a, b}`"));
        };
        Ok(StmtKind::For(name, Box::new(over), self.body()?))
    }

    pub(super) fn def(&mut self) -> Read<StmtKind> {
        self.bump();
        let name = self.name("subroutine")?;
        self.expect(b'(')?;
        let params = self.listed(b')', |parser| Ok((parser.ty()?, parser.size()?, parser.name("parameter")?)))?;
        if self.token.kind == Kind::Arrow {
            return Err(Diagnostic::error(
                &errors::NOT_CARRIED,
                self.here(),
                "a subroutine with a result is no circuit",
            )
            .help("subroutines may hold gates only"));
        }
        Ok(StmtKind::Def(Rc::new(Def { name, params, body: self.block()? })))
    }

    /// A gate, a subroutine or an assignment of a bit.
    pub(super) fn call(&mut self) -> Read<StmtKind> {
        let mut modifiers = Vec::new();
        while let Kind::Word(sym @ (lex::CTRL | lex::NEGCTRL | lex::INV | lex::POW)) = self.token.kind {
            let span = self.here();
            self.bump();
            let number = if self.is(b'(') { Some(self.parenthesised()?) } else { None };
            let modifier = match (sym, number) {
                (lex::INV, None) => Modifier::Inverse,
                (lex::POW, Some(power)) => Modifier::Power(power),
                (lex::CTRL, times) => Modifier::Control(times, true),
                (lex::NEGCTRL, times) => Modifier::Control(times, false),
                _ => return Err(self.unexpected("`inv @` or `pow(k) @`")),
            };
            self.expect(b'@')?;
            modifiers.push((modifier, span));
        }
        let Kind::Word(sym) = self.token.kind else { return Err(self.unexpected("a gate")) };
        let name = Name { sym, span: self.here() };
        self.bump();
        let args = if self.is(b'(') { self.arguments()? } else { Vec::new() };
        if modifiers.is_empty() && args.is_empty() && (self.is(b'[') || self.is(b'=')) {
            return self.assign(name);
        }
        let operands = if self.is(b';') { Vec::new() } else { self.operands()? };
        self.expect(b';')?;
        Ok(StmtKind::Call(Box::new(Call { modifiers, name, args, operands })))
    }

    /// `c[0] = measure q[0];` and `c[0] = true;`
    fn assign(&mut self, name: Name) -> Read<StmtKind> {
        let selector = if self.is(b'[') { Some(self.selector()?) } else { None };
        let span: Span = name.span.to(self.since(name.span.start));
        let target = Operand { base: Base::Name(name.sym), selector, span };
        self.expect(b'=')?;
        if self.is_word(lex::MEASURE) {
            self.bump();
            let qubits = self.operand()?;
            self.expect(b';')?;
            return Ok(StmtKind::Measure(qubits, Some(target)));
        }
        let value = self.expr()?;
        self.expect(b';')?;
        Ok(StmtKind::Assign(target, Box::new(value)))
    }
}
