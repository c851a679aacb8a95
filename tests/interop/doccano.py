"""A real doccano: our lines into a project with relations, corrections through its API, its JSONL export out."""

from __future__ import annotations

import io
import subprocess
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from servers import ensure_environment, free_port, installed_version, running, wait_until

REQUIREMENTS = ("doccano", "marshmallow<4", "numpy<2", "setuptools<70", "urllib3<2")
NAME, PASSWORD = "ann", "a-long-password"


def round_trip(
    folder: Path, environments: Path, lines: Path, corrections: dict[tuple[str, int, int], str]
) -> tuple[Path, str]:
    """The file that doccano exports, and its version.

    `corrections` maps (document, start, end in UTF-16 units) of claims to "reject" or the label to give.
    """
    environment = ensure_environment(environments / "doccano", REQUIREMENTS)
    python = environment / "bin" / "python"
    backend = next((environment / "lib").glob("python*/site-packages/backend"))
    home = (folder / "doccano-data").resolve()
    home.mkdir()
    settings = {
        "DOCCANO_HOME": str(home), "DATABASE_URL": f"sqlite:///{home}/db.sqlite3", "MEDIA_ROOT": str(home / "media"),
        "DJANGO_SETTINGS_MODULE": "config.settings.production", "PYTHONPATH": str(backend), "STANDALONE": "True",
    }  # fmt: skip
    log = folder / "doccano.log"
    with log.open("ab") as output:
        for arguments in (["init"], ["createuser", "--username", NAME, "--password", PASSWORD]):
            doccano = environment / "bin" / "doccano"
            subprocess.run(
                [doccano, *arguments], env={**settings, "PATH": "/usr/bin:/bin", "HOME": str(home)},
                stdout=output, stderr=output, check=True, timeout=300, cwd=folder,
            )  # fmt: skip
    port = free_port()
    # `doccano webserver` listens on all addresses; the same application, served on 127.0.0.1 alone.
    server: list[str | Path] = [
        python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--timeout", "120",
        "--chdir", backend, "config.wsgi",
    ]  # fmt: skip
    worker: list[str | Path] = [
        python, "-m", "celery", "--app=config", f"--workdir={backend}", "worker", "--pool=solo", "--loglevel=info",
    ]  # fmt: skip
    with ExitStack() as stack:
        for command in (server, worker):
            stack.enter_context(running(command, log=log, environment=settings, cwd=folder))
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=120, trust_env=False))
        wait_until(lambda: client.get("/health/").status_code < 600, seconds=120, what="the start of doccano")
        exported = folder / "doccano-export.jsonl"
        exported.write_bytes(_through(client, lines, corrections))
    return exported, installed_version(environment, "doccano")


def _through(client: httpx.Client, lines: Path, corrections: dict[tuple[str, int, int], str]) -> bytes:
    key = _json(client.post("/auth/login/", json={"username": NAME, "password": PASSWORD}))["key"]
    client.cookies.clear()  # a session would ask for a CSRF token
    client.headers["Authorization"] = f"Token {key}"
    project = _json(
        client.post("/projects", json={
            "name": "claimx", "description": "claimx", "guideline": "", "project_type": "SequenceLabeling",
            "resourcetype": "SequenceLabelingProject", "random_order": False, "collaborative_annotation": True,
            "single_class_classification": False, "allow_member_to_create_label_type": False, "tags": [],
            "allow_overlapping": True, "grapheme_mode": False, "use_relation": True,
        })
    )["id"]  # fmt: skip
    upload = client.post("/fp/process/", files={"filepond": ("lines.jsonl", lines.read_bytes())})
    upload.raise_for_status()
    order = {"format": "JSONL", "task": "RelationExtraction", "uploadIds": [upload.text], "encoding": "utf_8"}
    _wait(client, _json(client.post(f"/projects/{project}/upload", json=order))["task_id"])
    _correct(client, project, corrections)
    order = {"format": "JSONL", "exportApproved": False}
    task = _json(client.post(f"/projects/{project}/download", json=order))["task_id"]
    _wait(client, task)
    answer = client.get(f"/projects/{project}/download", params={"taskId": task})
    answer.raise_for_status()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".jsonl"))


def _json(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


def _wait(client: httpx.Client, task: str) -> None:
    status: dict[str, Any] = {}

    def ready() -> bool:
        status.update(_json(client.get(f"/tasks/status/{task}")))
        return bool(status["ready"])

    wait_until(ready, seconds=300, what="doccano's task")
    if status.get("error"):
        raise RuntimeError(f"doccano refused: {status['error']}")


def _correct(client: httpx.Client, project: int, corrections: dict[tuple[str, int, int], str]) -> None:
    labels = {item["text"]: item["id"] for item in _json(client.get(f"/projects/{project}/span-types"))}
    listed = _json(client.get(f"/projects/{project}/examples", params={"limit": 1000}))["results"]
    documents = {item["meta"]["claimx_document"]: item["id"] for item in listed}
    for (document, start, end), action in corrections.items():
        address = f"/projects/{project}/examples/{documents[document]}/spans"
        spans = [
            span for span in _json(client.get(address))
            if (span["start_offset"], span["end_offset"]) == (start, end)
        ]  # fmt: skip
        types = {labels[name] for name in ("finding", "cause", "recommendation") if name in labels}
        for span in spans:
            if action == "reject":
                client.delete(f"{address}/{span['id']}").raise_for_status()
            elif span["label"] in types:
                client.patch(f"{address}/{span['id']}", json={"label": labels[action]}).raise_for_status()
