//! The IR as JSON, complete: other tools read it, so numbers are exact and every field is always there.
//!
//! Top level: `format` ("qnas-ir"), `version`, `name`, `inputs`, `weights`, `nodes` in topological order, `outputs`. Nodes and
//! weights are referred to by `id` and `path`. An angle is `{"constant": c, "terms": [..]}` with terms
//! `{"weight": path, "index": i, "coefficient": k}` or `{"input": i, "coefficient": k}`. Qubit 0 is the least significant bit;
//! tensors are row-major; complex entries are `[re, im]`.

use super::{Angle, Graph, Init, Node, Op, Operation, QuantumOp, Readout, Region, Variable, Weight, WeightId};
use serde_json::{Map, Value, json};

/// Changes when a reader of the previous form would misread the new one.
const VERSION: u32 = 1;

/// The graph as JSON.
#[must_use]
pub fn json(graph: &Graph) -> Value {
    let inputs: Vec<Value> =
        graph.inputs.iter().map(|input| json!({"name": input.name, "shape": input.shape})).collect();
    let outputs: Vec<Value> =
        graph.outputs.iter().map(|output| json!({"name": output.name, "node": output.node.0})).collect();
    json!({
        "format": "qnas-ir",
        "version": VERSION,
        "name": graph.name,
        "inputs": inputs,
        "weights": graph.weights.iter().map(weight).collect::<Vec<_>>(),
        "nodes": graph.order().into_iter().map(|id| node(graph, graph.node(id))).collect::<Vec<_>>(),
        "outputs": outputs,
    })
}

fn weight(weight: &Weight) -> Value {
    let init = match weight.init {
        Init::Constant(value) => json!({"distribution": "constant", "value": value}),
        Init::Normal(mean, deviation) => json!({"distribution": "normal", "mean": mean, "deviation": deviation}),
        Init::Uniform(low, high) => json!({"distribution": "uniform", "low": low, "high": high}),
    };
    json!({
        "path": weight.path, "shape": weight.shape, "init": init,
        "trainable": weight.trainable, "quantum": weight.quantum,
    })
}

fn node(graph: &Graph, node: &Node) -> Value {
    let inputs: Vec<u32> = graph.inputs_of(node.id).iter().map(|id| id.0).collect();
    json!({
        "id": node.id.0, "op": node.op.name(), "path": node.path, "shape": node.shape, "inputs": inputs,
        "settings": settings(graph, &node.op),
    })
}

fn path(graph: &Graph, id: WeightId) -> Value {
    graph.weights.get(id.0 as usize).map_or(Value::Null, |weight| json!(weight.path))
}

fn settings(graph: &Graph, op: &Op) -> Value {
    let path = |id: &WeightId| path(graph, *id);
    match op {
        Op::Input { index } => json!({"index": index}),
        Op::Weight { weight } => json!({"weight": path(weight)}),
        Op::Constant { values } => json!({"values": values}),
        Op::Linear { weight, bias } => json!({"weight": path(weight), "bias": bias.as_ref().map(path)}),
        Op::Conv2d { weight, bias, stride, padding } => json!({
            "weight": path(weight), "bias": bias.as_ref().map(path), "stride": stride, "padding": padding,
        }),
        Op::Pool2d { kernel, stride, .. } => json!({"kernel": kernel, "stride": stride}),
        Op::BatchNorm { scale, shift, mean, variance } => json!({
            "scale": path(scale), "shift": path(shift), "mean": path(mean), "variance": path(variance),
        }),
        Op::Generate { weight, start } => json!({"weight": path(weight), "start": start}),
        Op::Recurrent { input, hidden, biases, .. } => json!({
            "input": path(input), "hidden": path(hidden), "biases": biases.iter().map(path).collect::<Vec<_>>(),
        }),
        Op::Mix { weight, rule } => json!({
            "weight": path(weight), "mix": format!("{:?}", rule.mix),
            "start": rule.start, "floor": rule.floor, "decay": rule.decay,
        }),
        Op::Bits { start } => json!({"start": start}),
        Op::Dropout { p } => json!({"p": p}),
        Op::Gather { indices } => json!({"indices": indices}),
        Op::Region(region) => region_json(graph, region),
        _ => Value::Object(Map::new()),
    }
}

fn region_json(graph: &Graph, region: &Region) -> Value {
    let registers: Vec<Value> =
        region.registers.iter().map(|r| json!({"name": r.name, "start": r.start, "len": r.len})).collect();
    json!({
        "path": region.path,
        "n_qubits": region.n_qubits,
        "n_inputs": region.n_inputs,
        "registers": registers,
        "ops": region.ops.iter().map(|op| step(graph, op)).collect::<Vec<_>>(),
        "readouts": region.readouts.iter().map(readout).collect::<Vec<_>>(),
    })
}

fn step(graph: &Graph, op: &QuantumOp) -> Value {
    let angles: Vec<Value> = op.angles().iter().map(|value| angle(graph, value)).collect();
    match op {
        QuantumOp::Gate(gate) => {
            let matrix = match &gate.operation {
                Operation::Unitary(matrix) => {
                    let entries: Vec<[f64; 2]> = matrix.as_slice().iter().map(|entry| [entry.re, entry.im]).collect();
                    json!(entries.chunks(matrix.dim().max(1)).collect::<Vec<_>>())
                }
                Operation::Gate { .. } => Value::Null,
            };
            json!({
                "kind": "gate", "name": gate.name(), "params": angles, "matrix": matrix,
                "extra_controls": gate.extra_controls, "qubits": gate.qubits, "path": &*gate.path,
            })
        }
        QuantumOp::Prepare { qubits, path, .. } => {
            json!({"kind": "prepare", "values": angles, "qubits": qubits, "path": &**path})
        }
        QuantumOp::Barrier { qubits } => json!({"kind": "barrier", "qubits": qubits}),
    }
}

fn angle(graph: &Graph, angle: &Angle) -> Value {
    let term = |&(variable, coefficient): &(Variable, f64)| match variable {
        Variable::Weight { weight, index } => {
            json!({"weight": path(graph, weight), "index": index, "coefficient": coefficient})
        }
        Variable::Input(index) => json!({"input": index, "coefficient": coefficient}),
    };
    json!({"constant": angle.constant, "terms": angle.terms().iter().map(term).collect::<Vec<_>>()})
}

fn readout(readout: &Readout) -> Value {
    match readout {
        Readout::Expectation(sum) => {
            let factor =
                |&(qubit, pauli): &(u32, crate::math::Pauli)| json!({"qubit": qubit, "pauli": format!("{pauli:?}")});
            let term = |(coefficient, string): &(f64, crate::math::PauliString)| json!({"coefficient": coefficient, "factors": string.factors().iter().map(factor).collect::<Vec<_>>()});
            json!({"kind": "expectation", "terms": sum.terms().iter().map(term).collect::<Vec<_>>()})
        }
        Readout::Probabilities(qubits) => json!({"kind": "probabilities", "qubits": qubits}),
    }
}
