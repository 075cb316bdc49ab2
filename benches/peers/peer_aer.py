"""Qiskit Aer, state vector in both precisions, with its gate fusion."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator


def make(variant, threads, job):
    if job["kind"] != "state":
        raise NotImplementedError
    n, layers, rotations = job["n"], job["layers"], job["rotations"]
    angles = np.asarray(job["params"]).reshape(layers, n, len(rotations))
    circuit = QuantumCircuit(n)
    for layer in range(layers):
        for qubit in range(n):
            for k, name in enumerate(rotations):
                getattr(circuit, name)(float(angles[layer, qubit, k]), qubit)
        for qubit in range(n):
            circuit.cx(qubit, (qubit + 1) % n)
    from qiskit.quantum_info import Pauli

    for qubit in range(n):
        circuit.save_expectation_value(Pauli("Z"), [qubit], label=f"z{qubit}")
    simulator = AerSimulator(
        method="statevector", precision="single" if variant == "c64" else "double", fusion_enable=True,
        max_parallel_threads=threads,
    )
    kept = {}

    def run():
        data = simulator.run(circuit, shots=1).result().data(0)
        kept["outputs"] = [float(data[f"z{qubit}"]) for qubit in range(n)]

    return run, lambda: dict(kept)
