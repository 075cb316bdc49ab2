"""What peers of W1 and W4 have in common: a model that can take a step becomes the run of a job."""

import numpy as np


def ring_sources(n):
    """`new[x] = old[sources[x]]` for the CNOT ring; the first qubit is the most significant bit."""
    to = np.arange(2**n)
    for qubit in range(n):
        control, target = n - 1 - qubit, n - 1 - (qubit + 1) % n
        to = to ^ (((to >> control) & 1) << target)
    sources = np.empty_like(to)
    sources[to] = np.arange(2**n)
    return sources


def signs(n):
    """`[basis state, qubit]`: the value of Z."""
    states = np.arange(2**n)[:, None]
    return 1.0 - 2.0 * ((states >> (n - 1 - np.arange(n))) & 1)


def split(job):
    """The weights as arrays of single precision."""
    n, layers, features, classes = job["n"], job["layers"], job["features"], job["classes"]
    flat, out, at = np.asarray(job["params"], dtype=np.float32), [], 0
    for shape in [(n, features), (n,), (layers, n, 3), (classes, n), (classes,)]:
        size = int(np.prod(shape))
        out.append(flat[at:at + size].reshape(shape))
        at += size
    return out


def run(model_of, job):
    """`model_of(job)` gives an object with `array`, `labels`, `values`, `step` and `loss`."""
    x = np.asarray(job["x"], dtype=np.float32).reshape(-1, job["features"])
    y = np.asarray(job["y"], dtype=np.int64)
    if job["kind"] == "step":
        model = model_of(job)
        a, b = model.array(x), model.labels(y)
        # The gradient is another program for those who compile: made only if somebody wants to compare it.
        first = dict(zip(["loss", "gradient"], model.values(a, b))) if job.get("check") else {}
        return lambda: model.step(a, b), lambda: first
    vx = np.asarray(job["validation_x"], dtype=np.float32).reshape(-1, job["features"])
    vy = np.asarray(job["validation_y"], dtype=np.int64)
    order = np.asarray(job["epochs"])
    kept = {}

    def candidate():
        model = model_of(job)
        for epoch in order:
            for at in range(0, len(epoch), job["batch"]):
                rows = epoch[at:at + job["batch"]]
                model.step(model.array(x[rows]), model.labels(y[rows]))
        kept["validation_loss"] = float(model.loss(model.array(vx), model.labels(vy)))

    return candidate, lambda: dict(kept)


def flat(arrays):
    return [float(value) for array in arrays for value in np.asarray(array, dtype=np.float64).reshape(-1)]
