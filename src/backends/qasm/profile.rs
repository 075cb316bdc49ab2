//! What a reader of OpenQASM takes: one entry per target, the gates it has, the words it knows.

use super::native::{OneQubit, TwoQubit};
use crate::diag::{Diagnostic, nearest};
use crate::ir::{Angle, GateOp};
use crate::meta::Meta;
use crate::qasm::Version;

/// A gate in the words of a profile.
#[derive(Clone, Debug)]
pub struct Spelled {
    /// Its name there.
    pub name: &'static str,
    /// Its arguments there.
    pub params: Vec<Angle>,
}

/// The gates of a machine.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// For one qubit.
    pub one: OneQubit,
    /// For two qubits.
    pub two: TwoQubit,
    /// The words for them.
    pub spell: fn(&GateOp) -> Option<Spelled>,
    /// Definitions of those words that no library has, for every reader; empty if none is needed.
    pub words: &'static str,
}

/// A target of `qnas emit`.
#[derive(Debug)]
pub struct Profile {
    /// Name, summary, story, source.
    pub meta: Meta,
    /// The version of the language.
    pub version: Version,
    /// The library that is included.
    pub include: Option<&'static str>,
    /// The gates that need no definition, by their names in the catalogue; `cp=cphase` where the target has another one.
    pub gates: &'static str,
    /// Are `ctrl @` and `negctrl @` read?
    pub modifiers: bool,
    /// Are qubits called `$0`?
    pub physical: bool,
    /// Native gates only, if it is a machine.
    pub machine: Option<Machine>,
}

impl Profile {
    /// The name of a gate of the catalogue that needs no definition.
    #[must_use]
    pub fn name_of(&self, gate: &str) -> Option<&'static str> {
        self.words().find(|(known, _)| *known == gate).map(|(_, name)| name)
    }

    /// The gates it has, with their names there.
    pub fn words(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.gates.split_whitespace().map(|word| word.split_once('=').unwrap_or((word, word)))
    }

    /// Can angles stay open (`input float[64]`)?
    #[must_use]
    pub fn takes_inputs(&self) -> bool {
        self.version == Version::Three
    }
}

/// The profile of this name.
///
/// # Errors
/// `QN0711` with the nearest name.
pub fn find(name: &str) -> Result<&'static Profile, Diagnostic> {
    let all = super::profiles::PROFILES;
    if let Some(profile) = all.iter().find(|profile| profile.meta.name == name) {
        return Ok(profile);
    }
    let names: Vec<&str> = all.iter().map(|profile| profile.meta.name).collect();
    let error = Diagnostic::global(&crate::backends::errors::UNKNOWN_PROFILE, format!("there is no profile `{name}`"));
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.note(format!("there are {}", names.join(", "))),
    })
}

/// Declares a profile: its documentation, then its fields.
macro_rules! profile {
    ($(#[doc = $doc:literal])+ pub $ident:ident = ($name:literal, $summary:literal, $source:literal); $($field:ident: $value:expr),+ $(,)?) => {
        $(#[doc = $doc])+
        pub(in $crate::backends::qasm) static $ident: $crate::backends::qasm::Profile = $crate::backends::qasm::Profile {
            meta: $crate::meta!($name, $summary, doc = concat!($($doc, "\n"),+), source = $source),
            $($field: $value),+
        };
    };
}
pub(super) use profile;
