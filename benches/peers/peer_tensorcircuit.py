"""TensorCircuit on JAX with the preprocessing of its contractor off, jitted as a whole."""

import jax
import jax.numpy as jnp
import optax
import steps
import tensorcircuit as tc

K = tc.set_backend("jax")
tc.set_contractor("greedy", preprocessing=False)


class Model:
    def __init__(self, job):
        n, layers = job["n"], job["layers"]
        signs = jnp.asarray(steps.signs(n), dtype=jnp.float32)

        def expectations(x, angles):
            circuit = tc.Circuit(n)
            for qubit in range(n):
                circuit.ry(qubit, theta=x[qubit])
            for layer in range(layers):
                for qubit in range(n):
                    circuit.rx(qubit, theta=angles[layer, qubit, 0])
                    circuit.ry(qubit, theta=angles[layer, qubit, 1])
                    circuit.rz(qubit, theta=angles[layer, qubit, 2])
                for qubit in range(n):
                    circuit.cnot(qubit, (qubit + 1) % n)
            state = circuit.state()
            return (state.real**2 + state.imag**2) @ signs

        batched = jax.vmap(expectations, in_axes=(0, None))

        def loss(params, x, y):
            w1, b1, angles, w2, b2 = params
            logits = batched(x @ w1.T + b1, angles) @ w2.T + b2
            return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

        adam = optax.adam(job["lr"])

        def step(params, state, x, y):
            updates, state = adam.update(jax.grad(loss)(params, x, y), state, params)
            return optax.apply_updates(params, updates), state

        self.gradient = jax.jit(jax.value_and_grad(loss))
        self.jitted = jax.jit(step)
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
    if job["kind"] != "step":
        raise NotImplementedError
    return steps.run(Model, job)
