"""`claimx team`: the file that `claimx review --team` reads."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from claimx.cli import app
from claimx.review.teams import read_team


def test_writes_a_team_once(tmp_path: Path) -> None:
    """The command writes what `read_team` reads, prints no token, and does not overwrite the tokens of a team."""
    path = tmp_path / "team.toml"
    arguments = ["team", str(path), "Ana", "Ben", "--copies", "1", "--blind", "--adjudicator", "Cem"]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 0, first.output
    team = read_team(path)
    assert [item.name for item in team.annotators] == ["Ana", "Ben", "Cem"]
    assert (team.copies, team.blind, team.annotators[2].adjudicator) == (1, True, True)
    assert team.annotators[0].token not in first.output
    second = CliRunner().invoke(app, arguments)
    assert second.exit_code == 2
    assert read_team(path) == team
