#!/usr/bin/env python3
"""NSGA-II of qnas and of pymoo on the same problems, over seeds: hypervolumes, and whether they differ.

    python3 benches/search/compare.py --seeds 20

Makes a virtual environment with pymoo (or takes `--venv DIR`), builds `benches/search/ours.rs`, runs both, prints Markdown,
and JSON with `--json FILE`.

Problems: ZDT1-3 (30 variables, population 100, 200 generations) and DTLZ2 (12 variables, 3 objectives, population 100, 100
generations), hypervolume of the last population at (1.1, ..); and the FAQNAS space on Iris as a table of all 8,640
architectures, each trained once: 200 evaluations (population 20, 10 generations), loss against the logarithm of the operations,
the share of the best possible hypervolume that everything evaluated reaches.
"""

import argparse
import csv
import gzip
import json
import math
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYMOO = "pymoo==0.6.2"
CORNER = [1.2, 6.0]


def environment(folder):
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    have = subprocess.run([str(python), "-c", "import pymoo"], capture_output=True)
    if have.returncode != 0:
        subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", PYMOO], check=True)
    return python


def ours(seeds):
    command = ["cargo", "run", "--release", "--quiet", "--example", "search_ours", "--", str(seeds)]
    ran = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def theirs(seeds):
    """Runs inside the environment that has pymoo."""
    import numpy as np
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.indicators.hv import HV
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.optimize import minimize
    from pymoo.problems import get_problem

    table = {}
    with gzip.open(ROOT / "tests/data/faqnas_iris.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            key = (int(row["n"]), row["kind"], int(row["depth"]), row["topology"], row["two"], row["rots"])
            table[key] = [float(row["loss"]), math.log10(float(row["flops"]))]
    best = HV(ref_point=np.array(CORNER))(np.array(list(table.values())))

    class Faqnas(ElementwiseProblem):
        """One integer per gene; rotations of layers that do not exist are carried along."""

        def __init__(self):
            low = [2, 0, 1, 0, 0, 0, 0, 0, 0]
            high = [10, 1, 4, 1, 1, 2, 2, 2, 2]
            super().__init__(n_var=9, n_obj=2, xl=low, xu=high, vtype=int)
            self.seen = []

        def _evaluate(self, x, out, *args, **kwargs):
            n, kind, depth, topology, two = (int(value) for value in x[:5])
            rots = "".join("xyz"[int(value)] for value in x[5 : 5 + depth])
            key = (n, ["angle_y", "amplitude"][kind], depth, ["line", "ring"][topology], ["cx", "cz"][two], rots)
            out["F"] = table[key]
            self.seen.append(table[key])

    found = []
    for seed in range(1, seeds + 1):
        for name, generations, options in [
            ("zdt1", 200, {"n_var": 30}),
            ("zdt2", 200, {"n_var": 30}),
            ("zdt3", 200, {"n_var": 30}),
            ("dtlz2", 100, {"n_var": 12, "n_obj": 3}),
        ]:
            problem = get_problem(name, **options)
            result = minimize(problem, NSGA2(pop_size=100), ("n_gen", generations), seed=seed)
            volume = HV(ref_point=np.full(problem.n_obj, 1.1))(result.pop.get("F"))
            found.append({"problem": name, "seed": seed, "evaluations": 100 * generations, "hypervolume": float(volume)})
        problem = Faqnas()
        whole = {"vtype": float, "repair": RoundingRepair()}
        algorithm = NSGA2(
            pop_size=20,
            sampling=IntegerRandomSampling(),
            crossover=SBX(prob=1.0, eta=3.0, **whole),
            mutation=PM(prob=1.0, eta=3.0, **whole),
            eliminate_duplicates=True,
        )
        minimize(problem, algorithm, ("n_gen", 10), seed=seed)
        volume = HV(ref_point=np.array(CORNER))(np.array(problem.seen))
        found.append({"problem": "faqnas", "seed": seed, "evaluations": len(problem.seen), "hypervolume": float(volume / best)})
    return [{"strategy": "pymoo", **one} for one in found]


def markdown(rows):
    """A line per problem: means and deviations, and the probability of such a difference by chance."""
    from scipy.stats import mannwhitneyu
    import numpy as np

    def values(problem, strategy):
        return [row["hypervolume"] for row in rows if row["problem"] == problem and row["strategy"] == strategy]

    def shown(values):
        return f"{np.mean(values):.4f} ± {np.std(values, ddof=1):.4f}" if values else "-"

    print("| problem | evaluations | seeds | `nsga2` | pymoo NSGA2 | p | `random` |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for problem in ["zdt1", "zdt2", "zdt3", "dtlz2", "faqnas"]:
        mine, other, chance = (values(problem, name) for name in ["nsga2", "pymoo", "random"])
        evaluations = max(row["evaluations"] for row in rows if row["problem"] == problem)
        p = mannwhitneyu(mine, other).pvalue
        print(f"| {problem} | {evaluations} | {len(mine)} | {shown(mine)} | {shown(other)} | {p:.2g} | {shown(chance)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--venv", type=Path, default=ROOT / "target" / "pymoo")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        rows = json.loads(args.inside.read_text()) + theirs(args.seeds)
        args.inside.write_text(json.dumps(rows, indent=1))
        markdown(rows)
        return
    python = environment(args.venv)
    target = args.json or ROOT / "target" / "search_compare.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(ours(args.seeds)))
    again = [str(python), os.fspath(Path(__file__).resolve()), "--seeds", str(args.seeds), "--inside", str(target)]
    subprocess.run(again, check=True)


if __name__ == "__main__":
    main()
