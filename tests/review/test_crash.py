"""Decisions survive the death of the server at any moment."""

from __future__ import annotations

import contextlib
import random
import threading
from pathlib import Path

import httpx
from served import Client, Served, new_key

from claimx.review.run import read_run
from claimx.review.store import open_store

DECISIONS = 200


def decide(client: Client, key: str, claim: str, action: str) -> httpx.Response:
    return client.decide(action, claim, key=key, after={"flagged": True} if action == "flag" else {})


def test_killed_after_each_decision(folder: Path, database: str | None) -> None:
    """`kill -9` after each of 200 decisions, every other time while one is under way: none lost, none doubled."""
    served = Served(folder, database)
    claims = list(read_run(folder).claims)
    chance = random.Random(7)
    sent: list[str] = []
    unanswered: tuple[str, str, str] | None = None
    for number in range(DECISIONS):
        key, claim, action = new_key(), claims[number % len(claims)], ("accept", "reject", "flag")[number % 3]
        served.start()
        with served.client() as client:
            if unanswered is not None:
                # What the page does when it has had no answer: the same decision with the same key.
                assert decide(client, *unanswered).status_code == 200
                unanswered = None
            if number % 2:
                death = threading.Timer(chance.uniform(0, 0.02), served.kill)
                death.start()
                with contextlib.suppress(httpx.TransportError):
                    decide(client, key, claim, action)
                death.join()
                unanswered = key, claim, action
            else:
                assert decide(client, key, claim, action).status_code == 200
        served.kill()
        sent.append(key)
    served.start()
    with served.client() as client:
        assert unanswered is not None
        assert decide(client, *unanswered).status_code == 200
    served.kill()
    with open_store(folder, database) as store:
        assert [decision.key for decision in store.decisions()] == sent
