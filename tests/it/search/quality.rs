//! Is the search any good: known hypervolumes, and better than random.

use super::problems::{circuit_scores, cube, dtlz2, zdt1, zdt2, zdt3};
use super::table::Table;
use super::{Plan, spaces};
use qnas::driver::search::pareto::hypervolume;
use qnas::driver::search::{Evaluate, Record, SearchOutcome};
use qnas::hir::Value;

fn volume(outcome: &SearchOutcome, reference: &[f64]) -> f64 {
    let points: Vec<&[f64]> = outcome.front.iter().map(|member| member.objectives.as_slice()).collect();
    hypervolume(&points, reference)
}

/// The hypervolume of the last population alone, which is what other implementations report.
fn population_volume(outcome: &SearchOutcome, journal: &[u8], reference: &[f64]) -> f64 {
    let text = std::str::from_utf8(journal).expect("text");
    let line =
        |id: &u64| text.lines().nth(usize::try_from(id + 1).expect("small")).expect("a line for every candidate");
    let record = |id| serde_json::from_str::<Record>(line(id)).expect("a record");
    let points: Vec<Vec<f64>> =
        outcome.population.iter().map(|id| record(id).objective_values(reference.len())).collect();
    assert_eq!(points.len(), 100);
    hypervolume(&points, reference)
}

fn nsga(strategy: &'static str, generations: i64, n_objectives: usize) -> Plan {
    let pairs = [("population", Value::Int(100)), ("generations", Value::Int(generations))];
    Plan::new(strategy, &pairs, n_objectives).jobs(2)
}

fn reaches(evaluator: &dyn Evaluate, reference: f64, least: f64) {
    let (outcome, journal) = nsga("nsga2", 200, 2).run(&cube(30), evaluator);
    assert_eq!(outcome.evaluations, 20_000);
    let all = volume(&outcome, &[reference, reference]);
    let chosen = population_volume(&outcome, &journal, &[reference, reference]);
    assert!(chosen >= least, "hypervolume {chosen} of the population, {all} of the whole front");
    assert!(all >= chosen);
    let history: Vec<f64> = outcome.history.iter().filter_map(|summary| summary.hypervolume).collect();
    assert_eq!(history.len(), 200);
    assert!(history.windows(2).all(|pair| pair[1] >= pair[0] - 1e-12), "a front never gets worse");
}

#[test]
fn nsga2_solves_zdt1() {
    // The true front is worth 0.8767 at (1.1, 1.1).
    reaches(&zdt1(), 1.1, 0.865);
}

#[test]
fn nsga2_solves_zdt2() {
    // 0.5433 at (1.1, 1.1).
    reaches(&zdt2(), 1.1, 0.53);
}

#[test]
fn nsga2_solves_zdt3() {
    // 1.3286 at (1.1, 1.1).
    reaches(&zdt3(), 1.1, 1.32);
}

#[test]
fn three_objectives_are_spread() {
    // The whole front is worth 1.331 - pi / 6 = 0.8074 at (1.1, 1.1, 1.1).
    for (strategy, least) in [("nsga2", 0.69), ("nsga3", 0.73)] {
        let (outcome, journal) = nsga(strategy, 100, 3).run(&cube(12), &dtlz2());
        let chosen = population_volume(&outcome, &journal, &[1.1; 3]);
        let all = volume(&outcome, &[1.1; 3]);
        assert!(chosen >= least, "{strategy}: hypervolume {chosen} of the population, {all} of the whole front");
    }
}

#[test]
fn evolution_beats_random_on_a_conditional_space() {
    let reference = [1.0, 30.0];
    let mean = |plan: &Plan| {
        let one = |seed| volume(&plan.clone().seed(seed).run(&spaces::circuits(), &circuit_scores()).0, &reference);
        (0..10).map(one).sum::<f64>() / 10.0
    };
    let random = mean(&Plan::new("random", &[("evaluations", Value::Int(240))], 2));
    let size = |population: i64, generations: i64| {
        [("population", Value::Int(population)), ("generations", Value::Int(generations))]
    };
    for (strategy, pairs) in [
        ("nsga2", size(20, 12).to_vec()),
        ("nsga3", size(20, 12).to_vec()),
        ("evolve", size(20, 23).into_iter().chain([("survivors", Value::Int(10))]).collect()),
        ("regularized", vec![("evaluations", Value::Int(240)), ("population", Value::Int(30))]),
    ] {
        let searched = mean(&Plan::new(strategy, &pairs, 2));
        assert!(searched > random, "{strategy}: {searched} against {random} at random");
    }
}

#[test]
fn dqas_learns_the_best_operation_of_every_placeholder() {
    use super::problems::By;
    use super::spaces::{Program, Walk};
    use qnas::driver::search::{Candidate, Evaluation, Fidelity};
    let (placeholders, pool) = (5, ["rx", "ry", "rz", "h", "cx"]);
    let space = Program::new(move |walk: &mut Walk| {
        for at in 0..placeholders {
            walk.name(&format!("layer.{at}.op"), &pool);
        }
    });
    // Operation number `at` is best at placeholder `at`, the others the worse the further away; and every score is noisy.
    let evaluator = By(move |candidate: &Candidate| {
        let wrong: usize = (0..placeholders)
            .map(|at| {
                let chosen = candidate.assignment.0[&format!("layer.{at}.op")].to_string();
                pool.iter().position(|op| *op == chosen).expect("of the pool").abs_diff(at)
            })
            .sum();
        let noise = 0.3 * ((wrong * 7 + candidate.id as usize * 13) % 5) as f64;
        Ok(Evaluation { objectives: vec![wrong as f64 + noise], ..Evaluation::default() })
    });
    let pairs = [("rounds", Value::Int(60)), ("batch", Value::Int(10)), ("keep", Value::Int(1))];
    for seed in 0..5 {
        let plan = Plan::new("dqas", &pairs, 1).seed(seed);
        let (outcome, journal) = plan.run(&space, &evaluator);
        let text = std::str::from_utf8(&journal).expect("text");
        let record: Record = serde_json::from_str(text.lines().last().expect("records")).expect("a record");
        assert_eq!((outcome.evaluations, record.fidelity), (601, Fidelity::Full));
        for (at, op) in pool.iter().enumerate() {
            assert_eq!(
                record.assignment.0[&format!("layer.{at}.op")].to_string(),
                *op,
                "seed {seed}, placeholder {at}"
            );
        }
        assert_eq!(outcome.front.len(), 1, "only what was trained alone is on the front");
    }
}

#[test]
fn nsga2_beats_random_on_every_trained_architecture_of_faqnas() {
    let table = Table::load();
    assert_eq!(table.len(), 8_640);
    let space = table.space();
    let reached = |plan: &Plan| -> Vec<f64> {
        let one = |seed| {
            let (outcome, _) = plan.clone().seed(seed).run(&space, &table);
            assert_eq!(outcome.evaluations, 200);
            table.reached(outcome.front.iter().map(|member| &member.objectives[..]))
        };
        (0..20).map(one).collect()
    };
    let searched = reached(&Plan::new("nsga2", &[("population", Value::Int(20)), ("generations", Value::Int(10))], 2));
    let random = reached(&Plan::new("random", &[("evaluations", Value::Int(200))], 2));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!(searched.iter().all(|share| *share <= 1.0 + 1e-12), "nothing is better than everything");
    // 20 seeds each: 2 standard errors apart, so that chance does not decide.
    let deviation = |values: &[f64]| {
        let m = mean(values);
        (values.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
    };
    let error = (deviation(&searched).powi(2) / 20.0 + deviation(&random).powi(2) / 20.0).sqrt();
    let (a, b) = (mean(&searched), mean(&random));
    assert!(a > b + 2.0 * error, "{a} against {b} at random, standard error {error}");
}
