"""The claim model at run time: statements in reading order in, a verdict on each out; onnxruntime, no torch."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from claimx.claim import LABELS, ClaimLabel
from claimx.components.shape import shape
from claimx.errors import PipelineError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Tokenizer

FILES = ("encoder.onnx", "tokenizer.json", "head.npz", "calibration.json")
"""What a model folder holds beside its model card."""
DECIMALS = 4
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The model's word on one statement; `labels` has the primary type first and is empty for none."""

    labels: tuple[ClaimLabel, ...]
    scores: Mapping[ClaimLabel, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become probabilities, fitted on documents that were held out.

    `primary` is a temperature and an offset for finding, cause, recommendation and none; `labels` gives per label the
    weight of its own logit, the weight of its primary log-odds, and an offset; `second` is the probability at which a
    label is added beside the primary one; `confidence` is a slope and an offset on the log-odds of the winner.
    """

    tokens: int
    temperature: float
    offsets: tuple[float, float, float, float]
    labels: tuple[tuple[float, float, float], ...]
    second: tuple[float, float, float]
    confidence: tuple[float, float]

    @classmethod
    def read(cls, text: str) -> Calibration:
        """From JSON, as `calibration.json` holds it."""
        stored = json.loads(text)
        return cls(
            tokens=stored["tokens"],
            temperature=stored["temperature"],
            offsets=tuple(stored["offsets"]),
            labels=tuple(tuple(row) for row in stored["labels"]),
            second=tuple(stored["second"]),
            confidence=tuple(stored["confidence"]),
        )

    def primary(self, logits: Vector) -> Vector:
        """Probabilities of finding, cause, recommendation and none from the seven logits of a statement."""
        raised = logits[3:] / self.temperature + np.array(self.offsets)
        raised = np.exp(raised - raised.max())
        probabilities: Vector = raised / raised.sum()
        return probabilities

    def verdict(self, logits: Vector, *, threshold: float = 0.5) -> Verdict:
        """The decision on one statement: a claim when it asserts something with at least probability `threshold`."""
        primary = self.primary(logits)
        scores = {label: round(self._score(logits, primary, index), DECIMALS) for index, label in enumerate(LABELS)}
        first = int(primary[:3].argmax())
        if 1.0 - primary[3] < threshold:
            return Verdict((), scores, self._confidence(primary[3]))
        more = [
            label
            for index, label in sorted(enumerate(LABELS), key=lambda pair: -scores[pair[1]])
            if index != first and scores[label] >= self.second[index]
        ]
        return Verdict((LABELS[first], *more), scores, self._confidence(primary[first]))

    def _score(self, logits: Vector, primary: Vector, index: int) -> float:
        own, shared, offset = self.labels[index]
        return _sigmoid(own * float(logits[index]) + shared * _log_odds(float(primary[index])) + offset)

    def _confidence(self, probability: float) -> float:
        slope, offset = self.confidence
        return round(_sigmoid(slope * _log_odds(float(probability)) + offset), DECIMALS)


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(min(value, 40.0), -40.0)))


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


class ClaimModel:
    """An encoder graph, its tokenizer, the head and the calibration, held as the bytes of their files.

    Statements are encoded one at a time and unpadded: activations are quantised over what is in the tensor, so any
    company would change the last digits of a score. On one thread a batch would be no faster.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = {name: files[name] for name in FILES}
        self.calibration = Calibration.read(self.files["calibration.json"].decode())
        with np.load(io.BytesIO(self.files["head.npz"])) as head:
            self._head = {name: head[name].astype(np.float64) for name in head.files}
        self._running: tuple[InferenceSession, Tokenizer] | None = None

    @classmethod
    def read(cls, folder: Path) -> ClaimModel:
        """The model in a folder; raises PipelineError where a file is missing or unreadable."""
        try:
            return cls({name: (folder / name).read_bytes() for name in FILES})
        except (OSError, ValueError, KeyError) as error:
            message = f"no claim model in {folder}: {error}; run `claimx train`, or name another folder as `model`"
            raise PipelineError(message, component="claimx_claims") from error

    def write(self, folder: Path) -> None:
        """Writes the files of the model into a folder, making it."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)

    def __getstate__(self) -> dict[str, Any]:
        return {"files": self.files}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["files"])  # type: ignore[misc]

    def judge(self, texts: Sequence[str], *, threshold: float = 0.5) -> list[Verdict]:
        """A verdict on each statement of one document, given in reading order."""
        return [self.calibration.verdict(row, threshold=threshold) for row in self.logits(texts)]

    def logits(self, texts: Sequence[str]) -> Vector:
        """Three label logits and four primary-type logits a statement, `(n, 7)`, each seen between its neighbours."""
        if not texts:
            return np.zeros((0, 7))
        vectors = self.vectors(texts)
        nothing = np.zeros(vectors.shape[1])
        rows = []
        for index, text in enumerate(texts):
            before = vectors[index - 1] if index else nothing
            after = vectors[index + 1] if index + 1 < len(texts) else nothing
            rows.append(self._apply(np.concatenate([vectors[index], shape(text)]), before, after))
        return np.array(rows)

    def vectors(self, texts: Sequence[str]) -> Vector:
        """The encoder's vector of each text, `(n, width)`; equal texts have equal vectors."""
        session, tokenizer = self._session()
        seen: dict[str, Vector] = {}
        limit = self.calibration.tokens
        for text, encoding in zip(texts, tokenizer.encode_batch(list(texts)), strict=True):
            if text not in seen:
                ids = encoding.ids
                ids = ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]
                seen[text] = session.run(None, {"ids": np.array([ids], dtype=np.int64)})[0][0].astype(np.float64)
        return np.array([seen[text] for text in texts])

    def _apply(self, here: Vector, before: Vector, after: Vector) -> Vector:
        head = self._head
        hidden = head["here"] @ here + head["here_bias"] + head["before"] @ before + head["after"] @ after
        logits: Vector = head["out"] @ np.maximum(hidden, 0.0) + head["out_bias"]
        return logits

    def _session(self) -> tuple[InferenceSession, Tokenizer]:
        """Starts the graph on first use, so that a process that was forked before has a session of its own."""
        if self._running is None:
            import onnxruntime
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            # the graph is as it should be; fusing sums with normalisation would make it slower
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
            tokenizer = Tokenizer.from_str(self.files["tokenizer.json"].decode())
            session = onnxruntime.InferenceSession(
                self.files["encoder.onnx"], options, providers=["CPUExecutionProvider"]
            )
            self._running = (session, tokenizer)
        return self._running
