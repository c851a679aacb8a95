"""The review page's web application: a board behind a gate, as HTML, JSON and pictures."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markdown_it import MarkdownIt
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from claimx.claim import ARGUMENT_ROLES, ENTITY_LABELS, LABELS
from claimx.errors import ReviewError
from claimx.review import views
from claimx.review.board import Board
from claimx.review.desk import NotYours, decide, read_sent
from claimx.review.filters import ORDERS, STATUSES, ordered, read_filter
from claimx.review.pages import Renderer
from claimx.review.run import Run
from claimx.review.security import Gate
from claimx.review.store import StaleDecision, Store
from claimx.review.teams import Annotator, Team

BATCH = 40
"""The most claims that one request may ask for."""
SCALES = (1.0, 1.5, 2.0, 3.0)


def make_app(run: Run, store: Store, team: Team, *, host: str, port: int) -> ASGIApp:
    """The whole application for one run, to be served at `host:port`."""
    pages = _Pages(Board(run, store, team), Renderer(run))
    routes = [
        Route("/", pages.page),
        Route("/api/start", pages.start),
        Route("/api/queue", pages.queue),
        Route("/api/claims", pages.claims),
        Route("/api/documents/{document}", pages.document),
        Route("/api/unplaced", pages.unplaced),
        Route("/api/decisions", pages.decisions, methods=["POST"]),
        Route("/pages/{document}/{number:int}.png", pages.picture),
        Mount("/static", StaticFiles(directory=Path(str(files("claimx.review"))) / "static")),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        pages.renderer.close()

    return Gate(Starlette(routes=routes, lifespan=lifespan), team=team, host=host, port=port)


@dataclass
class _Pages:
    """The answers. Work on the board is done in threads, one at a time."""

    board: Board
    renderer: Renderer

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def _html(self) -> str:
        environment = Environment(loader=PackageLoader("claimx.review"), autoescape=select_autoescape(default=True))
        codebook = (files("claimx") / "GUIDELINES.md").read_text("utf-8")
        return environment.get_template("page.html").render(
            run=self.board.store.name,
            codebook=MarkdownIt("commonmark", {"html": False}).enable("table").render(codebook),
            labels=LABELS,
            roles=ARGUMENT_ROLES,
            entity_labels=ENTITY_LABELS,
            statuses=STATUSES,
            orders=ORDERS,
        )

    async def page(self, _request: Request) -> Response:
        return HTMLResponse(self._html)

    async def start(self, request: Request) -> Response:
        return await self._answer(request, lambda who: views.start_view(self.board, who))

    async def queue(self, request: Request) -> Response:
        def found(annotator: Annotator) -> views.View:
            wanted = read_filter(request.query_params)
            matching = [
                (entry, state) for entry, state in self.board.visible(annotator) if wanted.matches(entry, state)
            ]
            numbers = {document: number for number, document in enumerate(self.board.run.documents)}
            done = {entry.id for entry, state in matching if state.status != "unreviewed"}
            ids = ordered(matching, wanted.order, numbers)
            return {"ids": ids, "done": [claim in done for claim in ids]}

        return await self._answer(request, found)

    async def claims(self, request: Request) -> Response:
        wanted = request.query_params.get("ids", "").split(",")[:BATCH]

        def found(annotator: Annotator) -> views.View:
            entries = [self.board.entries[claim] for claim in wanted if claim in self.board.entries]
            allowed = [entry for entry in entries if self.board.may_work_on(annotator, entry.document)]
            return {"claims": [views.claim_view(self.board, entry, annotator) for entry in allowed]}

        return await self._answer(request, found)

    async def document(self, request: Request) -> Response:
        document = request.path_params["document"]

        def found(annotator: Annotator) -> views.View:
            self._check_document(annotator, document)
            return views.document_view(self.board.run.text(document))

        return await self._answer(request, found)

    async def unplaced(self, request: Request) -> Response:
        def found(annotator: Annotator) -> views.View:
            waiting = self.board.unplaced()
            return {"unplaced": [views.unplaced_view(self.board, item, annotator) for item in waiting]}

        return await self._answer(request, found)

    async def decisions(self, request: Request) -> Response:
        try:
            sent = read_sent(json.loads(await request.body()))
        except ValueError:
            return JSONResponse({"error": "send one decision as a JSON object"}, 400)
        except ReviewError as error:
            return JSONResponse({"error": str(error)}, 400)

        def taken(annotator: Annotator) -> views.View:
            stored, claim = decide(self.board, annotator, sent)
            entry = self.board.entries.get(claim or "")
            return {
                "seq": stored.seq,
                "claim": views.claim_view(self.board, entry, annotator) if entry is not None else None,
                "concerns": claim,
                "progress": views.progress(self.board, annotator),
            }

        return await self._answer(request, taken)

    async def picture(self, request: Request) -> Response:
        annotator: Annotator = request.state.annotator
        document, number = request.path_params["document"], request.path_params["number"]
        scale = request.query_params.get("scale", "2")
        try:
            self._check_document(annotator, document)
            nearest = min(SCALES, key=lambda known: abs(known - float(scale)))
            content = await run_in_threadpool(self.renderer.page, document, number, nearest)
        except (ReviewError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 404)
        return Response(content, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})

    def _check_document(self, annotator: Annotator, document: str) -> None:
        if document not in self.board.run.documents or not self.board.may_work_on(annotator, document):
            raise NotYours("this document is not on your desk")

    async def _answer(self, request: Request, work: Callable[[Annotator], dict[str, Any]]) -> Response:
        """The work's answer as JSON, or its error as JSON with the status that fits."""
        annotator: Annotator = request.state.annotator

        def locked() -> Response:
            with self._lock:
                try:
                    self.board.refresh()
                    return JSONResponse(work(annotator))
                except StaleDecision as error:
                    self.board.refresh()
                    entry = self.board.entry(error.decision.claim)
                    return JSONResponse(views.conflict_view(self.board, error, entry, annotator), 409)
                except NotYours as error:
                    return JSONResponse({"error": str(error)}, 403)
                except ReviewError as error:
                    return JSONResponse({"error": str(error), "claim": error.claim}, 422)

        return await run_in_threadpool(locked)
