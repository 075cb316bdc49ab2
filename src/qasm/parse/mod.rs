//! Tokens to statements. Errors are collected; after one, reading goes on behind the next `;` or `}`.
//!
//! Nesting is counted and limited, chains of operators are loops: no text can exhaust the stack. `expression` reads
//! expressions, `statement` and `call` the statements, `quick` the most frequent of them.

mod call;
mod expression;
mod quick;
mod statement;

pub(super) use expression::FUNCTIONS;

use super::ast::{Stmt, Version};
use super::lex::{Interner, KEYWORDS, Kind, Lexer, Sym, Token};
use super::{Mode, Sources, errors};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

/// Deepest nesting of blocks, brackets and expressions.
const MAX_DEPTH: u16 = 100;
/// Deepest nesting of files.
const MAX_INCLUDES: usize = 16;
/// Errors after which reading stops.
pub(super) const MAX_ERRORS: usize = 20;

/// Statements read before they are run: few enough to stay in a cache, so that the tree of a long program is never held.
const BATCH: usize = 256;

/// A reader of one file and all it includes.
pub(super) struct Parser<'t, 's> {
    lexer: Lexer<'t>,
    token: Token,
    /// End of the token before.
    last: u32,
    /// All words met; whoever runs the statements borrows them in between.
    pub(super) words: Interner,
    /// What the first line says.
    pub(super) version: Version,
    mode: Mode,
    depth: u16,
    sources: &'s mut dyn Sources,
    /// Names of the files being read, outermost first.
    files: Vec<String>,
    /// What is wrong so far.
    pub(super) diagnostics: Vec<Diagnostic>,
}

type Read<T> = Result<T, Diagnostic>;

impl<'t, 's> Parser<'t, 's> {
    /// Begins to read a text: its version line.
    pub(super) fn new(text: &'t str, file: FileId, mode: Mode, sources: &'s mut dyn Sources) -> Self {
        let mut words = Interner::new();
        let mut lexer = Lexer::new(text, file);
        let token = lexer.next(&mut words);
        let mut parser = Parser {
            lexer,
            token,
            last: 0,
            words,
            version: Version::default(),
            mode,
            depth: 0,
            sources,
            files: Vec::new(),
            diagnostics: Vec::new(),
        };
        parser.version_line();
        parser
    }
}

impl Parser<'_, '_> {
    fn bump(&mut self) -> Token {
        let token = self.token;
        self.last = token.end;
        self.token = self.lexer.next(&mut self.words);
        token
    }

    fn is(&self, sign: u8) -> bool {
        self.token.kind == Kind::Sign(sign)
    }

    fn is_word(&self, sym: Sym) -> bool {
        self.token.kind == Kind::Word(sym)
    }

    fn eat(&mut self, sign: u8) -> bool {
        let found = self.is(sign);
        if found {
            self.bump();
        }
        found
    }

    fn here(&self) -> Span {
        self.lexer.span(self.token)
    }

    /// From a token's start to the end of the last one read.
    fn since(&self, start: u32) -> Span {
        Span { file: self.lexer.file, start, end: self.last.max(start) }
    }

    fn expect(&mut self, sign: u8) -> Read<()> {
        if self.eat(sign) {
            return Ok(());
        }
        let error = self.unexpected(&format!("`{}`", char::from(sign)));
        if sign == b';' && self.last > 0 {
            let after = Span { file: self.lexer.file, start: self.last, end: self.last };
            return Err(error.label(after, "`;` is missing here"));
        }
        Err(error)
    }

    /// Items with `,` between them, up to a sign, which stays.
    fn separated<T>(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut items = Vec::new();
        while !self.is(close) {
            items.push(item(self)?);
            if !self.eat(b',') {
                break;
            }
        }
        Ok(items)
    }

    /// Items with `,` between them and the sign behind them.
    fn listed<T>(&mut self, close: u8, item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let items = self.separated(close, item)?;
        self.expect(close)?;
        Ok(items)
    }

    /// The error for the present token.
    fn unexpected(&self, wanted: &str) -> Diagnostic {
        let text = self.lexer.slice(self.token);
        let found = match self.token.kind {
            Kind::End => "the end of the file".to_owned(),
            Kind::Bad if text.starts_with("/*") => "a comment without end".to_owned(),
            Kind::Bad if text.starts_with(['"', '\'']) => "a text without end".to_owned(),
            Kind::Word(sym) if (sym.0 as usize) < KEYWORDS.len() => format!("the word `{text}`"),
            _ => format!("`{}`", text.chars().take(40).collect::<String>()),
        };
        Diagnostic::error(&errors::SYNTAX, self.here(), format!("expected {wanted}, found {found}"))
    }

    /// One level deeper.
    fn enter(&mut self) -> Read<()> {
        if self.depth >= MAX_DEPTH {
            return Err(Diagnostic::error(&errors::TOO_DEEP, self.here(), "this is nested too deeply")
                .note(format!("at most {MAX_DEPTH} levels are read")));
        }
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Strict readers refuse; others go on.
    fn strictly(&self, span: Span, message: &str, help: &str) -> Read<()> {
        match self.mode {
            Mode::Strict => Err(Diagnostic::error(&errors::STRICT, span, message).help(help)),
            _ => Ok(()),
        }
    }

    /// All statements of an included file.
    fn file(&mut self, stmts: &mut Vec<Stmt>) {
        self.version_line();
        while self.batch(stmts) {}
    }

    /// Appends some more statements with those of all files they include; `false` at the end of the file.
    pub(super) fn batch(&mut self, stmts: &mut Vec<Stmt>) -> bool {
        for _ in 0..BATCH {
            if self.token.kind == Kind::End || self.diagnostics.len() >= MAX_ERRORS {
                return false;
            }
            let start = self.token.start;
            if let Err(error) = self.statement(stmts) {
                self.diagnostics.push(error);
                self.recover(start);
            }
        }
        true
    }

    /// Skips to behind the next `;` or `}` outside brackets; at least one token.
    fn recover(&mut self, start: u32) {
        self.depth = 0;
        let mut level = 0_u32;
        if self.token.start == start {
            level += u32::from(self.is(b'{'));
            self.bump();
        } else if self.last > start && matches!(self.lexer.text.as_bytes().get(self.last as usize - 1), Some(b';')) {
            return;
        }
        loop {
            match self.token.kind {
                Kind::End => return,
                Kind::Sign(b'{') => level += 1,
                Kind::Sign(b'}') => {
                    level = level.saturating_sub(1);
                    if level == 0 {
                        self.bump();
                        return;
                    }
                }
                Kind::Sign(b';') if level == 0 => {
                    self.bump();
                    return;
                }
                _ => {}
            }
            self.bump();
        }
    }

    /// `OPENQASM 2.0;`, if the file begins with it.
    fn version_line(&mut self) {
        let start = self.token.start;
        if !self.is_word(super::lex::OPENQASM) {
            if self.mode == Mode::Strict && self.files.is_empty() {
                let error = Diagnostic::error(&errors::STRICT, self.here(), "the program does not say its version");
                self.diagnostics.push(error.help("begin with `OPENQASM 2.0;` or `OPENQASM 3.0;`"));
            }
            return;
        }
        self.bump();
        let span = self.here();
        let text = self.lexer.slice(self.token).to_owned();
        let version = match text.split('.').next() {
            Some("2") => Some(Version::Two),
            Some("3") => Some(Version::Three),
            _ => None,
        };
        let number = matches!(self.token.kind, Kind::Int | Kind::Real);
        match version.filter(|_| number) {
            Some(version) if self.files.is_empty() => self.version = version,
            // An included file may say its version; the program's counts.
            Some(_) => {}
            None => self.diagnostics.push(
                Diagnostic::error(&errors::VERSION, span, format!("version `{text}` of OpenQASM is not known"))
                    .help("write `OPENQASM 2.0;` or `OPENQASM 3.0;`"),
            ),
        }
        self.bump();
        if let Err(error) = self.expect(b';') {
            self.diagnostics.push(error);
            self.recover(start);
        }
    }
}
