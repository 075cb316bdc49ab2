//! `cu3(theta, phi, lambda)`: controlled u3.

use super::u3::U3;

gate! {
    /// `u3(theta, phi, lambda)` on the target where the control is |1>. The `cu3` of the 2017 qelib1.inc leaves out a phase of
    /// `(phi + lambda)/2` on the control, so the definition written to OpenQASM has a name of its own.
    ///
    /// - `cu3(theta, phi, lambda) a, b; = p((lambda + phi)/2) a; p((lambda - phi)/2) b; cx a, b; u(-theta/2, 0, -(phi + lambda)/2) b; cx a, b; u(theta/2, phi, 0) b;`
    /// - `cu3(theta, phi, lambda) a, b; = cp(lambda) a, b; cry(theta) a, b; cp(phi) a, b;`
    pub CU3 = ("cu3", "controlled u3", "Qiskit, qiskit.circuit.library, CU3Gate");
    controls: 1, targets: U3.targets, params: U3.params,
    matrix: U3.matrix,
    derivative: U3.derivative,
    generator: U3.generator,
    inverse: U3.inverse,
    qasm_definition: "gate ctrl_u3(theta, phi, lambda) a, b { u1((lambda + phi)/2) a; u1((lambda - phi)/2) b; cx a, b; u3(-theta/2, 0, -(phi + lambda)/2) b; cx a, b; u3(theta/2, phi, 0) b; }",
}
