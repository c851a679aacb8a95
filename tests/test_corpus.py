"""Rules are read from JSONL as lists, and a bad line is named."""

from pathlib import Path

import pytest

from claimx.corpus import read_patterns
from claimx.errors import RecordError


def test_rules_come_as_a_list_of_objects(tmp_path: Path) -> None:
    """An absolute path is read as it is, empty lines aside."""
    path = tmp_path / "rules.jsonl"
    path.write_text('{"phenomenon": "a"}\n\n{"phenomenon": "b"}\n', encoding="utf-8")
    assert read_patterns(str(path)) == [{"phenomenon": "a"}, {"phenomenon": "b"}]


def test_a_line_that_is_no_object_is_named(tmp_path: Path) -> None:
    """The error names the file and the line."""
    path = tmp_path / "rules.jsonl"
    path.write_text('{"phenomenon": "a"}\n[1]\n', encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        read_patterns(str(path))
    assert caught.value.line == 2
    assert str(path) in str(caught.value)


def test_a_missing_file_says_where_it_was_looked_for() -> None:
    """A relative path is resolved inside the package's pipelines folder."""
    with pytest.raises(RecordError, match=r"pipelines.*nowhere\.jsonl"):
        read_patterns("patterns/nowhere.jsonl")
