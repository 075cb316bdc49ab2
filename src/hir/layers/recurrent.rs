//! `lstm[hidden]`, `gru[hidden]`, `rnn[hidden]`: recurrent layers over windows, and `last`, the newest step.

use super::super::expr::{self, Expr};
use super::super::flow::InitSpec;
use super::{Default, Layer, LayerKind, LayerSetting, LayerType, LayerWeight, int};
use crate::ops::Cell;

const SETTINGS: &[LayerSetting] = &[int("hidden", Default::Required), int("biases", Default::Int(2))];

/// Long short-term memory.
pub(super) static LSTM: Layer = Layer {
    meta: crate::meta!(
        "lstm",
        "long short-term memory over a window; all its states",
        doc = "`lstm[hidden, biases: 2]` maps `real[t, in]`, `t` steps of `in` features, to the states `real[t, hidden]`; states start at \
               zero. Gates (input, forget, cell, output) are stacked in `input: [4 * hidden, in]`, `hidden: [4 * hidden, hidden]`, \
               `bias` and `state_bias: [4 * hidden]`. With `biases: 1` there is only `bias`, as in a cell of four linear maps of state \
               and input together; with `biases: 0` none. All start uniform on ±1/√hidden. Take the newest state with `last`.",
        source = "PyTorch `nn.LSTM`"
    ),
    kind: LayerKind::Recurrent(Cell::Lstm),
    settings: SETTINGS,
    infer: |input, ints| infer(Cell::Lstm, input, ints),
};

/// Gated recurrent unit.
pub(super) static GRU: Layer = Layer {
    meta: crate::meta!(
        "gru",
        "gated recurrent unit over a window; all its states",
        doc = "`gru[hidden, biases: 2]` maps `real[t, in]` to the states `real[t, hidden]`. Gates (reset, update, new) are stacked in \
               `input: [3 * hidden, in]`, `hidden: [3 * hidden, hidden]`, `bias` and `state_bias: [3 * hidden]`; the reset gate scales \
               the state's part of the new gate, bias included. See `lstm` for `biases`.",
        source = "PyTorch `nn.GRU`"
    ),
    kind: LayerKind::Recurrent(Cell::Gru),
    settings: SETTINGS,
    infer: |input, ints| infer(Cell::Gru, input, ints),
};

/// The plain recurrent layer.
pub(super) static RNN: Layer = Layer {
    meta: crate::meta!(
        "rnn",
        "plain recurrent layer (tanh) over a window; all its states",
        doc = "`rnn[hidden, biases: 2]` maps `real[t, in]` to the states `real[t, hidden]`: `h = tanh(W x + b + U h + c)` with \
               `input: [hidden, in]`, `hidden: [hidden, hidden]`, `bias` and `state_bias: [hidden]`. See `lstm` for `biases`.",
        source = "PyTorch `nn.RNN`"
    ),
    kind: LayerKind::Recurrent(Cell::Rnn),
    settings: SETTINGS,
    infer: |input, ints| infer(Cell::Rnn, input, ints),
};

/// The newest entry.
pub(super) static LAST: Layer = Layer {
    meta: crate::meta!(
        "last",
        "the last entry along the first axis: the newest step of a window",
        doc = "`last` maps `real[t, ..]` to `real[..]`: `x |> lstm[20] |> last |> linear[1]`."
    ),
    kind: LayerKind::Last,
    settings: &[],
    infer: |input, _| {
        let Some((steps, rest)) = input.split_first() else {
            return Err("`last` needs a window, this is a single number".to_owned());
        };
        let needs = vec![(expr::le(&expr::int(1), steps), "an empty window has no last step")];
        Ok(LayerType { output: rest.to_vec(), weights: Vec::new(), needs })
    },
};

fn infer(cell: Cell, input: &[Expr], ints: &[Expr]) -> Result<LayerType, String> {
    let name = cell.name();
    let [steps, features] = input else {
        return Err(format!("`{name}` needs a window `real[steps, features]`, this has another number of axes"));
    };
    let Some(biases @ 0..=2) = expr::constant(&ints[1]) else {
        return Err(format!("the setting `biases` of `{name}` is 0, 1 or 2"));
    };
    let hidden = &ints[0];
    let rows = expr::scale(hidden, i64::try_from(cell.gates()).unwrap_or(1));
    let weight = |name, shape| LayerWeight { name, shape, init: InitSpec::FanIn(hidden.clone()), trainable: true };
    let mut weights = vec![
        weight("input", vec![rows.clone(), features.clone()]),
        weight("hidden", vec![rows.clone(), hidden.clone()]),
    ];
    for name in ["bias", "state_bias"].into_iter().take(usize::try_from(biases).unwrap_or(0)) {
        weights.push(weight(name, vec![rows.clone()]));
    }
    Ok(LayerType {
        output: vec![steps.clone(), hidden.clone()],
        weights,
        needs: vec![
            (expr::le(&expr::int(1), hidden), "a recurrent layer needs a state of at least one number"),
            (expr::le(&expr::int(1), steps), "a recurrent layer needs at least one step"),
            (expr::le(&expr::int(1), features), "a recurrent layer needs at least one feature a step"),
        ],
    })
}
