"""Promises of errors.py: every message says where, and errors travel between processes."""

from __future__ import annotations

import pickle

from claimx import LimitExceeded, PipelineError, ReviewError, SchemaViolation


def test_messages_say_where() -> None:
    """Path and page, line and pointer, configuration and component, claim."""
    assert str(LimitExceeded("too long", path="a.pdf", page=3)) == "a.pdf, page 3: too long"
    assert str(SchemaViolation("is wrong", path="a.jsonl", line=2, pointer="/label")) == "a.jsonl:2: /label is wrong"
    assert str(PipelineError("fails", config="x.cfg", component="parser")) == "x.cfg parser: fails"
    assert str(ReviewError("is gone", claim="clm-1")) == "clm-1: is gone"


def test_source_errors_survive_pickling() -> None:
    """The reading process sends its errors to the parent whole."""
    error = pickle.loads(pickle.dumps(LimitExceeded("too long", path="a.pdf", page=3)))
    assert (type(error), error.message, error.path, error.page) == (LimitExceeded, "too long", "a.pdf", 3)
