"""W5: the image model of DiffQAS-QT. JAX simulates all circuits at once, jitted, four qubits as one matrix; PennyLane takes
probabilities from lightning.qubit and their gradient as the adjoint gradient of a diagonal observable.

`-live` variants are told what frameworks do not find out: which candidates depend on their angles. The others are then
simulated once, before the first step.
"""

import numpy as np

BRICK, RING = 0, 1


def parts(job):
    """Weights of the mixture, angles, map and bias; images and classes."""
    flat, n, layers = np.asarray(job["params"], dtype=np.float32), job["n"], job["layers"]
    mix, angles, rest = flat[:12], flat[12:12 + layers * n].reshape(layers, n), flat[12 + layers * n:]
    x = np.asarray(job["x"], dtype=np.float32).reshape(-1, job["features"])
    return [mix, angles, rest[:n + 1], rest[n + 1:]], x, np.asarray(job["y"], dtype=np.int64)


def matters(hadamard, ring, rotation):
    return rotation == "ry" or rotation == "rx" and not hadamard


def chain(n, ring):
    """The CNOTs of a layer."""
    if ring:
        return [(q, (q + 1) % n) for q in range(n)]
    return [(q, q + 1) for q in range(0, n - 1, 2)] + [(q, q + 1) for q in range(1, n - 1, 2)]


def sources(n, ring):
    """`new[x] = old[sources[x]]`; qubit 0 is the least significant bit."""
    to = np.arange(2**n)
    for control, target in chain(n, ring):
        to = to ^ (((to >> control) & 1) << target)
    out = np.empty_like(to)
    out[to] = np.arange(2**n)
    return out


def digits(job, count):
    return (2.0 * ((np.arange(count)[:, None] >> np.arange(job["n"])) & 1) - 1.0).astype(np.float32)


def slices(widths):
    """Where the weights of every layer lie."""
    out, at = [], 0
    for n_in, n_out in zip(widths, widths[1:]):
        out.append((at, at + n_in * n_out, at + n_in * n_out + n_out, n_in, n_out))
        at = out[-1][2]
    return out, at


class Jax:
    def __init__(self, job, live):
        import jax
        import jax.numpy as jnp
        import optax

        n = job["n"]
        layers, total = slices(job["widths"])
        bits = jnp.asarray(digits(job, total))
        kinds = {"rx": (0.0, 0.0), "ry": (1.0, 0.0), "rz": (0.0, 1.0)}
        permutations = jnp.asarray(np.stack([sources(n, False), sources(n, True)]), dtype=jnp.int32)
        inverses = jnp.asarray(np.stack([np.argsort(sources(n, False)), np.argsort(sources(n, True))]), dtype=jnp.int32)

        @jax.custom_vjp
        def entangle(state, which):
            return jnp.take_along_axis(state, permutations[which], axis=1)

        entangle.defvjp(lambda state, which: (entangle(state, which), which),
                        lambda which, grad: (jnp.take_along_axis(grad, inverses[which], axis=1), None))

        def probabilities(angles, candidates):
            which = jnp.asarray([int(ring) for _, ring, _ in candidates])
            kind = jnp.asarray([kinds[rotation] for _, _, rotation in candidates], dtype=jnp.float32)
            is_y, is_z = kind[:, 0, None], kind[:, 1, None]
            is_x = 1 - is_y - is_z
            zero = jnp.zeros(2**n).at[0].set(1)
            start = jnp.stack([jnp.full(2**n, 2 ** (-n / 2)) if h else zero for h, _, _ in candidates])

            def layer(state, theta):
                state = entangle(state, which)
                c, s = jnp.cos(theta / 2)[None], jnp.sin(theta / 2)[None]
                diagonal = c - 1j * is_z * s
                m = jnp.stack([diagonal, -s * (is_y + 1j * is_x), s * (is_y - 1j * is_x), diagonal.conj()], -1)
                m = m.reshape(len(candidates), n, 2, 2)
                for first in range(0, n, 4):
                    u = m[:, first]
                    for qubit in range(first + 1, min(first + 4, n)):
                        u = jnp.einsum("cij,ckl->cikjl", m[:, qubit], u).reshape(len(candidates), 2 * u.shape[1], -1)
                    view = state.reshape(len(candidates), -1, u.shape[1], 2**first)
                    state = jnp.einsum("cij,cajb->caib", u, view).reshape(len(candidates), -1)
                return state, None

            state, _ = jax.lax.scan(layer, start.astype(jnp.complex64), angles)
            return state.real**2 + state.imag**2

        candidates = [tuple(candidate) for candidate in job["candidates"]]
        moving = [k for k, candidate in enumerate(candidates) if not live or matters(*candidate)]
        still = [k for k in range(len(candidates)) if k not in moving]
        params, x, y = parts(job)
        known = jnp.zeros((len(candidates), 2**n), dtype=jnp.float32)
        if still:
            known = known.at[jnp.asarray(still)].set(
                probabilities(jnp.asarray(params[1]), [candidates[k] for k in still]))

        def loss(params, x, y):
            mix, angles, weight, bias = params
            p = mix[jnp.asarray(moving)] @ probabilities(angles, [candidates[k] for k in moving])
            if still:
                p = p + mix @ known
            feature = jnp.tanh(2**n * p[:total])
            made = bits @ weight[:-1] + weight[-1] * feature + bias[0]
            for k, (start, middle, end, n_in, n_out) in enumerate(layers):
                x = x @ made[start:middle].reshape(n_out, n_in).T + made[middle:end]
                x = jax.nn.relu(x) if k + 1 < len(layers) else x
            return optax.softmax_cross_entropy_with_integer_labels(x, y).mean()

        adam = optax.adam(job["lr"])
        gradient = jax.value_and_grad(loss)

        @jax.jit
        def step(params, state, x, y):
            value, grads = gradient(params, x, y)
            updates, state = adam.update(grads, state, params)
            return optax.apply_updates(params, updates), state, value, grads

        self.jax, self.jitted = jax, step
        self.params = [jnp.asarray(array) for array in params]
        self.state, self.x, self.y = adam.init(self.params), jnp.asarray(x), jnp.asarray(y, dtype=jnp.int32)
        _, _, value, grads = step(self.params, self.state, self.x, self.y)
        self.first = {"loss": float(value), "gradient": flat(grads)}

    def step(self):
        self.params, self.state, _, _ = self.jitted(self.params, self.state, self.x, self.y)
        self.jax.block_until_ready(self.params)


class Lightning:
    def __init__(self, job, live):
        import pennylane as qml
        import scipy.sparse
        import torch

        n = job["n"]
        device = qml.device("lightning.qubit", wires=n, c_dtype=np.complex64)
        gates = {"rx": qml.RX, "ry": qml.RY, "rz": qml.RZ}
        # Its first wire is the most significant bit.
        wire = lambda qubit: n - 1 - qubit

        def ansatz(candidate, angles):
            hadamard, ring, rotation = candidate
            if hadamard:
                for qubit in range(n):
                    qml.Hadamard(wires=wire(qubit))
            for theta in angles:
                for control, target in chain(n, ring):
                    qml.CNOT(wires=[wire(control), wire(target)])
                for qubit in range(n):
                    gates[rotation](theta[qubit], wires=wire(qubit))

        def probabilities(candidate, angles):
            @qml.qnode(device, diff_method=None)
            def circuit():
                ansatz(candidate, angles)
                return qml.probs(wires=range(n))
            return circuit()

        def pulled(candidate, angles, slopes):
            """Gradient by angle, given the gradient by probability."""
            diagonal = qml.SparseHamiltonian(scipy.sparse.diags(slopes.astype(np.float64)).tocsr(), wires=range(n))

            @qml.qnode(device, diff_method="adjoint")
            def circuit(angles):
                ansatz(candidate, angles)
                return qml.expval(diagonal)
            return qml.grad(circuit)(qml.numpy.array(angles, requires_grad=True))

        class Circuit(torch.autograd.Function):
            @staticmethod
            def forward(context, angles, candidate):
                context.angles, context.candidate = angles.detach().numpy(), candidate
                return torch.as_tensor(np.asarray(probabilities(candidate, context.angles)), dtype=torch.float32)

            @staticmethod
            def backward(context, slopes):
                gradient = pulled(context.candidate, context.angles, slopes.numpy())
                return torch.as_tensor(np.asarray(gradient), dtype=torch.float32), None

        params, x, y = parts(job)
        self.torch, self.circuit, self.job = torch, Circuit, job
        self.layers, total = slices(job["widths"])
        self.bits, self.total = torch.from_numpy(digits(job, total)), total
        self.candidates = [tuple(candidate) for candidate in job["candidates"]]
        self.known = {k: torch.as_tensor(np.asarray(probabilities(c, params[1])), dtype=torch.float32)
                      for k, c in enumerate(self.candidates) if live and not matters(*c)}
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        self.params = [torch.tensor(array, requires_grad=True) for array in params]
        self.adam = torch.optim.Adam(self.params, lr=job["lr"])
        loss = self.loss()
        gradient = torch.autograd.grad(loss, self.params)
        self.first = {"loss": float(loss), "gradient": flat(g.numpy() for g in gradient)}

    def loss(self):
        torch = self.torch
        mix, angles, weight, bias = self.params
        p = 0.0
        for k, candidate in enumerate(self.candidates):
            p = p + mix[k] * (self.known[k] if k in self.known else self.circuit.apply(angles, candidate))
        feature = torch.tanh(2 ** self.job["n"] * p[:self.total])
        made = self.bits @ weight[:-1] + weight[-1] * feature + bias[0]
        x = self.x
        for k, (start, middle, end, n_in, n_out) in enumerate(self.layers):
            x = torch.nn.functional.linear(x, made[start:middle].reshape(n_out, n_in), made[middle:end])
            x = torch.relu(x) if k + 1 < len(self.layers) else x
        return torch.nn.functional.cross_entropy(x, self.y)

    def step(self):
        self.adam.zero_grad()
        self.loss().backward()
        self.adam.step()


def flat(arrays):
    return [float(value) for array in arrays for value in np.asarray(array, dtype=np.float64).reshape(-1)]


def make(variant, threads, job):
    if job["kind"] != "mixture":
        raise NotImplementedError
    name, _, live = variant.partition("-")
    if name == "lightning":
        import torch

        torch.set_num_threads(threads)
    model = (Jax if name == "jax" else Lightning)(job, bool(live))
    return model.step, lambda: model.first
