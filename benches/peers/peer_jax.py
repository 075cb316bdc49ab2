"""Hand-written JAX, jitted as a whole: one gate at a time, four qubits as one matrix, or the whole unitary."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import steps


class Model:
    def __init__(self, variant, job):
        n, layers = job["n"], job["layers"]
        sources = steps.ring_sources(n)
        inverse = np.argsort(sources)
        signs = jnp.asarray(steps.signs(n), dtype=jnp.float32)

        @jax.custom_vjp
        def ring(state):
            return state[:, sources]

        ring.defvjp(lambda state: (state[:, sources], None), lambda _, grad: (grad[:, inverse],))

        def matrices(angles):
            c, s = jnp.cos(angles / 2), jnp.sin(angles / 2)
            cx, cy, cz = c[..., 0], c[..., 1], c[..., 2]
            sx, sy, sz = s[..., 0], s[..., 1], s[..., 2]
            phase = cz - 1j * sz
            a = (cy * cx + 1j * sy * sx) * phase
            b = (-sy * cx - 1j * cy * sx) * phase
            return jnp.stack([a, b, -b.conj(), a.conj()], -1).reshape(*angles.shape[:-1], 2, 2)

        def layer(state, u):
            batch = state.shape[0]
            if variant == "gates":
                for qubit in range(n):
                    pairs = state.reshape(batch, 2**qubit, 2, -1)
                    low, high = pairs[:, :, 0], pairs[:, :, 1]
                    m = u[qubit]
                    state = jnp.stack([m[0, 0] * low + m[0, 1] * high, m[1, 0] * low + m[1, 1] * high], 2)
                return state.reshape(batch, -1)
            for first in range(0, n, 4):
                size = min(4, n - first)
                m = u[first]
                for qubit in range(first + 1, first + size):
                    m = jnp.kron(m, u[qubit])
                state = jnp.einsum("ij,ajb->aib", m, state.reshape(-1, 2**size, 2 ** (n - first - size)))
            return state.reshape(batch, -1)

        def logits(params, x):
            w1, b1, angles, w2, b2 = params
            half = (x @ w1.T + b1) / 2
            c, s = jnp.cos(half), jnp.sin(half)
            state = jnp.ones((x.shape[0], 1), dtype=jnp.float32)
            for qubit in range(n):
                pair = jnp.stack([c[:, qubit], s[:, qubit]], -1)
                state = (state[:, :, None] * pair[:, None, :]).reshape(x.shape[0], -1)
            state = state.astype(jnp.complex64)
            u = matrices(angles)
            if variant == "unitary":
                rows = jnp.eye(2**n, dtype=jnp.complex64)
                for k in range(layers):
                    rows = ring(layer(rows, u[k]))
                state = state @ rows
            else:
                for k in range(layers):
                    state = ring(layer(state, u[k]))
            p = state.real**2 + state.imag**2
            return (p @ signs) @ w2.T + b2

        def loss(params, x, y):
            return optax.softmax_cross_entropy_with_integer_labels(logits(params, x), y).mean()

        adam = optax.adam(job["lr"])

        def step(params, state, x, y):
            updates, state = adam.update(jax.grad(loss)(params, x, y), state, params)
            return optax.apply_updates(params, updates), state

        self.gradient = jax.jit(jax.value_and_grad(loss))
        self.jitted = jax.jit(step)
        compiled = jax.jit(loss)
        self.loss = lambda x, y: compiled(self.params, x, y)
        self.params = [jnp.asarray(array) for array in steps.split(job)]
        self.state = adam.init(self.params)
        self.array = jnp.asarray
        self.labels = lambda y: jnp.asarray(y, dtype=jnp.int32)

    def values(self, x, y):
        loss, gradient = self.gradient(self.params, x, y)
        return float(loss), steps.flat(gradient)

    def step(self, x, y):
        self.params, self.state = self.jitted(self.params, self.state, x, y)
        jax.block_until_ready(self.params)


def make(variant, threads, job):
    if job["kind"] not in ("step", "candidate") or variant == "unitary" and job["n"] > 8:
        raise NotImplementedError

    def model(job):
        if job["kind"] == "candidate":
            jax.clear_caches()  # every candidate is a new architecture
        return Model(variant, job)

    return steps.run(model, job)
