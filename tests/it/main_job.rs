//! The main job end to end: gradients of searched architectures, and searches run as a person runs them.

use qnas::backends::hybrid::{Mode, Model};
use qnas::driver::compiler::compile_text;
use qnas::driver::data::DataDirs;
use qnas::hir::Space;
use qnas::hir::space::TemplateSpace;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const FAQNAS: &str = include_str!("../../examples/faqnas.qnas");

/// A search of a few seconds on Iris, with larger circuits left out.
fn small_search() -> String {
    FAQNAS
        .replace("choose 2..=10", "choose 2..=4")
        .replace("population: 20, generations: 8", "population: 10, generations: 6")
}

#[test]
fn gradients_of_random_architectures_agree_with_differences() {
    let compiled = compile_text("faqnas.qnas", FAQNAS, None, &DataDirs::default());
    let template = &compiled.checked.searches[0].template;
    let space = TemplateSpace::new(template);
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..10 {
        let assignment = space.sample(&mut rng).expect("the space is not empty");
        let graph = qnas::ir::build::build(&space, &assignment).expect("builds");
        let mut model = Model::<f64>::compile(&graph).expect("compiles");
        let mut params = model.initial(3);
        let inputs = [0.3, -1.1, 0.7, 0.4, 1.2, 0.1, -0.5, 0.9];
        let weighting = [0.5, -1.0, 0.25, 0.75, 0.1, -0.3];
        let value = |params: &mut [f64], model: &mut Model<f64>| -> f64 {
            let out = model.forward(params, &[&inputs], 2, Mode::Evaluate).expect("runs");
            out.iter().zip(weighting).map(|(a, b)| a * b).sum()
        };
        value(&mut params, &mut model);
        let mut gradient = vec![0.0; params.len()];
        model.backward(&params, &weighting, &mut gradient, None).expect("runs");
        for at in 0..params.len() {
            let step = 1e-5;
            let centre = params[at];
            params[at] = centre + step;
            let above = value(&mut params, &mut model);
            params[at] = centre - step;
            let below = value(&mut params, &mut model);
            params[at] = centre;
            let difference = (above - below) / (2.0 * step);
            assert!(
                (difference - gradient[at]).abs() < 1e-6,
                "{assignment:?}, parameter {at}: {} and {difference}",
                gradient[at]
            );
        }
    }
}

fn search(file: &Path, out: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qnas"));
    command.arg("search").arg(file).args(["--out", out]).current_dir(folder);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn journal(folder: &Path, run: &str) -> Vec<u8> {
    std::fs::read(folder.join(run).join("journal.jsonl")).expect("a journal")
}

#[test]
fn journals_are_equal_at_any_number_of_workers() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.qnas");
    std::fs::write(&file, small_search()).expect("written");
    let mut outputs = Vec::new();
    for jobs in ["1", "2", "4"] {
        let output =
            search(&file, jobs, folder.path()).args(["--jobs", jobs, "--format", "json"]).output().expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        outputs.push((journal(folder.path(), jobs), output.stdout));
    }
    assert!(outputs[0].0.len() > 2000);
    assert!(outputs.windows(2).all(|pair| pair[0].0 == pair[1].0), "the journals differ");
    let front: serde_json::Value = serde_json::from_slice(&outputs[0].1).expect("JSON");
    assert!(front.is_object(), "{front}");
}

#[test]
fn a_killed_search_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.qnas");
    std::fs::write(&file, small_search()).expect("written");
    let output = search(&file, "whole", folder.path()).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let whole = journal(folder.path(), "whole");
    for (at, wait) in [20u64, 90, 250, 600].into_iter().enumerate() {
        let run = format!("killed{at}");
        let mut child = search(&file, &run, folder.path()).spawn().expect("starts");
        std::thread::sleep(Duration::from_millis(wait));
        // SIGKILL: nothing of the process runs after it.
        let _ = child.kill();
        let _ = child.wait();
        let path = folder.path().join(&run).join("journal.jsonl");
        let again = if path.exists() {
            search_resumed(&file, &run, folder.path())
        } else {
            let _ = std::fs::remove_dir_all(folder.path().join(&run));
            search(&file, &run, folder.path()).output().expect("runs")
        };
        assert!(again.status.success(), "after {wait} ms: {}", String::from_utf8_lossy(&again.stderr));
        assert_eq!(journal(folder.path(), &run), whole, "killed after {wait} ms");
    }
}

/// Reads the journal until it has so many lines; `None` if the process ends first.
#[cfg(unix)]
fn wait_for_lines(path: &Path, lines: usize, child: &mut std::process::Child) -> Option<()> {
    loop {
        let now = std::fs::read(path).unwrap_or_default();
        if now.iter().filter(|&&byte| byte == b'\n').count() >= lines {
            return Some(());
        }
        if child.try_wait().expect("a child").is_some() {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_leaves_a_valid_journal_and_the_front_so_far() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.qnas");
    let source = small_search().replace("generations: 6", "generations: 20").replace("epochs: 20", "epochs: 4");
    std::fs::write(&file, source).expect("written");
    let output = search(&file, "whole", folder.path()).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let whole = journal(folder.path(), "whole");

    let mut child = search(&file, "stopped", folder.path()).args(["--jobs", "1"]).spawn().expect("starts");
    let path = folder.path().join("stopped").join("journal.jsonl");
    wait_for_lines(&path, 12, &mut child).expect("two hundred candidates outlast a signal");
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is a command");
    assert!(signal.success());
    let stopped = child.wait_with_output().expect("ends");
    let (out, err) = (String::from_utf8_lossy(&stopped.stdout), String::from_utf8_lossy(&stopped.stderr));
    assert_eq!(stopped.status.code(), Some(130), "{err}");
    assert!(out.contains("Front:"), "{out}");
    assert!(err.contains("--resume"), "it does not say how to go on: {err}");

    let begun = journal(folder.path(), "stopped");
    assert!(begun.len() < whole.len() && whole.starts_with(&begun), "not the start of the uninterrupted journal");
    for line in String::from_utf8(begun).expect("text").lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("every line is whole");
    }
    let again = search_resumed(&file, "stopped", folder.path());
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(journal(folder.path(), "stopped"), whole);
}

fn search_resumed(file: &Path, run: &str, folder: &Path) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qnas"));
    command.arg("search").arg(file).args(["--resume", run]).current_dir(folder).output().expect("runs")
}

#[test]
fn other_data_sets_take_the_place_of_iris() {
    let folder = tempfile::tempdir().expect("a folder");
    for set in ["wine", "breast_cancer", "digits"] {
        let file = folder.path().join(format!("{set}.qnas"));
        std::fs::write(&file, small_search().replace("iris", set).replace("epochs: 20", "epochs: 1")).expect("written");
        let output = search(&file, set, folder.path()).args(["--evaluations", "6"]).output().expect("runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains("Test part") && text.contains(set), "{text}");
    }
}

/// The lowest eigenvalue of the transverse-field Ising chain, by power iteration of `shift - H` on the dense matrix.
fn ising_ground_energy(n: usize, field: f64) -> f64 {
    let dim = 1usize << n;
    let shift = 2.0 * n as f64;
    let sign = |state: usize, qubit: usize| if state >> qubit & 1 == 0 { 1.0 } else { -1.0 };
    let apply = |v: &[f64]| -> Vec<f64> {
        (0..dim)
            .map(|state| {
                let bonds: f64 = (0..n - 1).map(|i| sign(state, i) * sign(state, i + 1)).sum();
                let flips: f64 = (0..n).map(|i| v[state ^ 1 << i]).sum();
                -bonds * v[state] - field * flips
            })
            .collect()
    };
    let mut v = vec![1.0; dim];
    for _ in 0..5000 {
        let w: Vec<f64> = apply(&v).iter().zip(&v).map(|(h, x)| shift * x - h).collect();
        let norm = w.iter().map(|x| x * x).sum::<f64>().sqrt();
        v = w.into_iter().map(|x| x / norm).collect();
    }
    apply(&v).iter().zip(&v).map(|(h, x)| h * x).sum()
}

#[test]
fn the_ising_example_reaches_the_exact_ground_energy() {
    let exact = ising_ground_energy(4, 1.0);
    assert!((exact - (1.0 - 1.0 / (std::f64::consts::PI / 18.0).sin())).abs() < 1e-9, "the published formula");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vqe.qnas");
    std::fs::write(&file, include_str!("../../examples/vqe_ising.qnas")).expect("written");
    let output = search(&file, "vqe", folder.path()).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lowest = String::from_utf8(journal(folder.path(), "vqe"))
        .expect("text")
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()?["objectives"][0].as_f64())
        .fold(f64::INFINITY, f64::min);
    assert!(lowest >= exact - 1e-9, "no state lies below the ground state: {lowest} and {exact}");
    assert!(lowest - exact < 1e-3, "{lowest} and {exact}");
}
