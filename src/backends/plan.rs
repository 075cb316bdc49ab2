//! The plan of a compiled model as text: every kernel with its floating-point operations and bytes.

use serde_json::{Value, json};
use std::fmt::{self, Write as _};

/// A kernel of a plan. Counts are for one sample (for one step, if all samples share it), forwards.
#[derive(Clone, PartialEq, Debug)]
pub struct KernelCost {
    /// What it does.
    pub name: String,
    /// Real additions and multiplications.
    pub flops: f64,
    /// Bytes read and written.
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
    /// A kernel.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn new(name: impl Into<String>, flops: usize, bytes: usize, shared: bool) -> Self {
        Self { name: name.into(), flops: flops as f64, bytes: bytes as f64, shared }
    }
}

impl Plan {
    /// Operations and bytes of a forward pass over `rows` samples; what all samples share counts once.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn total(&self, rows: usize) -> (f64, f64) {
        let times = |kernel: &KernelCost| if kernel.shared { 1.0 } else { rows as f64 };
        let kernels = || self.nodes.iter().flat_map(|node| &node.kernels);
        (kernels().map(|k| times(k) * k.flops).sum(), kernels().map(|k| times(k) * k.bytes).sum())
    }

    /// The same as the text: kernels by node, and the sum for one sample.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let kernel = |kernel: &KernelCost| json!({ "name": kernel.name, "flops": kernel.flops, "bytes": kernel.bytes, "shared": kernel.shared });
        let node = |node: &PlannedNode| json!({ "node": node.id, "kernels": node.kernels.iter().map(kernel).collect::<Vec<_>>() });
        let (flops, bytes) = self.total(1);
        json!({ "nodes": self.nodes.iter().map(node).collect::<Vec<_>>(), "flops": flops, "bytes": bytes })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<[String; 4]> = vec![["node", "kernel", "flops", "bytes"].map(String::from)];
        let (mut flops, mut bytes) = (0.0, 0.0);
        for node in &self.nodes {
            for (at, kernel) in node.kernels.iter().enumerate() {
                let mut id = String::new();
                if at == 0 {
                    write!(id, "%{}", node.id)?;
                }
                let once = if kernel.shared { ", once for all samples" } else { "" };
                let name = format!("{}{once}", kernel.name);
                lines.push([id, name, kernel.flops.to_string(), kernel.bytes.to_string()]);
                flops += kernel.flops;
                bytes += kernel.bytes;
            }
        }
        lines.push([String::new(), "forwards in all".into(), flops.to_string(), bytes.to_string()]);
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths = [0, 1, 2, 3].map(width);
        for [id, name, flops, bytes] in &lines {
            let [a, b, c, d] = widths;
            writeln!(f, "{id:<a$}  {name:<b$}  {flops:>c$}  {bytes:>d$}")?;
        }
        Ok(())
    }
}
