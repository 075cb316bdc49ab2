//! Environments against the reference: every observation, reward and end of walks through the levels of `minigrid`.
//!
//! Recorded walks are in `tests/data/minigrid_walks.json.gz`. The live test needs a Python with `minigrid`, named by
//! `QNAS_PYTHON`; without one it says so and passes.

use flate2::read::GzDecoder;
use qnas::environment::grid::{Direction, Map, OBSERVATION, World};
use qnas::environment::{Environment, Spec};
use serde::Deserialize;
use std::fs::File;
use std::path::Path;
use std::process::Command;

/// A walk of the reference.
#[derive(Deserialize)]
struct Walk {
    environment: String,
    map: Vec<String>,
    agent: (i32, i32),
    direction: usize,
    see_through_walls: bool,
    max_steps: usize,
    /// The observation before the first step, a hexadecimal digit a number.
    first: String,
    /// Action, observation after it, reward, terminated, truncated.
    steps: Vec<(usize, String, f64, bool, bool)>,
}

fn digits(seen: &[u8]) -> String {
    seen.iter().map(|number| format!("{number:x}")).collect()
}

fn data(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// Follows a walk in a world of ours with the reference's level.
fn follow(walk: &Walk) {
    let rows: Vec<&str> = walk.map.iter().map(String::as_str).collect();
    let map = Map::read(&rows).expect("a map");
    assert_eq!(map.to_string(), walk.map.join("\n") + "\n");
    let mut world = World::new(map, walk.max_steps, walk.see_through_walls);
    (world.agent, world.direction) = (walk.agent, Direction::ALL[walk.direction]);
    let mut seen = [0; OBSERVATION];
    world.observe(&mut seen);
    assert_eq!(digits(&seen), walk.first, "{}: the first observation", walk.environment);
    for (at, (action, after, reward, terminated, truncated)) in walk.steps.iter().enumerate() {
        let outcome = world.act(*action);
        world.observe(&mut seen);
        assert_eq!(digits(&seen), *after, "{}: step {at}, action {action}\n{}", walk.environment, world.map);
        let ours = (outcome.reward.to_bits(), outcome.terminated, outcome.truncated);
        assert_eq!(ours, (reward.to_bits(), *terminated, *truncated), "{}: step {at}", walk.environment);
    }
}

/// What the catalogue calls the reference's environment, if it lays out the same level every time.
fn ours(walk: &Walk) -> Option<Box<dyn Environment>> {
    let size = i64::try_from(walk.map.len()).expect("a small room");
    let spec = walk.environment.contains("Empty").then(|| Spec::new("minigrid_empty", &[("size", size)]));
    Some(spec?.expect("a room").make())
}

/// Follows a walk in the catalogue's environment.
fn follow_ours(walk: &Walk, environment: &mut dyn Environment) {
    environment.reset(&mut |_| unreachable!("nothing is random in an empty room"));
    let mut seen = [0; OBSERVATION];
    environment.observe(&mut seen);
    assert_eq!(digits(&seen), walk.first);
    for (action, after, reward, terminated, truncated) in &walk.steps {
        let outcome = environment.step(*action);
        environment.observe(&mut seen);
        assert_eq!(digits(&seen), *after);
        assert_eq!((outcome.reward, outcome.terminated, outcome.truncated), (*reward, *terminated, *truncated));
    }
}

fn follow_all(walks: &[Walk]) {
    for walk in walks {
        follow(walk);
        if let Some(mut environment) = ours(walk) {
            follow_ours(walk, &mut *environment);
        }
    }
    let names: std::collections::BTreeSet<&str> = walks.iter().map(|walk| &*walk.environment).collect();
    assert_eq!(names.len(), 4);
    // The walks meet what there is to meet: goals, time limits and cells that are hidden by walls.
    assert!(walks.iter().any(|walk| walk.steps.last().is_some_and(|step| step.3)));
    assert!(walks.iter().any(|walk| walk.steps.last().is_some_and(|step| step.4 && !step.3)));
    assert!(walks.iter().any(|walk| walk.first.starts_with("000") && !walk.see_through_walls));
}

#[test]
fn recorded_walks_are_walked_alike() {
    let file = File::open(data("minigrid_walks.json.gz")).expect("recorded walks");
    let walks: Vec<Walk> = serde_json::from_reader(GzDecoder::new(file)).expect("walks");
    assert_eq!(walks.len(), 36);
    follow_all(&walks);
}

#[test]
fn fresh_walks_of_the_reference_are_walked_alike() {
    let python = std::env::var("QNAS_PYTHON").ok().filter(|python| {
        let check = Command::new(python).args(["-c", "import minigrid"]).output();
        check.is_ok_and(|check| check.status.success())
    });
    let Some(python) = python else {
        eprintln!("skipped: QNAS_PYTHON names no Python with minigrid");
        return;
    };
    let run = Command::new(python).arg(data("minigrid_walks.py")).args(["1000", "30"]).output().expect("it runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let walks: Vec<Walk> = serde_json::from_slice(&run.stdout).expect("walks");
    assert_eq!(walks.len(), 120);
    follow_all(&walks);
}
