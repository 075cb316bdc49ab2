//! What is read means what the specification says.

use super::{apart, columns, read, read_as, region};
use crate::support::dense;
use qnas::ir::{Graph, Readout};
use qnas::math::C64;
use qnas::qasm::library::{QELIB1_2017, QELIB1_WIDER, STDGATES};
use qnas::qasm::{Mode, NoSources, Options, Readouts, Sources, import};
use qnas::source::FileId;

const TWO: &str = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n";
const THREE: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";

fn unitary(graph: &Graph) -> Vec<C64> {
    columns(region(graph), &[], &[])
}

/// Do two programs mean the same, up to a phase?
fn same(a: &str, b: &str) {
    let distance = apart(&unitary(&read(a)), &unitary(&read(b)));
    assert!(distance < 1e-12, "{distance}\n{a}\n{b}");
}

#[test]
fn definitions_of_the_2017_library_are_the_gates() {
    // The library as the paper prints it, read as definitions over U and CX.
    let library = "gate u3(t,p,l) q{U(t,p,l) q;} gate u2(p,l) q{U(pi/2,p,l) q;} gate u1(l) q{U(0,0,l) q;} gate cx c,t{CX c,t;}
        gate x a{u3(pi,0,pi) a;} gate y a{u3(pi,pi/2,pi/2) a;} gate z a{u1(pi) a;} gate h a{u2(0,pi) a;} gate s a{u1(pi/2) a;}
        gate sdg a{u1(-pi/2) a;} gate t a{u1(pi/4) a;} gate tdg a{u1(-pi/4) a;} gate rx(t) a{u3(t,-pi/2,pi/2) a;}
        gate ry(t) a{u3(t,0,0) a;} gate rz(f) a{u1(f) a;} gate cz a,b{h b;cx a,b;h b;} gate cy a,b{sdg b;cx a,b;s b;}
        gate ch a,b{h b;sdg b;cx a,b;h b;t b;cx a,b;t b;h b;s b;x b;s a;}
        gate ccx a,b,c{h c;cx b,c;tdg c;cx a,c;t c;cx b,c;tdg c;cx a,c;t b;t c;h c;cx a,b;t a;tdg b;cx a,b;}
        gate crz(l) a,b{u1(l/2) b;cx a,b;u1(-l/2) b;cx a,b;}
        gate cu1(l) a,b{u1(l/2) a;cx a,b;u1(-l/2) b;cx a,b;u1(l/2) b;}";
    let uses =
        "qreg q[3];h q;u3(0.1,0.2,0.3) q[0];u2(0.4,0.5) q[1];rx(0.6) q[2];ry(0.7) q[0];rz(0.8) q[1];cz q[0],q[1];
        cy q[1],q[2];ch q[2],q[0];ccx q[0],q[2],q[1];crz(0.9) q[0],q[2];cu1(1.1) q[1],q[0];y q[0];t q[1];sdg q[2];";
    same(&format!("OPENQASM 2.0;{library}{uses}"), &format!("{TWO}{uses}"));
}

#[test]
fn all_versions_of_the_libraries() {
    for name in QELIB1_2017.split_whitespace().chain(QELIB1_WIDER.split_whitespace()) {
        let (angles, qubits) = (angles(name), qubits(name));
        let text = format!("{TWO}qreg q[5];\n{name}{angles} {qubits};");
        read(&text);
        let strict = read_as(&text, Mode::Strict);
        assert_eq!(strict.is_ok(), QELIB1_2017.split_whitespace().any(|known| known == name), "{name}");
    }
    for name in STDGATES.split_whitespace() {
        let text = format!("{THREE}qubit[5] q;\n{name}{} {};", angles(name), qubits(name));
        assert!(read_as(&text, Mode::Strict).is_ok(), "{name}");
    }
}

fn angles(name: &str) -> &'static str {
    match name {
        "u3" | "u" | "cu3" => "(0.1,0.2,0.3)",
        "cu" => "(0.1,0.2,0.3,0.4)",
        "u2" => "(0.1,0.2)",
        "u1" | "rx" | "ry" | "rz" | "crz" | "cu1" | "crx" | "cry" | "rxx" | "rzz" | "p" | "cp" | "u0" | "ryy"
        | "rzx" | "phase" | "cphase" => "(0.1)",
        _ => "",
    }
}

fn qubits(name: &str) -> &'static str {
    match name {
        "ccx" | "cswap" | "rccx" => "q[0],q[1],q[2]",
        "rc3x" | "c3x" | "c3sqrtx" => "q[0],q[1],q[2],q[3]",
        "c4x" => "q[0],q[1],q[2],q[3],q[4]",
        "cx" | "cz" | "cy" | "ch" | "crz" | "cu1" | "cu3" | "swap" | "crx" | "cry" | "rxx" | "rzz" | "cp" | "csx"
        | "cu" | "ryy" | "ecr" | "iswap" | "dcx" | "rzx" | "CX" | "cphase" => "q[0],q[1]",
        _ => "q[0]",
    }
}

#[test]
fn modifiers_and_their_order() {
    let h = "h q[0];h q[1];h q[2];";
    let pairs = [
        ("ctrl @ x q[0], q[1];", "cx q[0], q[1];"),
        ("negctrl @ x q[0], q[1];", "x q[0]; cx q[0], q[1]; x q[0];"),
        ("ctrl(2) @ z q[0], q[1], q[2];", "h q[2]; ccx q[0], q[1], q[2]; h q[2];"),
        ("inv @ s q[0];", "sdg q[0];"),
        ("pow(3) @ t q[0];", "t q[0]; t q[0]; t q[0];"),
        ("pow(-2) @ t q[0];", "sdg q[0];"),
        ("pow(0.5) @ x q[0];", "sx q[0];"),
        ("ctrl @ pow(0.5) @ z q[0], q[1];", "cp(pi/2) q[0], q[1];"),
        ("inv @ ctrl @ rx(0.3) q[0], q[1];", "crx(-0.3) q[0], q[1];"),
        ("ctrl @ gphase(0.4) q[0];", "p(0.4) q[0];"),
        ("ctrl @ U(0.1, 0.2, 0.3) q[0], q[1];", "cu(0.1, 0.2, 0.3, 0.05) q[0], q[1];"),
        ("negctrl @ ctrl @ rz(0.5) q[2], q[0], q[1];", "x q[2]; ctrl @ crz(0.5) q[2], q[0], q[1]; x q[2];"),
    ];
    for (a, b) in pairs {
        same(&format!("{THREE}qubit[3] q;{h}{a}"), &format!("{THREE}qubit[3] q;{h}{b}"));
    }
    let own = "gate twice(a) x, y { rx(a/2) y; gphase(a); for int i in [0:1] { cx x, y; } ry(-a) x; }";
    same(
        &format!("{THREE}{own}qubit[3] q;{h}inv @ ctrl @ twice(0.3) q[2], q[0], q[1];"),
        &format!("{THREE}qubit[3] q;{h}cry(0.3) q[2],q[0]; p(-0.3) q[2]; crx(-0.15) q[2],q[1];"),
    );
}

#[test]
fn registers_broadcasts_ranges_aliases_loops_subroutines() {
    same(
        &format!(
            "{THREE}qubit[4] q; h q; cx q[0], q[1:3]; rz(0.3) q[{{0, 2}}]; x q[-1]; let a = q[0:1] ++ q[3]; ry(0.1) a;"
        ),
        &format!(
            "{THREE}qubit[4] q; for uint i in [0:3] {{ h q[i]; }} for int i in {{1, 2, 3}} {{ cx q[0], q[i]; }}
             rz(0.3) q[0]; rz(0.3) q[2]; x q[3]; ry(0.1) q[0]; ry(0.1) q[1]; ry(0.1) q[3];"
        ),
    );
    same(
        &format!(
            "{THREE}const int n = 3; const float a = pi / (2 * n); qubit[n] q;
             def layer(qubit[n] r, float t, int k) {{ for int i in [0:k:n-1] {{ ry(t * (i + 1)) r[i]; }} h r; }}
             layer(q, a, 2); layer(q, -a, 1);"
        ),
        &format!(
            "{THREE}qubit[3] q; ry(pi/6) q[0]; ry(pi/2) q[2]; h q; ry(-pi/6) q[0]; ry(-pi/3) q[1]; ry(-pi/2) q[2]; h q;"
        ),
    );
    same(
        "OPENQASM 2.0;include \"qelib1.inc\";qreg a[2];qreg b[2];h a;cx a,b;cx a[0],b;rx(sin(pi/2)^2+1/2) b[1];",
        &format!("{THREE}qubit[4] q;h q[0];h q[1];cx q[0],q[2];cx q[1],q[3];cx q[0],q[2];cx q[0],q[3];rx(1.5) q[3];"),
    );
    same(&format!("{THREE}h $1; cx $1, $0;"), &format!("{THREE}qubit[2] q; h q[1]; cx q[1], q[0];"));
}

#[test]
fn inputs_stay_open_and_affine() {
    let graph = read(&format!(
        "{THREE}input float[64] a; input angle b; qubit[2] q; rx(2*a - b/4 + pi) q[0]; crz(-(a + 1)*3) q[0], q[1];"
    ));
    let names: Vec<&str> = graph.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let bound = read(&format!(
        "{THREE}qubit[2] q; rx({}) q[0]; crz({}) q[0], q[1];",
        2.0 * 0.3 - 0.7 / 4.0 + std::f64::consts::PI,
        -(0.3 + 1.0) * 3.0
    ));
    assert!(apart(&columns(region(&graph), &[], &[0.3, 0.7]), &unitary(&bound)) < 1e-12);
}

#[test]
fn measured_qubits_are_read_in_the_order_of_their_bits() {
    let order = |text: &str| -> Vec<String> {
        let graph = read(text);
        let shown = |readout: &Readout| match readout {
            Readout::Expectation(sum) => sum.to_string(),
            Readout::Probabilities(qubits) => format!("{qubits:?}"),
        };
        region(&graph).readouts.iter().map(shown).collect()
    };
    assert_eq!(order(&format!("{TWO}qreg q[3];creg c[3];h q;measure q[0]->c[2];measure q[2]->c[0];")), ["Z2", "Z0"]);
    assert_eq!(order(&format!("{THREE}qubit[2] q;bit[2] c;h q;c = measure q;")), ["Z0", "Z1"]);
    assert_eq!(order(&format!("{THREE}qubit[2] q;h q;bit c = measure q[1];")), ["Z1"]);
    assert_eq!(order(&format!("{THREE}qubit[2] q;h q;measure q[1];")), ["Z1"]);
    assert_eq!(order(&format!("{THREE}qubit[2] q;h q;")), ["Z0", "Z1"]);
    let options = Options { readouts: Readouts::Probabilities, ..Options::default() };
    let text = format!("{TWO}qreg q[3];creg c[2];h q;measure q[2]->c[0];measure q[0]->c[1];");
    let imported = import(&text, FileId::default(), "p", &options, &mut NoSources).unwrap();
    assert_eq!(region(&imported.graph).readouts, [Readout::Probabilities(vec![2, 0])]);
}

/// The probability that a qubit is 1.
fn one(graph: &Graph, qubit: u32) -> f64 {
    let state = dense::final_state(region(graph), &[], &[]);
    state.iter().enumerate().filter(|(index, _)| index >> qubit & 1 == 1).map(|(_, a)| a.norm_sqr()).sum()
}

#[test]
fn conditions_on_measured_bits_become_controls() {
    // Teleportation: whatever is sent arrives.
    let text = format!(
        "{TWO}qreg q[3];creg a[1];creg b[1];ry(0.9) q[0];h q[1];cx q[1],q[2];cx q[0],q[1];h q[0];
         measure q[0]->a[0];measure q[1]->b[0];if(b==1) x q[2];if(a==1) z q[2];"
    );
    assert!((one(&read(&text), 2) - 0.45_f64.sin().powi(2)).abs() < 1e-12);
    let text = format!(
        "{THREE}qubit[4] q;bit[3] c;ry(1.0) q[0];ry(2.0) q[1];c[0] = measure q[0];c[1] = measure q[1];
         if (c[0] != c[1] && !c[2]) {{ x q[3]; }} else {{ if (c == 3) x q[2]; }}"
    );
    let (p, r) = (0.5_f64.sin().powi(2), 1.0_f64.sin().powi(2));
    let graph = read(&text);
    assert!((one(&graph, 3) - (p * (1.0 - r) + r * (1.0 - p))).abs() < 1e-12);
    assert!((one(&graph, 2) - p * r).abs() < 1e-12);
    // What is known is decided.
    let decided = read(&format!("{THREE}qubit q;bit c;if (c == 0) {{ x q; }} else {{ h q; }} if (3 > 4) {{ h q; }}"));
    assert_eq!(region(&decided).ops.len(), 1);
}

#[test]
fn a_measurement_before_other_gates_is_read_from_a_copy() {
    // What is measured is gone for interference: h after it gives both outcomes evenly, and the first is still known.
    let text = format!(
        "{THREE}qubit[2] q;bit[3] c;ry(0.9) q[0];c[0] = measure q[0];h q[0];c[1] = measure q[0];if (c[0]) {{ x q[1]; }}
         rx(0.4) q[0];c[2] = measure q[0];"
    );
    let graph = read(&text);
    let read_out: Vec<String> = region(&graph)
        .readouts
        .iter()
        .map(|readout| match readout {
            Readout::Expectation(sum) => sum.to_string(),
            Readout::Probabilities(_) => String::new(),
        })
        .collect();
    assert_eq!(read_out, ["Z2", "Z3", "Z0"]);
    let p = 0.45_f64.sin().powi(2);
    for (qubit, wanted) in [(2, p), (1, p), (3, 0.5), (0, 0.5)] {
        assert!((one(&graph, qubit) - wanted).abs() < 1e-12, "{qubit}");
    }
    let program = qnas::qasm::write(&graph, "a test", &qnas::qasm::WriteOptions::default());
    assert!(program.contains("measured"), "{program}");
}

#[test]
fn resets_of_untouched_and_of_finished_qubits() {
    let graph = read(&format!("{THREE}qubit[2] q;reset q;h q[0];bit c = measure q[0];reset q[0];"));
    assert_eq!(region(&graph).ops.len(), 1);
}

struct Files;

impl Sources for Files {
    fn read(&mut self, name: &str) -> Option<Result<(String, FileId), qnas::diag::Diagnostic>> {
        let text = match name {
            "mine.inc" => "gate mine(a) q { rx(a) q; ry(a) q; }",
            "a.inc" => "include \"b.inc\";",
            "b.inc" => "include \"a.inc\";",
            _ => return None,
        };
        Some(Ok((text.to_owned(), FileId(1))))
    }
}

#[test]
fn files_beside_the_program_are_included() {
    let with = |text: &str| import(text, FileId::default(), "p", &Options::default(), &mut Files);
    let graph = with(&format!("{TWO}include \"mine.inc\";qreg q[1];mine(0.3) q[0];")).unwrap().graph;
    assert_eq!(region(&graph).ops.len(), 2);
    let errors = with(&format!("{TWO}include \"a.inc\";qreg q[1];")).unwrap_err();
    assert_eq!(errors[0].code.meta.code, "QN1003");
}

#[test]
fn modes_differ_in_what_they_forgive() {
    let cases: [(&str, [bool; 3]); 7] = [
        ("OPENQASM 2.0;include \"qelib1.inc\";qreg q[1];h q[0];", [true, true, true]),
        ("qreg q[1];U(0,0,0) q[0];", [false, true, true]),
        ("OPENQASM 2.0;qreg q[1];h q[0];", [false, false, true]),
        ("OPENQASM 2.0;include \"qelib1.inc\";qreg q[1];;h q[0];", [false, true, true]),
        ("OPENQASM 2.0;include \"qelib1.inc\";qubit[1] q;sx q[0];", [false, true, true]),
        ("OPENQASM 3.0;qubit[2] q;cnot q[0],q[1];prx(0.1,0.2) q[0];", [false, false, true]),
        ("OPENQASM 2.0;include \"qelib1.inc\";qreg q[1];qreg q[1];h q[0];", [false, false, true]),
    ];
    for (text, fine) in cases {
        let found = [Mode::Strict, Mode::Normal, Mode::Lenient].map(|mode| read_as(text, mode).is_ok());
        assert_eq!(found, fine, "{text}");
    }
}
