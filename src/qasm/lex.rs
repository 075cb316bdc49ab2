//! Bytes to tokens, one at a time: nothing is stored but a position, and words become numbers once.

use crate::source::{FileId, Span};
use rustc_hash::FxHashMap;

/// An interned word. Keywords have the numbers of [`KEYWORDS`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub(super) struct Sym(pub(super) u32);

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Word(Sym),
    Int,
    Real,
    /// A number with a unit of time, or an imaginary one.
    Measured,
    /// `"..."`
    Text,
    /// `$3`
    Physical,
    /// One of `( ) [ ] { } , ; : = + - * / % ^ < > ! & | ~ @ .`
    Sign(u8),
    Arrow,
    Equal,
    NotEqual,
    AtMost,
    AtLeast,
    And,
    Or,
    Power,
    Concat,
    /// `+=` and its kin, `<<`, `>>`.
    Other,
    /// A byte that begins nothing, a text or comment without end.
    Bad,
    End,
}

/// A token and its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

macro_rules! keywords {
    ($($name:ident = $text:literal),+ $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u32)]
        enum Numbers { $($name),+ }
        /// Words that may begin a statement or type, in the order of their numbers.
        pub(super) static KEYWORDS: &[&str] = &[$($text),+];
        $(pub(super) const $name: Sym = Sym(Numbers::$name as u32);)+
    };
}

keywords! {
    OPENQASM = "OPENQASM", INCLUDE = "include", GATE = "gate", OPAQUE = "opaque", QREG = "qreg", CREG = "creg",
    QUBIT = "qubit", BIT = "bit", CONST = "const", INPUT = "input", OUTPUT = "output", LET = "let",
    MEASURE = "measure", RESET = "reset", BARRIER = "barrier", IF = "if", ELSE = "else", FOR = "for", IN = "in",
    WHILE = "while", DEF = "def", RETURN = "return", BREAK = "break", CONTINUE = "continue", END = "end",
    SWITCH = "switch", EXTERN = "extern", CAL = "cal", DEFCAL = "defcal", DEFCALGRAMMAR = "defcalgrammar",
    BOX = "box", DELAY = "delay", DURATION = "duration", STRETCH = "stretch", PRAGMA = "pragma", INT = "int",
    UINT = "uint", FLOAT = "float", ANGLE = "angle", BOOL = "bool", COMPLEX = "complex", ARRAY = "array",
    CTRL = "ctrl", NEGCTRL = "negctrl", INV = "inv", POW = "pow", U = "U", CX = "CX", PI = "pi",
    PI_GREEK = "π", TAU = "tau", TAU_GREEK = "τ", EULER = "euler", EULER_GREEK = "ℇ", TRUE = "true", FALSE = "false",
    SIN = "sin", COS = "cos", TAN = "tan", EXP = "exp", LN = "ln", LOG = "log", SQRT = "sqrt", ARCSIN = "arcsin",
    ARCCOS = "arccos", ARCTAN = "arctan", CEILING = "ceiling", FLOOR = "floor", MOD = "mod", ROTL = "rotl",
}

/// All words of a program and what it includes.
#[derive(Debug, Default)]
pub(super) struct Interner {
    map: FxHashMap<Box<str>, Sym>,
    names: Vec<Box<str>>,
}

impl Interner {
    pub(super) fn new() -> Self {
        let mut out = Self { map: FxHashMap::default(), names: Vec::new() };
        for word in KEYWORDS {
            out.intern(word);
        }
        out
    }

    pub(super) fn intern(&mut self, word: &str) -> Sym {
        if let Some(&sym) = self.map.get(word) {
            return sym;
        }
        let sym = Sym(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(word.into());
        self.map.insert(word.into(), sym);
        sym
    }

    pub(super) fn name(&self, sym: Sym) -> &str {
        self.names.get(sym.0 as usize).map_or("", |name| name)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}

/// A position in one text.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) file: FileId,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, file: FileId) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, file, at }
    }

    /// How far it has read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to where it was.
    pub(super) fn back(&mut self, at: usize) {
        self.at = at;
    }

    /// The bytes of a token.
    pub(super) fn slice(&self, token: Token) -> &'t str {
        &self.text[token.start as usize..token.end as usize]
    }

    pub(super) fn span(&self, token: Token) -> Span {
        Span { file: self.file, start: token.start, end: token.end }
    }

    /// Moves past the end of the line that holds the last token.
    pub(super) fn skip_line(&mut self, from: u32) {
        let rest = &self.text[from as usize..];
        self.at = from as usize + rest.find('\n').unwrap_or(rest.len());
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// Skips spaces and comments; `false` if a comment has no end.
    fn skip(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        loop {
            match self.byte(self.at) {
                b' ' | b'\n' | b'\t' | b'\r' | b'\x0c' => self.at += 1,
                b'/' if self.byte(self.at + 1) == b'/' => {
                    let rest = &bytes[self.at..];
                    self.at += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                }
                b'/' if self.byte(self.at + 1) == b'*' => match self.text[self.at + 2..].find("*/") {
                    Some(length) => self.at += length + 4,
                    None => return false,
                },
                _ => return true,
            }
        }
    }

    pub(super) fn next(&mut self, words: &mut Interner) -> Token {
        let whole = self.skip();
        let start = self.at;
        let kind = if whole { self.kind(words) } else { self.rest() };
        let clip = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Token { kind, start: clip(start), end: clip(self.at) }
    }

    fn rest(&mut self) -> Kind {
        self.at = self.text.len();
        Kind::Bad
    }

    fn kind(&mut self, words: &mut Interner) -> Kind {
        let start = self.at;
        if start >= self.text.len() {
            return Kind::End;
        }
        let byte = self.byte(start);
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(words),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(start + 1).is_ascii_digit() => self.number(),
            b'"' | b'\'' => {
                let rest = &self.text.as_bytes()[start + 1..];
                match rest.iter().position(|&other| other == byte || other == b'\n') {
                    Some(length) if rest[length] == byte => {
                        self.at = start + length + 2;
                        Kind::Text
                    }
                    _ => self.rest(),
                }
            }
            b'$' if self.byte(start + 1).is_ascii_digit() => {
                self.at += 1;
                while self.byte(self.at).is_ascii_digit() {
                    self.at += 1;
                }
                Kind::Physical
            }
            _ => self.sign(byte),
        }
    }

    fn sign(&mut self, byte: u8) -> Kind {
        let kind = match (byte, self.byte(self.at + 1)) {
            (b'-', b'>') => Kind::Arrow,
            (b'=', b'=') => Kind::Equal,
            (b'!', b'=') => Kind::NotEqual,
            (b'<', b'=') => Kind::AtMost,
            (b'>', b'=') => Kind::AtLeast,
            (b'&', b'&') => Kind::And,
            (b'|', b'|') => Kind::Or,
            (b'*', b'*') => Kind::Power,
            (b'+', b'+') => Kind::Concat,
            (b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'&' | b'|', b'=') | (b'<', b'<') | (b'>', b'>') => Kind::Other,
            _ => {
                self.at += 1;
                return match byte {
                    b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b':' | b'=' | b'+' | b'-' | b'*' | b'/'
                    | b'%' | b'^' | b'<' | b'>' | b'!' | b'&' | b'|' | b'~' | b'@' | b'#' | b'.' => Kind::Sign(byte),
                    _ => Kind::Bad,
                };
            }
        };
        self.at += 2;
        kind
    }

    fn word(&mut self, words: &mut Interner) -> Kind {
        let start = self.at;
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            self.at += 1;
        }
        if self.byte(self.at) >= 0x80 {
            let letters = |c: char| c.is_alphanumeric() || c == '_' || c == 'ℇ';
            self.at = start + self.text[start..].find(|c| !letters(c)).unwrap_or(self.text.len() - start);
            if self.at == start {
                self.at += self.text[start..].chars().next().map_or(1, char::len_utf8);
                return Kind::Bad;
            }
        }
        Kind::Word(words.intern(&self.text[start..self.at]))
    }

    fn digits(&mut self) {
        while matches!(self.byte(self.at), b'0'..=b'9' | b'_') {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Kind {
        if self.byte(self.at) == b'0' && matches!(self.byte(self.at + 1), b'x' | b'X' | b'b' | b'B' | b'o' | b'O') {
            self.at += 2;
            while self.byte(self.at).is_ascii_alphanumeric() || self.byte(self.at) == b'_' {
                self.at += 1;
            }
            return Kind::Int;
        }
        let mut real = false;
        self.digits();
        if self.byte(self.at) == b'.' {
            real = true;
            self.at += 1;
            self.digits();
        }
        let sign = usize::from(matches!(self.byte(self.at + 1), b'+' | b'-'));
        if matches!(self.byte(self.at), b'e' | b'E') && self.byte(self.at + 1 + sign).is_ascii_digit() {
            real = true;
            self.at += 1 + sign;
            self.digits();
        }
        let end = self.at;
        while self.byte(self.at).is_ascii_alphanumeric() || self.byte(self.at) >= 0x80 || self.byte(self.at) == b'_' {
            self.at += 1;
        }
        match (self.at > end, real) {
            (true, _) => Kind::Measured,
            (false, true) => Kind::Real,
            (false, false) => Kind::Int,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        let mut words = Interner::new();
        let mut lexer = Lexer::new(text, FileId(0));
        let next = || Some(lexer.next(&mut words).kind);
        std::iter::from_fn(next).take_while(|kind| *kind != Kind::End).collect()
    }

    #[test]
    fn tokens() {
        use Kind::*;
        let s = |c: char| Sign(c as u8);
        assert_eq!(kinds("gate π /* x */ // y\n"), [Word(GATE), Word(PI_GREEK)]);
        assert_eq!(kinds("1e-05 1. .5 12 0x1F 1_000 3ns"), [Real, Real, Real, Int, Int, Int, Measured]);
        assert_eq!(kinds("q[0:2]->$12;"), {
            let q = Word(Sym(u32::try_from(KEYWORDS.len()).unwrap()));
            [q, s('['), Int, s(':'), Int, s(']'), Arrow, Physical, s(';')]
        });
        assert_eq!(kinds("\"a\" \"b"), [Text, Bad]);
        assert_eq!(kinds("/* never"), [Bad]);
        assert_eq!(kinds("\u{0}é☃"), [Bad, Word(Sym(u32::try_from(KEYWORDS.len()).unwrap())), Bad]);
        assert_eq!(kinds("** ++ += == !="), [Power, Concat, Other, Equal, NotEqual]);
    }
}
