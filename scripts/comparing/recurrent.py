"""A bidirectional LSTM over sentences in numpy (Hochreiter and Schmidhuber 1997; forget gate bias 1).

thinc has one, but on the processor its gradients are not those of small differences of its output
(thinc 8.3.14); those of this one are (tests/test_comparing.py).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from thinc.api import Model, glorot_uniform_init

from comparing.registering import Rows, register

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
ENDS = ("。", "\n")
Gates = tuple[Floats, Floats, Floats, Floats]


@register("architectures", "comparing.SentenceLSTM.v1")
def sentence_lstm(embed: Model[list[Doc], list[Rows]], width: int) -> Model[list[Doc], list[Rows]]:
    """``embed``, then an LSTM of ``width // 2`` cells in each direction over every sentence."""
    cells = width // 2
    model: Model[list[Doc], list[Rows]] = Model(
        "sentence_lstm",
        _forward,
        init=_init,
        layers=[embed],
        dims={"nO": width, "nI": None},
        params={f"{name}{side}": None for side in "12" for name in ("X", "H", "b")},
        attrs={"cells": cells},
    )
    return model


def token_sentences(docs: Sequence[Doc]) -> tuple[Ints, Ints]:
    """Starts and lengths of the sentences of all docs behind each other, in tokens; none is empty."""
    starts: list[int] = []
    at = 0
    for doc in docs:
        fresh = True
        for token in doc:
            if fresh:
                starts.append(at)
            fresh = token.text.endswith(ENDS)
            at += 1
    begin = np.array(starts, dtype=np.int64)
    return begin, np.diff(np.append(begin, at))


def _init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:  # noqa: N803 - thinc's names
    embed, cells = model.layers[0], model.attrs["cells"]
    embed.initialize(X=X)
    width = embed.predict(X[:1])[0].shape[1] if X else embed.get_dim("nO")
    model.set_dim("nI", width)
    for side in "12":
        for name, size in (("X", width), ("H", cells)):
            model.set_param(name + side, glorot_uniform_init(model.ops, (4 * cells, size)))
        bias: Rows = np.zeros(4 * cells, dtype=np.float32)
        bias[cells : 2 * cells] = 1
        model.set_param(f"b{side}", bias)


def _forward(
    model: Model[list[Doc], list[Rows]], docs: list[Doc], is_train: bool
) -> tuple[list[Rows], Callable[[list[Rows]], Any]]:
    rows, back_embed = model.layers[0](docs, is_train)
    edges = np.cumsum([len(row) for row in rows])[:-1]
    starts, lengths = token_sentences(docs)
    flat: Floats = np.concatenate(rows) if rows else np.zeros((0, model.get_dim("nI")), dtype=np.float32)
    out, back = bidirectional(model, flat, starts, lengths)

    def backprop(d_rows: list[Rows]) -> Any:
        return back_embed(np.split(back(np.concatenate(d_rows)), edges))

    return np.split(out, edges), backprop


def bidirectional(
    model: Model[Any, Any], flat: Floats, starts: Ints, lengths: Ints
) -> tuple[Floats, Callable[[Floats], Floats]]:
    """Outputs (tokens, 2 * cells) of both directions, and the function back to the inputs' gradient."""
    cells = model.attrs["cells"]
    out = np.zeros((len(flat), 2 * cells), dtype=np.float32)
    if not len(flat):
        return out, lambda _: flat
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    steps = np.arange(int(lengths.max()))[:, None]
    live = steps < lengths[None, :]
    places = (starts + np.minimum(steps, lengths - 1), starts + np.maximum(lengths - 1 - steps, 0))
    alive = live.sum(1).tolist()
    kept = []
    for side, place in zip("12", places, strict=True):
        hidden, state = _run(model, side, flat[place], alive)
        columns = slice(0, cells) if side == "1" else slice(cells, None)
        out[place[live], columns] = hidden[live]
        kept.append((side, place, columns, state))

    def back(d_out: Floats) -> Floats:
        d_flat = np.zeros_like(flat)
        for side, place, columns, state in kept:
            d_hidden = np.where(live[:, :, None], d_out[place][:, :, columns], 0)
            np.add.at(d_flat, place[live], _run_back(model, side, d_hidden, state, alive)[live])
        return d_flat

    return out, back


def _run(model: Model[Any, Any], side: str, inputs: Floats, alive: list[int]) -> tuple[Floats, Gates]:
    """Hidden states (T, B, cells); sequences are sorted by length, ``alive`` of them at each step."""
    weights, recur, bias = (model.get_param(name + side) for name in ("X", "H", "b"))
    cells = model.attrs["cells"]
    gates = inputs @ weights.T + bias
    hidden = np.zeros((*inputs.shape[:2], cells), dtype=np.float32)
    memory = np.zeros_like(hidden)
    for step, count in enumerate(alive):
        here = gates[step, :count]
        if step:
            here += hidden[step - 1, :count] @ recur.T
        here[:, : 3 * cells] = 1 / (1 + np.exp(-here[:, : 3 * cells]))
        here[:, 3 * cells :] = np.tanh(here[:, 3 * cells :])
        let_in, keep, give, fresh = np.split(here, 4, axis=1)
        memory[step, :count] = let_in * fresh
        if step:
            memory[step, :count] += keep * memory[step - 1, :count]
        hidden[step, :count] = give * np.tanh(memory[step, :count])
    return hidden, (inputs, gates, hidden, memory)


def _run_back(model: Model[Any, Any], side: str, d_hidden: Floats, state: Gates, alive: list[int]) -> Floats:
    inputs, gates, hidden, memory = state
    weights: Rows = model.get_param(f"X{side}")
    recur: Rows = model.get_param(f"H{side}")
    d_gates = np.zeros_like(gates)
    d_memory = np.zeros_like(memory[0])
    for step in range(len(alive) - 1, -1, -1):
        count = alive[step]
        let_in, keep, give, fresh = np.split(gates[step, :count], 4, axis=1)
        squashed = np.tanh(memory[step, :count])
        d_out = d_hidden[step, :count]
        d_cell = d_memory[:count] + d_out * give * (1 - squashed**2)
        before = memory[step - 1, :count] if step else np.zeros_like(d_cell)
        d_gates[step, :count] = np.concatenate(
            [
                d_cell * fresh * let_in * (1 - let_in),
                d_cell * before * keep * (1 - keep),
                d_out * squashed * give * (1 - give),
                d_cell * let_in * (1 - fresh**2),
            ],
            axis=1,
        )
        d_memory[:count] = d_cell * keep
        if step:
            d_hidden[step - 1, :count] += d_gates[step, :count] @ recur
    flat: Rows = d_gates.reshape(-1, d_gates.shape[2])
    model.inc_grad(f"X{side}", flat.T @ inputs.reshape(len(flat), -1))
    earlier: Rows = hidden[:-1].reshape(-1, recur.shape[1])
    model.inc_grad(f"H{side}", flat[d_gates.shape[1] :].T @ earlier)
    model.inc_grad(f"b{side}", flat.sum(0))
    d_inputs: Floats = d_gates @ weights
    return d_inputs
