OPENQASM 3.0;
// A layered ansatz of four qubits with one open angle; read it with
//
//     qnas import examples/circuit.qasm --weights
//     qnas cost examples/circuit.qasm
include "stdgates.inc";
input float[64] scale;
gate link(theta) a, b { cx a, b; rz(theta) b; cx a, b; }
qubit[4] q;
bit[4] c;
h q;
for int layer in [0:2] {
  ry(0.3) q[0];
  ry(0.4) q[1];
  ry(0.5) q[2];
  ry(0.6) q[3];
  for int i in [0:2] { link(2*scale) q[i], q[i + 1]; }
}
c = measure q;
