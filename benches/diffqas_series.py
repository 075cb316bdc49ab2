#!/usr/bin/env python3
"""Table II of DiffQAS-QT (Chen et al., arXiv:2505.09653) run again: every row on every series, next to its frozen control.

    cargo build --release
    python3 benches/diffqas_series.py                      # 13 rows, 5 series, seeds 1, 2, 3: about ten minutes
    python3 benches/diffqas_series.py --series bessel      # one series

Every row is a `qnas train` of one candidate or the `qnas search` of their mixture, with and without `--baseline frozen`. What has
been measured stands in --results (JSON lines) and is not run again; the table of docs/results.md is printed at the end. Needs
nothing but Python.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

PATH = "diffqas_window.prob.diffqas_circuit"
SERIES = ["bessel", "shm", "dqc", "narma5", "narma10"]
HEADS = ["Bessel J2", "damped SHM", "delayed quantum control", "NARMA5", "NARMA10"]
# Hadamards, pattern, rotation, in the order of the paper; 0 is the mixture.
CANDIDATES = list(itertools.product(["true", "false"], ["brick", "ring"], ["rx", "ry", "rz"]))
# Table II, mean squared error on the test part.
PAPER = {
    "bessel": [40, 515, 525, 515, 515, 2902, 515, 601, 141, 1391, 216, 7428, 1391],
    "shm": [36, 155, 695, 155, 155, 820, 155, 40, 8873, 154, 157, 32072, 154],
    "dqc": [1710, 715, 1190, 676, 2011, 1111, 2638, 1679, 1723, 956, 1839, 211, 956],
    "narma5": [50, 38, 68, 38, 38, 24, 38, 52, 91, 45, 40, 54, 45],
    "narma10": [117, 95, 103, 95, 95, 98, 95, 120, 81, 125, 121, 140, 125],
}


def command(qnas, series, row, seed, frozen, folder):
    file = f"examples/diffqas_{series}.qnas"
    control = ["--baseline", "frozen"] if frozen else []
    if row == 0:
        strategy = "differentiable(relax: diffqas_circuit, top: [12])"
        run = Path(folder) / f"{series}-{seed}-{frozen}"
        return [qnas, "search", file, "--jobs", "1", "--seed", str(seed), "--strategy", strategy, "--format", "json", "--out", str(run), *control]
    hadamard, pattern, rot = CANDIDATES[row - 1]
    choices = [f"{PATH}.hadamard={hadamard}", f"{PATH}.pattern={pattern}", f"{PATH}.rot={rot}"]
    sets = [word for choice in choices for word in ("--set", choice)]
    return [qnas, "train", file, "--seed", str(seed), "--format", "json", *sets, *control]


def measure(qnas, series, row, seed, frozen):
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(command(qnas, series, row, seed, frozen, folder), capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout)
    return told["measured"][0]["test"]["loss"] if row == 0 else told["parts"]["test"]["loss"]


def millionths(numbers):
    mean = 1e6 * statistics.mean(numbers)
    return f"{mean:.0f} ± {1e6 * statistics.stdev(numbers):.0f}" if len(numbers) > 1 else f"{mean:.0f}"


def name(row):
    if row == 0:
        return "mixture"
    hadamard, pattern, rot = CANDIDATES[row - 1]
    return f"{row} {'H, ' if hadamard == 'true' else ''}{pattern}, {rot}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--qnas", default="target/release/qnas")
    parser.add_argument("--results", default="target/diffqas_series.jsonl", type=Path)
    parser.add_argument("--series", nargs="+", default=SERIES, choices=SERIES)
    parser.add_argument("--seeds", nargs="+", default=[1, 2, 3], type=int)
    parser.add_argument("--trained-only", action="store_true", help="leave the frozen controls out")
    given = parser.parse_args()
    known = {}
    if given.results.exists():
        for line in given.results.read_text().splitlines():
            *key, loss = json.loads(line)
            known[tuple(key)] = loss
    controls = [False] if given.trained_only else [False, True]
    for key in itertools.product(given.series, range(13), given.seeds, controls):
        if key not in known:
            known[key] = measure(given.qnas, *key)
            with given.results.open("a") as results:
                results.write(json.dumps([*key, known[key]]) + "\n")
    heads = [HEADS[SERIES.index(series)] for series in given.series]
    print("| row | " + " | ".join(heads) + " |\n|---|" + "---|" * len(heads))
    for row in range(13):
        cells = []
        for series in given.series:
            of = lambda frozen: [known[series, row, seed, frozen] for seed in given.seeds]
            cells.append(" / ".join([str(PAPER[series][row]), *(millionths(of(frozen)) for frozen in controls)]))
        print(f"| {name(row)} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
