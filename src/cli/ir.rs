//! `qnas ir`: a program at each stage of compilation.

use super::context::{Context, Exit, Stop};
use super::pick::OneArgs;
use super::program::{load, read};
use crate::backends::hybrid::Model;
use crate::diag::Diagnostic;
use crate::driver::errors::BAD_OPTION;
use crate::hir;
use crate::ir;
use crate::meta::Tree;
use crate::source::SourceMap;
use crate::syntax;

/// Show a program at a stage of compilation.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas ir examples/faqnas.qnas --sample 1
  qnas ir examples/faqnas.qnas --stage hir
  qnas ir examples/faqnas.qnas --sample 1 --format dot | dot -Tsvg > model.svg
  qnas ir examples/faqnas.qnas --sample 1 --stage plan

ast: the syntax tree, with line and column of every node. hir: the model with its choices still open. ir: the graph of one \
architecture, which has to be picked. plan: the kernels that graph runs as in single precision, with the real operations \
and the bytes of each for one sample, forwards. Angles are radians, qubit 0 is the least significant bit, tensors are \
row-major.")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// Which stage.
    #[arg(long, value_enum, default_value = "ir")]
    stage: Stage,
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
    match args.stage {
        Stage::Ast => {
            let (name, text) = read(&args.one.program.file)?;
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
            let program = load(&args.one.program)?;
            let target = program.target(&args.one.target)?;
            show(&hir::print::tree(target.template), args.format, context)?;
        }
        Stage::Ir => {
            let (_, picked) = args.one.resolve()?;
            match args.format {
                Format::Text => context.print(&ir::print(&picked.graph))?,
                Format::Dot => context.print(&ir::dot(&picked.graph))?,
                Format::Json => context.print_json(&ir::json(&picked.graph))?,
            }
        }
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

fn show(tree: &Tree, format: Format, context: &Context) -> Result<(), Stop> {
    match format {
        Format::Text => context.print(&tree.text(PLACES)),
        Format::Dot => context.print(&tree.dot()),
        Format::Json => context.print_json(&tree.json()),
    }
}
