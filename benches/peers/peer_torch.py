"""Hand-written PyTorch, eager: one gate at a time, four qubits as one matrix, or the whole unitary."""

import numpy as np
import steps
import torch


class Permute(torch.autograd.Function):
    """A gather along the last axis whose gradient is the inverse gather."""

    @staticmethod
    def forward(ctx, state, sources, inverse):
        ctx.inverse = inverse
        return state.index_select(-1, sources)

    @staticmethod
    def backward(ctx, grad):
        return grad.index_select(-1, ctx.inverse), None, None


class Model:
    def __init__(self, variant, job):
        self.variant, self.n, self.layers = variant, job["n"], job["layers"]
        self.params = [torch.tensor(array, requires_grad=True) for array in steps.split(job)]
        self.adam = torch.optim.Adam(self.params, lr=job["lr"], fused=True)
        sources = steps.ring_sources(self.n)
        self.sources, self.inverse = torch.from_numpy(sources), torch.from_numpy(np.argsort(sources))
        self.signs = torch.from_numpy(steps.signs(self.n).astype(np.float32))
        self.array, self.labels = torch.from_numpy, torch.from_numpy

    def matrices(self, angles):
        """RZ RY RX of every qubit of every layer: [layers, n, 2, 2]."""
        half = angles / 2
        c, s = torch.cos(half), torch.sin(half)
        cx, cy, cz = c.unbind(-1)
        sx, sy, sz = s.unbind(-1)
        phase = torch.complex(cz, -sz)
        a = torch.complex(cy * cx, sy * sx) * phase
        b = torch.complex(-sy * cx, -cy * sx) * phase
        return torch.stack([a, b, -b.conj(), a.conj()], -1).reshape(*angles.shape[:-1], 2, 2)

    def layer(self, state, matrices):
        batch, n = state.shape[0], self.n
        if self.variant == "gates":
            for qubit in range(n):
                u = matrices[qubit]
                low, high = state.view(batch, 2**qubit, 2, -1).unbind(2)
                state = torch.stack([u[0, 0] * low + u[0, 1] * high, u[1, 0] * low + u[1, 1] * high], 2)
            return state.reshape(batch, -1)
        for first in range(0, n, 4):
            size = min(4, n - first)
            u = matrices[first]
            for qubit in range(first + 1, first + size):
                u = torch.kron(u, matrices[qubit])
            right = 2 ** (n - first - size)
            if right == 1:
                state = state.view(-1, 2**size) @ u.T
            else:
                state = u @ state.view(-1, 2**size, right)
        return state.reshape(batch, -1)

    def logits(self, x):
        w1, b1, angles, w2, b2 = self.params
        half = torch.nn.functional.linear(x, w1, b1) / 2
        pairs = torch.stack([torch.cos(half), torch.sin(half)], -1)
        state = pairs[:, 0]
        for qubit in range(1, self.n):
            state = (state.unsqueeze(2) * pairs[:, qubit].unsqueeze(1)).flatten(1)
        state = state.to(torch.complex64)
        matrices = self.matrices(angles)
        if self.variant == "unitary":
            rows = torch.eye(2**self.n, dtype=torch.complex64)
            for layer in range(self.layers):
                rows = Permute.apply(self.layer(rows, matrices[layer]), self.sources, self.inverse)
            state = state @ rows
        else:
            for layer in range(self.layers):
                state = Permute.apply(self.layer(state, matrices[layer]), self.sources, self.inverse)
        p = state.real.square() + state.imag.square()
        return torch.nn.functional.linear(p @ self.signs, w2, b2)

    def loss(self, x, y):
        return torch.nn.functional.cross_entropy(self.logits(x), y)

    def values(self, x, y):
        loss = self.loss(x, y)
        return float(loss), steps.flat(g.numpy() for g in torch.autograd.grad(loss, self.params))

    def step(self, x, y):
        self.adam.zero_grad()
        self.loss(x, y).backward()
        self.adam.step()


def make(variant, threads, job):
    torch.set_num_threads(threads)
    if job["kind"] not in ("step", "candidate") or variant == "unitary" and job["n"] > 8:
        raise NotImplementedError
    return steps.run(lambda job: Model(variant, job), job)
