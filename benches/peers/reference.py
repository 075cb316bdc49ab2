"""The slow reference: plain NumPy in double precision, one gate at a time. Values only; gradients are compared between
peers, and with finite differences of this reference along one direction."""

import numpy as np


def matrix(name, angle):
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    return {
        "rx": np.array([[c, -1j * s], [-1j * s, c]]),
        "ry": np.array([[c, -s], [s, c]], dtype=complex),
        "rz": np.array([[c - 1j * s, 0], [0, c + 1j * s]]),
    }[name]


def turn(state, n, qubit, gate):
    """Applies a matrix to a qubit of `state[2, 2, ..]`."""
    return np.moveaxis(np.tensordot(gate, state, axes=(1, qubit)), 0, qubit)


def ring(state, n):
    for qubit in range(n):
        target = (qubit + 1) % n
        on = [slice(None)] * n
        on[qubit] = 1
        axis = target - (target > qubit)
        state = state.copy()
        state[tuple(on)] = np.flip(state[tuple(on)], axis=axis)
    return state


def circuit(n, layers, rotations, angles, data=None):
    """<Z> of every qubit."""
    state = np.zeros((2,) * n, dtype=complex)
    state[(0,) * n] = 1
    if data is not None:
        for qubit in range(n):
            state = turn(state, n, qubit, matrix("ry", data[qubit]))
    angles = np.asarray(angles).reshape(layers, n, len(rotations))
    for layer in range(layers):
        for qubit in range(n):
            for k, name in enumerate(rotations):
                state = turn(state, n, qubit, matrix(name, angles[layer, qubit, k]))
        state = ring(state, n)
    p = np.abs(state) ** 2
    others = lambda qubit: tuple(k for k in range(n) if k != qubit)
    return np.array([p.sum(axis=others(qubit)) @ [1, -1] for qubit in range(n)])


def split(job, flat):
    n, layers, features, classes = job["n"], job["layers"], job["features"], job["classes"]
    out, at = [], 0
    for shape in [(n, features), (n,), (layers, n, 3), (classes, n), (classes,)]:
        size = int(np.prod(shape))
        out.append(np.asarray(flat[at:at + size]).reshape(shape))
        at += size
    return out


def loss(job, flat, rows):
    """Mean cross-entropy of the first `rows` rows."""
    w1, b1, angles, w2, b2 = split(job, flat)
    x = np.asarray(job["x"]).reshape(-1, job["features"])[:rows]
    total = 0.0
    for row, label in zip(x, job["y"]):
        z = circuit(job["n"], job["layers"], ["rx", "ry", "rz"], angles, w1 @ row + b1)
        logits = w2 @ z + b2
        total += np.log(np.exp(logits).sum()) - logits[label]
    return total / rows
