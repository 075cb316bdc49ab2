//! Gates and preparations of a region.

use super::super::{Angle, GateOp, Operation, QuantumOp};
use super::{Builder, too_large};
use crate::diag::Diagnostic;
use crate::gates::Gate;
use crate::hir::errors::types;
use crate::hir::expr::Expr;
use crate::hir::flow::{Flow, FlowKind, Wires};
use crate::hir::symbol::PathTemplate;
use crate::source::Span;

impl Builder<'_> {
    fn qubit(&self, expr: &Expr, span: Span) -> Result<u32, Diagnostic> {
        let index = self.int(expr, span)?;
        let limit = self.current.as_ref().map_or(0, |c| c.region.n_qubits);
        match u32::try_from(index) {
            Ok(qubit) if qubit < limit => Ok(qubit),
            _ => Err(Diagnostic::error(
                &types::OUT_OF_RANGE,
                span,
                format!("there is no qubit {index} in a circuit of {limit}"),
            )),
        }
    }

    pub(super) fn wires(&self, wires: &Wires, span: Span) -> Result<Vec<u32>, Diagnostic> {
        let base = self.int(&wires.base, span)?;
        let count = match &wires.len {
            Some(len) => self.int(len, span)?,
            None => 1,
        };
        (0..count).map(|k| u32::try_from(base + k * wires.stride).map_err(|_| too_large(span, "a qubit"))).collect()
    }

    pub(super) fn gate(
        &mut self,
        gate: &'static Gate,
        angles: &[(Flow, Option<Expr>)],
        qubits: &[Expr],
        path: &PathTemplate,
        span: Span,
    ) -> Result<(), Diagnostic> {
        let qubits: Vec<u32> = qubits.iter().map(|q| self.qubit(q, span)).collect::<Result<_, _>>()?;
        if let Some(at) = (1..qubits.len()).find(|&at| qubits[..at].contains(&qubits[at])) {
            return Err(Diagnostic::error(
                &types::SAME_QUBIT,
                span,
                format!("this gate uses qubit {} twice", qubits[at]),
            ));
        }
        let mut params = Vec::with_capacity(angles.len());
        for (flow, index) in angles {
            let index = match index {
                Some(index) => self.size(index, span)?,
                None => 0,
            };
            params.push(self.angle(flow, index)?);
        }
        let path = self.path(path);
        let operation = Operation::Gate { gate, params };
        self.push(QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path, span }), span)
    }

    pub(super) fn prepare(
        &mut self,
        values: &Flow,
        wires: &[Wires],
        path: &PathTemplate,
        span: Span,
    ) -> Result<(), Diagnostic> {
        let mut qubits = Vec::new();
        for wire in wires {
            qubits.extend(self.wires(wire, span)?);
        }
        let touched = |op: &QuantumOp| op.qubits().iter().any(|q| qubits.contains(q));
        let used = self.current.as_ref().is_some_and(|current| current.region.ops.iter().any(touched));
        if used || !self.frames.is_empty() {
            return Err(Diagnostic::error(
                &types::PREPARE_TOUCHED,
                span,
                "`prepare` needs untouched qubits and takes no modifiers",
            ));
        }
        let count = self.shape(&values.shape, span)?.iter().product();
        let values = self.amplitudes(values, count)?;
        let path = path.render(&self.bindings).into();
        self.push(QuantumOp::Prepare { qubits, values, path, span }, span)
    }

    /// The first `count` elements of a value. Padding is not asked for one by one: there may be thousands of zeros.
    fn amplitudes(&mut self, flow: &Flow, count: usize) -> Result<Vec<Angle>, Diagnostic> {
        let own = match &flow.kind {
            FlowKind::Pad(a) => self.shape(&a.shape, a.span)?.iter().product::<usize>().min(count),
            _ => count,
        };
        let mut out = (0..own).map(|index| self.angle(flow, index)).collect::<Result<Vec<_>, _>>()?;
        out.resize(count, Angle::constant(0.0));
        Ok(out)
    }
}
