"""Records and rules on disk become what spaCy's training and initialisation ask for."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonlines

from claimx.errors import RecordError


def read_patterns(path: str) -> list[dict[str, Any]]:
    """The rules of a JSONL file, one object a line.

    A relative path is looked up in the package's `pipelines/` folder, an absolute one is taken as it is.
    A list, not a generator, because spaCy validates `[initialize]` values before it uses them.
    Raises RecordError, with the line, where a line is no JSON object, and where the file cannot be read.
    """
    source = Path(path) if Path(path).is_absolute() else files("claimx") / "pipelines" / path
    try:
        with source.open(encoding="utf-8") as stream, jsonlines.Reader(stream) as reader:
            return list(reader.iter(type=dict, skip_empty=True))
    except OSError as error:
        message = "cannot read the rules; give a path inside pipelines/ or an absolute path"
        raise RecordError(message, path=str(source)) from error
    except jsonlines.InvalidLineError as error:
        message = f"not a JSON object: {error.line!r}; write one rule a line"
        raise RecordError(message, path=str(source), line=error.lineno) from error
