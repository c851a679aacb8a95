"""A network becomes a smaller one that has still to be tuned: fewer feed-forward neurons, fewer words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from claimx.train.examples import Example
from claimx.train.fitting import Recipe, predict
from claimx.train.network import ClaimNetwork


def prune_feed_forward(
    network: ClaimNetwork, tokenizer: Tokenizer, examples: Sequence[Example], recipe: Recipe, *, keep: int
) -> None:
    """Keeps the `keep` neurons of each layer that say most, measured by their output over `examples`."""
    layers: Any = network.encoder.bert.encoder.layer
    energy = [torch.zeros(layer.intermediate.dense.out_features) for layer in layers]

    def listener(number: int) -> Any:
        def listen(module: nn.Module, inputs: Any, output: Tensor) -> None:  # noqa: ARG001 (torch's signature)
            energy[number] += (output**2).reshape(-1, output.shape[-1]).sum(0)

        return listen

    hooks = [layer.intermediate.register_forward_hook(listener(number)) for number, layer in enumerate(layers)]
    predict(network, tokenizer, examples, recipe)
    for hook in hooks:
        hook.remove()
    for layer, heard in zip(layers, energy, strict=True):
        importance = heard.sqrt() * layer.output.dense.weight.detach().norm(dim=0)
        _narrow(layer, importance.topk(keep).indices.sort().values)


def _narrow(layer: Any, rows: Tensor) -> None:
    wide, back = layer.intermediate.dense, layer.output.dense
    into, out = nn.Linear(wide.in_features, len(rows)), nn.Linear(len(rows), back.out_features)
    with torch.no_grad():
        into.weight.copy_(wide.weight[rows])
        into.bias.copy_(wide.bias[rows])
        out.weight.copy_(back.weight[:, rows])
        out.bias.copy_(back.bias)
    layer.intermediate.dense, layer.output.dense = into, out


def prune_embeddings(network: ClaimNetwork, tokenizer: Tokenizer, pieces: Sequence[str]) -> None:
    """Keeps only the rows of `pieces` in the network's word table, in their order."""
    rows = torch.tensor([tokenizer.token_to_id(piece) for piece in pieces])
    embeddings: Any = network.encoder.bert.embeddings
    kept = nn.Embedding(len(pieces), embeddings.word_embeddings.embedding_dim)
    with torch.no_grad():
        kept.weight.copy_(embeddings.word_embeddings.weight[rows])
    embeddings.word_embeddings = kept
