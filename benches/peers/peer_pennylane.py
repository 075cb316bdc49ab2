"""PennyLane: default.qubit with JAX, jitted; lightning.qubit with adjoint gradients, as the papers on QNAS run it; and
lightning.qubit on large states in both precisions."""

import numpy as np
import pennylane as qml
import steps


def ansatz(n, layers, rotations, angles, data=None):
    gates = {"rx": qml.RX, "ry": qml.RY, "rz": qml.RZ}
    if data is not None:
        for qubit in range(n):
            qml.RY(data[..., qubit], wires=qubit)
    for layer in range(layers):
        for qubit in range(n):
            for k, name in enumerate(rotations):
                gates[name](angles[layer, qubit, k], wires=qubit)
        for qubit in range(n):
            qml.CNOT(wires=[qubit, (qubit + 1) % n])


class Jax:
    def __init__(self, job):
        import jax
        import jax.numpy as jnp
        import optax

        n, layers = job["n"], job["layers"]

        @qml.qnode(qml.device("default.qubit", wires=n), interface="jax", diff_method="backprop")
        def circuit(x, angles):
            ansatz(n, layers, ["rx", "ry", "rz"], angles, x)
            return [qml.expval(qml.PauliZ(qubit)) for qubit in range(n)]

        def loss(params, x, y):
            w1, b1, angles, w2, b2 = params
            z = jnp.stack(circuit(x @ w1.T + b1, angles), -1).astype(jnp.float32)
            return optax.softmax_cross_entropy_with_integer_labels(z @ w2.T + b2, y).mean()

        adam = optax.adam(job["lr"])

        def step(params, state, x, y):
            updates, state = adam.update(jax.grad(loss)(params, x, y), state, params)
            return optax.apply_updates(params, updates), state

        self.gradient, self.jitted, self.jax = jax.jit(jax.value_and_grad(loss)), jax.jit(step), jax
        self.params = [jnp.asarray(array) for array in steps.split(job)]
        self.state = adam.init(self.params)
        self.array = jnp.asarray
        self.labels = lambda y: jnp.asarray(y, dtype=jnp.int32)

    def values(self, x, y):
        loss, gradient = self.gradient(self.params, x, y)
        return float(loss), steps.flat(gradient)

    def step(self, x, y):
        self.params, self.state = self.jitted(self.params, self.state, x, y)
        self.jax.block_until_ready(self.params)


class Lightning:
    def __init__(self, job):
        import torch

        n, layers = job["n"], job["layers"]
        self.torch = torch

        device = qml.device("lightning.qubit", wires=n)

        @qml.qnode(device, interface="torch", diff_method="adjoint")
        def circuit(x, angles):
            ansatz(n, layers, ["rx", "ry", "rz"], angles, x)
            return [qml.expval(qml.PauliZ(qubit)) for qubit in range(n)]

        self.circuit = circuit
        self.params = [torch.tensor(array, requires_grad=True) for array in steps.split(job)]
        self.adam = torch.optim.Adam(self.params, lr=job["lr"])
        self.array, self.labels = torch.from_numpy, torch.from_numpy

    def loss(self, x, y):
        torch = self.torch
        w1, b1, angles, w2, b2 = self.params
        z = torch.stack(self.circuit(torch.nn.functional.linear(x, w1, b1), angles), -1).to(torch.float32)
        return torch.nn.functional.cross_entropy(torch.nn.functional.linear(z, w2, b2), y)

    def values(self, x, y):
        loss = self.loss(x, y)
        return float(loss), steps.flat(g.numpy() for g in self.torch.autograd.grad(loss, self.params))

    def step(self, x, y):
        self.adam.zero_grad()
        self.loss(x, y).backward()
        self.adam.step()


def large(job, dtype):
    n, layers, rotations = job["n"], job["layers"], job["rotations"]
    device = qml.device("lightning.qubit", wires=n, c_dtype=dtype)
    angles = np.asarray(job["params"]).reshape(layers, n, len(rotations))
    kept = {}
    if job["kind"] == "state":
        @qml.qnode(device, diff_method=None)
        def circuit(angles):
            ansatz(n, layers, rotations, angles)
            return [qml.expval(qml.PauliZ(qubit)) for qubit in range(n)]

        def run():
            kept["outputs"] = [float(z) for z in circuit(angles)]
    else:
        @qml.qnode(device, diff_method="adjoint")
        def total(angles):
            ansatz(n, layers, rotations, angles)
            return qml.expval(qml.Hamiltonian([1.0] * n, [qml.PauliZ(qubit) for qubit in range(n)]))

        angles = qml.numpy.array(angles, requires_grad=True)

        def run():
            kept["gradient"] = steps.flat([qml.grad(total)(angles)])
    return run, lambda: dict(kept)


def make(variant, threads, job):
    if job["kind"] in ("state", "gradient"):
        if variant not in ("c64", "c128"):
            raise NotImplementedError
        return large(job, np.complex64 if variant == "c64" else np.complex128)
    if variant == "jax" and job["kind"] == "step":
        return steps.run(Jax, job)
    if variant == "adjoint":
        import torch

        torch.set_num_threads(threads)
        return steps.run(Lightning, job)
    raise NotImplementedError
