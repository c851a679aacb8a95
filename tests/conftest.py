"""What all tests share: the real documents beside the checkout, and one loaded pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from claimx import Pipeline, load_pipeline

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real documents and labelled data beside the checkout; they are never part of it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the real documents in ../shared, which are not part of the project")
    return folder


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """The pipeline that ships with the package, loaded once."""
    return load_pipeline()
