//! Programs as text: compiled without a word, sampled, built.

use qnas::diag::render::{Options, human};
use qnas::driver::compiler::{Compiled, compile_text};
use qnas::driver::data::DataDirs;
use qnas::driver::random::stream;
use qnas::hir::Space;
use qnas::hir::space::TemplateSpace;
use qnas::hir::template::Template;
use qnas::ir::{Graph, Region, build::build, validate};

/// Compiles a text whatever it says.
pub fn compile(name: &str, text: &str) -> Compiled {
    compile_text(name, text, None, &DataDirs::default())
}

/// Compiles a text that must not cause a single diagnostic, warnings included.
pub fn compiled(name: &str, text: &str) -> Compiled {
    let compiled = compile(name, text);
    let rendered = human(&compiled.checked.diagnostics, &compiled.sources, &Options { color: false, width: 100 });
    assert!(compiled.checked.diagnostics.is_empty(), "{name}\n{text}\n{rendered}");
    compiled
}

/// The graph of one valid architecture, drawn from a seed, and valid.
pub fn graph(template: &Template, seed: u64) -> Graph {
    let space = TemplateSpace::new(template);
    let assignment = space.sample(&mut stream(seed, "test")).expect("an architecture");
    let graph = build(&space, &assignment).expect("it can be built");
    assert_eq!(validate(&graph), Ok(()));
    graph
}

/// The only circuit of a graph.
pub fn only_region(graph: &Graph) -> &Region {
    let mut regions = graph.regions();
    let (_, region) = regions.next().expect("a circuit");
    assert!(regions.next().is_none(), "one circuit");
    region
}
