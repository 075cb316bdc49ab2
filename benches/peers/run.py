#!/usr/bin/env python3
"""Compares our training steps, large states and whole candidates with other simulators, in one run.

    python3 benches/peers/run.py

makes a virtual environment of pinned packages outside the repository, builds our side, checks that everybody computes the
same numbers, then lets peers and our side run in turn, several rounds, and prints medians and ratios as Markdown (and JSON
with --json). A package that cannot be installed, or does not do a workload, is left out with a message.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
import jobs  # noqa: E402

# Installed one line after another; a line that fails costs only the peers that need it.
PACKAGES = [
    ["numpy==2.4.6", "scipy==1.17.1"],
    ["jax==0.10.2", "optax==0.2.8"],
    ["pennylane==0.45.1", "pennylane-lightning==0.45.0"],
    ["qulacs==0.6.14"],
    ["tensorcircuit-ng==1.10.0"],
    ["qiskit-aer==0.18.2"],
    ["scikit-learn"],
    ["torch==2.15.0"],
    ["torchquantum==0.1.8", "--no-deps"],
]

# Name, module, variant, kinds of jobs.
PEERS = [
    ("JAX, gate by gate", "peer_jax", "gates", "step candidate"),
    ("JAX, four qubits at a time", "peer_jax", "four", "step"),
    ("JAX, whole unitary", "peer_jax", "unitary", "step"),
    ("PyTorch, gate by gate", "peer_torch", "gates", "step candidate"),
    ("PyTorch, four qubits at a time", "peer_torch", "four", "step candidate"),
    ("PyTorch, whole unitary", "peer_torch", "unitary", "step candidate"),
    ("TensorCircuit on JAX", "peer_tensorcircuit", "", "step"),
    ("PennyLane default.qubit on JAX", "peer_pennylane", "jax", "step"),
    ("PennyLane lightning, adjoint", "peer_pennylane", "adjoint", "step candidate"),
    ("Qulacs", "peer_qulacs", "", "step candidate state gradient"),
    ("TorchQuantum", "peer_torchquantum", "", "step candidate"),
    ("lightning c64", "peer_pennylane", "c64", "state gradient"),
    ("lightning c128", "peer_pennylane", "c128", "state gradient"),
    ("Qulacs, fused", "peer_qulacs", "fused", "state"),
    ("Qiskit Aer c64", "peer_aer", "c64", "state"),
    ("Qiskit Aer c128", "peer_aer", "c128", "state"),
]
TOLERANCE = 1e-5


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def install(venv):
    """Makes the environment; every line of packages once."""
    python = venv / "bin" / "python"
    if not python.exists():
        say(f"making {venv}")
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    done_file = venv / "qnas-peers.json"
    done = json.loads(done_file.read_text()) if done_file.exists() else {}
    for line in PACKAGES:
        key = " ".join(line)
        if done.get(key):
            continue
        say(f"installing {key}")
        result = subprocess.run([str(python), "-m", "pip", "install", "--quiet", *line], capture_output=True, text=True)
        done[key] = result.returncode == 0
        if result.returncode:
            say(f"  skipped: {(result.stderr.strip().splitlines() or ['pip failed'])[-1]}")
        done_file.write_text(json.dumps(done, indent=1))
    return python


def build(binary):
    if binary:
        return Path(binary)
    say("building our side")
    subprocess.run(["cargo", "build", "--release", "--example", "peers_ours"], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "examples" / "peers_ours"


class Worker:
    """A peer, or our side, in a process of its own that waits while others run."""

    def __init__(self, command, threads):
        limits = {name: str(threads) for name in (
            "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS",
            "QULACS_NUM_THREADS")}
        flags = "--xla_cpu_multi_thread_eigen=" + ("true" if threads > 1 else "false")
        env = {**os.environ, **limits, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "",
               "PYTHONWARNINGS": "ignore"}
        pin = (lambda: os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))) \
            if hasattr(os, "sched_setaffinity") else None
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env,
            cwd=HERE, preexec_fn=pin)
        self.error = self.answer().get("error")

    def answer(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"ok": False, "error": "the process died"}

    def ask(self, **order):
        try:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return {"ok": False, "error": "the process died"}
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()


def difference(a, b):
    """Largest difference, relative to the largest number (at least 1)."""
    a, b = [a] if isinstance(a, float) else a, [b] if isinstance(b, float) else b
    scale = max([1.0, *map(abs, b)])
    return max(abs(x - y) for x, y in zip(a, b, strict=True)) / scale


def reference(job):
    """What the slow reference can check of our own values in reasonable time: `(name, ours, expected)`."""
    try:
        import numpy as np
        import reference as slow
    except ImportError:
        return None
    if job["kind"] == "state" and job["n"] <= 20:
        return {"outputs": slow.circuit(job["n"], job["layers"], job["rotations"], job["params"]).tolist()}
    if job["kind"] == "step" and job["n"] <= 8 and job["batch"] <= 64:
        return {"loss": float(slow.loss(job, np.asarray(job["params"], dtype=np.float32), job["batch"]))}
    return None


def iris(python):
    code = "import json, sklearn.datasets as d; i = d.load_iris(); print(json.dumps([i.data.tolist(), i.target.tolist()]))"
    result = subprocess.run([str(python), "-c", code], capture_output=True, text=True)
    if result.returncode:
        say("W4 is skipped: scikit-learn, which has Iris, could not be installed")
        return None
    rows, classes = json.loads(result.stdout)
    low = [min(row[k] for row in rows) for k in range(4)]
    high = [max(row[k] for row in rows) for k in range(4)]
    return [[3.0 * (row[k] - low[k]) / (high[k] - low[k]) for k in range(4)] for row in rows], classes


def all_jobs(options, python):
    out = []
    if "W1" in options.workloads:
        out += [jobs.w1(*size) for size in jobs.W1_SIZES]
    if "W2" in options.workloads:
        out += [jobs.w2(n) for n in jobs.W2_SIZES]
    if "W3" in options.workloads:
        out += [jobs.w3(n) for n in jobs.W3_SIZES]
    if "W4" in options.workloads and (data := iris(python)):
        job = jobs.w4(data)
        out += [job, {**job, "name": "W4, program read again", "parse": True}]
    return [job for job in out if not options.only or options.only in job["name"]]


def agree(name, values, expected):
    """None, or what is wrong."""
    for key in sorted(values.keys() & expected.keys()):
        worst = difference(values[key], expected[key])
        # A whole training multiplies rounding errors; its first steps are what W1 checks.
        if not worst <= (1e-2 if key == "validation_loss" else TOLERANCE):
            return f"{key} differs by {worst:.1e}"
    return None


def candidates(job, options, python):
    """Workers that are ready for a job, ours first, with how long their first run took."""
    ready, ours = [], None
    for threads in options.threads:
        worker = Worker([str(options.binary), str(threads)], threads)
        answer = worker.ask(do="prepare", job=job)
        if not answer["ok"]:
            raise SystemExit(f"our side failed: {answer['error']}")
        if ours is None:
            ours = answer["values"]
            expected = reference(job)
            if expected and (wrong := agree("the slow reference", ours, expected)):
                raise SystemExit(f"{job['name']}: our {wrong} from the slow reference")
        elif ours != answer["values"]:
            raise SystemExit(f"{job['name']}: our results depend on the number of threads")
        ready.append(("ours", threads, worker, answer["first"], answer.get("count")))
    for name, module, variant, kinds in PEERS:
        if job["kind"] not in kinds.split() or options.peers and not any(p in name for p in options.peers):
            continue
        for threads in options.threads:
            worker = Worker([str(python), str(HERE / "worker.py"), module, variant, str(threads)], threads)
            answer = {"ok": False, "error": worker.error} if worker.error else worker.ask(do="prepare", job=job)
            if not answer["ok"]:
                if answer["error"] != "not this workload":
                    say(f"{job['name']}: {name} is skipped: {answer['error'].splitlines()[0]}")
                worker.close()
                break
            if wrong := agree(name, answer["values"], ours):
                say(f"{job['name']}: {name} is left out: its {wrong}")
                worker.close()
                break
            say(f"{job['name']}: {name}, {threads} threads: agrees; first run {answer['first']:.3f} s")
            ready.append((name, threads, worker, answer["first"], None))
    return ready


def measure(job, options, python):
    ready = candidates(job, options, python)
    medians = [[] for _ in ready]
    for _ in range(options.repetitions):
        for at, (_, _, worker, _, _) in enumerate(ready):
            answer = worker.ask(do="time", seconds=options.seconds)
            medians[at].append(statistics.median(answer["seconds"]) if answer["ok"] else float("nan"))
    rows = []
    for (name, threads, worker, first, count), seconds in zip(ready, medians):
        worker.close()
        rows.append({"peer": name, "threads": threads, "seconds": statistics.median(seconds), "rounds": seconds,
                     "first": first, **({"count": count} if count else {})})
    best = {who: min((row for row in rows if (row["peer"] == "ours") == (who == "ours")), key=lambda row: row["seconds"],
                     default=None) for who in ("ours", "peer")}
    out = {"name": job["name"], "rows": rows, "ours": best["ours"]["seconds"]}
    if best["peer"]:
        # Per round, so that a drift of the machine's speed between rounds does not enter.
        ratios = [p / o for p, o in zip(best["peer"]["rounds"], best["ours"]["rounds"])]
        out |= {"best_peer": best["peer"]["peer"], "best_peer_threads": best["peer"]["threads"],
                "ratio": statistics.median(ratios), "ratios": ratios}
    return out


def shown(seconds):
    return f"{seconds * 1e3:.4g} ms" if seconds < 1 else f"{seconds:.4g} s"


def markdown(results, options):
    lines = ["| workload | ours | best peer | its time | ratio (rounds) |", "|---|---|---|---|---|"]
    for result in results:
        if "ratio" not in result:
            continue
        ours = min((row for row in result["rows"] if row["peer"] == "ours"), key=lambda row: row["seconds"])
        rounds = ", ".join(f"{ratio:.1f}" for ratio in result["ratios"])
        best = min((row for row in result["rows"] if row["peer"] != "ours"), key=lambda row: row["seconds"])
        lines.append(f"| {result['name']} | {shown(ours['seconds'])} ({ours['threads']}t) | {best['peer']} ({best['threads']}t) "
                     f"| {shown(best['seconds'])} | **{result['ratio']:.1f}x** ({rounds}) |")
    for result in results:
        lines += ["", f"{result['name']}", "", "| | " + " | ".join(f"{t}t" for t in options.threads) + " | first run | ratio |",
                  "|---|" + "---|" * (len(options.threads) + 2)]
        names = list(dict.fromkeys(row["peer"] for row in result["rows"]))
        for name in names:
            mine = {row["threads"]: row for row in result["rows"] if row["peer"] == name}
            cells = [shown(mine[t]["seconds"]) if t in mine else "" for t in options.threads]
            first = min(row["first"] for row in mine.values())
            best = min(row["seconds"] for row in mine.values())
            lines.append(f"| {name} | " + " | ".join(cells) + f" | {shown(first)} | {best / result['ours']:.1f}x |")
    return "\n".join(lines)


def fma_peak(options):
    """Multiply-adds of one thread, in operations a second."""
    worker = Worker([str(options.binary), "1"], 1)
    flops = worker.ask(do="prepare", job={"kind": "peak"})["values"]["flops"]
    seconds = min(worker.ask(do="time", seconds=0.5)["seconds"])
    worker.close()
    return flops / seconds


def floors(results, peak):
    """What the counted operations of a step would take at the peak, beside what it takes."""
    lines = ["", f"Multiply-adds of one thread: {peak / 1e9:.0f} GFLOP/s.", "",
             "| workload, 1 thread | counted operations | at the peak | measured | fraction of the peak |", "|---|---|---|---|---|"]
    for result in results:
        for row in result["rows"]:
            if row.get("count") and row["threads"] == 1:
                flops = row["count"]["flops"] + (0 if result["name"].startswith("W2") else row["count"]["flops_back"])
                lines.append(f"| {result['name']} | {flops / 1e6:.4g} M | {shown(flops / peak)} | {shown(row['seconds'])} "
                             f"| {100 * flops / peak / row['seconds']:.0f} % |")
    return "\n".join(lines)


def main():
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", type=Path, default=cache / "qnas-peers", help="the virtual environment [%(default)s]")
    parser.add_argument("--workloads", nargs="+", default=["W1", "W2", "W3", "W4"], choices=["W1", "W2", "W3", "W4"])
    parser.add_argument("--only", help="only jobs with this in their name, such as `n=8 L=2 B=64`")
    parser.add_argument("--peers", nargs="+", help="only peers with one of these in their name")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--repetitions", type=int, default=3, help="rounds in which all run in turn [%(default)s]")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each runs in a round, at least once [%(default)s]")
    parser.add_argument("--binary", help="our side, already built")
    parser.add_argument("--no-install", action="store_true", help="take the environment as it is")
    parser.add_argument("--json", type=Path, help="write all numbers there")
    parser.add_argument("--markdown", type=Path, help="write the tables there as well")
    options = parser.parse_args()
    options.venv = options.venv.resolve()
    python = options.venv / "bin" / "python" if options.no_install else install(options.venv)
    if os.path.realpath(sys.prefix) != os.path.realpath(options.venv):
        # The slow reference wants NumPy, which is there.
        os.execv(str(python), [str(python), str(HERE / "run.py"), *sys.argv[1:], "--no-install"])
    options.binary = build(options.binary).resolve()
    start, results = time.time(), []
    peak = fma_peak(options)
    for job in all_jobs(options, python):
        results.append(measure(job, options, python))
        if options.json:
            options.json.write_text(json.dumps({"machine": platform.machine(), "peak": peak, "results": results}, indent=1))
    text = markdown(results, options) + "\n" + floors(results, peak)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n")
    say(f"{time.time() - start:.0f} seconds")


if __name__ == "__main__":
    main()
