"""Fits the claim model from MiniLM: the recipe of `pipelines/model`, stage by stage; hours on a small machine.

python tests/benchmarks/fit_classifier.py --base FOLDER-OF-MINILM --output FOLDER [--shared ../shared]
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from claimx.components.shape import FEATURES
from claimx.corpus import is_held_out, read_gold
from claimx.train.bundle import make_bundle, prune_tokenizer
from claimx.train.calibration import IDENTITY, calibrate
from claimx.train.examples import Example, abstract_examples, causal_examples, cdcp_examples, gold_examples
from claimx.train.export import prune_vocabulary
from claimx.train.fitting import Recipe, fit
from claimx.train.network import ClaimNetwork, load_encoder
from claimx.train.pruning import prune_embeddings, prune_feed_forward
from claimx.train.session import gold_logits

ROOT = Path(__file__).parents[2]
FIRST = Recipe(epochs=3, rate=1.2e-4, decay=0.88)
PIECES = 20_000
SECOND: dict[str, Any] = {"epochs": 2, "decay": 0.9, "average": 0.985}
STAGES: list[tuple[int, list[Recipe], list[float]]] = [
    (1024, [Recipe(**SECOND, rate=9e-5, head_rate=6e-4, seed=seed) for seed in (2, 3)], [0.5, 0.5]),
    (1024, [Recipe(**SECOND, rate=7e-5, head_rate=4e-4, seed=seed) for seed in (4, 5)], [0.2, 0.2, 0.3, 0.3]),
    (576, [Recipe(**SECOND, rate=8e-5, head_rate=4e-4, seed=seed) for seed in (6, 7)], [0.5, 0.5]),
]
"""Neurons a feed-forward layer keeps, the runs from one start, and the weights of the mean over all of that width."""


def say(line: str) -> None:
    """Progress, to standard error."""
    sys.stderr.write(line + "\n")


def public(folder: Path, *, share: float) -> list[Example]:
    """The public sets with partial labels and low weights; `share` of the larger ones."""
    rng = random.Random(0)
    sets = [
        (cdcp_examples(folder / "cdcp.jsonl"), 1600),
        (causal_examples(folder / "dcha_ungd.jsonl", weight=0.5), 10_000),
        (causal_examples(folder / "because_masc.jsonl", weight=0.2), 10_000),
        (causal_examples(folder / "causal_news_corpus.jsonl", weight=0.1), 600),
        (abstract_examples(folder / "csabstruct.jsonl"), 900),
    ]
    limits = [limit if limit == 10_000 else round(limit * share) for _, limit in sets]
    return [
        e for (found, _), limit in zip(sets, limits, strict=True) for e in rng.sample(found, min(limit, len(found)))
    ]


def second_stage(rows: list[dict[str, Any]], own: list[Example], seed: int) -> list[Example]:
    """All natural rows, cue-dense documents up to about 2,600 rows by `seed`, and our own corpus."""
    natural = {row["doc"] for row in rows if "sample" not in row}
    counts = Counter(row["doc"] for row in rows)
    dense = sorted(doc for doc in counts if doc not in natural)
    random.Random(seed).shuffle(dense)
    taken: set[str] = set()
    for doc in dense:
        if sum(counts[each] for each in taken) > 2600:
            break
        taken.add(doc)
    kept = [row for row in rows if "sample" not in row or row["doc"] in taken]
    return gold_examples(kept) + own


def mean_of(networks: list[ClaimNetwork], weights: list[float]) -> dict[str, torch.Tensor]:
    """The weighted mean of networks that began at the same place."""
    states = [network.state_dict() for network in networks]
    return {
        name: sum(weight * state[name] for weight, state in zip(weights, states, strict=True))
        if value.is_floating_point()
        else value
        for name, value in states[0].items()
    }


def main() -> None:
    """Writes the model folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    arguments = parser.parse_args()
    data, gold = arguments.shared / "data", ROOT / "corpus" / "gold"
    tokenizer = Tokenizer.from_file(str(arguments.base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    rows = read_gold(data / "policy-claims" / "train.jsonl")
    natural = {row["doc"] for row in rows if "sample" not in row}
    kept = [row for row in rows if not is_held_out(row["doc"], share=3 if row["doc"] in natural else 25)]
    own = gold_examples(read_gold(gold / "train.jsonl"), weight=1.4)
    torch.manual_seed(1)
    bert, width = load_encoder(arguments.base)
    network = ClaimNetwork(bert, width, FEATURES)
    checkpoint = arguments.output / "stage-1.pt"
    arguments.output.mkdir(parents=True, exist_ok=True)
    examples = gold_examples(kept) + public(data / "public", share=1.0)
    network = fit(network, tokenizer, examples, FIRST, checkpoint=checkpoint, report=say)
    fitted: list[ClaimNetwork] = []
    width = 0
    for keep, recipes, weights in STAGES:
        if keep != width:
            prune_feed_forward(network, tokenizer, own[:500], FIRST, keep=keep)
            fitted, width = [], keep
        for recipe in recipes:
            state = {name: value.clone() for name, value in network.state_dict().items()}
            examples = second_stage(rows, own, recipe.seed) + public(data / "public", share=0.25)
            fitted.append(fit(network, tokenizer, examples, recipe, report=say))
            network.load_state_dict(state)
        network.load_state_dict(mean_of(fitted, weights))
    pieces = prune_vocabulary(tokenizer.get_vocab(), size=PIECES, always=_seen(tokenizer, rows))
    prune_embeddings(network, tokenizer, pieces)
    tokenizer = prune_tokenizer(tokenizer, pieces)
    held = read_gold(data / "policy-claims" / "dev.jsonl") + read_gold(gold / "dev.jsonl")
    logits, labels = gold_logits(make_bundle(network, tokenizer, IDENTITY), held)
    make_bundle(network, tokenizer, calibrate(logits, labels, tokens=96, strength=5.0)).write(arguments.output)


def _seen(tokenizer: Tokenizer, rows: list[dict[str, Any]]) -> list[str]:
    counts = Counter(token for row in rows for token in tokenizer.encode(row["text"]).tokens)
    return [token for token, count in counts.items() if count > 1]


if __name__ == "__main__":
    main()
