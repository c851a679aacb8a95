"""The trained network: MiniLM reads one statement, a small head reads its vector between its neighbours'."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

VECTOR = 256
HIDDEN = 160


class StatementEncoder(nn.Module):  # type: ignore[misc] # torch is not installed where types are checked
    """Token ids of a statement become one vector: mean and attention pooling over the last layer, projected."""

    def __init__(self, bert: nn.Module, width: int) -> None:
        super().__init__()
        self.bert = bert
        self.query = nn.Linear(width, 1)
        self.project = nn.Linear(2 * width, VECTOR)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """`(n, tokens)` ids and mask become `(n, VECTOR)`."""
        states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        focus = torch.softmax(self.query(states) + (1.0 - mask) * -1e4, dim=1)
        return torch.tanh(self.project(torch.cat([mean, (states * focus).sum(1)], dim=-1)))


class ClaimHead(nn.Module):  # type: ignore[misc] # torch is not installed where types are checked
    """A statement's vector and its neighbours' become three label logits and four primary-type logits."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.here = nn.Linear(VECTOR + features, HIDDEN)
        self.before = nn.Linear(VECTOR, HIDDEN, bias=False)
        self.after = nn.Linear(VECTOR, HIDDEN, bias=False)
        self.out = nn.Linear(HIDDEN, 7)

    def forward(self, here: Tensor, before: Tensor, after: Tensor) -> Tensor:
        """`(n, VECTOR + features)` and twice `(n, VECTOR)` become `(n, 7)`; a missing neighbour is zeros."""
        hidden = torch.relu(self.here(here) + self.before(before) + self.after(after))
        logits: Tensor = self.out(hidden)
        return logits


class ClaimNetwork(nn.Module):  # type: ignore[misc] # torch is not installed where types are checked
    """Encoder and head in one, for training."""

    def __init__(self, bert: nn.Module, width: int, features: int) -> None:
        super().__init__()
        self.encoder = StatementEncoder(bert, width)
        self.head = ClaimHead(features)
        self.dropout = nn.Dropout(0.1)


def load_encoder(path: Path, *, layers: int | None = None) -> tuple[nn.Module, int]:
    """The pretrained BERT in `path` without its pooler, cut to its first `layers`, and its width."""
    from transformers import BertModel

    bert = BertModel.from_pretrained(path, add_pooling_layer=False, attn_implementation="sdpa")
    if layers is not None:
        bert.encoder.layer = bert.encoder.layer[:layers]
        bert.config.num_hidden_layers = layers
    return bert, int(bert.config.hidden_size)
