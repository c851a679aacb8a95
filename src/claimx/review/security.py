"""Who may talk to the page (right host, right origin, somebody with a token), and what a browser may do there."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from claimx.review.teams import Annotator, Team

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
BODY_LIMIT = 1_000_000
"""Bytes of a request; a decision is a few thousand at most."""


def is_loopback(host: str) -> bool:
    """Whether an address to bind reaches only this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Gate:
    """Lets through only requests that a page of ours, opened with a token, can have sent.

    An opening address carries `?token=`; it is exchanged for a cookie that scripts cannot read and other sites
    cannot send. The cookie holds a session of this server's life, never the token.
    """

    def __init__(self, app: ASGIApp, *, team: Team, host: str, port: int) -> None:
        self._app = app
        self._team = team
        self._cookie = f"claimx_{port}"
        own = {host, *(("localhost", "127.0.0.1", "[::1]") if is_loopback(host) else ())}
        own = {f"[{name}]" if ":" in name and not name.startswith("[") else name for name in own}
        self._hosts = {f"{name}:{port}" for name in own} | set(team.hosts) | (own if port in (80, 443) else set())
        key = secrets.token_bytes(32)
        self._sessions = {
            hmac.new(key, annotator.token.encode(), hashlib.sha256).hexdigest(): annotator
            for annotator in team.annotators
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then hand it on with `scope["state"]["annotator"]`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _with_headers(send, scope["path"])
        answer = self._refusal(scope) or self._exchange(scope)
        annotator = self._annotator(Headers(scope=scope))
        if answer is None and annotator is None and not scope["path"].startswith("/static/"):
            answer = _no_token(scope)
        if answer is not None:
            await answer(scope, receive, guarded)
            return
        scope.setdefault("state", {})["annotator"] = annotator
        await self._app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("This host name is not served here; open the address claimx printed.", 421)
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin):
            return PlainTextResponse("Requests from other sites are refused.", 403)
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and scope["path"] != "/":
            return PlainTextResponse("Requests from other sites are refused.", 403)
        if scope["method"] not in ("GET", "HEAD"):
            if origin is None:
                return PlainTextResponse("A decision must say which page it comes from (Origin).", 403)
            if headers.get("content-type", "").split(";")[0].strip() != "application/json":
                return PlainTextResponse("Send JSON.", 415)
            length = headers.get("content-length", "")
            if not length.isdigit() or int(length) > BODY_LIMIT:
                return PlainTextResponse(f"Send at most {BODY_LIMIT} bytes, and say how many.", 413)
        return None

    def _is_own(self, origin: str) -> bool:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.netloc.lower() in self._hosts

    def _exchange(self, scope: Scope) -> Response | None:
        query = parse_qsl(scope["query_string"].decode("latin-1"))
        token = dict(query).get("token")
        if token is None or scope["path"] != "/":
            return None
        for session, annotator in self._sessions.items():
            if hmac.compare_digest(annotator.token.encode(), token.encode("utf-8", "replace")):
                rest = urlencode([(name, value) for name, value in query if name != "token"])
                response = RedirectResponse(f"/?{rest}" if rest else "/", 303)
                secure = scope.get("scheme") == "https"
                response.set_cookie(self._cookie, session, httponly=True, samesite="strict", secure=secure, path="/")
                return response
        return _no_token(scope)

    def _annotator(self, headers: Headers) -> Annotator | None:
        morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        sent = (morsel.value if morsel else "").encode()
        for session, annotator in self._sessions.items():
            if hmac.compare_digest(session.encode(), sent):
                return annotator
        return None


def _no_token(scope: Scope) -> Response:
    message = (
        "This page opens with the address that claimx review printed when it started (it ends in ?token=…). "
        "If the server was started again, use the new address; decisions waiting in the browser are then sent."
    )
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": message}, 401)
    return PlainTextResponse(message, 401)


def _with_headers(send: Send, path: str) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if "cache-control" not in headers:
                headers["Cache-Control"] = "no-cache" if path.startswith("/static/") else "no-store"
        await send(message)

    return guarded
