"""The workloads, with every number a peer needs, so that all of them compute the same thing.

W1  one training step of a hybrid classifier: linear(features -> n), RY embedding, L layers of RX, RY, RZ on every qubit
    and a CNOT ring, <Z> of every qubit, linear(n -> classes), cross-entropy; forward, all gradients, Adam.
W2  one large state: ten layers of RY, RZ on every qubit and a CNOT ring, then <Z> of every qubit.
W3  the gradient of sum <Z> over W1's ansatz without data, L = 4.
W4  one candidate of a search from nothing: W1's model on Iris, n = 4, L = 2, batches of 16, 5 epochs, then validated.
W5  one training step of DiffQAS-QT's image model: twelve circuits of 17 qubits and 15 layers (hadamards or none, CNOTs in a
    brick or a ring, RX, RY or RZ) share 255 angles; their probabilities, mixed with 12 weights, become the 108,866 weights of
    784-128-64-2 by an affine map of 17 binary digits and tanh(2^17 p); cross-entropy of 100 samples, all gradients, Adam.

Weights of W1 lie in one list: first.weight [n, features], first.bias [n], angles [L, n, 3], last.weight [classes, n], last.bias.
Qubit 0 is the first; angles are radians; gates are exp(-i angle/2 P).
"""

# Hadamards, ring, rotation, in the order of the mixture's weights.
CANDIDATES = [(h, ring, rotation) for h in (False, True) for ring in (False, True) for rotation in ("rx", "ry", "rz")]
W1_SIZES = [(4, 2, 32), (8, 2, 64), (8, 2, 1024), (10, 4, 64), (12, 4, 64)]
W2_SIZES = [20, 22, 24]
W3_SIZES = [16, 20]


def numbers(count, seed):
    """Numbers in [-1, 1) that every format holds exactly."""
    out, x = [], seed * 2654435761 % 2147483648
    for _ in range(count):
        x = (1103515245 * x + 12345) & 0x7FFFFFFF
        out.append(((x >> 12) % 4096) / 2048 - 1)
    return out


def scaled(values, by):
    return [value * by for value in values]


def params(n, layers, features, classes):
    return (
        scaled(numbers(n * features, 1), 0.25)
        + scaled(numbers(n, 2), 0.5)
        + scaled(numbers(layers * n * 3, 3), 3.0)
        + scaled(numbers(classes * n, 4), 0.5)
        + scaled(numbers(classes, 5), 0.5)
    )


def w1(n, layers, batch):
    return {
        "kind": "step", "name": f"W1 n={n} L={layers} B={batch}", "n": n, "layers": layers, "batch": batch,
        "features": 64, "classes": 10, "lr": 1e-3, "params": params(n, layers, 64, 10),
        "x": [abs(value) for value in numbers(batch * 64, 6)], "y": [k * 7 % 10 for k in range(batch)],
    }


def w2(n):
    return {"kind": "state", "name": f"W2 n={n}", "n": n, "layers": 10, "rotations": ["ry", "rz"],
            "params": scaled(numbers(10 * n * 2, 7), 3.0)}


def w3(n):
    return {"kind": "gradient", "name": f"W3 n={n}", "n": n, "layers": 4, "rotations": ["rx", "ry", "rz"],
            "params": scaled(numbers(4 * n * 3, 8), 3.0)}


def w4(iris):
    """`iris`: (rows of four numbers, classes)."""
    rows, classes = iris
    order = sorted(range(len(rows)), key=lambda k: (k * 73) % 151)
    train, validation = order[:112], order[112:]
    epochs = [sorted(range(112), key=lambda k: ((k + 1) * (epoch + 17)) % 113) for epoch in range(5)]
    pick = lambda which: [value for k in which for value in rows[k]]
    return {
        "kind": "candidate", "name": "W4", "n": 4, "layers": 2, "batch": 16, "features": 4, "classes": 3, "lr": 1e-2,
        "params": params(4, 2, 4, 3), "x": pick(train), "y": [classes[k] for k in train], "epochs": epochs,
        "validation_x": pick(validation), "validation_y": [classes[k] for k in validation],
    }


def w5(n=17, layers=15, widths=(784, 128, 64, 2), batch=100):
    """Weights: mixture [12], angles [layers, n], map [n + 1], its bias [1]."""
    return {
        "kind": "mixture", "name": f"W5 n={n} L={layers} B={batch}", "n": n, "layers": layers, "batch": batch,
        "features": widths[0], "classes": widths[-1], "widths": list(widths), "candidates": CANDIDATES, "lr": 1e-3,
        "params": [1 / 16 + value / 64 for value in numbers(12, 9)] + scaled(numbers(layers * n, 10), 0.5)
        + scaled(numbers(n + 1, 11), 0.05) + scaled(numbers(1, 12), 0.05),
        "x": numbers(batch * widths[0], 13), "y": [k % widths[-1] for k in range(batch)],
    }
