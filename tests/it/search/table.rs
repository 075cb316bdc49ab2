//! The FAQNAS space on Iris as a table: every architecture trained once, so that searches of it cost nothing.
//!
//! Made by `qnas search examples/faqnas.qnas --strategy "exhaustive(limit: 10000)"` (seed 42): for each of the 8,640
//! architectures the error and the loss on the validation part and `flops.quantum`.

use flate2::read::GzDecoder;
use qnas::driver::compiler::{Compiled, compile};
use qnas::driver::data::DataDirs;
use qnas::driver::search::pareto::{Front, hypervolume};
use qnas::driver::search::{Candidate, Evaluate, Evaluation, Failure};
use qnas::hir::space::TemplateSpace;
use qnas::hir::{Assignment, Value};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// The corner that hypervolumes are measured against: loss, and the logarithm of the operations to base 10.
pub(crate) const CORNER: [f64; 2] = [1.2, 6.0];

/// The program and what each of its architectures comes to.
pub(crate) struct Table {
    compiled: Compiled,
    scores: BTreeMap<String, [f64; 2]>,
}

impl Table {
    /// Reads the program and the table of the repository.
    pub(crate) fn load() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let program = root.join("examples/faqnas.qnas");
        let compiled = compile(&program, &DataDirs::default()).expect("the example is there");
        let file = std::fs::File::open(root.join("tests/data/faqnas_iris.csv.gz")).expect("the table is there");
        let mut text = String::new();
        GzDecoder::new(file).read_to_string(&mut text).expect("a whole table");
        Self { compiled, scores: text.lines().skip(1).map(row).collect() }
    }

    /// The architectures.
    pub(crate) fn space(&self) -> TemplateSpace<'_> {
        TemplateSpace::new(&self.compiled.checked.searches[0].template)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.scores.len()
    }

    /// Loss and logarithm of operations.
    pub(crate) fn score(&self, assignment: &Assignment) -> [f64; 2] {
        let name = |path: &str| assignment.0.get(path).map_or_else(|| panic!("`{path}` is missing"), Value::to_string);
        let depth: usize = name("vqc.depth").parse().expect("a number");
        let rots: String = (0..depth).map(|layer| name(&format!("vqc.layer.{layer}.rot")).split_off(1)).collect();
        let fields = ["n", "kind", "vqc.depth", "vqc.topology", "vqc.two"].map(name);
        self.scores[&format!("{},{rots}", fields.join(","))]
    }

    /// The share of the best possible hypervolume that some architectures reach.
    pub(crate) fn reached<'p>(&self, points: impl IntoIterator<Item = &'p [f64]>) -> f64 {
        volume(points) / volume(self.scores.values().map(|score| &score[..]))
    }
}

fn volume<'p>(points: impl IntoIterator<Item = &'p [f64]>) -> f64 {
    let mut front: Front<()> = Front::default();
    for point in points {
        front.offer(point, || ());
    }
    let members: Vec<&[f64]> = front.members().iter().map(|member| member.objectives.as_slice()).collect();
    hypervolume(&members, &CORNER)
}

impl Evaluate for Table {
    fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure> {
        Ok(Evaluation { objectives: self.score(candidate.assignment).to_vec(), ..Evaluation::default() })
    }
}

/// `2,angle_y,1,line,cx,x,15/30,1.05008,178`
fn row(line: &str) -> (String, [f64; 2]) {
    let fields: Vec<&str> = line.split(',').collect();
    let number = |at: usize| fields[at].parse::<f64>().expect("a number");
    (fields[..6].join(","), [number(7), number(8).log10()])
}
