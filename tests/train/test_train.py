"""Training from rows to a model folder: seeded, resumable, and documented; on a network small enough for a test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the train extra")

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from claimx.components.classifier import ClaimModel
from claimx.components.shape import FEATURES
from claimx.errors import PipelineError
from claimx.train import train
from claimx.train.bundle import make_bundle, open_bundle, prune_tokenizer
from claimx.train.calibration import IDENTITY, calibrate
from claimx.train.examples import UNKNOWN, Example, augment, gold_examples, windows
from claimx.train.fitting import Recipe, encode, fit, predict
from claimx.train.network import ClaimNetwork
from claimx.train.pruning import prune_feed_forward

WORDS = ["the", "port", "should", "grow", "because", "fees", "fell", "who", "pays", "?", ".", "it", "is", "big"]
RECIPE = Recipe(epochs=2, trainable=1, batch=4)


def make_tokenizer() -> Tokenizer:
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    tokenizer = Tokenizer(models.WordPiece({word: n for n, word in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(pieces[:5])
    return tokenizer


def make_network() -> ClaimNetwork:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS) + 5, hidden_size=24, num_hidden_layers=2, num_attention_heads=12,
        intermediate_size=32, max_position_embeddings=96,
    )  # fmt: skip
    return ClaimNetwork(BertModel(config, add_pooling_layer=False), 24, FEATURES)


ROWS = [
    {"doc": f"doc-{doc}", "n": n, "text": text, "labels": labels}
    for doc in range(8)
    for n, (text, labels) in enumerate(
        [("The port should grow.", ["recommendation"]), ("Fees fell because the port is big.", ["cause"]),
         ("Who pays?", []), ("It is big.", ["finding"])]
    )
]  # fmt: skip


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A model folder to go on from."""
    make_bundle(make_network(), make_tokenizer(), IDENTITY).write(tmp_path / "start")
    return tmp_path / "start"


def test_training_writes_a_model_that_runs_and_its_card(start, tmp_path):
    """The folder holds weights, calibration and a card that counts the data; no checkpoint is left."""
    lines: list[str] = []
    result = train(ROWS, tmp_path / "new", start=start, recipe=RECIPE, report=lines.append)
    assert result.statements + result.held_out == len(ROWS)
    assert len(ClaimModel.read(tmp_path / "new").judge([row["text"] for row in ROWS[:4]])) == 4
    assert f"{result.statements} statements" in (tmp_path / "new" / "README.md").read_text()
    assert not list((tmp_path / "new").glob("*.pt"))
    assert lines


def test_the_same_rows_and_recipe_give_the_same_weights(start, tmp_path):
    """Two runs on one machine are equal to the last byte."""
    for name in ("one", "two"):
        train(ROWS, tmp_path / name, start=start, recipe=RECIPE)
    for file in ("encoder.onnx", "head.npz", "calibration.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_an_interrupted_run_goes_on_and_ends_the_same(tmp_path):
    """A run stopped after its first epoch gives the weights of one that was never stopped."""

    class Interruption(Exception):
        """Stands for a machine that is switched off."""

    def stop(epoch: int, network: ClaimNetwork) -> None:
        raise Interruption

    examples = gold_examples(ROWS)
    whole = fit(make_network(), make_tokenizer(), examples, RECIPE)
    with pytest.raises(Interruption):
        fit(make_network(), make_tokenizer(), examples, RECIPE, checkpoint=tmp_path / "c.pt", after_epoch=stop)
    resumed = fit(make_network(), make_tokenizer(), examples, RECIPE, checkpoint=tmp_path / "c.pt")
    for ours, theirs in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_few_corrections_leave_the_encoder_alone(start, tmp_path):
    """With few rows only the head learns, so that a handful of decisions cannot break the encoder."""
    train(ROWS, tmp_path / "new", start=start)
    before, after = (open_bundle(ClaimModel.read(folder))[0] for folder in (start, tmp_path / "new"))
    layers = [network.encoder.bert.encoder.layer[1].output.dense.weight for network in (before, after)]
    assert torch.allclose(*layers, atol=1e-6)


def test_nothing_to_learn_from_says_what_to_do(tmp_path):
    """An empty set of rows is refused with the way out."""
    with pytest.raises(PipelineError, match="review a run first"):
        train([], tmp_path)


def test_the_graph_says_what_the_network_says():
    """The int8 graph and the network agree, but for quantisation, on every statement."""
    network, tokenizer = make_network().eval(), make_tokenizer()
    model = make_bundle(network, tokenizer, IDENTITY)
    texts = [row["text"] for row in ROWS[:4]]
    with torch.no_grad():
        expected = encode(network, tokenizer, texts, 96).numpy()
    assert np.abs(model.vectors(texts) - expected).max() < 0.05


def test_a_bundle_opens_to_the_network_it_was_made_of():
    """Reading the weights back and writing them again changes no byte of the graph."""
    model = make_bundle(make_network(), make_tokenizer(), IDENTITY)
    network, tokenizer = open_bundle(model)
    again = make_bundle(network, tokenizer, IDENTITY)
    texts = [row["text"] for row in ROWS[:4]]
    assert np.abs(again.vectors(texts) - model.vectors(texts)).max() < 1e-3


def test_narrowing_keeps_the_shape_of_the_output():
    """Fewer neurons, the same seven logits a statement."""
    network, tokenizer = make_network(), make_tokenizer()
    examples = gold_examples(ROWS)
    prune_feed_forward(network, tokenizer, examples, RECIPE, keep=16)
    assert network.encoder.bert.encoder.layer[0].intermediate.dense.out_features == 16
    assert predict(network, tokenizer, examples, RECIPE).shape == (len(ROWS), 7)


def test_a_pruned_tokenizer_numbers_its_pieces_anew():
    """Kept words keep their splitting; a dropped word becomes unknown."""
    small = prune_tokenizer(make_tokenizer(), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "port", "grow"])
    assert small.encode("the port grow").ids == [2, 1, 5, 6, 3]


def test_calibration_mends_scores_that_boast():
    """Logits ten times too sure are cooled down, and the thresholds are probabilities."""
    rng = np.random.default_rng(0)
    gold = [["finding"] if value else [] for value in rng.random(300) < 0.7]
    logits = np.zeros((300, 7))
    logits[:, 0] = logits[:, 3] = 10.0
    found = calibrate(logits, gold, tokens=96)
    assert abs(found.primary(logits[0])[0] - 0.7) < 0.1
    assert all(0 < limit < 1 for limit in found.second)


def test_windows_hold_every_example_once_and_only_neighbours():
    """Cutting into stretches loses nothing and joins no two documents."""
    import random

    examples = gold_examples(ROWS)
    pieces = list(windows(examples, size=3, rng=random.Random(1)))
    assert [example for piece in pieces for example in piece] == examples
    assert all(len({example.doc for example in piece}) == 1 for piece in pieces)


def test_augmenting_touches_neither_labels_nor_weight():
    """Only the dress of the text changes."""
    import random

    example = Example("doc", "The port should grow.", (0.0, UNKNOWN, 1.0), None, 0.3)
    for seed in range(60):
        changed = augment(example, random.Random(seed), rate=1.0)
        assert (changed.labels, changed.weight) == (example.labels, example.weight)
        assert "port should grow" in changed.text
