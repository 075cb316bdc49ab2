//! Looking at things: `check`, `fmt`, `ir`, `draw`, `explain`, `list`, `data`.

use super::{FAQNAS, Folder, SMALL, ok, ok_json, qnas, refused, with_input};

#[test]
fn check_ends_with_a_summary() {
    let ran = qnas(&["check", FAQNAS]);
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (0, "", "ok: 1 search, 9 choices, 8640 architectures\n")
    );
    let folder = Folder::new();
    let bad = folder.file("bad.qnas", "model m(x: real[2]) -> real[1] { x |> lineer[1] }\n");
    let ran = qnas(&["check", &bad]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "1 error\n"));
    assert!(ran.out.contains("QN0201") && ran.out.contains("linear"), "{}", ran.out);
    let ran = qnas(&["check", FAQNAS, &bad, "/nowhere.qnas", "--format", "short"]);
    assert_eq!(ran.code, 2, "one file could not be read");
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    assert!(ran.err.contains("bad.qnas: 1 error") && ran.err.contains("nowhere.qnas: not checked"), "{}", ran.err);
    let ran = with_input(&["check", "-"], "model m(x: real[2]) -> real[1] { x |> linear[1] }\n");
    assert_eq!((ran.code, ran.err.as_str()), (0, "ok: 1 model, nothing left open\n"));
}

#[test]
fn warnings_count_only_if_they_are_denied() {
    let folder = Folder::new();
    let file = folder.file("unused.qnas", "model m(x: real[2]) -> real[1] { let n = 3; x |> linear[1] }\n");
    let ran = qnas(&["check", &file]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("QN0209") && ran.err.starts_with("ok, but 1 warning"), "{}", ran.err);
    assert_eq!(qnas(&["check", &file, "--deny-warnings"]).code, 1);
    assert_eq!(ok(&["space", &file]).lines().count(), 3, "other commands stay silent about them");
}

#[test]
fn findings_come_in_four_forms() {
    let folder = Folder::new();
    let bad = folder.file("bad.qnas", "model m(x: real[2]) -> real[1] { x |> lineer[1] }\n");
    let worse = folder.file("worse.qnas", "// one\nmodel m(x: real[2]) -> real[1] { x |> lineer[1] }\n");
    let run = |format| qnas(&["check", &bad, &worse, "--format", format]);
    let json: serde_json::Value = serde_json::from_str(&run("json").out).expect("JSON");
    let text = json.to_string();
    assert!(text.contains("QN0201") && text.contains("worse.qnas"), "{text}");
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif").out).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let line = |at: usize| results[at]["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64();
    assert_eq!((results.len(), line(0), line(1)), (2, Some(1), Some(2)), "each in its own file");
    let short = run("short").out;
    assert!(short.lines().any(|line| line.contains("worse.qnas:2:")), "{short}");
}

#[test]
fn colours_are_asked_for_or_left_out() {
    let folder = Folder::new();
    let bad = folder.file("bad.qnas", "model m(x: real[2]) -> real[1] { x |> lineer[1] }\n");
    assert!(!qnas(&["check", &bad]).out.contains('\u{1b}'), "a pipe is no terminal");
    assert!(qnas(&["check", &bad, "--color", "always"]).out.contains('\u{1b}'));
}

#[test]
fn fmt_writes_whole_files_or_nothing() {
    let folder = Folder::new();
    let ugly = "model m(x:real[2])->real[1]{x|>linear[1]}\n";
    let file = folder.file("ugly.qnas", ugly);
    let ran = qnas(&["fmt", &file, "--check"]);
    assert_eq!((ran.code, ran.out.trim()), (1, file.as_str()));
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), ugly, "--check writes nothing");
    let pretty = ok(&["fmt", &file, "--stdout"]);
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), ugly, "--stdout writes nothing");
    assert!(ok(&["fmt", &file]).is_empty());
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), pretty);
    assert_eq!(qnas(&["fmt", &file, "--check"]).code, 0);
    assert_eq!(with_input(&["fmt", "-"], ugly).out, pretty);
    let broken = "model m(x: real[2] -> {\n";
    let file = folder.file("broken.qnas", broken);
    let error = refused(&["fmt", &file]);
    assert!(error.contains("QN01") && error.contains("1 file left as they were"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), broken);
    assert!(refused(&["fmt", "/nowhere.qnas"]).contains("QN0901"));
}

#[test]
fn every_stage_has_its_forms() {
    let folder = Folder::new();
    let file = folder.file("small.qnas", SMALL);
    for stage in ["ast", "hir", "ir"] {
        let run = |format: &str| ok(&["ir", &file, "--stage", stage, "--sample", "1", "--format", format]);
        assert!(run("text").lines().count() > 10, "{stage}");
        assert!(run("dot").starts_with("digraph"), "{stage}");
        assert!(serde_json::from_str::<serde_json::Value>(&run("json")).expect("JSON").is_object(), "{stage}");
    }
    insta::assert_snapshot!("stage_hir", ok(&["ir", &file, "--stage", "hir"]));
    let ast = ok(&["ir", &file, "--stage", "ast"]);
    assert!(ast.contains("circuit vqc[n](x)") && ast.contains("choose subset"), "{ast}");
    assert!(refused(&["ir", &file]).contains("still open"));
}

#[test]
fn a_drawing_names_choices_and_weights() {
    let args = [
        "draw",
        FAQNAS,
        "--set",
        "n=2",
        "--set",
        "kind=angle_y",
        "--set",
        "vqc.two=cz",
        "--set",
        "vqc.topology=line",
        "--set",
        "vqc.depth=1",
        "--set",
        "vqc.layer.0.rot=rx",
        "--width",
        "80",
    ];
    insta::assert_snapshot!(ok(&args));
    let ascii = ok(&[&args[..], &["--ascii"]].concat());
    assert!(ascii.is_ascii(), "{ascii}");
}

#[test]
fn everything_listed_is_explained() {
    let all = ok_json(&["list", "--format", "json"]);
    for catalogue in all.as_array().expect("catalogues") {
        let name = catalogue["name"].as_str().expect("a name");
        let one = ok_json(&["list", name, "--format", "json"]);
        assert_eq!(&one, catalogue);
        let human = ok(&["list", name]);
        let entries = one["entries"].as_array().expect("entries");
        assert_eq!(human.lines().count(), entries.len() + 1, "{name}");
        // One process each would be slow: the library's own tests look every entry up.
        let first = entries[0]["name"].as_str().expect("a name");
        assert!(ok(&["explain", first]).contains(first), "{name}");
    }
    insta::assert_snapshot!("explain_rzz", ok(&["explain", "rzz"]));
    assert!(ok(&["explain", "qn0301"]).contains("QN0301"));
    assert!(ok(&["explain"]).contains("qubit-order"));
    assert!(ok(&["explain", "std::embed"]).contains("embed"));
    assert!(refused(&["explain", "lineer"]).contains("`linear`"));
    assert!(refused(&["explain", "CNOT"]).contains("`cx`"));
    assert_eq!(ok_json(&["explain", "cx", "--format", "json"])[0]["kind"], "gate");
}

#[test]
fn every_declared_code_is_explained() {
    fn walk(folder: &std::path::Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                for line in text.lines().filter(|line| line.trim_start().starts_with("pub ")) {
                    let code = line.split("= (\"QN").nth(1).and_then(|rest| rest.get(..4));
                    out.extend(code.map(|digits| format!("QN{digits}")));
                }
            }
        }
    }
    let mut declared = Vec::new();
    walk(std::path::Path::new("src"), &mut declared);
    assert!(declared.len() > 100, "{}", declared.len());
    let known: Vec<&str> = qnas::driver::listing::codes().iter().map(|code| code.meta.code).collect();
    let forgotten: Vec<&String> = declared.iter().filter(|code| !known.contains(&code.as_str())).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}

#[test]
fn data_sets_are_listed_and_described() {
    let list = ok(&["data", "list"]);
    assert!(list.contains("iris") && list.contains("fashion_mnist"), "{list}");
    let info = ok_json(&[
        "data",
        "info",
        "iris",
        "train=0.6",
        "validation=0.2",
        "test=0.2",
        "classes=[0, 2]",
        "--format",
        "json",
    ]);
    assert_eq!((&info["train"], &info["validation"], &info["test"]), (&60.into(), &20.into(), &20.into()));
    assert_eq!(info["classes"], 2);
    assert!(ok(&["data", "info", "wine"]).contains("13"));
    let folder = Folder::new();
    let csv = folder.file("my.csv", "a,b,label\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n2,1,0\n4,3,1\n");
    assert!(
        ok(&["data", "info", "csv", &format!("path={csv}"), "train=2", "validation=2", "test=2"]).contains("real[2]")
    );
    for (args, said) in [
        (["data", "info", "irs"].as_slice(), "did you mean `iris`"),
        (&["data", "info", "iris", "training=0.6"], "did you mean `train`"),
        (&["data", "info", "iris", "train"], "is not `option=value`"),
        (&["data", "info", "iris", "train=1 +"], "cannot be understood"),
        (&["data", "info", "mnist", "--data-dir", "/nowhere"], "QN0913"),
    ] {
        let error = refused(args);
        assert!(error.contains(said), "{args:?}\n{error}");
    }
}

const WASTEFUL: &str = "circuit c() -> real[2] { qubit[2] q; z q[0]; h q[1]; h q[1]; ry(weight) q[0]; ry(weight) q[0]; cx q[0], q[1]; \
    rz(weight) q; expect(Z(q)) }\n";

#[test]
fn passes_are_shown_step_by_step() {
    let folder = Folder::new();
    let file = folder.file("wasteful.qnas", WASTEFUL);
    let plain = ok(&["ir", &file]);
    assert_eq!(ok(&["ir", &file, "--passes", "none"]), plain);
    let end = ok(&["ir", &file, "--passes", "default"]);
    assert!(end.lines().count() < plain.lines().count(), "{end}");
    let steps = ok(&["ir", &file, "--passes", "default", "--print-after", "all"]);
    assert!(steps.starts_with("// after ") && steps.ends_with(&format!("// at the end\n{end}")), "{steps}");
    let merged = ok(&["ir", &file, "--passes", "default", "--print-after", "merge-rotations"]);
    assert_eq!(merged.matches("// after merge-rotations\n").count(), 1, "{merged}");
    assert_eq!(merged.matches("// after ").count(), 1, "{merged}");
    let json =
        ok_json(&["ir", &file, "--passes", "merge-rotations,drop-unread", "--print-after", "all", "--format", "json"]);
    assert_eq!(json["steps"].as_array().map(Vec::len), Some(2), "{json}");
    assert_eq!(json["steps"][1]["graph"], json["graph"]);
    assert!(refused(&["ir", &file, "--passes", "merge-rotation"]).contains("`merge-rotations`"));
    assert!(refused(&["ir", &file, "--passes", "default", "--print-after", "nothing"]).contains("nothing"));
    assert!(refused(&["ir", &file, "--passes", "default", "--stage", "hir"]).contains("--stage"));
}

#[test]
fn optimize_says_what_each_pass_saved() {
    let folder = Folder::new();
    let file = folder.file("wasteful.qnas", WASTEFUL);
    insta::assert_snapshot!("optimize", ok(&["optimize", &file]));
    let json = ok_json(&["optimize", &file, "--format", "json"]);
    let number = |part: &serde_json::Value, key: &str| part[key].as_u64().expect("a number");
    for key in ["gates", "two_qubit_count", "depth", "weights"] {
        let saved: u64 =
            json["passes"].as_array().expect("a list").iter().map(|pass| number(&pass["saved"], key)).sum();
        assert_eq!(number(&json["before"], key) - saved, number(&json["after"], key), "{key}");
    }
    assert_eq!((number(&json["before"], "gates"), number(&json["after"], "gates")), (8, 2));
    for form in ["text", "json", "dot"] {
        let emitted = ok(&["optimize", &file, "--emit", form]);
        assert_eq!(emitted, ok(&["ir", &file, "--passes", "default", "--format", form]), "{form}");
    }
    assert!(ok(&["optimize", &file, "--passes", "none"]).contains("no pass was asked for"));
    // The outputs stay what they are.
    let folder = Folder::new();
    let space = folder.file("small.qnas", SMALL);
    let sampled = ok_json(&["optimize", &space, "--sample", "3", "--passes", "thorough", "--format", "json"]);
    assert!(number(&sampled["after"], "gates") <= number(&sampled["before"], "gates"));
    assert!(refused(&["optimize", &space]).contains("still open"));
}
