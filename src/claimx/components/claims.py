"""The component `claimx_claims`: statements in, labels and calibrated scores on each, and the claims among them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from claimx.components.classifier import FILES, ClaimModel
from claimx.errors import PipelineError
from claimx.scoring import label_scores
from claimx.spans import CLAIMS, STATEMENTS, add_span, attrs_of

Scorer = Callable[..., dict[str, Any]]


@Language.factory(
    "claimx_claims",
    assigns=["doc.spans"],
    default_config={
        "model": "model",
        "threshold": 0.5,
        "scorer": {"@scorers": "claimx.claim_scorer.v1"},
    },
    default_score_weights={
        "claims_macro_f": 1.0,
        "claims_finding_f": 0.0,
        "claims_cause_f": 0.0,
        "claims_recommendation_f": 0.0,
    },
)
def make_claims(
    nlp: Language,  # noqa: ARG001 (spaCy's signature, here and below)
    name: str,
    model: str,
    threshold: float,
    scorer: Scorer | None,
) -> ClaimClassifier:
    """The factory; `model` is a folder, relative to the package's `pipelines/` or absolute."""
    return ClaimClassifier(name, model=model, threshold=threshold, scorer=scorer)


class ClaimClassifier:
    """Labels the statements in `doc.spans["statements"]` and makes `doc.spans["claims"]` of those that assert.

    A statement is a claim when the probability that it asserts something is at least `threshold`.
    """

    def __init__(self, name: str, *, model: str, threshold: float, scorer: Scorer | None = None) -> None:
        if not 0.0 <= threshold <= 1.0:
            message = f"threshold {threshold} is no probability; give a number from 0 to 1"
            raise PipelineError(message, component=name)
        self.name = name
        self.folder = model
        self.threshold = threshold
        self.scorer = scorer
        self._model: ClaimModel | None = None

    @property
    def model(self) -> ClaimModel:
        """The model, read from its folder on first use unless it came with a saved pipeline."""
        if self._model is None:
            self._model = ClaimModel.read(Path(str(files("claimx") / "pipelines" / self.folder)))
        return self._model

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,  # noqa: ARG002
        *,
        nlp: Language | None = None,  # noqa: ARG002
        patterns: list[dict[str, Any]] | None = None,  # noqa: ARG002
    ) -> None:
        """Reads the weights, so that a missing model is found before the first document."""
        self._model = ClaimModel.read(Path(str(files("claimx") / "pipelines" / self.folder)))

    def __call__(self, doc: Doc) -> Doc:
        """Writes `labels`, `scores` and `confidence` on each statement, and the claims."""
        statements = attrs_of(doc, STATEMENTS)
        text = doc.text  # put together anew at every call
        texts = [" ".join(text[attrs["start"] : attrs["end"]].split()) for _, attrs in statements]
        doc.spans.pop(CLAIMS, None)
        doc.spans[CLAIMS] = []
        for (_, attrs), verdict in zip(statements, self.model.judge(texts, threshold=self.threshold), strict=True):
            found = {
                "labels": list(verdict.labels),
                "scores": dict(verdict.scores),
                "confidence": verdict.confidence,
            }
            attrs.update(found)
            if verdict.labels:
                more = {key: value for key, value in attrs.items() if key not in ("start", "end")}
                add_span(doc, CLAIMS, attrs["start"], attrs["end"], verdict.labels[0], {**more, "cues": []})
        return doc

    def score(self, examples: Iterable[Example], **settings: Any) -> dict[str, Any]:
        """What the configured scorer says of predicted and reference claims."""
        return self.scorer(examples, **settings) if self.scorer is not None else {}

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002
        """The weights and settings, with each file's length before it."""
        parts = [self.model.files[name] for name in FILES]
        return b"".join(len(part).to_bytes(8, "big") + part for part in parts)

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> ClaimClassifier:  # noqa: ARG002
        """Takes the weights that `to_bytes` gave."""
        found, place = {}, 0
        for name in FILES:
            end = place + 8 + int.from_bytes(data[place : place + 8], "big")
            found[name], place = data[place + 8 : end], end
        self._model = ClaimModel(found)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Writes the model into a folder."""
        self.model.write(Path(path))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> ClaimClassifier:  # noqa: ARG002
        """Reads the model from a folder."""
        self._model = ClaimModel.read(Path(path))
        return self


def make_claim_scorer() -> Scorer:
    """The registered scorer `claimx.claim_scorer.v1`."""
    return score_claims


def score_claims(examples: Iterable[Example], **settings: Any) -> dict[str, Any]:  # noqa: ARG001
    """F1 of the primary type per label over claims with the same offsets; recall counts every reference claim."""
    predicted: list[tuple[str, ...]] = []
    gold: list[tuple[str, ...]] = []
    for example in examples:
        ours, theirs = _types(example.predicted), _types(example.reference)
        for place in sorted({*ours, *theirs}):
            predicted.append(ours.get(place, ()))
            gold.append(theirs.get(place, ()))
    table = label_scores(gold, predicted, labels=("finding", "cause", "recommendation"))
    result: dict[str, Any] = {f"claims_{label}_f": score.f for label, score in table.items()}
    result["claims_macro_f"] = sum(score.f for score in table.values()) / len(table)
    return result


def _types(doc: Doc) -> dict[tuple[int, int], tuple[str, ...]]:
    return {(attrs["start"], attrs["end"]): (attrs["labels"][0],) for _, attrs in attrs_of(doc, CLAIMS)}
