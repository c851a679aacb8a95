"""A real Label Studio: our tasks in, annotated as they are but for three corrections, its JSON export out."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import httpx
from servers import ensure_environment, free_port, installed_version, running, wait_until

REQUIREMENTS = ("label-studio", "marshmallow<4")
TOKEN = "0123456789abcdef0123456789abcdef01234567"


def round_trip(folder: Path, environments: Path, tasks: Path, corrections: dict[str, str]) -> tuple[Path, str]:
    """The file that Label Studio exports after an annotator has submitted our predictions, and its version.

    `corrections` maps claim ids to what the annotator does to them: "reject", or the label to give.
    """
    environment = ensure_environment(environments / "label-studio", REQUIREMENTS)
    port = free_port()
    command: list[str | Path] = [
        environment / "bin" / "label-studio", "start", "--data-dir", folder / "label-studio-data", "--no-browser",
        "--internal-host", "127.0.0.1", "--port", str(port), "--username", "ann@example.org", "--password",
        "a-long-password", "--user-token", TOKEN, "--enable-legacy-api-token",
    ]  # fmt: skip
    settings = {
        "COLLECT_ANALYTICS": "False",
        "LATEST_VERSION_CHECK": "False",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    base = f"http://127.0.0.1:{port}"
    with (
        running(command, log=folder / "label-studio.log", environment=settings, cwd=folder),
        httpx.Client(
            base_url=base, headers={"Authorization": f"Token {TOKEN}"}, timeout=120, trust_env=False
        ) as client,
    ):
        wait_until(lambda: client.get("/health").is_success, seconds=300, what="the start of Label Studio")
        config = tasks.with_suffix(".config.xml").read_text("utf-8")
        project = _json(client.post("/api/projects", json={"title": "claimx", "label_config": config}))["id"]
        _json(client.post(f"/api/projects/{project}/import", json=json.loads(tasks.read_text("utf-8"))))
        for task in _tasks(client, project):
            result = _corrected(task["predictions"][0]["result"], corrections)
            _json(client.post(f"/api/tasks/{task['id']}/annotations/", json={"result": result, "lead_time": 3.0}))
        answer = client.get(f"/api/projects/{project}/export", params={"exportType": "JSON"})
        answer.raise_for_status()
    exported = folder / "label-studio-export.json"
    exported.write_bytes(answer.content)
    return exported, installed_version(environment, "label-studio")


def _json(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


def _tasks(client: httpx.Client, project: int) -> list[dict[str, Any]]:
    listed = _json(client.get("/api/tasks", params={"project": project, "page_size": 1000, "fields": "all"}))
    tasks = listed["tasks"] if isinstance(listed, dict) else listed
    return [_json(client.get(f"/api/tasks/{task['id']}")) for task in tasks]


def _corrected(result: list[dict[str, Any]], corrections: dict[str, str]) -> list[dict[str, Any]]:
    made = []
    for item in copy.deepcopy(result):
        owner = str(item.get("id") or item.get("from_id")).partition(".")[0]
        if corrections.get(owner) == "reject":
            continue
        if item.get("id") in corrections and item["type"] == "labels":
            item["value"]["labels"] = [corrections[item["id"]]]
        made.append(item)
    return made
