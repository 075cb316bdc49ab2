#!/usr/bin/env python3
"""Compares `qnas cut` with the automatic cut finder of qiskit-addon-cutting on the same circuits.

Usage: compare.py QNAS_BINARY [--quick] [--only WORD[,WORD]] [--venv FOLDER]

--only takes the circuits whose names hold one of the words, --quick every fifth.

Both get the circuit as written (`--whole`: no light cones, no observables), the same number of qubits per piece, wire
and gate cuts without classical communication. Both times are of the search alone, without starting up: ours as
`qnas cut --time 30` says it, the fastest of thirty since it takes microseconds, theirs of the call of `find_cuts` in a warm interpreter, the
fastest of three (one that takes more than two seconds is not repeated). Prints Markdown. Exit code 1 if an overhead of ours is larger than theirs or a plan is not proved.

The Python packages live in a virtual environment of the script's own. Where they cannot be installed it says so and
ends with code 0, since nothing was measured.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

PACKAGES = ["qiskit==2.6.2", "qiskit-addon-cutting==0.10.0"]


def environment(folder):
    """Runs this script again in a virtual environment that has the packages."""
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    probe = [python, "-c", "import qiskit_addon_cutting"]
    if subprocess.run(probe, stderr=subprocess.DEVNULL).returncode != 0:
        done = subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES])
        if done.returncode != 0:
            print("skipped: qiskit-addon-cutting cannot be installed here")
            sys.exit(0)
    os.execv(python, [python, os.path.abspath(__file__), *sys.argv[1:], "--inside"])


def ring(n, spread, layers):
    """The circuit family of QNAS: three rotations a qubit, `cx` between qubits `spread` apart."""
    gates = []
    for _ in range(layers):
        gates += [(name, [0.3], [q]) for q in range(n) for name in ("rx", "ry", "rz")]
        gates += [("cx", [], [q, (q + spread) % n]) for q in range(n)]
    return gates


def qnas_random(n, layers, rng):
    """A genome of QNAS: a range and a mode (all, odd, even) per layer."""
    gates = []
    for _ in range(layers):
        spread, mode = rng.randrange(1, min(4, n)), rng.choice(["all", "odd", "even"])
        gates += [(name, [0.3], [q]) for q in range(n) for name in ("rx", "ry", "rz")]
        taken = [q for q in range(n) if mode == "all" or (q + 1) % 2 == (mode == "odd")]
        gates += [("cx", [], [q, (q + spread) % n]) for q in taken]
    return gates


def mixed(n, count, rng):
    """Two-qubit gates of several kinds on random pairs, rotations between them."""
    gates = []
    for _ in range(count):
        a, b = rng.sample(range(n), 2)
        name, angles = rng.choice([("cx", []), ("cz", []), ("rzz", [rng.uniform(0.1, 3.0)]), ("swap", []), ("crx", [0.9])])
        gates.append((name, angles, [a, b]))
        gates.append(("rx", [0.4], [rng.randrange(n)]))
    return gates


def brickwork(n, layers):
    """Neighbours on a line, even pairs then odd pairs."""
    gates = []
    for layer in range(layers):
        gates += [("ry", [0.3], [q]) for q in range(n)]
        gates += [("cz", [], [q, q + 1]) for q in range(layer % 2, n - 1, 2)]
    return gates


def tree(n):
    """A binary tree of `cx`, as in tree tensor networks."""
    gates, live = [], list(range(n))
    while len(live) > 1:
        gates += [("ry", [0.2], [q]) for q in live]
        gates += [("cx", [], [a, b]) for a, b in zip(live[::2], live[1::2])]
        live = live[1::2] + (live[-1:] if len(live) % 2 else [])
    return gates


def cases(quick):
    """Name, number of qubits, gates, qubits per piece."""
    rng = random.Random(7)
    out = []
    for n in (6, 8, 10, 12):
        for spread in (1, 2):
            for layers in (1, 2, 3, 4):
                for width in sorted({4, n // 2} - set(range(4))):
                    out.append((f"ring {n}, range {spread}, {layers} layers", n, ring(n, spread, layers), width))
    for k in range(12):
        n, layers = rng.randrange(6, 11), rng.randrange(1, 4)
        out.append((f"QNAS genome {k}: {n} qubits, {layers} layers", n, qnas_random(n, layers, rng), 4))
    for k in range(12):
        n, count = rng.randrange(5, 9), rng.randrange(6, 15)
        out.append((f"mixed {k}: {n} qubits, {count} gates", n, mixed(n, count, rng), rng.randrange(3, 5)))
    for n, layers in ((8, 4), (10, 6), (12, 4)):
        out.append((f"brickwork {n}, {layers} layers", n, brickwork(n, layers), n // 2))
    for n in (8, 12):
        out.append((f"tree {n}", n, tree(n), 4))
    return out[::5] if quick else out


def program(n, gates):
    """The circuit as a `.qnas` file."""
    lines = ["circuit c() -> real[%d] {" % n, f"    qubit[{n}] q;"]
    for name, angles, qubits in gates:
        angle = "(" + ", ".join(map(repr, angles)) + ")" if angles else ""
        lines.append(f"    {name}{angle} " + ", ".join(f"q[{q}]" for q in qubits) + ";")
    return "\n".join(lines + ["    expect(Z(q))", "}", ""])


def ours(binary, n, gates, width):
    with tempfile.NamedTemporaryFile("w", suffix=".qnas", delete=False) as file:
        file.write(program(n, gates))
    command = [binary, "cut", file.name, "--budget", str(width), "--whole", "--format", "json", "--time", "30"]
    ran = subprocess.run(command, capture_output=True, text=True)
    os.unlink(file.name)
    if ran.returncode != 0:
        sys.exit(ran.stderr)
    plan = json.loads(ran.stdout)["plans"][0]
    took = float(ran.stderr.split("planned in")[1].split()[0]) / 1000
    return plan["overhead"][1], plan["proven_optimal"], took


def theirs(n, gates, width):
    from qiskit import QuantumCircuit
    from qiskit_addon_cutting.automated_cut_finding import DeviceConstraints, OptimizationParameters, find_cuts

    circuit = QuantumCircuit(n)
    for name, angles, qubits in gates:
        getattr(circuit, name)(*angles, *qubits)
    settings = OptimizationParameters(seed=111, max_gamma=1e30)
    took = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        try:
            _, found = find_cuts(circuit, settings, DeviceConstraints(qubits_per_subcircuit=width))
            overhead, reached = found["sampling_overhead"], found["minimum_reached"]
        except ValueError as error:
            overhead, reached = None, str(error).splitlines()[0]
        took = min(took, time.perf_counter() - began)
        if took > 2:
            break
    return overhead, reached, took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--venv", default=os.path.join(tempfile.gettempdir(), "qnas-compare-cutting"))
    parser.add_argument("--inside", action="store_true")
    args = parser.parse_args()
    if not args.inside:
        environment(args.venv)
    theirs(2, [("cx", [], [0, 1])], 1)
    print("| circuit | width | overhead, qnas | proved | overhead, Qiskit | proved | qnas | Qiskit | times faster |")
    print("|---|---|---|---|---|---|---|---|---|")
    worse, unproved, ratios = [], [], []
    chosen = [case for case in cases(args.quick) if any(word in case[0] for word in args.only.split(","))]
    for name, n, gates, width in chosen:
        mine, proved, took = ours(args.binary, n, gates, width)
        peer, reached, waited = theirs(n, gates, width)
        ratios.append(waited / took)
        if peer is not None and mine > peer * (1 + 1e-9):
            worse.append(name)
        if not proved:
            unproved.append(name)
        yes = {True: "yes", False: "no"}
        shown = "none found" if peer is None else f"{peer:.4g}"
        print(
            f"| {name} | {width} | {mine:.4g} | {yes[proved]} | {shown} | {yes.get(reached, '-')} | "
            f"{1000 * took:.2f} ms | {1000 * waited:.0f} ms | {waited / took:.0f} |",
            flush=True,
        )
    ratios.sort()
    print(f"\n{len(ratios)} circuits; ours is never larger: {not worse}; proved: {len(ratios) - len(unproved)}; "
          f"times faster: least {ratios[0]:.1f}, median {ratios[len(ratios) // 2]:.0f}, most {ratios[-1]:.0f}")
    print(f"not proved: {unproved}; larger: {worse}")
    sys.exit(1 if worse or unproved else 0)


main()
