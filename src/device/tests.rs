//! The rules give the published graphs.

use super::topology::find;
use super::{Coupling, Figures, Values};

fn edges(name: &str, parameters: &[u32]) -> (u32, Vec<(u32, u32)>) {
    let (n, mut edges) = (find(name).unwrap().generate)(parameters).unwrap();
    edges.iter_mut().for_each(|edge| *edge = (edge.0.min(edge.1), edge.0.max(edge.1)));
    edges.sort_unstable();
    (n, edges)
}

fn degrees(n: u32, edges: &[(u32, u32)]) -> Vec<usize> {
    let coupling = Coupling::new(n as usize, edges);
    let mut count = vec![0; 5];
    (0..n).for_each(|q| count[coupling.neighbours(q).len().min(4)] += 1);
    count
}

#[test]
fn the_families_of_ibm_have_their_sizes() {
    for (name, parameters, n, count) in [
        ("eagle", &[][..], 127, 144),
        ("heavy_hex", &[7, 15, 0, 1], 133, 150),
        ("heavy_hex", &[8, 16, 3, 0], 156, 176),
        ("grid", &[12, 10], 120, 218),
    ] {
        let (qubits, edges) = edges(name, parameters);
        assert_eq!((qubits, edges.len()), (n, count), "{name}");
        assert_eq!(Coupling::new(n as usize, &edges).parts().len(), 1, "{name}");
        if name != "grid" {
            assert_eq!(degrees(qubits, &edges)[4], 0, "{name} has no qubit with more than three neighbours");
        }
    }
}

#[test]
fn bridges_stand_where_the_calibrations_have_them() {
    let (_, eagle) = edges("eagle", &[]);
    for edge in [(0, 14), (14, 18), (4, 15), (15, 22), (20, 33), (33, 39), (109, 114), (8, 9), (112, 126), (125, 126)] {
        assert!(eagle.contains(&edge), "{edge:?}");
    }
    let (_, torino) = edges("heavy_hex", &[7, 15, 0, 1]);
    for edge in [(0, 15), (15, 19), (12, 18), (18, 31), (21, 34), (34, 40), (114, 129), (126, 132)] {
        assert!(torino.contains(&edge), "{edge:?}");
    }
    let (_, fez) = edges("heavy_hex", &[8, 16, 3, 0]);
    for edge in [(3, 16), (16, 23), (15, 19), (19, 35), (21, 36), (36, 41), (33, 39), (39, 53), (154, 155)] {
        assert!(fez.contains(&edge), "{edge:?}");
    }
}

#[test]
fn rules_refuse_what_makes_no_graph() {
    for (name, parameters) in [
        ("cycle", &[2][..]),
        ("path", &[0]),
        ("hub", &[3, 3]),
        ("grid", &[1 << 20, 1 << 20]),
        ("all_to_all", &[2000]),
        ("heavy_hex", &[u32::MAX, u32::MAX, 0, 0]),
    ] {
        assert!((find(name).unwrap().generate)(parameters).is_none(), "{name}");
    }
}

#[test]
fn distances_count_steps_and_parts_fall_apart() {
    let coupling = Coupling::new(5, &[(0, 1), (1, 2), (4, 3)]);
    assert_eq!((coupling.distance(0, 2), coupling.distance(2, 0), coupling.distance(0, 3)), (2, 2, super::FAR));
    assert_eq!(coupling.parts(), [vec![0, 1, 2], vec![3, 4]]);
    assert_eq!((coupling.edge(2, 1), coupling.edge(3, 4), coupling.edge(0, 2)), (Some(1), Some(2), None));
}

#[test]
fn figures_have_medians() {
    let mut figures = Figures::default();
    figures.set("cx", Values::Each(vec![3.0, 1.0, 2.0, 10.0]));
    assert_eq!(
        (figures.of("cx", None), figures.of("cx", Some(3)), figures.of("h", None)),
        (Some(2.5), Some(10.0), None)
    );
}
