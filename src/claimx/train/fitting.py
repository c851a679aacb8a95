"""Examples in, a fitted network out: seeded, resumable at each epoch, with an exponential average of the weights."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from claimx.components.shape import shape
from claimx.train.examples import UNKNOWN, Example, augment, windows
from claimx.train.network import VECTOR, ClaimNetwork


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is fitted; `trainable` counts the encoder layers, from the top, that learn (0: frozen)."""

    epochs: int = 4
    batch: int = 32
    window: int = 8
    rate: float = 1.5e-4
    decay: float = 0.85
    head_rate: float = 1e-3
    tokens: int = 96
    trainable: int = 6
    seed: int = 1
    neighbours: bool = True
    smoothing: float = 0.04
    average: float = 0.99


@dataclass(frozen=True, slots=True)
class Batch:
    """Statements of a batch, with the row of each one's neighbours in it, or -1."""

    examples: list[Example]
    before: list[int]
    after: list[int]


def fit(
    network: ClaimNetwork,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    recipe: Recipe,
    *,
    checkpoint: Path | None = None,
    report: Callable[[str], None] = lambda line: None,  # noqa: ARG005
    after_epoch: Callable[[int, ClaimNetwork], None] = lambda epoch, network: None,  # noqa: ARG005
) -> ClaimNetwork:
    """Fit `network` in place and return its averaged copy; goes on from `checkpoint` where that exists."""
    torch.manual_seed(recipe.seed)
    optimizer = _optimizer(network, recipe)
    steps = recipe.epochs * sum(1 for _ in iter_batches(examples, recipe, epoch=0))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _slope(step, steps))
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average)
    )
    first = _resume(checkpoint, network, average, optimizer, schedule)
    for epoch in range(first, recipe.epochs):
        torch.manual_seed(recipe.seed * 1000 + epoch)
        began, seen, total = time.monotonic(), 0, 0.0
        network.train()
        for number, batch in enumerate(iter_batches(examples, recipe, epoch=epoch), start=1):
            loss = batch_loss(network, tokenizer, batch, recipe)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(network)
            seen, total = seen + len(batch.examples), total + float(loss.detach())
            if number % 20 == 0:
                pace = seen / (time.monotonic() - began)
                report(
                    f"epoch {epoch + 1}/{recipe.epochs}: {seen}/{len(examples)} statements, "
                    f"loss {total / number:.3f}, {pace:.0f} a second"
                )
        if checkpoint is not None:
            _save(checkpoint, epoch + 1, network, average, optimizer, schedule)
        after_epoch(epoch + 1, average.module)
    fitted: ClaimNetwork = average.module
    return fitted


def iter_batches(examples: Sequence[Example], recipe: Recipe, *, epoch: int) -> Iterator[Batch]:
    """Windows of neighbours, shuffled and packed into batches; another order and other cuts in each epoch."""
    rng = random.Random(recipe.seed * 7919 + epoch)
    pieces = list(windows(examples, size=recipe.window, rng=rng))
    rng.shuffle(pieces)
    taken: list[list[Example]] = []
    for piece in pieces:
        taken.append(piece)
        if sum(map(len, taken)) >= recipe.batch:
            yield _pack(taken, rng)
            taken = []
    if taken:
        yield _pack(taken, rng)


def _pack(pieces: list[list[Example]], rng: random.Random, *, blind: float = 0.15) -> Batch:
    examples: list[Example] = []
    before: list[int] = []
    after: list[int] = []
    for piece in pieces:
        base = len(examples)
        for place, example in enumerate(piece):
            examples.append(augment(example, rng))
            before.append(base + place - 1 if place > 0 and rng.random() > blind else -1)
            after.append(base + place + 1 if place + 1 < len(piece) and rng.random() > blind else -1)
    return Batch(examples, before, after)


def batch_loss(network: ClaimNetwork, tokenizer: Tokenizer, batch: Batch, recipe: Recipe) -> Tensor:
    """Weighted cross-entropies of the labels that are known and of the primary type."""
    vectors = network.dropout(encode(network, tokenizer, [example.text for example in batch.examples], recipe.tokens))
    logits = apply_head(network, vectors, batch, neighbours=recipe.neighbours)
    weight = torch.tensor([example.weight for example in batch.examples])
    labels = torch.tensor([example.labels for example in batch.examples])
    known = (labels != UNKNOWN).float()
    soft = labels.clamp(min=0) * (1 - 2 * recipe.smoothing) + recipe.smoothing
    binary = functional.binary_cross_entropy_with_logits(logits[:, :3], soft, reduction="none") * known
    primary = torch.tensor([example.primary or (0.0,) * 4 for example in batch.examples])
    has = primary.sum(1, keepdim=True)
    smooth = primary * (1 - 4 / 3 * recipe.smoothing) + recipe.smoothing / 3 * has
    classes = -(smooth * functional.log_softmax(logits[:, 3:], dim=1)).sum(1)
    return ((binary.sum(1) + classes) * weight).sum() / weight.sum().clamp(min=1.0)


def apply_head(network: ClaimNetwork, vectors: Tensor, batch: Batch, *, neighbours: bool = True) -> Tensor:
    """Logits of a batch from its vectors; `neighbours` false blinds the head to what stands around."""
    padded = torch.cat([vectors, torch.zeros(1, VECTOR)])
    features = torch.tensor([shape(example.text) for example in batch.examples])
    around = (batch.before, batch.after) if neighbours else ([-1] * len(vectors),) * 2
    before, after = (padded[torch.tensor(rows)] for rows in around)
    logits: Tensor = network.head(torch.cat([vectors, features], dim=1), before, after)
    return logits


def encode(
    network: ClaimNetwork, tokenizer: Tokenizer, texts: Sequence[str], tokens: int, *, chunk: int = 12
) -> Tensor:
    """One vector a text, in order; texts of like length run together so that little padding is computed."""
    ids = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    ids = [row if len(row) <= tokens else [*row[: tokens - 1], row[-1]] for row in ids]
    order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    parts: list[Tensor] = []
    for start in range(0, len(order), chunk):
        rows = [ids[index] for index in order[start : start + chunk]]
        width = max(map(len, rows))
        padded = torch.tensor([row + [0] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        parts.append(network.encoder(padded, mask))
    place = torch.empty(len(order), dtype=torch.long)
    place[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[place]


@torch.no_grad()  # type: ignore[untyped-decorator]
def predict(
    network: ClaimNetwork, tokenizer: Tokenizer, examples: Sequence[Example], recipe: Recipe
) -> NDArray[np.float64]:
    """Logits `(n, 7)` of examples in their order, each seen between its true neighbours."""
    network.eval()
    vectors = torch.cat(
        [
            encode(network, tokenizer, [e.text for e in examples[start : start + 256]], recipe.tokens)
            for start in range(0, len(examples), 256)
        ]
    )
    count = len(examples)
    before = [index - 1 if examples[index].adjacent else -1 for index in range(count)]
    after = [index + 1 if index + 1 < count and examples[index + 1].adjacent else -1 for index in range(count)]
    logits = apply_head(network, vectors, Batch(list(examples), before, after), neighbours=recipe.neighbours)
    found: NDArray[np.float64] = logits.double().numpy()
    return found


def _optimizer(network: ClaimNetwork, recipe: Recipe) -> torch.optim.Optimizer:
    layers = list(network.encoder.bert.encoder.layer)
    for parameter in network.encoder.bert.parameters():
        parameter.requires_grad = False
    groups: list[dict[str, object]] = []
    for depth, layer in enumerate(reversed(layers)):
        if depth < recipe.trainable:
            for parameter in layer.parameters():
                parameter.requires_grad = True
            groups.append({"params": list(layer.parameters()), "lr": recipe.rate * recipe.decay**depth})
    fresh = [*network.head.parameters(), *network.encoder.query.parameters(), *network.encoder.project.parameters()]
    groups.append({"params": fresh, "lr": recipe.head_rate})
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _slope(step: int, steps: int, warm: float = 0.06) -> float:
    done = step / max(steps, 1)
    return min(done / warm, 1.0) * max(0.02, 0.5 * (1 + math.cos(math.pi * min(done, 1.0))))


def _save(path: Path, epoch: int, *parts: object) -> None:
    part = path.with_suffix(".part")
    torch.save({"epoch": epoch, "states": [p.state_dict() for p in parts]}, part)  # type: ignore[attr-defined]
    part.replace(path)


def _resume(path: Path | None, *parts: object) -> int:
    if path is None or not path.exists():
        return 0
    stored = torch.load(path, weights_only=True)
    for part, state in zip(parts, stored["states"], strict=True):
        part.load_state_dict(state)  # type: ignore[attr-defined]
    return int(stored["epoch"])
