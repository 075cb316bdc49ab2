"""TorchQuantum, batched on PyTorch."""

import numpy as np
import steps
import torch
import torchquantum as tq
import torchquantum.functional as tqf


class Model:
    def __init__(self, job):
        self.n, self.layers = job["n"], job["layers"]
        self.params = [torch.tensor(array, requires_grad=True) for array in steps.split(job)]
        self.adam = torch.optim.Adam(self.params, lr=job["lr"])
        self.measure = tq.MeasureAll(tq.PauliZ)
        self.array, self.labels = torch.from_numpy, torch.from_numpy

    def loss(self, x, y):
        w1, b1, angles, w2, b2 = self.params
        data = torch.nn.functional.linear(x, w1, b1)
        device = tq.QuantumDevice(n_wires=self.n, bsz=len(x))
        for qubit in range(self.n):
            tqf.ry(device, wires=qubit, params=data[:, qubit])
        for layer in range(self.layers):
            for qubit in range(self.n):
                for k, gate in enumerate([tqf.rx, tqf.ry, tqf.rz]):
                    gate(device, wires=qubit, params=angles[layer, qubit, k].reshape(1))
            for qubit in range(self.n):
                tqf.cnot(device, wires=[qubit, (qubit + 1) % self.n])
        return torch.nn.functional.cross_entropy(torch.nn.functional.linear(self.measure(device), w2, b2), y)

    def values(self, x, y):
        loss = self.loss(x, y)
        return float(loss), steps.flat(g.numpy() for g in torch.autograd.grad(loss, self.params))

    def step(self, x, y):
        self.adam.zero_grad()
        self.loss(x, y).backward()
        self.adam.step()


def make(variant, threads, job):
    torch.set_num_threads(threads)
    if job["kind"] not in ("step", "candidate"):
        raise NotImplementedError
    return steps.run(Model, job)
