//! What elaboration leaves of a model: a program over open choices with every name, call and shape worked out.
//!
//! Running the steps under an assignment gives one architecture (`ir::build`); running only the choices among them gives
//! genomes; walking them with memory counts the space (`space/`).

use super::expr::{Expr, Symbol};
use super::flow::{Flow, Wires};
use super::symbol::{PathTemplate, SymbolInfo};
use super::value::{ConfigCall, MetricExpr, Value};
use crate::diag::Diagnostic;
use crate::gates::Gate;
use crate::source::Span;
use std::sync::Arc;

/// Steps in order.
pub type Steps = Vec<Step>;

/// One step.
#[derive(Clone, Debug)]
pub enum Step {
    /// A choice is drawn. Drawing it again (a module applied twice) changes nothing.
    Choice(Symbol),
    /// A loop.
    Loop {
        /// Its variable; range in its [`SymbolInfo`].
        var: Symbol,
        /// Iterations that happen.
        filter: Option<Expr>,
        /// What is repeated.
        body: Steps,
    },
    /// One of two.
    Branch {
        /// Which.
        condition: Expr,
        /// If it holds.
        then: Steps,
        /// If not.
        otherwise: Steps,
    },
    /// Removes architectures.
    Require {
        /// What must hold.
        condition: Expr,
        /// Where.
        span: Span,
    },
    /// Removes architectures once their cost is known.
    RequireMetric {
        /// What must hold.
        condition: Arc<MetricExpr>,
        /// Must it hold in every architecture (`assert`)?
        assert: bool,
        /// Where.
        span: Span,
    },
    /// A circuit's instance.
    Circuit {
        /// Its number.
        id: u32,
        /// The loops around it.
        at: Vec<Expr>,
        /// Its path.
        path: PathTemplate,
        /// What happens in it.
        body: Steps,
        /// Where it is applied.
        span: Span,
    },
    /// `qubit[n] q;`
    Qubits {
        /// The register's name.
        name: Arc<str>,
        /// Its first qubit.
        start: Expr,
        /// How many.
        len: Expr,
    },
    /// One gate on single qubits.
    Gate {
        /// Which.
        gate: &'static Gate,
        /// Its angles: a number, or an element of a vector.
        angles: Vec<(Flow, Option<Expr>)>,
        /// Its operands.
        qubits: Vec<Expr>,
        /// Its path.
        path: PathTemplate,
        /// Where.
        span: Span,
    },
    /// `prepare(v) q;`
    Prepare {
        /// The amplitudes.
        values: Flow,
        /// The qubits.
        wires: Vec<Wires>,
        /// Its path.
        path: PathTemplate,
        /// Where.
        span: Span,
    },
    /// `ctrl @`, `inv @`, `pow(k) @` over some steps.
    Modified {
        /// Which.
        modifier: Modifier,
        /// Over what.
        body: Steps,
        /// Where.
        span: Span,
    },
}

/// A gate modifier.
#[derive(Clone, Debug)]
pub enum Modifier {
    /// Controls, firing on |1⟩ (`true`) or |0⟩.
    Controls(Vec<Expr>, bool),
    /// The inverse.
    Inverse,
    /// A power.
    Power(Flow),
}

/// A model over open choices.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// The model's name.
    pub name: String,
    /// All symbols.
    pub symbols: Vec<SymbolInfo>,
    /// The steps.
    pub steps: Steps,
    /// The inputs with their shapes.
    pub inputs: Vec<(String, Vec<Expr>)>,
    /// The outputs, by field name; one unnamed output has the empty name.
    pub outputs: Vec<(String, Flow)>,
    /// What could not be decided for all architectures at once and is allowed to be so: decided for each when it is built.
    pub late: Vec<Late>,
    /// The device its circuits are to run on, if a search names one.
    pub device: Option<Arc<crate::device::Device>>,
}

/// A property that is decided architecture by architecture, because `#[allow(unproved, "..")]` says so.
#[derive(Clone, Debug)]
pub struct Late {
    /// Conditions under which it matters; all of them.
    pub guard: Vec<Expr>,
    /// What must hold.
    pub predicate: Expr,
    /// What to say if it does not.
    pub diagnostic: Diagnostic,
}

impl Template {
    /// All about a symbol.
    #[must_use]
    pub fn symbol(&self, symbol: Symbol) -> &SymbolInfo {
        &self.symbols[symbol.0 as usize]
    }

    /// Does it leave anything open?
    #[must_use]
    pub fn has_choices(&self) -> bool {
        fn any(steps: &[Step]) -> bool {
            steps.iter().any(|step| match step {
                Step::Choice(_) => true,
                Step::Loop { body, .. } | Step::Circuit { body, .. } | Step::Modified { body, .. } => any(body),
                Step::Branch { then, otherwise, .. } => any(then) || any(otherwise),
                _ => false,
            })
        }
        any(&self.steps)
    }
}

/// A search of the program, its model elaborated, its settings still values over the choices.
#[derive(Clone, Debug)]
pub struct SearchSpec {
    /// Its name.
    pub name: String,
    /// The model, with the search's own choices among its symbols.
    pub template: Template,
    /// `data:`
    pub data: Option<Arc<ConfigCall>>,
    /// `env:`
    pub env: Option<Arc<ConfigCall>>,
    /// `train:`
    pub train: Option<Arc<ConfigCall>>,
    /// `strategy:`
    pub strategy: Option<Arc<ConfigCall>>,
    /// `retrain:`
    pub retrain: Option<Arc<ConfigCall>>,
    /// `minimize:` with the text of each entry.
    pub minimize: Vec<(Arc<MetricExpr>, String)>,
    /// `seed:`
    pub seed: Option<u64>,
    /// Other fields, in order.
    pub fields: Vec<(String, Value)>,
    /// Where.
    pub span: Span,
}
