#!/usr/bin/env python3
"""Compares our training steps, large states and whole candidates with other simulators, in one run.

    python3 benches/peers/run.py --page docs/performance.md

makes a virtual environment of pinned packages outside the repository, builds our side, checks that everybody computes the
same numbers, then lets peers and our side run in turn, several rounds, and prints medians and ratios as Markdown (and JSON
with --json; --page puts the tables between the marks of a page). A package that cannot be installed, does not do a
workload, or keeps everybody waiting beyond its patience is left out with a message.
"""

import argparse
import json
import os
import platform
import select
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
    ("PennyLane lightning c64", "peer_pennylane", "c64", "state gradient"),
    ("PennyLane lightning c128", "peer_pennylane", "c128", "state gradient"),
    ("Qulacs, fused", "peer_qulacs", "fused", "state"),
    ("Qiskit Aer c64", "peer_aer", "c64", "state"),
    ("Qiskit Aer c128", "peer_aer", "c128", "state"),
    ("JAX, four qubits at a time", "peer_mixture", "jax", "mixture"),
    ("JAX, told which six candidates matter", "peer_mixture", "jax-live", "mixture"),
    ("PennyLane lightning, adjoint", "peer_mixture", "lightning", "mixture"),
    ("PennyLane lightning, told which six candidates matter", "peer_mixture", "lightning-live", "mixture"),
]
TOLERANCE = 1e-5
WORKLOADS = ["W1", "W2", "W3", "W4", "W5"]


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
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, cwd=HERE,
            preexec_fn=pin)
        self.error = self.answer(120).get("error")

    def answer(self, patience):
        """An answer, or an error after so many seconds: then the process is gone."""
        end, parts = time.time() + patience, []
        while not (parts and parts[-1].endswith(b"\n")):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, end - time.time()))
            if not ready:
                self.process.kill()
                self.error = f"it took longer than {patience:.0f} s"
                return {"ok": False, "error": self.error}
            part = os.read(self.process.stdout.fileno(), 1 << 20)
            if not part:
                self.error = "the process died"
                return {"ok": False, "error": self.error}
            parts.append(part)
        return json.loads(b"".join(parts))

    def ask(self, patience=600, **order):
        if self.error:
            return {"ok": False, "error": self.error}
        try:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.error = "the process died"
            return {"ok": False, "error": self.error}
        return self.answer(patience)

    def close(self):
        self.process.kill()
        self.process.wait()


class Workers:
    """Processes that stay from job to job, so that every package is loaded once per number of threads."""

    def __init__(self, options, python):
        self.options, self.python, self.kept = options, python, {}

    def get(self, module, variant, threads):
        key = (module, variant, threads)
        if key not in self.kept or self.kept[key].error:
            command = [str(self.python), str(HERE / "worker.py"), module, variant] if module else [str(self.options.binary)]
            self.kept[key] = Worker([*command, str(threads)], threads)
        return self.kept[key]

    def keep(self, modules):
        """Ends all processes of other modules and variants."""
        for key in [key for key in self.kept if key[0] and key[:2] not in modules]:
            self.kept.pop(key).close()

    def close(self):
        while self.kept:
            self.kept.popitem()[1].close()


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
        out.append(jobs.w4(data))
    if "W5" in options.workloads:
        out.append(jobs.w5())
    return [job for job in out if not options.only or options.only in job["name"]]


def agree(name, values, expected):
    """None, or what is wrong."""
    for key in sorted(values.keys() & expected.keys()):
        worst = difference(values[key], expected[key])
        # A whole training multiplies rounding errors; its first steps are what W1 checks.
        if not worst <= (1e-2 if key == "validation_loss" else TOLERANCE):
            return f"{key} differs by {worst:.1e}"
    return None


class Entry:
    """Somebody who takes part in a job with so many threads."""

    def __init__(self, peer, threads, worker, answer):
        self.peer, self.threads, self.worker = peer, threads, worker
        self.first, self.count, self.rounds = answer["first"], answer.get("count"), []

    def time(self, seconds):
        answer = self.worker.ask(do="time", seconds=seconds)
        self.rounds.append(statistics.median(answer["seconds"]) if answer["ok"] else float("nan"))

    def median(self):
        return statistics.median(self.rounds)


# A job that needs no compilation and took so long at once runs with the most threads only.
LONG = 5.0


def ours(job, options, workers):
    """Our side with every number of threads, checked against the slow reference; and its values."""
    ready, values = [], None
    for threads in options.threads:
        for name, of_job in [("ours", job), ("ours, program read again", {**job, "parse": True})]:
            if name != "ours" and job["kind"] != "candidate":
                continue
            worker = workers.get("", name, threads)
            answer = worker.ask(do="prepare", job=of_job)
            if not answer["ok"]:
                raise SystemExit(f"our side failed: {answer['error']}")
            if values is None:
                values = answer["values"]
                expected = reference(job)
                if expected and (wrong := agree("the slow reference", values, expected)):
                    raise SystemExit(f"{job['name']}: our {wrong} from the slow reference")
            elif values != answer["values"]:
                raise SystemExit(f"{job['name']}: our results depend on the number of threads")
            ready.append(Entry(name, threads, worker, answer))
    return ready, values


def peers_of(job, options):
    named = lambda name: not options.peers or any(part in name for part in options.peers)
    return [peer for peer in PEERS if job["kind"] in peer[3].split() and named(peer[0])]


def candidates(job, options, workers):
    """Everybody who is ready for a job, ours first. Values are checked once per peer."""
    ready, values = ours(job, options, workers)
    compiled = job["kind"] in ("step", "candidate", "mixture")
    for name, module, variant, _ in peers_of(job, options):
        checked = False
        for threads in sorted(options.threads, reverse=not compiled):
            worker = workers.get(module, variant, threads)
            answer = worker.ask(do="prepare", job={**job, "check": not checked}, patience=options.patience)
            if not answer["ok"]:
                if answer["error"] != "not this workload":
                    say(f"{job['name']}: {name}, {threads} threads, is skipped: {answer['error'].splitlines()[0]}")
                break
            if not checked and (wrong := agree(name, answer["values"], values)):
                say(f"{job['name']}: {name} is left out: its {wrong}")
                break
            said = "" if checked else "agrees; "
            say(f"{job['name']}: {name}, {threads} threads: {said}first run {answer['first']:.3f} s")
            checked = True
            ready.append(Entry(name, threads, worker, answer))
            if not compiled and answer["first"] > LONG:
                break
    return ready


def measure(job, options, workers):
    ready = candidates(job, options, workers)
    others = lambda: [entry for entry in ready if not entry.peer.startswith("ours")]
    for at in range(options.repetitions):
        # Who takes seconds and is far behind the best is measured once; lightning always counts.
        best = min((entry.median() for entry in others() if at), default=0.0)
        for entry in ready:
            far = at and entry.median() > max(2.0 * best, 1.0) and "lightning" not in entry.peer
            if not far:
                entry.time(options.seconds)
    rows = [{"peer": entry.peer, "threads": entry.threads, "seconds": entry.median(), "rounds": entry.rounds,
             "first": entry.first, **({"count": entry.count} if entry.count else {})} for entry in ready]
    return {"name": job["name"], "rows": rows, **compared(rows)}


def fastest(rows, wanted):
    return min((row for row in rows if wanted(row["peer"])), key=lambda row: row["seconds"], default=None)


def compared(rows):
    """Our time, and the ratios of the best peer and of lightning to it, taken round by round, so that a drift of the
    machine's speed between rounds does not enter."""
    mine = fastest(rows, lambda peer: peer == "ours")
    out = {"ours": mine["seconds"], "ours_threads": mine["threads"]}
    wanted = {"best": lambda peer: not peer.startswith("ours"), "lightning": lambda peer: "lightning" in peer and "c128" not in peer}
    for key, which in wanted.items():
        if row := fastest(rows, which):
            ratios = [theirs / ours for theirs, ours in zip(row["rounds"], mine["rounds"])]
            out[key] = {"peer": row["peer"], "threads": row["threads"], "seconds": row["seconds"],
                        "ratio": statistics.median(ratios), "ratios": ratios}
    return out


def shown(seconds):
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def times(ratio):
    return f"{ratio:.0f}x" if ratio >= 100 else f"{ratio:.1f}x"


def fraction(result, peak):
    """Share of one thread's multiply-adds that the counted operations of our run with one thread take."""
    for row in result["rows"]:
        if row["peer"] == "ours" and row.get("count") and row["threads"] == 1:
            flops = row["count"]["flops"] + (0 if result["name"].startswith("W2") else row["count"]["flops_back"])
            return flops, flops / peak / row["seconds"]
    return None


def summary(results, peak):
    lines = ["| workload | ours | best peer | its time | ratio (rounds) | PennyLane lightning | ratio | of the peak |",
             "|---|---|---|---|---|---|---|---|"]
    for result in results:
        cells = [result["name"], f"{shown(result['ours'])} ({result['ours_threads']}t)"]
        if best := result.get("best"):
            rounds = ", ".join(f"{ratio:.3g}" for ratio in best["ratios"])
            cells += [f"{best['peer']} ({best['threads']}t)", shown(best["seconds"]), f"**{times(best['ratio'])}** ({rounds})"]
        else:
            cells += ["", "", ""]
        lightning = result.get("lightning")
        cells += [shown(lightning["seconds"]), times(lightning["ratio"])] if lightning else ["", ""]
        share = fraction(result, peak)
        lines.append("| " + " | ".join([*cells, f"{100 * share[1]:.0f} %" if share else ""]) + " |")
    return lines


def details(result, threads):
    lines = ["", f"{result['name']}:", "", "| | " + " | ".join(f"{t}t" for t in threads) + " | first run | behind ours |",
             "|---|" + "---|" * (len(threads) + 2)]
    for name in dict.fromkeys(row["peer"] for row in result["rows"]):
        mine = {row["threads"]: row for row in result["rows"] if row["peer"] == name}
        cells = [shown(mine[t]["seconds"]) if t in mine else "" for t in threads]
        best = min(row["seconds"] for row in mine.values())
        first = min(row["first"] for row in mine.values())
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {shown(first)} | {times(best / result['ours'])} |")
    return lines


def markdown(results, options, peak):
    lines = [f"Rounds: {options.repetitions}. Multiply-adds of one thread: {peak / 1e9:.0f} GFLOP/s.", "", *summary(results, peak)]
    for result in results:
        lines += details(result, options.threads)
    return "\n".join(lines)


def ceiling(options, kind):
    """What one thread does at most in a second: multiply-adds (in operations), or bytes of the first-level cache."""
    worker = Worker([str(options.binary), "1"], 1)
    values = worker.ask(do="prepare", job={"kind": kind})["values"]
    seconds = min(worker.ask(do="time", seconds=0.5)["seconds"])
    worker.close()
    return next(iter(values.values())) / seconds


BEGIN, END = "<!-- run.py writes from here -->", "<!-- to here -->"


def put(page, text):
    """Replaces what stands between the marks of a page."""
    before, rest = page.read_text().split(BEGIN)
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}")


def arguments():
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", type=Path, default=cache / "qnas-peers", help="the virtual environment [%(default)s]")
    parser.add_argument("--workloads", nargs="+", default=WORKLOADS, choices=WORKLOADS)
    parser.add_argument("--only", help="only jobs with this in their name, such as `n=8 L=2 B=64`")
    parser.add_argument("--peers", nargs="+", help="only peers with one of these in their name")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--repetitions", type=int, default=3, help="rounds in which all run in turn [%(default)s]")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long each runs in a round, at least once [%(default)s]")
    parser.add_argument("--patience", type=float, default=60.0,
                        help="seconds a peer may take to compile and run a job for the first time [%(default)s]")
    parser.add_argument("--binary", help="our side, already built")
    parser.add_argument("--no-install", action="store_true", help="take the environment as it is")
    parser.add_argument("--json", type=Path, help="write all numbers there")
    parser.add_argument("--markdown", type=Path, help="write the tables there as well")
    parser.add_argument("--page", type=Path, help="put the tables between the marks of this page")
    return parser.parse_args()


def main():
    options = arguments()
    options.venv = options.venv.resolve()
    python = options.venv / "bin" / "python" if options.no_install else install(options.venv)
    if os.path.realpath(sys.prefix) != os.path.realpath(options.venv):
        # The slow reference wants NumPy, which is there.
        os.execv(str(python), [str(python), str(HERE / "run.py"), *sys.argv[1:], "--no-install"])
    options.binary = build(options.binary).resolve()
    start, results = time.time(), []
    peak = ceiling(options, "peak")
    todo = all_jobs(options, python)
    workers = Workers(options, python)
    for at, job in enumerate(todo):
        workers.keep({(peer[1], peer[2]) for later in todo[at:] for peer in peers_of(later, options)})
        results.append(measure(job, options, workers))
        say(f"{job['name']}: done after {time.time() - start:.0f} s")
        if options.json:
            options.json.write_text(json.dumps({"machine": platform.machine(), "peak": peak, "results": results}, indent=1))
    workers.close()
    text = markdown(results, options, peak)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n")
    if options.page:
        put(options.page, text)


if __name__ == "__main__":
    main()
