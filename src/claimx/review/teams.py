"""Who annotates: one person on this machine, or a team with personal tokens and documents dealt out among them."""

from __future__ import annotations

import itertools
import json
import secrets
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claimx.errors import ReviewError

NAME_LIMIT = 100
TOKEN_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Annotator:
    """One person; the token opens the page under their name. An adjudicator sees everybody's decisions."""

    name: str
    token: str = field(repr=False)
    adjudicator: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """The annotators of a run. Each document goes to `copies` of them (0: to all); `blind` hides the others' work.

    `hosts` are the names under which a proxy in front (which speaks TLS) makes the page known.
    """

    annotators: tuple[Annotator, ...]
    copies: int = 0
    blind: bool = False
    hosts: tuple[str, ...] = ()

    def assigned(self, documents: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Each document's annotators: the same whenever it is asked, every annotator about equally often."""
        names = [annotator.name for annotator in self.annotators if not (self.blind and annotator.adjudicator)]
        copies = min(self.copies or len(names), len(names))
        turns = itertools.cycle(itertools.combinations(names, copies))
        return {document: next(turns) for document in sorted(documents)}


def single(name: str) -> Team:
    """A team of one, with a fresh token."""
    return Team((Annotator(_checked_name(name), secrets.token_urlsafe(TOKEN_LENGTH)),))


def new_team(names: Sequence[str], *, copies: int = 0, blind: bool = False, adjudicators: Sequence[str] = ()) -> Team:
    """A team with a fresh random token for each name."""
    people = [*names, *(name for name in adjudicators if name not in names)]
    return _checked_team(
        Team(
            tuple(
                Annotator(_checked_name(name), secrets.token_urlsafe(TOKEN_LENGTH), name in adjudicators)
                for name in people
            ),
            copies,
            blind,
        )
    )


def read_team(path: Path) -> Team:
    """The team described in a TOML file (see `write_team`); raises ReviewError naming what is wrong in it."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ReviewError(f"cannot read the team file {path}: {error.strerror}; write one with claimx team") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReviewError(f"{path} is no TOML: {error}") from error
    if unknown := sorted(set(data) - {"annotator", "copies", "blind", "hosts"}):
        raise ReviewError(f"{path}: unknown setting {unknown[0]!r}; known are annotator, copies, blind, hosts")
    try:
        people = tuple(_annotator(entry) for entry in data.get("annotator", []))
        return _checked_team(Team(people, int(data.get("copies", 0)), bool(data.get("blind")), _hosts(data)))
    except (TypeError, ValueError, AttributeError) as error:
        raise ReviewError(f"{path}: {error}") from error


def write_team(path: Path, team: Team) -> None:
    """Write the team to a TOML file that only its owner may read: it holds the tokens."""
    lines = [f"copies = {team.copies}", f"blind = {json.dumps(team.blind)}", f"hosts = {json.dumps(list(team.hosts))}"]
    for annotator in team.annotators:
        lines += ["", "[[annotator]]", f"name = {json.dumps(annotator.name)}", f"token = {json.dumps(annotator.token)}"]
        if annotator.adjudicator:
            lines.append("adjudicator = true")
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _annotator(entry: Mapping[str, Any]) -> Annotator:
    if unknown := sorted(set(entry) - {"name", "token", "adjudicator"}):
        raise ValueError(f"unknown setting {unknown[0]!r} of an annotator")
    token = entry.get("token")
    if not isinstance(token, str) or len(token) < 16:
        raise ValueError(f"annotator {entry.get('name')!r} needs a token of at least 16 characters")
    return Annotator(_checked_name(entry.get("name")), token, bool(entry.get("adjudicator")))


def _hosts(data: Mapping[str, Any]) -> tuple[str, ...]:
    hosts = data.get("hosts", [])
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        raise ValueError("hosts must be a list of names such as review.example.org")
    return tuple(hosts)


def _checked_team(team: Team) -> Team:
    names = [annotator.name for annotator in team.annotators]
    if not names:
        raise ReviewError("the team has no annotator; add [[annotator]] with a name and a token")
    if len(set(names)) != len(names) or len({annotator.token for annotator in team.annotators}) != len(names):
        raise ReviewError("two annotators of the team share a name or a token; each needs their own")
    workers = [item for item in team.annotators if not (team.blind and item.adjudicator)]
    if not 0 <= team.copies <= len(workers):
        raise ReviewError(f"copies = {team.copies}, but there are {len(workers)} annotators to share documents among")
    return team


def _checked_name(name: object) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_LIMIT:
        raise ReviewError(f"an annotator needs a name of 1 to {NAME_LIMIT} characters, not {name!r}")
    return name.strip()
