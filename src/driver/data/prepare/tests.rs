//! The whole way from a source to three parts.

use crate::driver::data::*;
use std::path::Path;

fn no_dirs() -> DataDirs {
    DataDirs::default()
}

fn iris(options: &DataOptions) -> Splits {
    load("iris", options, 42, &no_dirs()).unwrap()
}

/// A source of `rows` rows of two features, `[i, 2 i]`, in four classes, the last `tests` of them official test rows.
fn source(rows: usize, tests: usize) -> Raw {
    Raw {
        values: Numbers::F64((0..rows).flat_map(|i| [i as f64, 2.0 * i as f64]).collect()),
        shape: vec![2],
        feature_names: vec![],
        targets: RawTargets::Classes { labels: (0..rows as u32).map(|i| i % 4).collect(), n_classes: 4, names: vec![] },
        test_from: (tests > 0).then_some(rows - tests),
        full_scale: None,
        published: None,
        source_digest: "source".into(),
    }
}

fn prepare(raw: &Raw, options: &DataOptions) -> Result<Splits, Diagnostic> {
    super::prepare("made", raw, options, 7)
}

#[test]
fn iris_in_three_fair_parts() {
    let options = DataOptions { scale: Some(Scale::Standard), ..DataOptions::default() };
    let splits = iris(&options);
    assert_eq!([splits.train.len(), splits.validation.len(), splits.test.len()], [90, 30, 30]);
    assert_eq!(splits.train.class_counts(), [30, 30, 30]);
    assert_eq!(splits.test.class_counts(), [10, 10, 10]);
    assert_eq!(splits.class_names, ["setosa", "versicolor", "virginica"]);
    assert!(splits.warnings.is_empty() && !splits.leaky);
    let rows: std::collections::BTreeSet<u32> =
        [&splits.train, &splits.validation, &splits.test].iter().flat_map(|part| part.rows.clone()).collect();
    assert_eq!(rows.len(), 150);
}

#[test]
fn the_scaler_sees_the_training_part_only() {
    let splits = iris(&DataOptions { scale: Some(Scale::Standard), ..DataOptions::default() });
    let mean = |part: &Dataset, at: usize| {
        (0..part.len()).map(|row| part.features.get(row * 4 + at)).sum::<f64>() / part.len() as f64
    };
    assert!((0..4).all(|at| mean(&splits.train, at).abs() < 1e-12));
    assert!((0..4).any(|at| mean(&splits.validation, at).abs() > 1e-2), "means of zero here would be a leak");
    let plain = iris(&DataOptions::default());
    let mut row: Vec<f64> = (0..4).map(|at| plain.test.features.get(at)).collect();
    splits.scaler.apply(&mut row);
    assert_eq!(row, (0..4).map(|at| splits.test.features.get(at)).collect::<Vec<_>>());
}

#[test]
fn seeds_and_options_make_the_digest() {
    let plain = iris(&DataOptions::default());
    assert_eq!(plain.digest, iris(&DataOptions::default()).digest);
    assert_eq!(plain.train.rows, iris(&DataOptions::default()).train.rows);
    let seeded = DataOptions { seed: Some(42), ..DataOptions::default() };
    assert_eq!(plain.digest, iris(&seeded).digest, "the run's seed written out is the same data");
    let other = iris(&DataOptions { seed: Some(43), ..DataOptions::default() });
    assert!(other.digest != plain.digest && other.train.rows != plain.train.rows);
    let scaled = iris(&DataOptions { scale: Some(Scale::Standard), ..DataOptions::default() });
    assert!(scaled.digest != plain.digest && scaled.train.rows == plain.train.rows);
}

#[test]
fn classes_are_picked_and_renumbered() {
    let splits = iris(&DataOptions { classes: Some(vec![2, 0]), ..DataOptions::default() });
    assert_eq!(splits.class_names, ["virginica", "setosa"]);
    assert_eq!([splits.train.class_counts(), splits.test.class_counts()], [vec![30, 30], vec![10, 10]]);
    let Targets::Classes { labels, n_classes } = &splits.train.targets else { panic!("classes") };
    assert_eq!(*n_classes, 2);
    for (row, label) in splits.train.rows.iter().zip(labels) {
        assert_eq!(*label, if *row >= 100 { 0 } else { 1 }, "row {row}");
    }
    let error =
        load("iris", &DataOptions { classes: Some(vec![3]), ..DataOptions::default() }, 1, &no_dirs()).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0924");
}

#[test]
fn a_subset_is_stratified() {
    let splits =
        prepare(&source(400, 0), &DataOptions { subset: Some(Part::Count(100)), ..DataOptions::default() }).unwrap();
    assert_eq!([splits.train.len(), splits.validation.len(), splits.test.len()], [60, 20, 20]);
    assert_eq!(splits.train.class_counts(), [15; 4]);
    let error = prepare(&source(40, 0), &DataOptions { subset: Some(Part::Count(41)), ..DataOptions::default() });
    assert_eq!(error.unwrap_err().code.meta.code, "QN0923");
}

#[test]
fn the_official_test_part_stays_the_test_part() {
    let raw = source(120, 40);
    let splits = prepare(&raw, &DataOptions { train: Some(Part::Count(60)), ..DataOptions::default() }).unwrap();
    assert_eq!(splits.test.rows, (80..120).collect::<Vec<_>>());
    assert_eq!([splits.train.len(), splits.validation.len()], [60, 20]);
    assert!(splits.train.rows.iter().chain(&splits.validation.rows).all(|row| *row < 80));
    let less = prepare(&raw, &DataOptions { test: Some(Part::Count(8)), ..DataOptions::default() }).unwrap();
    assert_eq!(less.test.class_counts(), [2; 4]);
    assert!(less.test.rows.iter().all(|row| *row >= 80));
}

#[test]
fn the_published_leak_is_repeated_only_on_request() {
    let options = DataOptions { protocol: Protocol::Qnas, ..DataOptions::default() };
    let splits = prepare(&source(120, 40), &options).unwrap();
    assert!(splits.leaky && splits.validation.rows == splits.test.rows);
    assert_eq!((splits.train.len(), splits.validation.rows[0], splits.validation.len()), (80, 80, 40));
    assert!(splits.warnings.iter().any(|warning| warning.code.meta.code == "QN0926" && !warning.is_error()));
    let error = prepare(&source(120, 40), &DataOptions { test: Some(Part::Count(3)), ..options }).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0912");
}

#[test]
fn an_autoencoder_learns_its_scaled_input() {
    let options = DataOptions { target: Target::Input, scale: Some(Scale::Standard), ..DataOptions::default() };
    let splits = prepare(&source(40, 0), &options).unwrap();
    assert_eq!((splits.train.target_shape(), splits.train.class_counts()), (vec![2], vec![]));
    let (mut features, mut values) = ([0f32; 4], [1f32; 4]);
    splits.train.gather_features(&[3, 1], &mut features);
    splits.train.gather_values(&[3, 1], &mut values);
    assert_eq!(features, values);
    assert_eq!(f64::from(features[2]), f64::from(splits.train.features.get(2) as f32));
}

#[test]
fn real_targets_follow_their_rows() {
    let mut raw = source(40, 0);
    raw.targets = RawTargets::Values { values: (0..80).map(f64::from).collect(), shape: vec![2] };
    let splits = prepare(&raw, &DataOptions { split: Split::InOrder, ..DataOptions::default() }).unwrap();
    assert_eq!(splits.train.rows, (0..24).collect::<Vec<_>>());
    let mut values = [0f64; 2];
    splits.validation.gather_values(&[1], &mut values);
    assert_eq!(values, [50.0, 51.0]);
    raw.targets = RawTargets::None;
    assert!(prepare(&raw, &DataOptions::default()).is_err(), "there is nothing to learn");
}

#[test]
fn thin_parts_are_warned_about() {
    let splits =
        prepare(&source(8, 0), &DataOptions { train: Some(Part::Count(8)), ..DataOptions::default() }).unwrap();
    assert_eq!(splits.warnings.len(), 2, "validation and test are empty");
    let options = DataOptions { train: Some(Part::Count(3)), split: Split::InOrder, ..DataOptions::default() };
    let splits = prepare(&source(20, 0), &options).unwrap();
    assert_eq!(splits.warnings[0].message, "class 3 has no row in the train part");
}

#[test]
fn the_tables_are_the_published_ones() {
    let digests = [
        ("iris", "87f0ef5229d3c2825151152009663887281a6e3e164d35161efdbdfb69951049", [50, 50, 50].as_slice()),
        ("wine", "1ad203a93aba6c47deaa4520cae19651d1b4547750f692e5dd354cc659bc6c12", &[59, 71, 48]),
        ("breast_cancer", "a89eb1744ae2f8247cc4254203e055ba941f4b6858a9d40888f1b7fff5007e52", &[212, 357]),
        (
            "digits",
            "7a93e51f73dadeb4429b4fc0718b334d12864332b906bdf44f9da7599a7e0e01",
            &[178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
        ),
    ];
    for (name, digest, counts) in digests {
        let info = info(name, &DataOptions::default(), &no_dirs()).unwrap();
        assert_eq!((info.digest.as_str(), info.licence.as_str()), (digest, "CC BY 4.0"), "{name}");
        assert_eq!(info.classes.iter().map(|class| class.rows).collect::<Vec<_>>(), counts, "{name}");
        let facts = find(name).unwrap().facts.unwrap();
        assert_eq!(
            (info.rows, info.test_rows, info.feature_shape.as_slice()),
            (facts.rows, facts.test_rows, facts.shape)
        );
        assert!(info.features.iter().all(|feature| feature.min <= feature.mean && feature.mean <= feature.max));
    }
}

#[test]
fn shapes_are_known_before_the_files() {
    let nowhere = DataDirs::resolve(Some(Path::new("no such folder")), None, Path::new(""));
    let describe = |name: &str, options: &DataOptions| describe(name, options, &nowhere).unwrap();
    let plain = describe("mnist", &DataOptions::default());
    assert_eq!((plain.feature_shape, plain.classes, plain.target_shape), (vec![1, 28, 28], Some(10), vec![10]));
    let flat = describe("mnist", &DataOptions { flatten: true, ..DataOptions::default() });
    assert_eq!(flat.feature_shape, vec![784]);
    let options = DataOptions { crop: Some(24), pool: 6, classes: Some(vec![3, 6]), ..DataOptions::default() };
    let small = describe("fashion_mnist", &options);
    assert_eq!((small.feature_shape, small.classes), (vec![1, 4, 4], Some(2)));
    let auto = describe("mnist", &DataOptions { target: Target::Input, ..DataOptions::default() });
    assert_eq!((auto.classes, auto.target_shape), (None, vec![1, 28, 28]));
    assert_eq!(load("mnist", &DataOptions::default(), 1, &nowhere).unwrap_err().code.meta.code, "QN0913");
    for entry in DATASETS.iter().filter(|entry| entry.facts.is_some_and(|facts| facts.test_rows == 0)) {
        let (name, options) = (entry.meta.name, DataOptions::default());
        let (said, splits) = (describe(name, &options), load(name, &options, 1, &nowhere).unwrap());
        assert_eq!(
            (said.feature_shape, said.target_shape),
            (splits.train.feature_shape.clone(), splits.train.target_shape())
        );
    }
}

#[test]
fn names_that_do_not_exist_and_options_that_do_not_fit() {
    let error = load("irs", &DataOptions::default(), 1, &no_dirs()).unwrap_err();
    assert_eq!((error.code.meta.code, error.helps[0].as_str()), ("QN0910", "did you mean `iris`?"));
    let wrong = [
        ("iris", DataOptions { path: Some("a.csv".into()), ..DataOptions::default() }),
        ("wine", DataOptions { target: Target::Columns(vec!["hue".into()]), ..DataOptions::default() }),
        ("csv", DataOptions::default()),
        ("npz", DataOptions { path: Some("a.npz".into()), label: Some("a".into()), ..DataOptions::default() }),
    ];
    for (name, options) in wrong {
        assert_eq!(load(name, &options, 1, &no_dirs()).unwrap_err().code.meta.code, "QN0912", "{name}");
    }
}

#[test]
fn a_table_of_the_users_own() {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..20).map(|i| format!("{i},{},{}\n", i * i, i % 2)).collect();
    std::fs::write(folder.path().join("mine.csv"), format!("a,b,kind\n{lines}")).unwrap();
    let dirs = DataDirs { base: folder.path().into(), ..DataDirs::default() };
    let options = DataOptions { path: Some("mine.csv".into()), ..DataOptions::default() };
    let splits = load("csv", &options, 3, &dirs).unwrap();
    assert_eq!((splits.train.class_counts(), splits.validation.class_counts()), (vec![6, 6], vec![2, 2]));
    assert_eq!(splits.train.features_as::<f32>().len(), 24);
    let said = describe("csv", &options, &dirs).unwrap();
    assert_eq!((said.feature_shape, said.classes), (vec![2], Some(2)));
}

/// The real image sets, where their folder is known: `QNAS_DATA_DIR=folder cargo test`.
#[test]
#[allow(clippy::print_stderr)]
fn the_published_images() {
    if std::env::var_os("QNAS_DATA_DIR").is_none() {
        eprintln!("skipped: QNAS_DATA_DIR is not set");
        return;
    }
    let dirs = DataDirs::from_environment(None, Path::new(""));
    for (name, first) in [("mnist", [5, 0, 4, 1, 9]), ("fashion_mnist", [9, 0, 0, 3, 0])] {
        let entry = find(name).unwrap();
        let raw = (entry.load)(&DataOptions::default(), &dirs).unwrap();
        let RawTargets::Classes { labels, .. } = &raw.targets else { panic!("classes") };
        assert_eq!(labels[..5], first, "{name}");
        let Numbers::U8(pixels) = &raw.values else { panic!("bytes") };
        let training = &pixels[..60000 * 784];
        let mean = training.iter().map(|&x| f64::from(x)).sum::<f64>() / training.len() as f64;
        let variance = training.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / training.len() as f64;
        let (published_mean, published_deviation) = raw.published.unwrap();
        assert!((mean / 255.0 - published_mean).abs() < 1e-4, "{name}: {}", mean / 255.0);
        assert!((variance.sqrt() / 255.0 - published_deviation).abs() < 1e-4, "{name}: {}", variance.sqrt() / 255.0);
        let options = DataOptions { subset: Some(Part::Count(1000)), pool: 4, ..DataOptions::default() };
        let splits = super::prepare(name, &raw, &options, 1).unwrap();
        assert_eq!([splits.train.len(), splits.validation.len(), splits.test.len()], [800, 200, 10000]);
        assert_eq!((splits.train.feature_shape.as_slice(), splits.test.class_counts().len()), ([49].as_slice(), 10));
        assert!(matches!(splits.train.features, Numbers::F32(_)));
        assert!((0..splits.train.features.len()).all(|at| (0.0..=1.0).contains(&splits.train.features.get(at))));
    }
}
