#!/usr/bin/env python3
"""Transpilation side by side with Qiskit's levels 1 to 3, as a Markdown table.

    python3 benches/transpile/compare.py --venv DIR [--qnas PATH] [--seeds N] [--quick]

DIR is a folder outside the repository where a virtual environment with the pinned packages is made (or found). Without a network or without
Qiskit the script says so and ends with 0. The circuits are ansatzes: layers of open `ry` and an entangler, then `ry`; both tools get
them with every angle open. Two-qubit gates and depth are medians over the seeds, times the fastest of all runs; ours is `qnas transpile --time`, so both
leave out starting up and reading the program.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import environment  # noqa: E402

PINNED = ["qiskit==2.6.2"]

FALCON_27 = (
    "0-1 1-2 1-4 2-3 3-5 4-7 5-8 6-7 7-10 8-9 8-11 10-12 11-14 12-13 12-15 13-14 14-16 15-18 16-19 17-18 18-21 19-20 "
    "19-22 21-23 22-25 23-24 24-25 25-26"
)


def grid(rows, columns):
    at = lambda r, c: r * columns + c
    across = [(at(r, c), at(r, c + 1)) for r in range(rows) for c in range(columns - 1)]
    return across + [(at(r, c), at(r + 1, c)) for r in range(rows - 1) for c in range(columns)]


def heron_156():
    edges, start, waiting = [], 0, {}
    for row in range(8):
        edges += [(start + k, start + k + 1) for k in range(15)]
        edges += [(bridge, start + column) for column, bridge in waiting.items()]
        waiting, following = {}, start + 16
        if row < 7:
            for column in range(3 if row % 2 == 0 else 1, 16, 4):
                edges.append((start + column, following))
                waiting[column] = following
                following += 1
        start = following
    return edges


DEVICES = {
    "ibm_falcon_27": ([tuple(map(int, e.split("-"))) for e in FALCON_27.split()], ["rz", "sx", "x", "cx"]),
    "ibm_heron_156": (heron_156(), ["rz", "sx", "x", "cz"]),
    "ibm_nighthawk_120": (grid(12, 10), ["rz", "sx", "x", "cz"]),
}

# name, qubits, layers, entangler, device
CASES = [
    ("ring", 20, 4, "cx", "ibm_falcon_27"),
    ("ring of range 2", 20, 4, "cx", "ibm_falcon_27"),
    ("full", 20, 4, "cx", "ibm_falcon_27"),
    ("brick", 20, 4, "cx", "ibm_falcon_27"),
    ("ring", 19, 4, "cx", "ibm_falcon_27"),
    ("ring", 20, 4, "rzz", "ibm_falcon_27"),
    ("ring of range 2", 24, 6, "cz", "ibm_falcon_27"),
    ("full", 12, 4, "cx", "ibm_falcon_27"),
    ("full", 12, 4, "rzz", "ibm_falcon_27"),
    ("ring of range 2", 20, 4, "cx", "ibm_heron_156"),
    ("full", 20, 4, "cz", "ibm_heron_156"),
    ("ring", 31, 6, "cx", "ibm_heron_156"),
    ("ring of range 2", 20, 4, "cx", "ibm_nighthawk_120"),
    ("full", 16, 4, "cx", "ibm_nighthawk_120"),
]


def pairs(kind, n):
    if kind.startswith("ring"):
        step = int(kind.split()[-1]) if kind[-1].isdigit() else 1
        return [(i, (i + step) % n) for i in range(n)]
    if kind == "full":
        return [(i, j) for i in range(n) for j in range(i + 1, n)]
    return [(i, i + 1) for i in range(0, n - 1, 2)] + [(i, i + 1) for i in range(1, n - 1, 2)]


def program(kind, n, layers, two, device):
    gates = []
    for layer in range(layers):
        gates.append(f"    ry(weight[{n}]) q;")
        for a, b in pairs(kind, n):
            angle = "(weight)" if two == "rzz" else ""
            gates.append(f"    {two}{angle} q[{a}], q[{b}];")
    gates.append(f"    ry(weight[{n}]) q;")
    body = "\n".join(gates)
    return f"circuit ansatz() -> real {{\n    qubit[{n}] q;\n{body}\n    expect(Z(q[0]))\n}}\n"


def ours(qnas, text, device, seeds, trials):
    rows, best = [], float("inf")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ansatz.qnas")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        for seed in range(seeds):
            command = [qnas, "transpile", path, "--device", device, "--seed", str(seed), "--format", "json", "--time", "5"]
            if trials:
                command += ["--trials", str(trials)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            best = min(best, float(run.stderr.split("transpiled in")[1].split()[0]))
            circuit = json.loads(run.stdout)["circuits"][0]
            rows.append((circuit["two_qubit"], circuit["depth"]))
    return statistics.median(r[0] for r in rows), statistics.median(r[1] for r in rows), best


def theirs(kind, n, layers, two, device, level, seeds):
    from qiskit import QuantumCircuit, transpile
    from qiskit.circuit import ParameterVector
    from qiskit.transpiler import CouplingMap

    edges, basis = DEVICES[device]
    count = (layers + 1) * n + (layers * len(pairs(kind, n)) if two == "rzz" else 0)
    angles = iter(ParameterVector("t", count))
    circuit = QuantumCircuit(n)
    for _ in range(layers):
        for q in range(n):
            circuit.ry(next(angles), q)
        for a, b in pairs(kind, n):
            circuit.rzz(next(angles), a, b) if two == "rzz" else getattr(circuit, two)(a, b)
    for q in range(n):
        circuit.ry(next(angles), q)
    coupling = CouplingMap([pair for a, b in edges for pair in ((a, b), (b, a))])
    rows, best = [], float("inf")
    for seed in range(seeds):
        start = time.perf_counter()
        out = transpile(
            circuit, coupling_map=coupling, basis_gates=basis, optimization_level=level, seed_transpiler=seed
        )
        best = min(best, (time.perf_counter() - start) * 1e3)
        rows.append((sum(len(step.qubits) == 2 for step in out.data), out.depth()))
    return statistics.median(r[0] for r in rows), statistics.median(r[1] for r in rows), best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", required=True, help="folder of the virtual environment, outside the repository")
    parser.add_argument("--qnas", default="target/release/qnas")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trials", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="level 3 alone")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside:
        environment.enter(__file__, args.venv, "qiskit", PINNED)
    levels = [3] if args.quick else [1, 2, 3]
    heads = ["circuit", "device", "qnas 2q", "depth", "ms"] + [h for l in levels for h in (f"level {l} 2q", "depth", "ms")]
    print("| " + " | ".join(heads) + " |\n|" + "|".join(["---", "---"] + ["---:"] * (len(heads) - 2)) + "|", flush=True)
    for kind, n, layers, two, device in CASES:
        cells = [f"{kind}, {n} qubits, {layers} layers, `{two}`", device]
        found = ours(args.qnas, program(kind, n, layers, two, device), device, args.seeds, args.trials)
        cells += [f"{found[0]:g}", f"{found[1]:g}", f"{found[2]:.1f}"]
        for level in levels:
            row = theirs(kind, n, layers, two, device, level, args.seeds)
            cells += [f"{row[0]:g}", f"{row[1]:g}", f"{row[2]:.1f}"]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
