//! Hypervolumes of `nsga2` and `random` on problems with known fronts and on the enumerated FAQNAS space, for
//! `compare.py`: one line of JSON for each problem, strategy and seed.
//!
//! Usage: `cargo run --release --example search_ours -- SEEDS`

#[path = "../../tests/it/search/problems.rs"]
#[allow(dead_code)]
mod problems;
#[path = "../../tests/it/search/spaces.rs"]
#[allow(dead_code)]
mod spaces;
#[path = "../../tests/it/search/table.rs"]
#[allow(dead_code)]
mod table;

use qnas::driver::search::pareto::hypervolume;
use qnas::driver::search::{
    Budget, Evaluate, FORMAT, Header, Journal, Record, Search, StrategyHeader, StrategyOptions, build,
};
use qnas::hir::{Space, Value};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// A search to its end: the records of all candidates, and the last population.
fn run(
    strategy: &str,
    options: &[(&str, i64)],
    seed: u64,
    n_objectives: usize,
    space: &dyn Space,
    evaluator: &dyn Evaluate,
) -> Result<(Vec<Record>, Vec<u64>), String> {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), Value::Int(*value))).collect();
    let built = build(strategy, &StrategyOptions(options), n_objectives);
    let (settings, mut strategy_state) = built.map_err(|errors| errors[0].diagnostic.message.clone())?;
    let header = Header {
        format: FORMAT,
        qnas: env!("CARGO_PKG_VERSION").into(),
        search: "compare".into(),
        source: String::new(),
        seed,
        strategy: StrategyHeader { name: strategy.into(), options: settings },
        objectives: (0..n_objectives).map(|at| format!("f{at}")).collect(),
        data: BTreeMap::new(),
        settings: BTreeMap::new(),
    };
    let (mut journal, bytes) = Journal::in_memory(&header).map_err(|error| error.message)?;
    let stop = AtomicBool::new(false);
    let search = Search { space, evaluator, jobs: 2, budget: Budget::default(), stop: &stop, clock: &|| 0.0 };
    let outcome =
        search.run(strategy_state.as_mut(), &mut journal, None, &mut |_| ()).map_err(|error| error.message)?;
    let text = String::from_utf8(bytes()).map_err(|error| error.to_string())?;
    let records: Result<Vec<Record>, _> = text.lines().skip(1).map(serde_json::from_str).collect();
    Ok((records.map_err(|error| error.to_string())?, outcome.population))
}

#[allow(clippy::print_stdout)] // A program of its own, read by a script.
fn say(problem: &str, strategy: &str, seed: u64, evaluations: usize, value: f64) {
    let line = serde_json::json!({
        "problem": problem, "strategy": strategy, "seed": seed, "evaluations": evaluations, "hypervolume": value,
    });
    println!("{line}");
}

fn known_fronts(seed: u64) -> Result<(), String> {
    let two: [(&str, Box<dyn Evaluate>); 3] = [
        ("zdt1", Box::new(problems::zdt1())),
        ("zdt2", Box::new(problems::zdt2())),
        ("zdt3", Box::new(problems::zdt3())),
    ];
    let dtlz2 = problems::dtlz2();
    let mut all: Vec<(&str, &dyn Evaluate, i64, usize, usize)> =
        two.iter().map(|(name, evaluator)| (*name, evaluator.as_ref(), 200, 2, 30)).collect();
    all.push(("dtlz2", &dtlz2, 100, 3, 12));
    for (name, evaluator, generations, n_objectives, variables) in all {
        let options = [("population", 100), ("generations", generations)];
        let space = problems::cube(variables);
        let (records, population) = run("nsga2", &options, seed, n_objectives, &space, evaluator)?;
        let members: Vec<Vec<f64>> = population
            .iter()
            .filter_map(|id| records.get(usize::try_from(*id).ok()?))
            .map(|record| record.objective_values(n_objectives))
            .collect();
        let points: Vec<&[f64]> = members.iter().map(Vec::as_slice).collect();
        say(name, "nsga2", seed, records.len(), hypervolume(&points, &vec![1.1; n_objectives]));
    }
    Ok(())
}

fn enumerated(table: &table::Table, seed: u64) -> Result<(), String> {
    for (strategy, options) in
        [("nsga2", &[("population", 20), ("generations", 10)][..]), ("random", &[("evaluations", 200)][..])]
    {
        let (records, _) = run(strategy, options, seed, 2, &table.space(), table)?;
        let points: Vec<Vec<f64>> = records.iter().map(|record| record.objective_values(2)).collect();
        say("faqnas", strategy, seed, records.len(), table.reached(points.iter().map(Vec::as_slice)));
    }
    Ok(())
}

fn main() -> Result<(), String> {
    let seeds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20);
    let table = table::Table::load();
    for seed in 1..=seeds {
        known_fronts(seed)?;
        enumerated(&table, seed)?;
    }
    Ok(())
}
