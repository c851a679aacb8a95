"""A fitted network becomes the files of a model folder, and those files a network again, to go on from."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import nn

from claimx.components.classifier import Calibration, ClaimModel
from claimx.components.shape import FEATURES
from claimx.train.export import EPSILON, HEADS, build_encoder
from claimx.train.network import ClaimNetwork

Array = NDArray[np.float32]
HEAD_NAMES = {
    "here": "here.weight",
    "here_bias": "here.bias",
    "before": "before.weight",
    "after": "after.weight",
    "out": "out.weight",
    "out_bias": "out.bias",
}
"""The names in `head.npz` and the parameters of the head that they hold."""


def make_bundle(network: ClaimNetwork, tokenizer: Tokenizer, calibration: Calibration) -> ClaimModel:
    """The run-time model of a network; `tokenizer` must be the one that the network's vocabulary rows belong to."""
    weights = {name: value.detach().numpy() for name, value in network.encoder.state_dict().items()}
    layers = len(network.encoder.bert.encoder.layer)
    keep = range(tokenizer.get_vocab_size())
    graph = build_encoder(weights, layers=layers, tokens=calibration.tokens, keep=keep)
    onnx.checker.check_model(graph)
    return ClaimModel(
        {
            "encoder.onnx": graph.SerializeToString(deterministic=True),
            "tokenizer.json": tokenizer.to_str().encode(),
            "head.npz": _head_bytes(network.head),
            "calibration.json": calibration_bytes(calibration),
        }
    )


def calibration_bytes(calibration: Calibration) -> bytes:
    """`calibration.json`, one setting a line."""
    return (json.dumps(asdict(calibration), indent=1) + "\n").encode()


def _head_bytes(head: nn.Module) -> bytes:
    state = head.state_dict()
    stream = io.BytesIO()
    np.savez(stream, **{name: state[key].numpy() for name, key in HEAD_NAMES.items()})
    return stream.getvalue()


def prune_tokenizer(tokenizer: Tokenizer, pieces: Sequence[str]) -> Tokenizer:
    """The same tokenizer with only these pieces, numbered anew in their order."""
    stored = json.loads(tokenizer.to_str())
    numbers = {piece: number for number, piece in enumerate(pieces)}
    stored["model"]["vocab"] = numbers
    stored["truncation"] = stored["padding"] = None
    for token in stored["added_tokens"]:
        token["id"] = numbers[token["content"]]
    special = stored["post_processor"].get("special_tokens", {})
    for name, entry in special.items():
        entry["ids"] = [numbers[name]]
    for name in ("sep", "cls"):
        if name in stored["post_processor"]:
            stored["post_processor"][name][1] = numbers[stored["post_processor"][name][0]]
    return Tokenizer.from_str(json.dumps(stored, ensure_ascii=False))


def open_bundle(model: ClaimModel) -> tuple[ClaimNetwork, Tokenizer]:
    """The network of a shipped model, its weights as floats, and its tokenizer: what further training starts from."""
    from transformers import BertConfig, BertModel

    graph = onnx.load_from_string(model.files["encoder.onnx"]).graph
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    layers = sum(name.endswith("attention.self.weight") for name in tensors)
    words = tensors["words.table"].astype(np.float32) * tensors["words.scale"]
    config = BertConfig(
        vocab_size=words.shape[0],
        hidden_size=words.shape[1],
        num_hidden_layers=layers,
        num_attention_heads=HEADS,
        intermediate_size=tensors["bert.encoder.layer.0.intermediate.dense.weight"].shape[1],
        max_position_embeddings=tensors["places"].shape[0],
        layer_norm_eps=EPSILON,
    )
    network = ClaimNetwork(BertModel(config, add_pooling_layer=False), words.shape[1], FEATURES)
    state = {f"encoder.{name}": value for name, value in _encoder_state(tensors, words, layers).items()}
    with np.load(io.BytesIO(model.files["head.npz"])) as head:
        state |= {f"head.{key}": head[name] for name, key in HEAD_NAMES.items()}
    network.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
    return network, Tokenizer.from_str(model.files["tokenizer.json"].decode())


def _encoder_state(tensors: Mapping[str, Array], words: Array, layers: int) -> dict[str, Array]:
    places = tensors["places"]
    state = {
        "bert.embeddings.word_embeddings.weight": words,
        "bert.embeddings.position_embeddings.weight": places,
        "bert.embeddings.token_type_embeddings.weight": np.zeros((2, places.shape[1]), dtype=np.float32),
        "query.weight": tensors["query.weight"].T,
        "query.bias": np.zeros(1, dtype=np.float32),  # a softmax does not see it
        "project.weight": tensors["project.weight"].T,
        "project.bias": tensors["project.bias"],
    }
    state |= {name: value for name, value in tensors.items() if ".LayerNorm." in name}
    for number in range(layers):
        name = f"bert.encoder.layer.{number}"
        parts = np.split(_dense_weight(tensors, f"{name}.attention.self"), 3)
        biases = np.split(tensors[f"{name}.attention.self.bias"], 3)
        for part, weight, bias in zip(("query", "key", "value"), parts, biases, strict=True):
            state[f"{name}.attention.self.{part}.weight"] = weight
            state[f"{name}.attention.self.{part}.bias"] = bias
        for dense in ("attention.output.dense", "intermediate.dense", "output.dense"):
            state[f"{name}.{dense}.weight"] = _dense_weight(tensors, f"{name}.{dense}")
            state[f"{name}.{dense}.bias"] = tensors[f"{name}.{dense}.bias"]
    return state


def _dense_weight(tensors: Mapping[str, Array], name: str) -> Array:
    return (tensors[f"{name}.weight"].astype(np.float32) * tensors[f"{name}.scale"]).T
