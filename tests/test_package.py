"""Promises of the package: its public names are those in `__all__`, each with a docstring."""

from __future__ import annotations

import inspect

import claimx


def test_public_names_are_exactly_those_listed() -> None:
    """Nothing public beside `__all__` but the package's own modules; nothing listed that is not there; sorted."""
    public = {name for name, value in vars(claimx).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert public == set(claimx.__all__)
    assert list(claimx.__all__) == sorted(claimx.__all__)


def test_every_public_name_is_documented() -> None:
    """Each public class and function says what it is for."""
    assert [name for name in claimx.__all__ if not inspect.getdoc(getattr(claimx, name))] == []
