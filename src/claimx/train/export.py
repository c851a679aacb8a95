"""A fitted encoder becomes an int8 ONNX graph that reads one unpadded statement, built node by node.

Built by hand and not traced, so that attention and normalisation are single fused operators and the batch is always
one statement: the ranges of the quantised activations then depend on that statement only, and its scores are the same
in any order and company.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Weights = Mapping[str, NDArray[np.float32]]
HEADS = 12
EPSILON = 1e-12
MICROSOFT = "com.microsoft"


@dataclass(slots=True)
class Graph:
    """Nodes and tensors of a graph under construction."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    tensors: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Adds a tensor and returns its name."""
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], output: str, *, domain: str = "", **attributes: object) -> str:
        """Adds a node with one output and returns that output's name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, domain=domain, **attributes))
        return output

    def split(self, value: str, outputs: Sequence[str]) -> None:
        """Parts the last axis of a value evenly."""
        self.nodes.append(helper.make_node("Split", [value], list(outputs), name=f"{value}.split", axis=-1))

    def dense(self, name: str, value: str, weight: NDArray[np.float32], bias: NDArray[np.float32] | None) -> str:
        """A matrix product in int8: weights per column, activations over the statement."""
        matrix = weight.T
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-8).astype(np.float32) / 127
        inputs = [
            value,
            self.constant(f"{name}.weight", np.rint(matrix / scale).astype(np.int8)),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", np.zeros(scale.shape, dtype=np.int8)),
        ]
        if bias is not None:
            inputs.append(self.constant(f"{name}.bias", bias))
        return self.add("DynamicQuantizeMatMul", inputs, name, domain=MICROSOFT)


def build_encoder(weights: Weights, *, layers: int, tokens: int, keep: Sequence[int]) -> onnx.ModelProto:
    """The graph `ids (1, n) -> vector (1, 256)` of an encoder with the vocabulary rows `keep`."""
    graph = Graph()
    states = _embed(graph, weights, tokens, keep)
    for number in range(layers):
        states = _layer(graph, weights, f"bert.encoder.layer.{number}.", states)
    vector = _pool(graph, weights, states)
    width = weights["project.bias"].shape[0]
    made = helper.make_graph(
        graph.nodes,
        "claimx_encoder",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "n"])],
        [helper.make_tensor_value_info(vector, TensorProto.FLOAT, [1, width])],
        graph.tensors,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9, producer_name="claimx")


def _embed(graph: Graph, weights: Weights, tokens: int, keep: Sequence[int]) -> str:
    """Words from an int8 table with a scale a row, plus positions, normalised."""
    table = weights["bert.embeddings.word_embeddings.weight"][list(keep)]
    scale = np.abs(table).max(axis=1, keepdims=True).astype(np.float32) / 127
    graph.constant("words.table", np.rint(table / np.maximum(scale, 1e-8)).astype(np.int8))
    graph.constant("words.scale", scale)
    place = weights["bert.embeddings.position_embeddings.weight"][:tokens]
    graph.constant("places", place + weights["bert.embeddings.token_type_embeddings.weight"][0])
    graph.add("Gather", ["words.table", "ids"], "words.int8")
    graph.add("Cast", ["words.int8"], "words.cast", to=TensorProto.FLOAT)
    graph.add("Gather", ["words.scale", "ids"], "words.scales")
    graph.add("Mul", ["words.cast", "words.scales"], "words")
    graph.add("Shape", ["words"], "count", start=1, end=2)
    graph.constant("zero", np.array([0], dtype=np.int64))
    graph.add("Slice", ["places", "zero", "count"], "places.here")
    graph.add("Add", ["words", "places.here"], "embedded")
    return _normalise(graph, weights, "bert.embeddings.LayerNorm", "embedded")


def _normalise(graph: Graph, weights: Weights, name: str, value: str) -> str:
    inputs = [value, *(graph.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))]
    return graph.add("LayerNormalization", inputs, name, axis=-1, epsilon=EPSILON)


def _add_and_normalise(graph: Graph, weights: Weights, name: str, values: Sequence[str]) -> str:
    """The sum of two values, normalised; as plain operators, which run faster here than the fused one."""
    return _normalise(graph, weights, name, graph.add("Add", values, f"{name}.sum"))


def _layer(graph: Graph, weights: Weights, name: str, states: str) -> str:
    """Self-attention and the two dense layers, each added to its input and normalised."""
    parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
    together = [np.concatenate([weights[f"{part}.{kind}"] for part in parts]) for kind in ("weight", "bias")]
    graph.split(graph.dense(f"{name}attention.self", states, *together), parts)
    mixed = graph.add("MultiHeadAttention", parts, f"{name}mixed", domain=MICROSOFT, num_heads=HEADS)
    out = f"{name}attention.output"
    dense = graph.dense(f"{out}.dense", mixed, weights[f"{out}.dense.weight"], weights[f"{out}.dense.bias"])
    states = _add_and_normalise(graph, weights, f"{out}.LayerNorm", [dense, states])
    inner, out = f"{name}intermediate.dense", f"{name}output"
    wide = graph.dense(inner, states, weights[f"{inner}.weight"], None)
    inputs = [wide, graph.constant(f"{inner}.bias", weights[f"{inner}.bias"])]
    wide = graph.add("BiasGelu", inputs, f"{inner}.gelu", domain=MICROSOFT)
    dense = graph.dense(f"{out}.dense", wide, weights[f"{out}.dense.weight"], weights[f"{out}.dense.bias"])
    return _add_and_normalise(graph, weights, f"{out}.LayerNorm", [dense, states])


def _pool(graph: Graph, weights: Weights, states: str) -> str:
    """Mean and attention over the tokens, projected; in float, because the product is small."""
    graph.constant("tokens_axis", np.array([1], dtype=np.int64))
    graph.add("ReduceMean", [states], "mean", axes=[1], keepdims=0)
    graph.add("MatMul", [states, graph.constant("query.weight", weights["query.weight"].T)], "focus.logits")
    graph.add("Softmax", ["focus.logits"], "focus", axis=1)
    graph.add("Mul", [states, "focus"], "focused")
    graph.add("ReduceSum", ["focused", "tokens_axis"], "attended", keepdims=0)
    graph.add("Concat", ["mean", "attended"], "pooled", axis=-1)
    graph.constant("project.weight", weights["project.weight"].T)
    graph.add("MatMul", ["pooled", "project.weight"], "projected")
    graph.add("Add", ["projected", graph.constant("project.bias", weights["project.bias"])], "moved")
    return graph.add("Tanh", ["moved"], "vector")


def prune_vocabulary(vocabulary: Mapping[str, int], *, size: int, always: Sequence[str]) -> list[str]:
    """The pieces to keep, in their old order: special tokens, single characters, `always`, then the most frequent.

    BERT's vocabulary is ordered by frequency from its first word on; its unused and non-Latin pieces go first.
    """
    ordered = sorted(vocabulary, key=vocabulary.__getitem__)
    bare = {piece: piece.removeprefix("##") for piece in ordered}
    special = [piece for piece in ordered if piece in {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}]
    latin = [piece for piece in ordered if not piece.startswith("[unused") and all(ord(c) < 0x250 for c in bare[piece])]
    single = [piece for piece in ordered if len(bare[piece]) == 1 and ord(bare[piece]) < 0x2100]
    wanted = dict.fromkeys([*special, *single, *(piece for piece in always if piece in vocabulary)])
    for piece in latin:
        if len(wanted) >= size:
            break
        wanted.setdefault(piece)
    return sorted(wanted, key=vocabulary.__getitem__)


def write_encoder(path: Path, model: onnx.ModelProto) -> None:
    """Checks the graph and writes it."""
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))
