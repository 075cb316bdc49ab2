//! `qnas draw`: one architecture as a text diagram.

use super::context::{Context, Exit, Stop};
use super::pick::OneArgs;
use super::space::title;
use crate::draw::{Options, draw};
use crate::driver::pick::Picked;

/// Draw the pipeline and the circuits of one architecture.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas draw examples/faqnas.qnas --sample 1
  qnas draw examples/faqnas.qnas --sample 1 --set n=4 --set vqc.depth=2
  qnas draw examples/faqnas.qnas --arch best.json --ascii --width 80
  qnas draw --run runs/faqnas-1 --id 17

The choices of the architecture stand above the drawing, with their paths; weights are named by theirs. Time runs to the \
right, qubit 0 is the top wire and the least significant bit; angles are radians.")]
pub(crate) struct Args {
    #[command(flatten)]
    one: OneArgs,
    /// Draw with ASCII characters only.
    #[arg(long)]
    ascii: bool,
    /// Columns at which circuits fold; otherwise those of the terminal.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    width: Option<u16>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let (program, picked) = args.one.resolve()?;
    let target = program.target(&args.one.target)?;
    let options = Options { width: args.width.map_or(context.width, usize::from), ascii: args.ascii };
    let text = format!("{}\n{}\n{}", title(&target), choices(&picked), draw(&picked.graph, &options));
    context.print(&text)?;
    Ok(Exit::Clean)
}

/// The choices of an architecture, one per line, in program order; empty if it has none.
pub(super) fn choices(picked: &Picked) -> String {
    let mut out = String::new();
    for gene in &picked.genes {
        if let Some(value) = picked.assignment.0.get(&gene.path) {
            out.push_str(&format!("  {} = {value}\n", gene.path));
        }
    }
    out
}
