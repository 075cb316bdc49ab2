//! Weights on disk, in JSON, and moved from one architecture to another.

use super::*;
use crate::backends::hybrid::LayoutEntry;
use std::path::Path;

fn layout(entries: &[(&str, &[usize])]) -> Layout {
    let mut layout = Layout::default();
    for (path, shape) in entries {
        let len: usize = shape.iter().product();
        layout.entries.push(LayoutEntry {
            path: (*path).into(),
            offset: layout.len,
            shape: shape.to_vec(),
            trainable: true,
            quantum: false,
            init: crate::ir::Init::Constant(0.0),
        });
        layout.len += len;
    }
    layout
}

fn origin() -> Origin {
    Origin {
        version: "0.1.0".into(),
        architecture: Assignment(BTreeMap::from([("depth".into(), crate::hir::Value::Int(2))])),
        seed: Some(42),
        ..Origin::default()
    }
}

#[test]
fn a_checkpoint_comes_back_bit_by_bit() {
    let shapes = layout(&[("b.weight", &[2, 3]), ("a", &[]), ("c", &[1])]);
    let params = [0.1f64, -0.2, 1e-300, f64::MAX, -0.0, 5.0, 7.0, 8.0];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("best.safetensors");
    let weights = Weights::of(&shapes, &params, origin());
    weights.save(&path).unwrap();
    let back = Weights::load(&path).unwrap();
    assert_eq!(back, weights);
    let mut filled = [0f64; 8];
    back.fill(&shapes, &mut filled).unwrap();
    assert_eq!(filled.map(f64::to_bits), params.map(f64::to_bits));
    assert_eq!(weights.to_bytes().unwrap(), back.to_bytes().unwrap(), "the same weights are the same bytes");
    let single = params.map(|x| x as f32);
    let single = Weights::of(&shapes, &single, origin());
    assert_eq!(Weights::from_bytes(&single.to_bytes().unwrap()).unwrap(), single);
}

#[test]
fn weights_that_do_not_fit_change_nothing() {
    let weights = Weights::of(&layout(&[("a", &[2]), ("b", &[2])]), &[1f32, 2.0, 3.0, 4.0], origin());
    type Entries = &'static [(&'static str, &'static [usize])];
    let cases: [(Entries, &str); 3] = [
        (&[("a", &[2]), ("b", &[3])], "`b` has the shape [2] in the file and [3] in the architecture"),
        (&[("a", &[2]), ("b", &[2]), ("bb", &[1])], "`bb` is missing"),
        (&[("a", &[2])], "no weight `b`"),
    ];
    for (entries, words) in cases {
        let layout = layout(entries);
        let mut params = vec![9f32; layout.len];
        let error = weights.fill(&layout, &mut params).unwrap_err();
        assert_eq!(error.code.meta.code, "QN0942");
        assert!(error.message.contains(words), "{}", error.message);
        assert!(error.notes[0].contains("depth=2"));
        assert!(params.iter().all(|x| *x == 9.0));
    }
}

#[test]
fn leading_blocks_are_shared() {
    let from = Weights::of(
        &layout(&[("w", &[2, 3]), ("same", &[1]), ("rank", &[2])]),
        &[1f64, 2., 3., 4., 5., 6., 7., 8., 9.],
        Origin::default(),
    );
    let to = layout(&[("w", &[3, 2]), ("same", &[1]), ("rank", &[1, 2]), ("new", &[1])]);
    let mut params = vec![0f32; to.len];
    let inherited = from.inherit(&to, &mut params);
    assert_eq!(params, [1., 2., 4., 5., 0., 0., 7., 0., 0., 0.]);
    assert_eq!(inherited, Inherited { whole: 1, partly: 1, fresh: vec!["rank".into(), "new".into()] });
}

#[test]
fn iterations_move_with_their_weights() {
    let names = ["a.layer.1.rot", "a.layer.10.rot", "a.layer.2", "b"];
    let shapes = layout(&names.map(|name| (name, [].as_slice())));
    let weights = Weights::of(&shapes, &[1f64, 10.0, 2.0, 3.0], Origin::default());
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let moved = weights.moved(&[pair("a.layer.1", "a.layer.2"), pair("a.layer.2", "a.layer.3")]);
    let read: Vec<(&str, f64)> = moved.tensors.iter().map(|(path, x)| (path.as_str(), x.values.get(0))).collect();
    assert_eq!(read, [("a.layer.10.rot", 10.0), ("a.layer.2.rot", 1.0), ("a.layer.3", 2.0), ("b", 3.0)]);
    assert_eq!(weights.moved(&[]), weights);
}

#[test]
fn damaged_files_are_errors() {
    let good = Weights::of(&layout(&[("a", &[3])]), &[1f64, 2.0, 3.0], origin()).to_bytes().unwrap();
    for length in 0..good.len() {
        assert!(Weights::from_bytes(&good[..length]).is_err(), "cut to {length} bytes");
    }
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x11;
        let _ = Weights::from_bytes(&bad);
    }
    let error = Weights::load(Path::new("no/such.safetensors")).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0941");
}

#[test]
fn json_is_read_and_written() {
    let text = r#"{"a": 1.5, "b": [[1, 2], [3, 4], [5, 6]]}"#;
    let weights = Weights::from_json(text, "w.json").unwrap();
    assert_eq!(weights.tensors["a"].shape, Vec::<usize>::new());
    assert_eq!(weights.tensors["b"].shape, [3, 2]);
    assert_eq!(Weights::from_json(&weights.to_json().to_string(), "w.json").unwrap(), weights);
    for bad in
        ["", "[1]", r#"{"a": [1, [2]]}"#, r#"{"a": [[1], [2, 3]]}"#, r#"{"a": "x"}"#, r#"{"a": []}"#, r#"{"a": null}"#]
    {
        assert_eq!(Weights::from_json(bad, "w.json").unwrap_err().code.meta.code, "QN0941", "{bad}");
    }
}
