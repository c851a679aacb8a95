"""Label Studio: tasks with predictions out, its JSON export (or our own tasks) in, and the configuration to go with it.

The type of a claim, its parts and entities are regions; attributes, notes and values are choices and text areas on
them; relations join a claim to its parts. Label Studio itself checks neither offsets nor text, so the reader does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from claimx.claim import ENTITY_LABELS, LABELS
from claimx.errors import RecordError
from claimx.interchange.annotation import FIELDS, Passage, check_passage, check_span, utf16_offsets
from claimx.interchange.regions import ALSO, ARGUMENTS, RELATION_LABELS, SOURCE, Region, Relation, claims_of, regions_of
from claimx.records import atomic_file

HOLDS = FIELDS
CONTROLS = {
    "claim": (*LABELS, *ALSO),
    "part": (*ARGUMENTS, SOURCE),
    "entity": ENTITY_LABELS,
}
"""The labels of each `Labels` control."""
CHOICES = {
    "attribution": ("author", "reported"),
    "certainty": ("asserted", "hedged"),
    "polarity": ("positive", "negative"),
}
AREAS = {"note": "claim", "value": "entity", "ref": "entity"}
"""Text areas, and the control on whose regions each is offered."""


def labelling_config() -> str:
    """The labelling configuration (XML) that a Label Studio project needs for our tasks."""
    lines = ["<View>"]
    for name, labels in CONTROLS.items():
        lines.append(f'  <Labels name="{name}" toName="text">')
        lines += [f'    <Label value="{label}"/>' for label in labels]
        lines.append("  </Labels>")
    lines.append('  <Text name="text" value="$text" granularity="symbol"/>')
    for name, choices in CHOICES.items():
        lines.append(f'  <Choices name="{name}" toName="text" perRegion="true" whenTagName="claim" showInline="true">')
        lines += [f'    <Choice value="{choice}"/>' for choice in choices]
        lines.append("  </Choices>")
    for name, control in AREAS.items():
        lines.append(
            f'  <TextArea name="{name}" toName="text" perRegion="true" whenTagName="{control}" editable="true" '
            f'maxSubmissions="1" placeholder="{name}"/>'
        )
    lines.append("  <Relations>")
    lines += [f'    <Relation value="{label}"/>' for label in RELATION_LABELS]
    lines += ["  </Relations>", "</View>", ""]
    return "\n".join(lines)


def write(path: Path, passages: Iterable[Passage], *, model: str = "claimx") -> None:
    """Writes one task a document, as a JSON array, and the configuration beside it, as `<name>.config.xml`."""
    with atomic_file(path) as stream:
        json.dump([_task(passage, model) for passage in passages], stream, ensure_ascii=False, indent=1)
        stream.write("\n")
    with atomic_file(path.with_suffix(".config.xml")) as stream:
        stream.write(labelling_config())


def _task(passage: Passage, model: str) -> dict[str, Any]:
    results = [result for claim in passage.claims for result in _results(*regions_of(claim))]
    scores = [claim.score for claim in passage.claims if claim.score is not None]
    prediction: dict[str, Any] = {"model_version": model, "result": results}
    if scores:
        prediction["score"] = round(sum(scores) / len(scores), 4)
    data = {"text": passage.text, "document": passage.document, "start": passage.start, "title": passage.title or ""}
    return {"data": data, "predictions": [prediction]}


def _results(regions: list[Region], relations: list[Relation]) -> Iterator[dict[str, Any]]:
    for region in regions:
        control = next(name for name, labels in CONTROLS.items() if region.label in labels)
        place = {"start": region.start, "end": region.end, "text": region.text}
        common = {"id": region.id, "to_name": "text"}
        yield {
            **common,
            "from_name": control,
            "type": "labels",
            "value": {**place, "labels": [region.label]},
            **({} if region.score is None else {"score": region.score}),
            "meta": {"claim": region.id} if control == "claim" else {},
        }
        for name, value in region.attributes.items():
            kind, shape = ("choices", {"choices": [value]}) if name in CHOICES else ("textarea", {"text": [value]})
            yield {**common, "from_name": name, "type": kind, "value": {**place, **shape}}
    for relation in relations:
        ends = {"from_id": relation.head, "to_id": relation.child}
        yield {**ends, "type": "relation", "direction": "right", "labels": [relation.label]}


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Passage]:
    """The annotated tasks of a JSON export; of our own file, which nobody has annotated, the predictions.

    One passage for each annotation of a task that was not cancelled. Raises RecordError or OffsetMismatch with the
    task (counted from 1, as the line) and the field.
    """
    for number, task in enumerate(_tasks(path), start=1):
        reader = _TaskReader(str(path), number)
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            raise reader.error("is no task with data; export as JSON (not JSON_MIN or CSV)", "")
        annotations = task.get("annotations", task.get("completions"))
        if annotations is None:
            predictions = [item for item in task.get("predictions") or () if isinstance(item, dict)]
            for place, prediction in enumerate(predictions):
                yield reader.passage(task, prediction, texts, f"/predictions/{place}")
            continue
        for place, annotation in enumerate(annotations):
            if not annotation.get("was_cancelled"):
                yield reader.passage(task, annotation, texts, f"/annotations/{place}")


def _tasks(path: Path) -> list[Any]:
    try:
        tasks = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RecordError(f"cannot be read ({error.strerror or error})", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise RecordError("is not UTF-8 text; JSON is", path=str(path)) from error
    except json.JSONDecodeError as error:
        message = f"is no JSON ({error.msg}, character {error.colno}); was the file cut short?"
        raise RecordError(message, path=str(path), line=error.lineno) from error
    if not isinstance(tasks, list):
        raise RecordError("holds no array of tasks; export as JSON from Label Studio", path=str(path))
    return tasks


class _TaskReader:
    """Reads one task; `number` counts tasks from 1."""

    def __init__(self, path: str, number: int) -> None:
        self._path, self._number = path, number

    def error(self, message: str, pointer: str) -> RecordError:
        """An error at a place in this task."""
        return RecordError(f"(task {self._number}) {message}", path=self._path, line=self._number, pointer=pointer)

    def passage(
        self, task: Mapping[str, Any], given: Mapping[str, Any], texts: Mapping[str, str], pointer: str
    ) -> Passage:
        """What one annotation or prediction of the task says."""
        data = task["data"]
        text, document, start = data.get("text"), data.get("document"), data.get("start", 0)
        if not isinstance(text, str) or not isinstance(document, str) or not isinstance(start, int):
            raise self.error("has no text, document and start of ours; is this another project?", "/data")
        results = given.get("result")
        if not isinstance(results, list):
            raise self.error("has no list of results", f"{pointer}/result")
        regions, relations = self._collect(results, text, f"{pointer}/result")
        found = claims_of(regions, relations, path=self._path, line=self._number)
        human = pointer.startswith("/annotations")
        passage = Passage(
            document,
            start,
            text,
            found.claims,
            title=data.get("title") or None,
            annotator=_annotator(given) if human else None,
            reviewed=human,
            left_out=found.left_out,
        )
        check_passage(passage, texts, path=self._path, line=self._number, pointer="/data/text")
        return passage

    def _collect(self, results: list[Any], text: str, pointer: str) -> tuple[list[Region], list[Relation]]:
        spans: dict[str, tuple[dict[str, Any], str]] = {}
        attributes: dict[str, dict[str, str]] = {}
        relations = []
        for place, result in enumerate(results):
            here = f"{pointer}/{place}"
            kind = result.get("type") if isinstance(result, dict) else None
            if kind == "labels":
                spans[str(result.get("id"))] = (result, here)
            elif kind in ("choices", "textarea"):
                name, value = self._attribute(result, here)
                attributes.setdefault(str(result.get("id")), {})[name] = value
            elif kind == "relation":
                label = (result.get("labels") or [""])[0]
                relations.append(Relation(str(result.get("from_id")), str(result.get("to_id")), label, here))
            else:
                raise self.error(f"a result of type {kind!r} is not ours; is this another project?", here)
        regions = [self._region(key, *found, attributes.get(key, {}), text) for key, found in spans.items()]
        return regions, relations

    def _attribute(self, result: dict[str, Any], pointer: str) -> tuple[str, str]:
        name, value = result.get("from_name"), result.get("value") or {}
        given = value.get("choices") if result["type"] == "choices" else value.get("text")
        if name not in CHOICES and name not in AREAS:
            raise self.error(f"the control {name!r} is not ours", f"{pointer}/from_name")
        if isinstance(given, list):
            given = given[0] if given else None
        if not isinstance(given, str):
            raise self.error(f"{name} holds no text", f"{pointer}/value")
        return name, given

    def _region(
        self, key: str, result: dict[str, Any], pointer: str, attributes: Mapping[str, str], text: str
    ) -> Region:
        value = result.get("value") or {}
        labels = value.get("labels")
        if not isinstance(labels, list) or len(labels) != 1:
            raise self.error(f"a region needs one label, not {labels!r}", f"{pointer}/value/labels")
        quote = value.get("text")
        if isinstance(quote, str) and quote not in text:
            quote = quote.replace("\\n", "\n")  # its page writes line breaks in a quote as two characters
        place = _in_code_points(text, value.get("start"), value.get("end"), quote)
        quote = check_span(text, *place, quote, path=self._path, line=self._number, pointer=f"{pointer}/value")
        score = result.get("score")
        return Region(key, labels[0], *place, quote, attributes, score, f"{pointer}/value")


def _in_code_points(text: str, start: Any, end: Any, quote: Any) -> tuple[Any, Any]:
    """The offsets, converted where only UTF-16 units give the quote: versions differ in what their page counts."""
    if not isinstance(start, int) or not isinstance(end, int) or text[start:end] == quote:
        return start, end
    units = utf16_offsets(text)
    if start in units and end in units and text[units.index(start) : units.index(end)] == quote:
        return units.index(start), units.index(end)
    return start, end


def _annotator(annotation: Mapping[str, Any]) -> str | None:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("id")
    return None if by is None else (by if isinstance(by, str) else f"label-studio-{by}")
