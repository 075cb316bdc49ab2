//! The plan of a compiled model as text: every kernel with its floating-point operations and bytes.

use serde_json::{Value, json};
use std::fmt::{self, Write as _};

/// A kernel of a plan. Counts are for one sample (for one step, if all samples share it).
#[derive(Clone, PartialEq, Debug)]
pub struct KernelCost {
    /// What it does.
    pub name: String,
    /// Real additions and multiplications forwards.
    pub flops: f64,
    /// The same on the way back, for all gradients.
    pub flops_back: f64,
    /// Bytes read and written forwards.
    pub bytes: f64,
    /// Done once for all samples?
    pub shared: bool,
}

/// A node of the graph and its kernels.
#[derive(Clone, PartialEq, Debug)]
pub struct PlannedNode {
    /// Id of the node in the graph.
    pub id: u32,
    /// Its kernels, in order.
    pub kernels: Vec<KernelCost>,
}

/// The kernels of a compiled model, in order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plan {
    /// The nodes.
    pub nodes: Vec<PlannedNode>,
}

impl KernelCost {
    /// A kernel whose way back does everything twice: once to undo it, once for the gradient.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn new(name: impl Into<String>, flops: usize, bytes: usize, shared: bool) -> Self {
        Self { name: name.into(), flops: flops as f64, flops_back: 2.0 * flops as f64, bytes: bytes as f64, shared }
    }

    /// Sets the operations of the way back.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn back(self, flops: usize) -> Self {
        Self { flops_back: flops as f64, ..self }
    }
}

impl Plan {
    /// Operations forwards and back, and bytes forwards, over `rows` samples; what all samples share counts once.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn total(&self, rows: usize) -> (f64, f64, f64) {
        let mut out = (0.0, 0.0, 0.0);
        for kernel in self.nodes.iter().flat_map(|node| &node.kernels) {
            let times = if kernel.shared { 1.0 } else { rows as f64 };
            out.0 += times * kernel.flops;
            out.1 += times * kernel.flops_back;
            out.2 += times * kernel.bytes;
        }
        out
    }

    /// The same as the text: kernels by node, and the sum for one sample.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let kernel = |kernel: &KernelCost| {
            json!({
                "name": kernel.name,
                "flops": kernel.flops,
                "flops_back": kernel.flops_back,
                "bytes": kernel.bytes,
                "shared": kernel.shared,
            })
        };
        let node = |node: &PlannedNode| json!({ "node": node.id, "kernels": node.kernels.iter().map(kernel).collect::<Vec<_>>() });
        let (flops, back, bytes) = self.total(1);
        let nodes: Vec<Value> = self.nodes.iter().map(node).collect();
        json!({ "nodes": nodes, "flops": flops, "flops_back": back, "bytes": bytes })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<[String; 5]> = vec![["node", "kernel", "flops", "bytes", "flops back"].map(String::from)];
        let (flops, back, bytes) = self.total(1);
        for node in &self.nodes {
            for (at, kernel) in node.kernels.iter().enumerate() {
                let mut id = String::new();
                if at == 0 {
                    write!(id, "%{}", node.id)?;
                }
                let once = if kernel.shared { ", once for all samples" } else { "" };
                let name = format!("{}{once}", kernel.name);
                let [a, b, c] = [kernel.flops, kernel.bytes, kernel.flops_back].map(|x| x.to_string());
                lines.push([id, name, a, b, c]);
            }
        }
        lines.push([String::new(), "in all".into(), flops.to_string(), bytes.to_string(), back.to_string()]);
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths = [0, 1, 2, 3, 4].map(width);
        for [id, name, flops, bytes, back] in &lines {
            let [a, b, c, d, e] = widths;
            writeln!(f, "{id:<a$}  {name:<b$}  {flops:>c$}  {bytes:>d$}  {back:>e$}")?;
        }
        Ok(())
    }
}
