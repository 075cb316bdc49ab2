"""Qulacs in double precision: back-propagation sample by sample; large states gate by gate and with its fusion."""

import numpy as np
import steps
from qulacs import GeneralQuantumOperator, Observable, ParametricQuantumCircuit, QuantumCircuit, QuantumState


def z(n, qubit):
    observable = Observable(n)
    observable.add_operator(1.0, f"Z {qubit}")
    return observable


class Model:
    """The classical part is NumPy; Qulacs turns the other way round, so its angles are negative."""

    def __init__(self, job):
        n, layers = job["n"], job["layers"]
        self.n = n
        self.params = [array.astype(np.float64) for array in steps.split(job)]
        self.moments = [[np.zeros_like(array), np.zeros_like(array)] for array in self.params]
        self.lr, self.t = job["lr"], 0
        self.circuit = ParametricQuantumCircuit(n)
        for qubit in range(n):
            self.circuit.add_parametric_RY_gate(qubit, 0.0)
        for _ in range(layers):
            for qubit in range(n):
                self.circuit.add_parametric_RX_gate(qubit, 0.0)
                self.circuit.add_parametric_RY_gate(qubit, 0.0)
                self.circuit.add_parametric_RZ_gate(qubit, 0.0)
            for qubit in range(n):
                self.circuit.add_CNOT_gate(qubit, (qubit + 1) % n)
        self.state = QuantumState(n)
        self.z = [z(n, qubit) for qubit in range(n)]
        self.array = self.labels = lambda values: values

    def forward(self, x):
        w1, b1, _, w2, b2 = self.params
        data = x @ w1.T + b1
        out = np.empty((len(x), self.n))
        for row, angles in enumerate(data):
            for qubit, angle in enumerate(angles):
                self.circuit.set_parameter(qubit, -angle)
            self.state.set_zero_state()
            self.circuit.update_quantum_state(self.state)
            out[row] = [observable.get_expectation_value(self.state) for observable in self.z]
        return data, out

    def set_angles(self):
        for k, angle in enumerate(self.params[2].reshape(-1)):
            self.circuit.set_parameter(self.n + k, -angle)

    def loss(self, x, y):
        self.set_angles()
        logits = self.forward(x)[1] @ self.params[3].T + self.params[4]
        return np.mean(np.log(np.exp(logits).sum(-1)) - logits[np.arange(len(y)), y])

    def gradient(self, x, y):
        _, _, angles, w2, b2 = self.params
        self.set_angles()
        data, out = self.forward(x)
        logits = out @ w2.T + b2
        e = np.exp(logits - logits.max(-1, keepdims=True))
        p = e / e.sum(-1, keepdims=True)
        rows = np.arange(len(y))
        loss = -np.mean(np.log(p[rows, y]))
        p[rows, y] -= 1
        p /= len(y)
        upstream = p @ w2
        d_data, d_angles = np.empty_like(data), np.zeros(angles.size)
        for row in rows:
            observable = GeneralQuantumOperator(self.n)
            for qubit in range(self.n):
                self.circuit.set_parameter(qubit, -data[row, qubit])
                observable.add_operator(upstream[row, qubit], f"Z {qubit}")
            back = -np.asarray(self.circuit.backprop(observable))
            d_data[row] = back[:self.n]
            d_angles += back[self.n:]
        return loss, [d_data.T @ x, d_data.sum(0), d_angles.reshape(angles.shape), p.T @ out, p.sum(0)]

    def values(self, x, y):
        loss, gradient = self.gradient(x, y)
        return float(loss), steps.flat(gradient)

    def step(self, x, y):
        self.t += 1
        for param, (m, v), g in zip(self.params, self.moments, self.gradient(x, y)[1]):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            param -= self.lr * (m / (1 - 0.9**self.t)) / (np.sqrt(v / (1 - 0.999**self.t)) + 1e-8)


def large(job, fused):
    n, layers, rotations = job["n"], job["layers"], job["rotations"]
    angles = -np.asarray(job["params"]).reshape(layers, n, len(rotations))
    kept = {}
    parametric = job["kind"] == "gradient"
    circuit = ParametricQuantumCircuit(n) if parametric else QuantumCircuit(n)
    prefix = "add_parametric_" if parametric else "add_"
    for layer in range(layers):
        for qubit in range(n):
            for k, name in enumerate(rotations):
                getattr(circuit, f"{prefix}{name.upper()}_gate")(qubit, float(angles[layer, qubit, k]))
        for qubit in range(n):
            circuit.add_CNOT_gate(qubit, (qubit + 1) % n)
    state = QuantumState(n)
    observables = [z(n, qubit) for qubit in range(n)]
    total = GeneralQuantumOperator(n)
    for qubit in range(n):
        total.add_operator(1.0, f"Z {qubit}")
    if fused:
        from qulacs.circuit import QuantumCircuitOptimizer

        QuantumCircuitOptimizer().optimize(circuit, 4)

    def run():
        if parametric:
            kept["gradient"] = [-float(value) for value in circuit.backprop(total)]
        else:
            state.set_zero_state()
            circuit.update_quantum_state(state)
            kept["outputs"] = [observable.get_expectation_value(state) for observable in observables]

    return run, lambda: dict(kept)


def make(variant, threads, job):
    if job["kind"] in ("state", "gradient"):
        if variant == "fused" and job["kind"] == "gradient":
            raise NotImplementedError
        return large(job, variant == "fused")
    if variant == "fused":
        raise NotImplementedError
    return steps.run(Model, job)
