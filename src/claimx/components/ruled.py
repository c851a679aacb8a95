"""A spaCy component that is made of rules: they come with `initialize` and travel with the assembled pipeline."""

import json
from abc import abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc

from claimx.corpus import read_patterns

Rule = dict[str, Any]
"""One line of a pattern file; `phenomenon` names the case file that shows what it is for."""


class RuledPipe(Pipe):
    """What spaCy asks of a component that can be initialised and serialised, for one whose only state is rules."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.vocab = nlp.vocab
        self.name = name
        self.use([])

    @abstractmethod
    def __call__(self, doc: Doc) -> Doc:
        """Annotate the Doc and hand it on."""

    @abstractmethod
    def compile(self, rules: list[Rule]) -> None:
        """Turn the rules into what `__call__` works with."""

    def use(self, rules: list[Rule]) -> None:
        """Work by these rules from now on."""
        self.rules = rules
        self.compile(rules)

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Any]] | None = None,  # noqa: ARG002 (spaCy's signature)
        *,
        nlp: Language | None = None,  # noqa: ARG002
        patterns: list[Rule] | None = None,
    ) -> None:
        """Take over the rules that `[initialize.components.NAME.patterns]` gives."""
        self.use(patterns or [])

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002
        """The rules as bytes."""
        return json.dumps(self.rules, ensure_ascii=False).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Self:  # noqa: ARG002
        """Take the rules from bytes."""
        self.use(json.loads(data))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Write the rules to `path`/patterns.jsonl."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(rule, ensure_ascii=False) + "\n" for rule in self.rules)
        (folder / "patterns.jsonl").write_text("".join(lines), encoding="utf-8")

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Self:  # noqa: ARG002
        """Read the rules from `path`/patterns.jsonl."""
        self.use(read_patterns(str(Path(path).resolve() / "patterns.jsonl")))
        return self
