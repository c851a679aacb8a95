"""Loads a pipeline from its configuration, and runs Documents through it, keeping each beside its Doc."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claimx.claim import Claim, Entity, Statement
from claimx.document import Body, Document
from claimx.errors import ClaimxError, PipelineError
from claimx.records import PipelineInfo
from claimx.spans import get_claims, get_entities, get_statements

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

DEFAULT_CONFIG = Path(str(files("claimx") / "pipelines" / "claims.cfg"))
"""The pipeline that ships with the package."""
USER_DATA = "claimx"
"""The key in `doc.user_data` under which the components find what they need to know of the Document."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What the pipeline says of one Document."""

    document: Document
    statements: tuple[Statement, ...]
    claims: tuple[Claim, ...]
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A loaded spaCy pipeline and the facts that go into each record."""

    nlp: Language
    info: PipelineInfo

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotation]:
        """Each Document with its statements, claims and entities, in the given order.

        Raises PipelineError when a component fails on a Document.
        """
        for document in documents:
            yield self.annotate_one(document)

    def annotate_one(self, document: Document) -> Annotation:
        """The statements, claims and entities of one Document.

        Documents never share a batch, so that what stands beside a Document cannot change its numbers.
        Raises PipelineError when a component fails.
        """
        body = document.body()
        try:
            doc = self.nlp(make_doc(self.nlp, document, body))
            return Annotation(
                document=document,
                statements=get_statements(doc, document, body),
                claims=get_claims(doc, document, body),
                entities=get_entities(doc, document, body),
            )
        except ClaimxError:
            raise
        except Exception as error:  # whatever a third-party component raises costs this Document only
            message = f"failed on {document.source} ({type(error).__name__}: {error}); please report this document"
            raise PipelineError(message, config=self.info.name) from error


def make_doc(nlp: Language, document: Document, body: Body) -> Doc:
    """The tokenised body of a Document, with what the components need to know of it in `doc.user_data`."""
    doc = nlp.make_doc(body.text)
    doc.user_data[USER_DATA] = {
        "published": document.published,
        "publisher": document.publisher,
        "title": document.title,
        "language": document.language,
        "blocks": [
            {
                "start": block.start,
                "end": block.end,
                "role": block.role,
                "level": block.level,
                "marker": block.marker,
                "heading": heading,
            }
            for block, heading in zip(body.blocks, _headings(document, body), strict=True)
        ],
    }
    return doc


def _headings(document: Document, body: Body) -> list[str | None]:
    """The text of the nearest heading above each body block, or None."""
    headings = [block for block in document.blocks if block.role == "heading"]
    starts = [block.start for block in headings]
    above = [bisect_right(starts, origin) - 1 for origin in body.origins]
    return [document.text[headings[i].start : headings[i].end] if i >= 0 else None for i in above]


def load_pipeline(config: Path | None = None, *, overrides: Mapping[str, Any] | None = None) -> Pipeline:
    """The pipeline that a spaCy configuration describes, ready to run.

    `overrides` are dotted settings, as in `{"components.claimx_claims.threshold": 0.6}`. The base model is named once,
    by `paths.base`; all that it brings runs before our components, whatever it is called there.
    Raises PipelineError where the configuration, a pattern file or the base model is missing or wrong.
    """
    from spacy.errors import Errors
    from spacy.util import get_sourced_components, load_config, load_model_from_config

    path = config or DEFAULT_CONFIG
    try:
        settings = load_config(path, overrides=dict(overrides or {}), interpolate=True)
        base = _fit_to_base(settings)
        nlp = load_model_from_config(settings, auto_fill=True)
        nlp._link_components()  # as `spacy assemble` does, before what is sourced is left alone
        with nlp.select_pipes(disable=list(get_sourced_components(settings))):
            nlp.initialize()
    except ClaimxError:
        raise
    except KeyError as error:
        message = f"it has no {error}; start from a copy of the pipeline that ships"
        raise PipelineError(message, config=str(path)) from error
    except (OSError, ValueError, TypeError) as error:
        message = " ".join(str(error).replace(Errors.E050.split("{")[0], "").split())[:300]
        raise PipelineError(f"the pipeline cannot be loaded: {message}", config=str(path)) from error
    nlp.max_length = 50_000_000  # what is too long is refused before, with its name
    return Pipeline(nlp, _info(nlp, base))


def _fit_to_base(settings: dict[str, Any]) -> Mapping[str, Any]:
    """Takes the base model's own components, whatever they are called, in the place of those the config sources.

    Returns the base model's meta data (`lang`, `name`, `version`, `components`).
    """
    name = settings["paths"]["base"]
    meta = _base_meta(name)
    base = [component for component in meta["components"] if component not in meta.get("disabled", ())]
    ours = [component for component, entry in settings["components"].items() if "factory" in entry]
    sentences = [component for component in ours if component == "claimx_sentences"]
    settings["components"] = {
        **{component: {"source": name} for component in base},
        **{component: settings["components"][component] for component in ours},
    }
    settings["nlp"]["pipeline"] = [*sentences, *base, *(c for c in ours if c not in sentences)]
    return meta


def _base_meta(name: str) -> Mapping[str, Any]:
    """The meta data of an installed model package, or of a model in a folder, without loading the model."""
    from spacy.util import get_package_path, is_package, load_meta

    folder = get_package_path(name) if is_package(name) else Path(name)
    if not (folder / "meta.json").is_file():
        message = f"the base model {name!r} is not installed; try `pip install {name}` or give the path of a model"
        raise PipelineError(message)
    return load_meta(folder / "meta.json")


def _info(nlp: Language, base: Mapping[str, Any]) -> PipelineInfo:
    """The facts about a pipeline; its fingerprint covers the configuration, every rule and every weight."""
    model = f"{base['lang']}_{base['name']}-{base['version']}"
    digest = hashlib.sha256(f"{version('claimx')}\n{model}\n".encode())
    digest.update(json.dumps(nlp.config["components"], sort_keys=True, default=str).encode())
    for name, component in nlp.pipeline:
        if name.startswith("claimx_") and hasattr(component, "to_bytes"):
            digest.update(component.to_bytes())
    name = str(nlp.config.get("paths", {}).get("name") or "claimx")
    return PipelineInfo(name, version("claimx"), model, digest.hexdigest()[:16])
