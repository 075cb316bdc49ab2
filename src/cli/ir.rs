//! `qnas ir`: a program at each stage of compilation.

use super::context::{Context, Exit, Stop};
use super::pick::OneArgs;
use super::program::read;
use crate::backends::hybrid::Model;
use crate::diag::Diagnostic;
use crate::driver::errors::BAD_OPTION;
use crate::driver::openqasm::is_qasm;
use crate::driver::passes::{pass, passes};
use crate::hir;
use crate::ir::{self, Graph};
use crate::meta::Tree;
use crate::passes::{PassContext, run as run_passes};
use crate::source::SourceMap;
use crate::syntax;
use serde_json::json;

/// Show a program at a stage of compilation.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas ir examples/faqnas.qnas --sample 1
  qnas ir examples/faqnas.qnas --stage hir
  qnas ir examples/faqnas.qnas --sample 1 --format dot | dot -Tsvg > model.svg
  qnas ir examples/faqnas.qnas --sample 1 --stage plan
  qnas ir examples/faqnas.qnas --sample 1 --passes thorough --print-after all
  qnas ir examples/faqnas.qnas --sample 1 --passes default --print-after merge-rotations

ast: the syntax tree, with line and column of every node. hir: the model with its choices still open. ir: the graph of one \
architecture, which has to be picked. plan: the kernels that graph runs as in single precision, with the real operations \
and the bytes of each for one sample, forwards. --passes transforms its circuits without changing outputs (`qnas list \
passes`); --print-after shows the graph each time a pass has changed it, then the end. Angles are radians, qubit 0 is the \
least significant bit, tensors are row-major.")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// Which stage.
    #[arg(long, value_enum, default_value = "ir")]
    stage: Stage,
    /// Passes and pipelines to run on it, in order, separated by commas.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    passes: Vec<String>,
    /// Show the graph after each run of this pass that changed it, or of every pass.
    #[arg(long, value_name = "PASS|all", requires = "passes")]
    print_after: Option<String>,
    /// In which form.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// `--stage`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// The syntax tree.
    Ast,
    /// The model over open choices.
    Hir,
    /// The graph of one architecture.
    Ir,
    /// The kernels of one architecture.
    Plan,
}

/// `--format`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    /// For people.
    Text,
    /// For Graphviz.
    Dot,
    /// For programs.
    Json,
}

/// Column at which places stand in the text form.
const PLACES: usize = 64;

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    if args.stage != Stage::Ir && !args.passes.is_empty() {
        let error = Diagnostic::global(&BAD_OPTION, "`--passes` transforms the graph, which is the stage `ir`");
        return Err(error.help("leave `--stage` out").into());
    }
    match args.stage {
        Stage::Ast | Stage::Hir if args.one.program.file.as_deref().is_some_and(is_qasm) => {
            return Err(Diagnostic::global(&BAD_OPTION, "an OpenQASM program has the stage `ir` alone")
                .help("`qnas import` makes a program of it that has all stages")
                .into());
        }
        Stage::Ast => {
            let (name, text) = read(&args.one.file())?;
            let mut sources = SourceMap::default();
            let file = sources.add(name, text.clone());
            let parsed = syntax::parse(file, &text);
            if parsed.diagnostics.iter().any(Diagnostic::is_error) {
                return Err(Stop::Report(parsed.diagnostics, sources));
            }
            let tree = sources.get(file).map(|source| syntax::outline(&parsed.file, source)).unwrap_or_default();
            show(&tree, args.format, context)?;
        }
        Stage::Hir => {
            let program = args.one.load()?;
            let target = program.target(&args.one.target)?;
            show(&hir::print::tree(target.template), args.format, context)?;
        }
        Stage::Ir => graph(args, context)?,
        Stage::Plan => {
            let (program, picked) = args.one.resolve()?;
            let plan = Model::<f32>::compile(&picked.graph).map_err(|error| program.stop(error))?.plan();
            match args.format {
                Format::Text => context.print(&plan.to_string())?,
                Format::Json => context.print_json(&plan.to_json())?,
                Format::Dot => {
                    let error = Diagnostic::global(&BAD_OPTION, "a plan is a list and has no graph to draw");
                    return Err(error.help("draw the graph with `--stage ir`, or take `--format text`").into());
                }
            }
        }
    }
    Ok(Exit::Clean)
}

/// The graph of one architecture, after passes where some are named, and between them where that is asked for.
fn graph(args: &Args, context: &Context) -> Result<(), Stop> {
    let list = passes(&args.passes)?;
    let wanted = match args.print_after.as_deref() {
        None | Some("all") => None,
        Some(name) => Some(pass(name)?.meta().name),
    };
    let (_, picked) = args.one.resolve()?;
    let mut graph = picked.graph;
    let mut steps: Vec<(&'static str, Graph)> = Vec::new();
    run_passes(&mut graph, &list, &PassContext::default(), |name, graph| {
        if args.print_after.is_some() && wanted.is_none_or(|wanted| wanted == name) {
            steps.push((name, graph.clone()));
        }
    });
    let form = |graph: &Graph| match args.format {
        Format::Dot => ir::dot(graph),
        _ => ir::print(graph),
    };
    match (args.format, &args.print_after) {
        (Format::Json, None) => context.print_json(&ir::json(&graph)),
        (Format::Json, Some(_)) => {
            let steps: Vec<_> =
                steps.iter().map(|(name, graph)| json!({"after": name, "graph": ir::json(graph)})).collect();
            context.print_json(&json!({"steps": steps, "graph": ir::json(&graph)}))
        }
        _ => {
            for (name, graph) in &steps {
                context.print(&format!("// after {name}\n{}\n", form(graph)))?;
            }
            if args.print_after.is_some() {
                context.print("// at the end\n")?;
            }
            context.print(&form(&graph))
        }
    }
}

fn show(tree: &Tree, format: Format, context: &Context) -> Result<(), Stop> {
    match format {
        Format::Text => context.print(&tree.text(PLACES)),
        Format::Dot => context.print(&tree.dot()),
        Format::Json => context.print_json(&tree.json()),
    }
}
