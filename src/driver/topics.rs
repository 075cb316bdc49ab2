//! What `qnas explain` tells beyond the catalogues: the ideas of the language and the conventions of this compiler.

use crate::meta;
use crate::meta::Meta;

/// All topics, in the order they are listed to people.
pub static TOPICS: &[Meta] = &[
    meta!(
        "choose",
        "how a value is left open",
        doc = "`choose` at the head of an expression leaves it open; all open places together are the search space.

- `choose { rx, ry, rz }`  one of these alternatives; only the one taken is evaluated
- `choose 2..=10`, `choose 1e-4..=1e-1 log`, `choose Embedding`, `choose bool`  one element of a collection
- `choose 2 of q`, `choose 0..=3 of edges`, `choose 2 of q ordered`  a subset
- `choose { turn => { .. } flip => { .. } }`  labelled alternatives, written like a `match`

A choice is drawn each time control reaches it: in a `for` once an iteration, in a `let` above it once for all. A choice in
an alternative that is not taken does not exist. Each has a path, like `vqc.layer.2.rot`; see `qnas explain paths`."
    ),
    meta!(
        "search",
        "how a search is written",
        doc = "A file may have any number of searches; each binds a model to data, training, objectives and a strategy:

```qnas
search iris_front {
    model:    hqnn,
    data:     iris(train: 0.6, validation: 0.2, test: 0.2, scale: standard),
    train:    fit(adam(lr: 3e-3), loss: cross_entropy, epochs: 5, batch: 64),
    minimize: [1 - accuracy, flops.quantum],
    require:  [qubits <= 8],
    strategy: nsga2(population: 20, generations: 8),
    seed:     42,
}
```

`accuracy` and `loss` are those of the validation part; the test part is read once, at the end. `qnas list` names what can
stand in each field."
    ),
    meta!(
        "policies",
        "how a model is trained to act",
        doc = "A search with an environment instead of data trains a policy:

```qnas
search room {
    model:    actor_critic,
    env:      minigrid_empty(size: 5),
    train:    a2c(adam(lr: 1e-3), episodes: 2000),
    minimize: [-reward],
    strategy: differentiable(relax: diffqas_circuit),
}
```

The model takes what the environment shows and gives a number per action; with `(policy: .., value: ..)` it also says what a state
is worth, which `a2c` and `a3c` want. `reward` is the mean over episodes played after training. `qnas list environments` and
`qnas list algorithms` show what there is; everything is the same bytes for a seed at any `--jobs`."
    ),
    meta!(
        "paths",
        "what choices and weights are called",
        doc = "Everything that is open or trainable has a name: its path in the program. A path lists the names around it, joined by
dots: `let`s, settings, fields and labels, loop variables with their values, the gate or layer as written.

    n    vqc.layer.2.rot    linear#2.bias    train.optimizer.lr

The second application of one name in one block is `name#2`. The model's own name is left out; a search's own choices begin
with the field. `--set`, architecture files, journals and weights on disk use these names. `qnas space FILE` lists them."
    ),
    meta!(
        "picking",
        "how one architecture is picked",
        doc = "The same for every command that needs one architecture:

- `--set path=value`  fixes one choice; repeatable, and stronger than the others
- `--arch FILE.json`  takes choices from a JSON object of paths and values
- `--run RUN --id N`  takes candidate N of a search; the program is the one that the run keeps, and so are its weights
- `--sample SEED`  draws what is left: uniformly over the space, if nothing else is given

A choice with a single value needs none. What is left open is an error that lists it. Values are written as in a program;
a subset is the list of its positions, `[0, 2]`. In a file with several searches, `--search NAME` says which is meant."
    ),
    meta!(
        "runs",
        "what the folder of a search holds",
        doc = "`qnas search` makes one folder, and everything that is known of a run is in it:

- `source.qnas`  the program as compiled, with the files it imports beside it
- `run.json`  version, seed, strategy with all options, digests of program and data
- `journal.jsonl`  the same, then a line for every candidate; the same bytes at any `--jobs` and after any interruption
- `front.json`, `weights/ID.safetensors`  the front with its figures on the test part, and its trained weights
- `timing.jsonl`, `sessions.jsonl`, `curves.jsonl`  how long and how evaluations went: never the same twice, so apart
- `home.json`  the folder that the program came from

`qnas report RUN` tells what it found, `--run RUN --id N` picks a candidate in every command that picks, `qnas diff` compares
two, `qnas search FILE --resume RUN` goes on."
    ),
    meta!(
        "qubit-order",
        "qubit 0 is the least significant bit",
        doc = "Everywhere: in `probabilities(q)`, in `prepare(v) q;`, in `bits(i, n)`, in printed states. With three qubits, entry 1 of
`probabilities` is |001⟩: qubit 0 is one. Kets are printed `|q2 q1 q0⟩`.

This is the order of OpenQASM and Qiskit, and the opposite of PennyLane: amplitudes and probabilities from there must be
reversed bit by bit; expectation values of single qubits are the same."
    ),
    meta!(
        "angles",
        "angles are radians; matrices are those of stdgates.inc",
        doc = "`rx(theta) = exp(-i theta X / 2)`, and `p(lambda) = diag(1, e^(i lambda))` differs from `rz(lambda)` by a global phase,
which matters under `ctrl @`. Matrices and phases are those of OpenQASM's `stdgates.inc`; `qnas explain rx` shows one.

Any real expression may be an angle: `ry(weight[n] * x + weight[n]) q;`."
    ),
    meta!(
        "weight",
        "trainable numbers",
        doc = "`weight` is one trainable number, `weight[n]` a vector of them, `weight[n] ~ normal(0, 0.1)` sets how they begin:
`constant(a)`, `normal(mean, deviation)` or `uniform(low, high)`.

A trainable number is (path, index): architectures that share a path can share its value. Weights in different
alternatives differ; to share one, bind it above them: `let w = weight;`."
    ),
    meta!(
        "require",
        "removing architectures, and promising things about the rest",
        doc = "`require condition;` removes architectures from the space: over choices (`require n * depth <= 20;`) exactly, over cost
metrics in a search (`require: [depth <= 10]`) once an architecture is built. `assert condition;` must hold in all the rest,
and is an error that names the choices that break it."
    ),
    meta!(
        "counting",
        "raw genotypes, reachable assignments, distinct architectures",
        doc = "*Raw genotypes*: the product, over every path some architecture has, of the size of its domain; this is what papers quote.
*Reachable assignments*: those that exist and meet every `require`. *Distinct architectures*: what is left when models that are
proved to compute the same count once: dead gates, the order of commuting gates, names and choices without effect do not
tell two apart.

The first is exact, and the second is under requirements over choices and over metrics that add up gate by gate (`gates`,
`gates.cx`, `two_qubit_count`, `flops.profiler.quantum`, whole multiples and sums of them). Under requirements over other
metrics, and for distinct architectures, spaces are walked up to a size and estimated beyond it, and the output says so.
Real-valued choices are listed beside and not multiplied in."
    ),
    meta!(
        "brackets",
        "brackets are fixed, parentheses flow",
        doc = "`[ ]` holds sizes, settings and indices, which are known once the architecture is; `( )` holds data, weights and angles.
`linear[64]` is a layer of 64 numbers, `vqc[n, kind](x)` a circuit applied to `x`, `rx(weight[n]) q;` a gate with angles.
A setting is given by position, by name, by a default, or found from shapes: `linear[64]` finds its input."
    ),
    meta!(
        "exit-codes",
        "how commands end",
        doc = "0: clean. 1: the command ran and found something: errors of `check`, files that `fmt --check` would change. 2: it could not
run: a file that cannot be read, options that do not fit, a program with errors where a command needs one without.
Results go to standard output, everything else to standard error."
    ),
];
