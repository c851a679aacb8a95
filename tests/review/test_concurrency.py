"""Several annotators at once."""

from __future__ import annotations

from pathlib import Path

import runs
from served import Served, at_once, new_key

from claimx.review.run import read_run
from claimx.review.store import open_store
from claimx.review.teams import new_team

ANNOTATORS, EACH = 8, 250


def test_eight_annotators(tmp_path: Path, database: str | None) -> None:
    """Eight annotators at two servers take 2,000 decisions at once: all stored, none twice, conflicts told to them."""
    folder = runs.write_large(tmp_path / "outputs" / "many", documents=8, claims=400)
    team = new_team([f"Annotator {number}" for number in range(ANNOTATORS)])
    servers = [Served(folder, database, team), Served(folder, database, team)]
    claims = list(read_run(folder).claims)
    sent: list[str] = []
    conflicts: list[int] = []

    def work(number: int) -> None:
        name = team.annotators[number].name
        with servers[number % 2].client(name) as client:
            for turn in range(EACH):
                claim, key, base = claims[(turn * 3 + number) % len(claims)], new_key(), 0
                while True:
                    answer = client.decide("note", claim, key=key, base=base, after={"note": f"{name} {turn}"})
                    if answer.status_code != 409:
                        break
                    conflicts.append(turn)
                    base, key = answer.json()["claim"]["base"], new_key()
                assert answer.status_code == 200, answer.text
                sent.append(key)

    try:
        for server in servers:
            server.start()
        at_once([lambda number=number: work(number) for number in range(ANNOTATORS)])
    finally:
        for server in servers:
            server.stop()
    with open_store(folder, database) as store:
        stored = [decision.key for decision in store.decisions()]
    assert len(stored) == ANNOTATORS * EACH
    assert sorted(stored) == sorted(sent)
    assert conflicts, "eight people on 400 claims must have met"
