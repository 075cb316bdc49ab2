//! Statements: what a word at the beginning of a line means.

use super::super::ast::{Base, BitStart, Expr, ExprKind, GateDef, Name, Operand, Stmt, StmtKind, Type};
use super::super::lex::{self, Kind, Sym};
use super::super::{Mode, errors};
use super::{Parser, Read, Version};
use crate::diag::Diagnostic;
use std::rc::Rc;

impl Parser<'_, '_> {
    /// Reads one statement and appends it; an include appends all of its file.
    pub(super) fn statement(&mut self, stmts: &mut Vec<Stmt>) -> Read<()> {
        let start = self.token.start;
        if let Kind::Word(sym) = self.token.kind
            && self.depth == 0
            && sym.0 as usize >= lex::KEYWORDS.len()
            && let Some(stmt) = self.quick(sym)
        {
            stmts.push(stmt);
            return Ok(());
        }
        let kind = match self.token.kind {
            Kind::Word(lex::INCLUDE) => return self.include(stmts),
            Kind::Word(sym) => self.by_word(sym)?,
            Kind::Sign(b'{') => StmtKind::Block(self.block()?),
            Kind::Sign(b';') => {
                let help = "remove it, or read with `--lenient`";
                self.strictly(self.here(), "an empty statement", help)?;
                self.bump();
                StmtKind::Nothing
            }
            Kind::Sign(b'@' | b'#') => {
                // Annotations and old pragmas fill their line and change no state.
                self.lexer.skip_line(start);
                self.bump();
                StmtKind::Nothing
            }
            _ => return Err(self.unexpected("a statement")),
        };
        stmts.push(Stmt { kind, span: self.since(start) });
        Ok(())
    }

    fn by_word(&mut self, sym: Sym) -> Read<StmtKind> {
        match sym {
            lex::GATE => self.gate(),
            lex::OPAQUE => self.opaque(),
            lex::QREG | lex::QUBIT | lex::CREG | lex::BIT => self.register(sym),
            lex::CONST => self.constant(),
            lex::INPUT => self.input(),
            lex::LET => self.alias(),
            lex::MEASURE => self.measure(),
            lex::RESET => {
                self.bump();
                let operand = self.operand()?;
                self.expect(b';')?;
                Ok(StmtKind::Reset(operand))
            }
            lex::BARRIER => {
                self.bump();
                let operands = if self.is(b';') { Vec::new() } else { self.operands()? };
                self.expect(b';')?;
                Ok(StmtKind::Barrier(operands))
            }
            lex::IF => self.condition(),
            lex::FOR => self.for_loop(),
            lex::DEF => self.def(),
            lex::BOX => {
                self.bump();
                if self.eat(b'[') {
                    self.skip_to(b']');
                    self.expect(b']')?;
                }
                Ok(StmtKind::Block(self.block()?))
            }
            lex::END => {
                self.bump();
                self.expect(b';')?;
                Ok(StmtKind::End)
            }
            lex::PRAGMA => {
                self.lexer.skip_line(self.token.start);
                self.bump();
                Ok(StmtKind::Nothing)
            }
            lex::DELAY => {
                self.bump();
                self.skip_to(b';');
                self.expect(b';')?;
                Ok(StmtKind::Nothing)
            }
            lex::OPENQASM => {
                Err(Diagnostic::error(&errors::SYNTAX, self.here(), "the version stands in the first line")
                    .help("move `OPENQASM ..;` to the top of the file"))
            }
            _ if NOT_CARRIED.contains(&sym) => Err(self.not_carried()),
            _ => self.call(),
        }
    }

    fn not_carried(&self) -> Diagnostic {
        let word = self.lexer.slice(self.token);
        let error = Diagnostic::error(
            &errors::NOT_CARRIED,
            self.here(),
            format!("`{word}` has no place in a model: its circuit is fixed before it runs"),
        );
        match word {
            "while" | "switch" | "break" | "continue" => error.help("write a `for` with constant bounds"),
            "int" | "uint" | "float" | "angle" | "bool" => {
                error.help("declare it with `const`, or with `input` if it is given at run time")
            }
            _ => error,
        }
    }

    /// Skips tokens up to a sign, a `;`, or the end.
    fn skip_to(&mut self, sign: u8) {
        while !self.is(sign) && !self.is(b';') && self.token.kind != Kind::End {
            self.bump();
        }
    }

    fn include(&mut self, stmts: &mut Vec<Stmt>) -> Read<()> {
        let start = self.bump().start;
        let span = self.here();
        if self.token.kind != Kind::Text {
            return Err(self.unexpected("the name of a file in `\"`"));
        }
        let name = self.lexer.slice(self.token).trim_matches(['"', '\'']).to_owned();
        self.bump();
        if self.mode == Mode::Strict || !self.is_end() {
            self.expect(b';')?;
        }
        if self.depth > 0 {
            return Err(Diagnostic::error(&errors::SYNTAX, span, "`include` stands outside of blocks"));
        }
        if self.files.contains(&name) {
            return Err(Diagnostic::error(&errors::UNKNOWN_INCLUDE, span, format!("`{name}` includes itself")));
        }
        if self.files.len() >= super::MAX_INCLUDES {
            return Err(Diagnostic::error(&errors::TOO_DEEP, span, "files include each other too deeply"));
        }
        match (self.sources.read(&name), super::super::library::library(&name)) {
            (Some(Ok((text, file))), _) => {
                self.included(name, &text, file, stmts);
                Ok(())
            }
            (Some(Err(mut error)), _) => {
                error.primary = Some(span);
                Err(error)
            }
            (None, Some(library)) => {
                stmts.push(Stmt { kind: StmtKind::Library(library), span: self.since(start) });
                Ok(())
            }
            (None, None) => {
                let known: Vec<&str> = super::super::library::LIBRARIES.iter().map(|library| library.name).collect();
                let error = Diagnostic::error(&errors::UNKNOWN_INCLUDE, span, format!("there is no file `{name}`"));
                Err(match crate::diag::nearest(&name, known.iter().copied()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error
                        .note(format!("built in are {}; others lie beside the program", known.join(", ")))
                        .help("put the file there, or define its gates in the program"),
                })
            }
        }
    }

    fn is_end(&self) -> bool {
        self.token.kind == Kind::End
    }

    /// Reads another text in place of an include.
    fn included(&mut self, name: String, text: &str, file: crate::source::FileId, stmts: &mut Vec<Stmt>) {
        let mut lexer = lex::Lexer::new(text, file);
        let token = lexer.next(&mut self.words);
        let mut inner = Parser {
            lexer,
            token,
            last: 0,
            words: std::mem::replace(&mut self.words, lex::Interner::new()),
            version: self.version,
            mode: self.mode,
            depth: 0,
            sources: &mut *self.sources,
            files: self.files.iter().cloned().chain([name]).collect(),
            diagnostics: Vec::new(),
        };
        inner.file(stmts);
        let Parser { words, diagnostics, .. } = inner;
        self.words = words;
        self.diagnostics.extend(diagnostics);
    }

    pub(super) fn name(&mut self, what: &str) -> Read<Name> {
        let span = self.here();
        match self.token.kind {
            Kind::Word(sym) if sym.0 as usize >= lex::KEYWORDS.len() || is_plain(sym, self.version) => {
                self.bump();
                Ok(Name { sym, span })
            }
            Kind::Word(_) => {
                let word = self.lexer.slice(self.token);
                Err(Diagnostic::error(&errors::SYNTAX, span, format!("`{word}` is a reserved word and no {what}"))
                    .help(format!("call it `{word}_`")))
            }
            _ => Err(self.unexpected(&format!("the name of a {what}"))),
        }
    }

    fn gate_head(&mut self) -> Read<(Name, Vec<Name>, Vec<Name>)> {
        self.bump();
        let name = self.name("gate")?;
        let params = if self.eat(b'(') { self.listed(b')', |parser| parser.name("parameter"))? } else { Vec::new() };
        let qubits = self.separated(b'{', |parser| parser.name("qubit"))?;
        Ok((name, params, qubits))
    }

    fn gate(&mut self) -> Read<StmtKind> {
        let (name, params, qubits) = self.gate_head()?;
        let body = self.block()?;
        Ok(StmtKind::Gate(Rc::new(GateDef { name, params, qubits, body })))
    }

    fn opaque(&mut self) -> Read<StmtKind> {
        self.bump();
        let name = self.name("gate")?;
        self.skip_to(b';');
        self.expect(b';')?;
        Ok(StmtKind::Opaque(name))
    }

    pub(super) fn block(&mut self) -> Read<Vec<Stmt>> {
        self.enter()?;
        let open = self.here();
        self.expect(b'{')?;
        let mut stmts = Vec::new();
        while !self.is(b'}') {
            if self.is_end() {
                return Err(self.unexpected("`}`").label(open, "this is never closed"));
            }
            self.statement(&mut stmts)?;
        }
        self.bump();
        self.leave();
        Ok(stmts)
    }

    /// `qreg q[3];`, `qubit[3] q;`, `bit[2] c = measure q;` and the other two.
    fn register(&mut self, word: Sym) -> Read<StmtKind> {
        let span = self.here();
        self.bump();
        let old = word == lex::QREG || word == lex::CREG;
        let quantum = word == lex::QREG || word == lex::QUBIT;
        let other = match (old, self.version, quantum) {
            (false, Version::Two, true) => Some(("3 in an OpenQASM 2", "qreg q[n];")),
            (false, Version::Two, false) => Some(("3 in an OpenQASM 2", "creg c[n];")),
            (true, Version::Three, true) => Some(("2 in an OpenQASM 3", "qubit[n] q;")),
            (true, Version::Three, false) => Some(("2 in an OpenQASM 3", "bit[n] c;")),
            _ => None,
        };
        if let Some((versions, right)) = other {
            let message = format!("a declaration of OpenQASM {versions} program");
            self.strictly(span, &message, &format!("write `{right}`"))?;
        }
        let mut size = if old { None } else { self.size()? };
        let name = self.name("register")?;
        if old {
            size = self.size()?;
            if size.is_none() && self.mode == Mode::Strict {
                return Err(self.unexpected("`[` and the size of the register"));
            }
        }
        if quantum {
            self.expect(b';')?;
            return Ok(StmtKind::Qubits(name, size));
        }
        let start = if !self.eat(b'=') {
            None
        } else if self.is_word(lex::MEASURE) {
            self.bump();
            Some(Box::new(BitStart::Measure(self.operand()?)))
        } else if self.token.kind == Kind::Text {
            return Err(Diagnostic::error(&errors::NOT_CARRIED, self.here(), "bits begin as 0 or with a measurement"));
        } else {
            Some(Box::new(BitStart::Value(self.expr()?)))
        };
        self.expect(b';')?;
        Ok(StmtKind::Bits(name, size, start))
    }

    pub(super) fn size(&mut self) -> Read<Option<Expr>> {
        if !self.eat(b'[') {
            return Ok(None);
        }
        let size = self.expr()?;
        self.expect(b']')?;
        Ok(Some(size))
    }

    pub(super) fn ty(&mut self) -> Read<Type> {
        let ty = match self.token.kind {
            Kind::Word(lex::INT) => Type::Int,
            Kind::Word(lex::UINT) => Type::Uint,
            Kind::Word(lex::FLOAT) => Type::Float,
            Kind::Word(lex::ANGLE) => Type::Angle,
            Kind::Word(lex::BOOL) => Type::Bool,
            Kind::Word(lex::BIT | lex::CREG) => Type::Bit,
            Kind::Word(lex::QUBIT | lex::QREG) => Type::Qubit,
            Kind::Word(lex::COMPLEX) => Type::Complex,
            _ => return Err(self.unexpected("a type")),
        };
        self.bump();
        Ok(ty)
    }

    fn constant(&mut self) -> Read<StmtKind> {
        self.bump();
        self.ty()?;
        self.size()?;
        let name = self.name("constant")?;
        self.expect(b'=')?;
        let value = self.expr()?;
        self.expect(b';')?;
        Ok(StmtKind::Const(name, value))
    }

    fn input(&mut self) -> Read<StmtKind> {
        self.bump();
        let span = self.here();
        if self.is_word(lex::ARRAY) {
            return Err(Diagnostic::error(&errors::NOT_CARRIED, span, "inputs are single numbers, not arrays")
                .help("declare one `input float[64]` for each number"));
        }
        let ty = self.ty()?;
        if !matches!(ty, Type::Float | Type::Angle) {
            return Err(Diagnostic::error(&errors::NOT_CARRIED, span, "inputs are of type `float` or `angle`")
                .help("what decides the structure of the circuit is a `const`"));
        }
        self.size()?;
        let name = self.name("parameter")?;
        self.expect(b';')?;
        Ok(StmtKind::Input(name))
    }

    fn alias(&mut self) -> Read<StmtKind> {
        self.bump();
        let name = self.name("register")?;
        self.expect(b'=')?;
        let mut parts = vec![self.operand()?];
        while self.token.kind == Kind::Concat {
            self.bump();
            parts.push(self.operand()?);
        }
        self.expect(b';')?;
        Ok(StmtKind::Alias(name, parts))
    }

    fn measure(&mut self) -> Read<StmtKind> {
        self.bump();
        let qubits = self.operand()?;
        let target = if self.token.kind == Kind::Arrow {
            self.bump();
            Some(self.operand()?)
        } else {
            None
        };
        self.expect(b';')?;
        Ok(StmtKind::Measure(qubits, target))
    }

    pub(super) fn operand(&mut self) -> Read<Operand> {
        let start = self.token.start;
        let base = match self.token.kind {
            Kind::Physical => match self.primary()?.kind {
                ExprKind::Physical(number) => Base::Physical(number),
                _ => return Err(self.unexpected("a qubit")),
            },
            Kind::Word(sym) if sym.0 as usize >= lex::KEYWORDS.len() || is_plain(sym, self.version) => {
                self.bump();
                Base::Name(sym)
            }
            _ => return Err(self.unexpected("a register or one of its elements")),
        };
        let selector = if self.is(b'[') { Some(self.selector()?) } else { None };
        Ok(Operand { base, selector, span: self.since(start) })
    }

    pub(super) fn operands(&mut self) -> Read<Vec<Operand>> {
        let mut operands = Vec::with_capacity(2);
        loop {
            operands.push(self.operand()?);
            if !self.eat(b',') {
                return Ok(operands);
            }
        }
    }

    fn condition(&mut self) -> Read<StmtKind> {
        self.bump();
        let condition = self.parenthesised()?;
        let then = self.body()?;
        let otherwise = if self.is_word(lex::ELSE) {
            self.bump();
            self.body()?
        } else {
            Vec::new()
        };
        Ok(StmtKind::If(Box::new(condition), then, otherwise))
    }

    /// A block, or one statement.
    pub(super) fn body(&mut self) -> Read<Vec<Stmt>> {
        if self.is(b'{') {
            return self.block();
        }
        self.enter()?;
        let mut stmts = Vec::new();
        self.statement(&mut stmts)?;
        self.leave();
        Ok(stmts)
    }
}

/// Words of what a model cannot carry.
const NOT_CARRIED: [Sym; 19] = [
    lex::OUTPUT,
    lex::WHILE,
    lex::RETURN,
    lex::BREAK,
    lex::CONTINUE,
    lex::SWITCH,
    lex::EXTERN,
    lex::CAL,
    lex::DEFCAL,
    lex::DEFCALGRAMMAR,
    lex::DURATION,
    lex::STRETCH,
    lex::INT,
    lex::UINT,
    lex::FLOAT,
    lex::ANGLE,
    lex::BOOL,
    lex::COMPLEX,
    lex::ARRAY,
];

/// May a keyword be a name? In version 2 the words of version 3 are free, and library names always are.
fn is_plain(sym: Sym, version: Version) -> bool {
    const TWO: [Sym; 15] = [
        lex::OPENQASM,
        lex::INCLUDE,
        lex::GATE,
        lex::OPAQUE,
        lex::QREG,
        lex::CREG,
        lex::MEASURE,
        lex::RESET,
        lex::BARRIER,
        lex::IF,
        lex::PI,
        lex::SIN,
        lex::COS,
        lex::U,
        lex::CX,
    ];
    const FREE: [Sym; 15] = [
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
        lex::ROTL,
        lex::CX,
    ];
    match version {
        Version::Two => !TWO.contains(&sym),
        Version::Three => FREE.contains(&sym),
    }
}
