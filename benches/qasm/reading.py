#!/usr/bin/env python3
"""Reading OpenQASM 2 files of 100,000 gates: ours against Qiskit's compiled reader, as a Markdown table.

    python3 benches/qasm/reading.py --venv DIR [--qnas PATH] [--gates N] [--rounds N]

DIR is a folder outside the repository where a virtual environment with the pinned packages is made (or found). Without a network or without
Qiskit the script says so and ends with 0. Both read the same file from the disk to their own form of the circuit, in a process that is warm:
`qnas import --time 5` says how long the fastest of five readings took, Qiskit's is the fastest of five calls of `qiskit.qasm2.load`. The tools take
turns; shown are medians over the rounds. `whole` is a whole process of ours that reads the file and prints the graph.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import environment  # noqa: E402

PINNED = ["qiskit==2.6.2"]
QUBITS = 20


def pair(rng):
    return "q[%d],q[%d]" % tuple(rng.sample(range(QUBITS), 2))


def one(rng):
    return f"q[{rng.randrange(QUBITS)}]"


KINDS = {
    "`h` alone": lambda rng, k: f"h {one(rng)};",
    "`cx` alone": lambda rng, k: f"cx {pair(rng)};",
    "`cx` and `h`, `x`, `s`, `t`": lambda rng, k: f"cx {pair(rng)};" if k % 2 else f"{rng.choice('hxst')} {one(rng)};",
    "`cx` and `rz` by turns": lambda rng, k: f"cx {pair(rng)};" if k % 2 else f"rz({rng.uniform(-3, 3)!r}) {one(rng)};",
    "rotations, `u3` and `cx`": lambda rng, k: [
        f"{rng.choice(['rx', 'ry', 'rz'])}({rng.uniform(-3, 3)!r}) {one(rng)};",
        f"u3({rng.uniform(-3, 3)!r},pi/{rng.randrange(1, 9)},{rng.uniform(-3, 3)!r}) {one(rng)};",
        f"cx {pair(rng)};",
    ][k % 3],
}


def program(kind, gates):
    rng = random.Random(1)
    lines = ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{QUBITS}];", f"creg c[{QUBITS}];"]
    return "\n".join(lines + [kind(rng, k) for k in range(gates)] + ["measure q -> c;", ""])


def ours(qnas, path):
    run = subprocess.run([qnas, "import", path, "--as", "ir", "--time", "5"], capture_output=True, text=True, check=True)
    start = time.perf_counter()
    subprocess.run([qnas, "import", path, "--as", "ir"], stdout=subprocess.DEVNULL, check=True)
    return float(run.stderr.split("read in")[1].split()[0]), (time.perf_counter() - start) * 1e3


def theirs(path):
    import qiskit.qasm2

    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        qiskit.qasm2.load(path)
        best = min(best, (time.perf_counter() - start) * 1e3)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", required=True, help="folder of the virtual environment, outside the repository")
    parser.add_argument("--qnas", default="target/release/qnas")
    parser.add_argument("--gates", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside:
        environment.enter(__file__, args.venv, "qiskit", PINNED)
    print("| gates | qnas ms | whole ms | Qiskit ms | times faster |\n|---|---:|---:|---:|---:|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, kind in KINDS.items():
            path = os.path.join(folder, "circuit.qasm")
            with open(path, "w", encoding="utf-8") as file:
                file.write(program(kind, args.gates))
            rounds = [(*ours(args.qnas, path), theirs(path)) for _ in range(args.rounds)]
            mine, whole, peer = (statistics.median(row[k] for row in rounds) for k in range(3))
            print(f"| {name} | {mine:.1f} | {whole:.1f} | {peer:.1f} | {peer / mine:.1f} |", flush=True)


if __name__ == "__main__":
    main()
