//! Spaces against brute force: counts, sampling, enumeration, decoding, paths, on many small programs.
//!
//! The brute force knows nothing of memory or liveness: it decodes with every possible sequence of draws, one by one.

use num_bigint::BigUint;
use qnas::driver::compiler::compile_text;
use qnas::driver::data::DataDirs;
use qnas::hir::space::TemplateSpace;
use qnas::hir::template::Template;
use qnas::hir::{Assignment, Domain, Gene, Space, Value};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// The template of a program's only model or search.
fn template(text: &str) -> Template {
    let compiled = compile_text("test.qnas", text, None, &DataDirs::default());
    let shown = qnas::diag::render::human(&compiled.checked.diagnostics, &compiled.sources, &Default::default());
    assert!(!compiled.checked.has_errors(), "{shown}");
    let checked = compiled.checked;
    checked.searches.into_iter().map(|s| s.template).chain(checked.models).next().expect("a template")
}

/// All values of a domain, written out.
fn values(domain: &Domain) -> Vec<Value> {
    match domain {
        Domain::Ints { start, step, count } => (0..*count as i64).map(|k| Value::Int(start + k * step)).collect(),
        Domain::Values(values) => values.clone(),
        Domain::Real { low, .. } => vec![Value::Real(*low)],
        Domain::Subset { of, min, max, ordered } => subsets(*of, *min, *max, *ordered),
    }
}

fn subsets(of: u32, min: u32, max: u32, ordered: bool) -> Vec<Value> {
    let mut out = Vec::new();
    let mut stack: Vec<Vec<u32>> = vec![Vec::new()];
    while let Some(list) = stack.pop() {
        if list.len() as u32 >= min && list.len() as u32 <= max {
            out.push(Value::Subset(list.clone()));
        }
        if (list.len() as u32) < max {
            for next in 0..of {
                let fits = if ordered { !list.contains(&next) } else { list.last().is_none_or(|last| *last < next) };
                if fits {
                    stack.push([list.clone(), vec![next]].concat());
                }
            }
        }
    }
    out
}

/// Every assignment, valid or not, by trying every sequence of draws.
fn brute_force(space: &TemplateSpace<'_>) -> Vec<(Assignment, Vec<Gene>, bool)> {
    let mut out = Vec::new();
    let mut stack: Vec<Vec<usize>> = vec![Vec::new()];
    while let Some(prefix) = stack.pop() {
        let mut drawn = 0;
        let mut open: Option<usize> = None;
        let decoded = space.decode(&Assignment::default(), &mut |gene| {
            let all = values(&gene.domain);
            let at = match prefix.get(drawn) {
                Some(at) => *at,
                None => {
                    open.get_or_insert(all.len());
                    0
                }
            };
            drawn += 1;
            all[at].clone()
        });
        match open {
            Some(count) => stack.extend((0..count).map(|at| [prefix.clone(), vec![at]].concat())),
            None => out.push((decoded.assignment, decoded.genes, decoded.valid)),
        }
    }
    out
}

const PROGRAMS: &[(&str, &str)] = &[
    (
        "independent",
        "model m(x: real[2]) -> real[1] { let a = choose 1..=3; let b = choose 1..=4; x |> linear[a] |> linear[b] |> linear[1] }",
    ),
    (
        "conditional",
        "model m(x: real[2]) -> real[1] { let deep = choose bool; let w = if deep { choose 2..=5 } else { 1 }; x |> linear[w] |> linear[1] }",
    ),
    (
        "loop of choices",
        "circuit c() -> real[2] { qubit[2] q; let d = choose 0..=3; for k in 0..d { let g = choose { rx, ry, rz }; g(weight) q; } expect(Z(q)) }",
    ),
    (
        "requirement",
        "model m(x: real[2]) -> real[1] { let a = choose 1..=6; let b = choose 1..=6; require a * b <= 12; require a != b; x |> linear[a] |> linear[b] |> linear[1] }",
    ),
    (
        "requirement in a loop",
        "circuit c() -> real[2] { qubit[2] q; let n = choose 1..=3; for k in 0..n { let r = choose 1..=4; require r + k <= 4; let t = choose 1..=r; rx(0.1 * r * t) q; } expect(Z(q)) }",
    ),
    (
        "subsets",
        "circuit c() -> real[4] { qubit[4] q; h q; let pairs = choose 1..=2 of [(0, 1), (1, 2), (2, 3)]; for (a, b) in pairs { rzz(weight) q[a], q[b]; } expect(Z(q)) }",
    ),
    (
        "ordered pairs",
        "circuit c() -> real[3] { qubit[3] q; let n = choose 0..=2; for k in 0..n { let (a, b) = choose 2 of q ordered; cx a, b; } expect(Z(q)) }",
    ),
    (
        "labelled statements",
        "circuit c() -> real[3] { qubit[3] q; for s in 0..2 { op: choose { one => { let g = choose { x, h, rx(weight) }; let a = choose q; g a; } two => { let (a, b) = choose 2 of q; cz a, b; } nothing => {} } } expect(Z(q)) }",
    ),
    (
        "list used later",
        "circuit c() -> real[2] { qubit[2] q; let ws = [for k in 0..3 { choose 1..=3 }]; require ws[0] + ws[1] + ws[2] <= 5; for k in 0..3 { rx(0.1 * ws[k]) q; } expect(Z(q)) }",
    ),
    (
        "domain of a domain",
        "model m(x: real[2]) -> real[1] { let a = choose 1..=4; let b = choose 1..=a; let c = choose b..=a step 2; x |> linear[c] |> linear[1] }",
    ),
    (
        "repeated stage",
        "model m(x: real[2]) -> real[1] { let depth = choose 0..=2; x |> for k in 0..depth { let w = choose { 3, 5 }; linear[w] |> relu } |> linear[1] }",
    ),
    (
        "module twice",
        "model half[n = choose 1..=3](x: real[2]) -> real[2] { x |> linear[n] |> linear[2] } model m(x: real[2]) -> real[2] { let f = half; f(f(x)) }",
    ),
    (
        "enum and match",
        "enum Keep { all, odd, none } circuit c() -> real[3] { qubit[3] q; let keep = choose Keep; let r = choose 1..=(if keep == none { 1 } else { 2 }); for i in 0..3 where match keep { all => true, odd => i % 2 == 1, none => false } { cx q[i], q[(i + r) % 3]; } expect(Z(q)) }",
    ),
    (
        "real choices beside",
        "circuit c() -> real[1] { qubit[1] q; let a = choose 0.0..=1.0; let n = choose 1..=2; for k in 0..n { rx(a) q; } expect(Z(q)) }",
    ),
    (
        "nested loops",
        "circuit c() -> real[2] { qubit[2] q; for a in 0..2 { let n = choose 0..=2; for b in 0..n { let g = choose { x, y }; g q[a]; } } expect(Z(q)) }",
    ),
    (
        "filtered loop",
        "circuit c() -> real[3] { qubit[3] q; let odd = choose bool; for i in 0..3 where !odd || i % 2 == 1 { let g = choose { id, h }; g q[i]; } expect(Z(q)) }",
    ),
];

#[test]
fn counts_equal_brute_force() {
    for (name, text) in PROGRAMS {
        let template = template(text);
        let space = TemplateSpace::new(&template);
        let all = brute_force(&space);
        let valid: BTreeSet<String> =
            all.iter().filter(|(_, _, valid)| *valid).map(|(a, _, _)| serde_json::to_string(a).unwrap()).collect();
        assert_eq!(space.reachable(), BigUint::from(valid.len()), "reachable assignments of {name}");
        // Enumeration leaves real choices out.
        let discrete = |json: &String| {
            let mut assignment: Assignment = serde_json::from_str(json).unwrap();
            assignment.0.retain(|_, value| !matches!(value, Value::Real(_)));
            serde_json::to_string(&assignment).unwrap()
        };
        let listed = space.enumerate(100_000).expect("few enough");
        let listed: Vec<String> = listed.iter().map(|a| serde_json::to_string(a).unwrap()).collect();
        let unique: BTreeSet<String> = listed.iter().cloned().collect();
        assert_eq!(listed.len(), unique.len(), "{name} enumerates nothing twice");
        assert_eq!(unique, valid.iter().map(discrete).collect(), "{name} enumerates what exists");
    }
}

#[test]
fn raw_genotypes_are_unions_of_domains() {
    for (name, text) in PROGRAMS {
        let template = template(text);
        let space = TemplateSpace::new(&template);
        let mut unions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        // The unions ignore requirements, and so do all draws of the brute force.
        for (_, genes, _) in brute_force(&space) {
            for gene in genes {
                let entry = unions.entry(gene.path).or_default();
                if !matches!(gene.domain, Domain::Real { .. }) {
                    entry.extend(values(&gene.domain).iter().map(|v| serde_json::to_string(v).unwrap()));
                }
            }
        }
        let expected: BigUint =
            unions.values().filter(|union| !union.is_empty()).map(|union| BigUint::from(union.len())).product();
        let counted = space.genotypes();
        assert!(counted.exact, "{name}");
        assert_eq!(counted.raw, expected, "raw genotypes of {name}: {unions:?}");
        let paths: BTreeSet<&String> = counted.choices.iter().map(|listed| &listed.path).collect();
        assert_eq!(paths, unions.keys().collect(), "paths of {name}");
    }
}

#[test]
fn samples_are_uniform_over_valid_assignments() {
    for (name, text) in PROGRAMS {
        let template = template(text);
        let space = TemplateSpace::new(&template);
        let count = usize::try_from(space.reachable()).unwrap();
        if count > 200 || space.has_real_choices() {
            continue;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let draws = 60 * count;
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..draws {
            let assignment = space.sample(&mut rng).expect("not empty");
            assert!(space.decode(&assignment, &mut |gene| panic!("{name}: {} is missing", gene.path)).valid);
            *seen.entry(serde_json::to_string(&assignment).unwrap()).or_default() += 1;
        }
        assert_eq!(seen.len(), count, "{name} reaches everything");
        let expected = draws as f64 / count as f64;
        let chi2: f64 = seen.values().map(|n| (*n as f64 - expected).powi(2) / expected).sum();
        // Mean count - 1, deviation sqrt(2 (count - 1)): six deviations never happen by chance.
        let freedom = (count - 1) as f64;
        assert!(chi2 < freedom + 6.0 * (2.0 * freedom).sqrt() + 6.0, "{name}: chi2 {chi2} of {freedom}");
    }
}

#[test]
fn huge_spaces_are_counted_and_sampled_exactly() {
    // 30 independent choices of 1..=10 with neighbours different: 10 * 9^29.
    let text = "circuit c() -> real[1] { qubit[1] q; let a = [for k in 0..30 { choose 1..=10 }]; \
                for k in 0..29 { require a[k] != a[k + 1]; } for k in 0..30 { rx(0.1 * a[k]) q; } expect(Z(q)) }";
    let template = template(text);
    let space = TemplateSpace::new(&template);
    assert_eq!(space.genotypes().raw, BigUint::from(10u32).pow(30));
    // Requirements after the loop keep every element alive: the count needs the whole list only pair by pair when the
    // requirement stands with its choices, as here.
    let local = "circuit c() -> real[1] { qubit[1] q; for k in 0..40 { let r = choose 1..=10; require r != k % 10; rx(0.1 * r) q; } expect(Z(q)) }";
    let local = self::template(local);
    let space = TemplateSpace::new(&local);
    // Where k % 10 = 0 nothing is lost: 4 of 40 iterations keep ten values.
    assert_eq!(space.reachable(), BigUint::from(10u32).pow(4) * BigUint::from(9u32).pow(36));
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..20 {
        let assignment = space.sample(&mut rng).expect("not empty");
        assert!(space.decode(&assignment, &mut |_| panic!("complete")).valid);
    }
}

#[test]
fn published_paths() {
    let text = include_str!("../../examples/faqnas.qnas");
    let template = template(text);
    let space = TemplateSpace::new(&template);
    assert_eq!(space.genotypes().raw, BigUint::from(23_328u32));
    assert_eq!(space.reachable(), BigUint::from(8_640u32));
    let paths: Vec<String> = space.genotypes().choices.into_iter().map(|c| c.path).collect();
    let expected = [
        "n",
        "kind",
        "vqc.two",
        "vqc.topology",
        "vqc.depth",
        "vqc.layer.0.rot",
        "vqc.layer.1.rot",
        "vqc.layer.2.rot",
        "vqc.layer.3.rot",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn mutated_assignments_decode_to_valid_ones() {
    for (name, text) in PROGRAMS {
        let template = template(text);
        let space = TemplateSpace::new(&template);
        let all = brute_force(&space);
        let (a, b) = (&all[0].0, &all[all.len() / 2].0);
        // A child takes every other path from either parent; what is missing is drawn.
        let mut child = Assignment::default();
        for (at, path) in a.0.keys().chain(b.0.keys()).enumerate() {
            let from = if at % 2 == 0 { a } else { b };
            if let Some(value) = from.0.get(path) {
                child.0.insert(path.clone(), value.clone());
            }
        }
        let decoded = space.decode(&child, &mut |gene| values(&gene.domain)[0].clone());
        let known: BTreeSet<String> = all.iter().map(|(x, _, _)| serde_json::to_string(x).unwrap()).collect();
        assert!(
            known.contains(&serde_json::to_string(&decoded.assignment).unwrap()),
            "{name}: {:?}",
            decoded.assignment
        );
    }
}
