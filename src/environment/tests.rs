//! What environments promise, whichever they are, and by hand what one of them shows.

use super::*;

fn zero() -> impl FnMut(usize) -> usize {
    |_| 0
}

#[test]
fn every_environment_ends_and_begins_again() {
    for def in ENVIRONMENTS {
        let spec = Spec::new(def.meta.name, &[]).unwrap();
        let shape = spec.shape();
        let (mut environment, mut again) = (spec.make(), spec.make());
        let mut seen = [(); 2].map(|()| vec![0; shape.observation.iter().product()]);
        environment.reset(&mut zero());
        environment.observe(&mut seen[0]);
        for step in 1..=shape.max_steps {
            let outcome = environment.step(step % shape.actions);
            assert_eq!(outcome.truncated, step == shape.max_steps);
            if outcome.terminated {
                break;
            }
        }
        environment.reset(&mut zero());
        again.reset(&mut zero());
        again.observe(&mut seen[1]);
        assert_eq!(seen[0], seen[1]);
        environment.observe(&mut seen[1]);
        assert_eq!(seen[0], seen[1], "{}", def.meta.name);
    }
}

#[test]
fn the_shortest_way_through_the_smallest_room() {
    let spec = Spec::new("minigrid_empty", &[("size", 5)]).unwrap();
    assert_eq!(spec.shape(), Shape { observation: vec![7, 7, 3], actions: 7, max_steps: 100 });
    assert_eq!(spec.to_string(), "minigrid_empty(size: 5, max_steps: 0)");
    let mut room = spec.make();
    room.reset(&mut zero());
    let mut seen = vec![0; 147];
    room.observe(&mut seen);
    // Two cells ahead and two to the right: column 5, row 4 of the view.
    assert_eq!(seen[(5 * 7 + 4) * 3..][..3], [8, 1, 0]);
    let ends: Vec<Outcome> = [2, 2, 1, 2, 2].into_iter().map(|action| room.step(action)).collect();
    assert!(ends[..4].iter().all(|end| *end == Outcome::default()));
    let last = Outcome { reward: 1.0 - 0.9 * (5.0 / 100.0), terminated: true, truncated: false };
    assert_eq!(ends[4], last);
}

#[test]
fn what_does_not_exist_is_said() {
    let error = |name: &str, given: &[(&str, i64)]| {
        let error = Spec::new(name, given).unwrap_err();
        (error.code.meta.code, format!("{}; {}", error.message, error.helps.join("; ")))
    };
    let (code, text) = error("minigrid_emtpy", &[]);
    assert!(code == "QN0960" && text.contains("`minigrid_empty`"), "{text}");
    assert_eq!(error("cartpole", &[]).1, "there is no environment `cartpole`; `qnas list environments` shows all");
    for (name, given, said) in [
        ("minigrid_empty", ("side", 5), "it takes `size`"),
        ("minigrid_empty", ("size", 3), "from 4 to 100"),
        ("minigrid_simple_crossing", ("size", 8), "odd"),
        ("minigrid_simple_crossing", ("crossings", 7), "room for 6"),
    ] {
        let (code, text) = error(name, &[given]);
        assert!(code == "QN0961" && text.contains(said), "{text}");
    }
}
