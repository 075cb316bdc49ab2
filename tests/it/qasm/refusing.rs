//! Malformed and hostile programs: a clear error at a place, no panic, bounded time and memory.

use super::read_as;
use proptest::prelude::*;
use qnas::qasm::Mode;

const HEAD: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[3] q; bit[3] c;\n";

#[test]
fn every_mistake_has_its_code_and_place() {
    let cases = [
        ("cx q[0] q[1];", "QN1001"),
        ("h q[0]", "QN1001"),
        ("h q[0);", "QN1001"),
        ("gate g a { h a;", "QN1001"),
        ("/* h q[0];", "QN1001"),
        ("include \"x;", "QN1001"),
        ("OPENQASM 3.0;", "QN1001"),
        ("gate g a { measure a; }", "QN1001"),
        ("gate g a { reset a; }", "QN1001"),
        ("include \"nothing.inc\";", "QN1003"),
        ("hadamard q[0];", "QN1004"),
        ("rzz(0.1) q[0], q[1]; foo q;", "QN1004"),
        ("h r[0];", "QN1005"),
        ("rx(alpha) q[0];", "QN1005"),
        ("rx(f(1.0)) q[0];", "QN1005"),
        ("gate g a { h b; }", "QN1005"),
        ("qubit q;", "QN1006"),
        ("gate g a { h a; } gate g a { x a; }", "QN1006"),
        ("gate g a, a { h a; }", "QN1006"),
        ("rx q[0];", "QN1007"),
        ("rx(1, 2) q[0];", "QN1007"),
        ("cx q[0];", "QN1007"),
        ("ctrl @ x q[0];", "QN1007"),
        ("h q[3];", "QN1008"),
        ("h q[-4];", "QN1008"),
        ("qubit[2] r; cx q, r;", "QN1008"),
        ("qubit[0] r;", "QN1008"),
        ("c = measure q[0:1];", "QN1008"),
        ("cx q[0], q[0];", "QN1009"),
        ("cx q, q[1];", "QN1009"),
        ("rx(1/0) q[0];", "QN1010"),
        ("rx(1.0/0) q[0];", "QN1010"),
        ("rx(sqrt(-1)) q[0];", "QN1010"),
        ("rx(ln(0)) q[0];", "QN1010"),
        ("rx(1e999) q[0];", "QN1010"),
        ("rx(99999999999999999999) q[0];", "QN1010"),
        ("rx(9223372036854775807 + 1) q[0];", "QN1010"),
        ("rx(2 ** 64) q[0];", "QN1010"),
        ("for int i in [0:0:3] { h q; }", "QN1010"),
        ("ctrl(0) @ x q[0];", "QN1010"),
        ("input float a; rx(a * a) q[0];", "QN1011"),
        ("input float a; rx(sin(a)) q[0];", "QN1011"),
        ("input float a; rx(1 / a) q[0];", "QN1011"),
        ("input float a; pow(a) @ x q[0];", "QN1011"),
        ("while (true) { h q[0]; }", "QN1012"),
        ("int[32] x = 3;", "QN1012"),
        ("c[0] = measure q[0]; if (c[0]) { x q[0]; }", "QN1012"),
        ("h q[0]; reset q[0]; h q[0];", "QN1012"),
        ("h q[0]; reset q[0]; c[0] = measure q[0];", "QN1012"),
        ("c[0] = measure q[0]; if (c[0]) { c[1] = measure q[1]; }", "QN1012"),
        ("c[0] = measure q[0]; rx(c[0]) q[1];", "QN1012"),
        ("opaque magic a; magic q[0];", "QN1012"),
        ("h $0;", "QN1012"),
        ("rx(100ns) q[0];", "QN1012"),
        ("def f(qubit a) -> bit { }", "QN1012"),
        ("qubit[1000000000000] r;", "QN1014"),
        ("bit[1000000000000] r;", "QN1014"),
        ("for int i in [0:1000000000000] { }", "QN1014"),
        ("gate g a { g a; }", "QN1015"),
        ("rx(q) q[0];", "QN1017"),
        ("h c[0];", "QN1017"),
        ("h q[0.5];", "QN1017"),
        ("input float a; h q[a];", "QN1017"),
    ];
    for (text, code) in cases {
        let errors = read_as(&format!("{HEAD}{text}"), Mode::Normal).expect_err(text);
        let found: Vec<&str> = errors.iter().map(|error| error.code.meta.code).collect();
        assert_eq!(found, [code], "{text}: {}", errors[0].message);
        let span = errors[0].primary.expect("a place");
        assert!(span.end as usize <= HEAD.len() + text.len() && span.start <= span.end, "{text}");
        assert!(span.start as usize >= HEAD.len() || code == "QN1009", "{text}: {span:?}");
    }
    for (text, code) in
        [("OPENQASM 4.0;", "QN1002"), ("OPENQASM x;", "QN1002"), ("", "QN1008"), ("OPENQASM 3.0;", "QN1008")]
    {
        assert_eq!(read_as(text, Mode::Normal).unwrap_err()[0].code.meta.code, code, "{text}");
    }
}

#[test]
fn all_mistakes_of_a_program_are_told_at_once() {
    let errors = read_as(&format!("{HEAD}h q[5];\ncx q[0], q[0];\nfoo q[1];\nh q[1];\n"), Mode::Normal).unwrap_err();
    let found: Vec<&str> = errors.iter().map(|error| error.code.meta.code).collect();
    assert_eq!(found, ["QN1008", "QN1009", "QN1004"]);
    let errors = read_as(&format!("{HEAD}h q[0;\nx x x;\nh q[1];\n"), Mode::Normal).unwrap_err();
    assert_eq!(errors.len(), 2);
    let many = read_as(&format!("{HEAD}{}", "h q[9];\n".repeat(5000)), Mode::Normal).unwrap_err();
    assert!(many.len() <= 20);
}

#[test]
fn bombs_are_defused() {
    let deep = 100_000;
    let bombs = [
        format!("rx({}1{}) q[0];", "(".repeat(deep), ")".repeat(deep)),
        format!("rx({}1) q[0];", "-".repeat(deep)),
        format!("rx({}) q[0];", vec!["2"; deep].join("**")),
        format!("input float a; rx({}) q[0];", vec!["a"; deep].join("+")),
        "{".repeat(deep),
        format!("{} h q; {}", "if (true) {".repeat(deep), "}".repeat(deep)),
        format!("{} h q[0];", "if (true) ".repeat(deep)),
        format!("{}x {};", "ctrl @ ".repeat(deep), "q[0]"),
        format!(
            "gate g0 a {{ x a; }} {} g40 q[0];",
            (1..=40).map(|k| format!("gate g{k} a {{ g{0} a; g{0} a; }}", k - 1)).collect::<String>()
        ),
        format!(
            "gate g0 a {{ }} {} g60 q[0];",
            (1..=60).map(|k| format!("gate g{k} a {{ g{0} a; g{0} a; }}", k - 1)).collect::<String>()
        ),
        format!(
            "gate g0 a {{ x a; }} {} g500 q[0];",
            (1..=500).map(|k| format!("gate g{k} a {{ g{} a; }}", k - 1)).collect::<String>()
        ),
        "pow(1000000000000) @ x q[0];".to_owned(),
        "pow(1e300) @ x q[0];".to_owned(),
        "for int i in [0:9223372036854775807] { h q[0]; }".to_owned(),
        "for int i in [0:99999] { for int j in [0:99999] { } }".to_owned(),
        "def f(qubit a) { f(a); } f(q[0]);".to_owned(),
        format!("h q[0{}];", "]".repeat(deep)),
    ];
    for bomb in &bombs {
        let errors = read_as(&format!("{HEAD}{bomb}"), Mode::Normal).err();
        let shown: String = bomb.chars().take(60).collect();
        assert!(errors.is_some_and(|errors| !errors.is_empty()), "{shown}");
    }
}

const SEEDS: [&str; 3] = [
    "OPENQASM 2.0;\ninclude \"qelib1.inc\";\ngate g(a,b) x,y { rx(a/2) x; barrier x,y; cx x,y; }\nqreg q[3];\ncreg c[3];\nh q;\n\
     g(pi/2,-1e-3) q[0],q[1];\nmeasure q[0] -> c[0];\nif(c==1) x q[2];\n",
    "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ninput float[64] a;\nconst int n = 3;\nqubit[n] q;\nbit[n] c;\n\
     def f(qubit[n] r, angle t) { for int i in [0:n-1] { rz(t*i) r[i]; } }\nf(q, 2*a);\nctrl(2) @ negctrl @ pow(0.5) @ x q[0], q[1], q[2], q[0];\n",
    "let a = q[0:2] ++ r[{1,2}]; gphase(π/3); inv @ ctrl @ U(1,2,3) $0, $1; if (c[0] && !c[1]) { x q; } else { reset q; }\n",
];

proptest! {
    #![proptest_config(crate::support::arbitrary::config(600))]

    #[test]
    fn nothing_panics(seed in 0..SEEDS.len(), edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..40_usize, 0..12_usize), 1..6)) {
        const PARTS: [&str; 40] = [
            "", " ", ";", "(", ")", "[", "]", "{", "}", ",", "@", "->", "=", "==", "\"", "'", "/*", "//", "$9", "$", "π", "\u{0}", "☃",
            "9999999999999999999", "1e9", "-", "**", "++", "gate", "qubit[2]", "for", "if", "measure", "ctrl @", "pow(2) @", "q", "include",
            "0x", "1ns", "def",
        ];
        let mut text = SEEDS[seed].to_owned();
        for (at, part, cut) in edits {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.floor_char_boundary((start + cut).min(text.len())).max(start);
            text.replace_range(start..end, PARTS[part]);
        }
        for mode in [Mode::Strict, Mode::Normal, Mode::Lenient] {
            if let Err(errors) = read_as(&text, mode) {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    let span = error.primary.unwrap_or_default();
                    prop_assert!(text.get(span.range()).is_some(), "{text}\n{}", error.message);
                }
            }
        }
    }
}
