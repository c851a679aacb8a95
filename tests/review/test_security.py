"""Who gets in, and what a hostile document, client or page can do: nothing."""

from __future__ import annotations

import http.client
import json
import stat
from pathlib import Path

import httpx
import pytest
import runs
from served import Served, new_key

from claimx.errors import ReviewError
from claimx.review.run import read_run
from claimx.review.server import addresses, serve
from claimx.review.teams import Annotator, Team, new_team, read_team, single, write_team

ANA, BEN = Annotator("Ana", "ana-token-0123456789abcdef"), Annotator("Ben", "ben-token-0123456789abcdef")


def raw(served: Served, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, str]:
    """A request with exactly these headers, path not tidied."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    content = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, content


def cookie(served: Served) -> str:
    with served.client() as client:
        return "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())


def test_no_token_no_page(served: Served) -> None:
    """Without the opening address there is no page, no data, no picture; with a wrong token neither."""
    for path in ("/", "/api/start", "/api/queue", "/api/documents/x", "/pages/x/1.png", "/?token=wrong", "/?token="):
        answer = httpx.get(served.base + path)
        assert answer.status_code == 401, path
        assert "harbour" not in answer.text
    answer = httpx.post(served.base + "/api/decisions", json={}, headers={"Origin": served.base})
    assert answer.status_code == 401


def test_the_token_becomes_a_cookie_scripts_cannot_read(served: Served) -> None:
    """The opening address gives a cookie that is HttpOnly and SameSite=Strict, is not the token, and leaves the bar."""
    answer = httpx.get(served.addresses["Ana"])
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    crumb = answer.headers["set-cookie"]
    assert "HttpOnly" in crumb and "SameSite=strict" in crumb and "Path=/" in crumb
    assert ANA.token not in crumb


def test_a_cookie_of_another_life_is_refused(served: Served) -> None:
    """A session ends with the server; the token opens the next one."""
    old = cookie(served)
    served.kill()
    served.start()
    assert httpx.get(served.base + "/api/start", headers={"Cookie": old}).status_code == 401
    assert httpx.get(served.base + "/api/start", headers={"Cookie": cookie(served)}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "", "localhost.evil.example"]
)
def test_a_foreign_host_is_refused(served: Served, host: str) -> None:
    """A name that another site points at this machine (DNS rebinding) is not served, even with the cookie."""
    status, content = raw(served, "GET", "/api/start", {"Host": host, "Cookie": cookie(served)})
    assert status in (400, 421) and "harbour" not in content


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example", "file://", "http://127.0.0.1:1"]
)
def test_a_foreign_origin_is_refused(served: Served, origin: str) -> None:
    """Another site's page cannot decide, nor read, in an annotator's name."""
    with served.client() as client:
        claim = client.get("/api/queue")["ids"][0]
        body = {"key": new_key(), "action": "accept", "claim": claim}
        assert client.post(body, Origin=origin).status_code == 403
        assert client.http.get("/api/start", headers={"Origin": origin}).status_code == 403
        assert client.get("/api/start")["progress"]["done"] == 0


def test_a_decision_needs_an_origin_and_json(served: Served) -> None:
    """A form or a script of another site, which can send neither, is refused; so is what is too long."""
    with served.client() as client:
        assert client.http.post("/api/decisions", json={}).status_code == 403
        form = client.http.post("/api/decisions", data={"key": "x"}, headers={"Origin": served.base})
        assert form.status_code == 415
        assert client.post({"note": "x" * 1_100_000}).status_code == 413
        assert client.http.get("/api/start", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/../app.py",
        "/pages/../../etc/passwd/1.png",
        "/pages/%2fetc%2fpasswd/1.png",
        "/pages/..%2f..%2fsources%2fharbour.pdf/1.png",
        "/api/documents/..%2f..%2fclaims.jsonl",
        "/api/documents/%2Fetc%2Fpasswd",
        "/review.db",
        "/documents.jsonl",
    ],
)
def test_nothing_outside_the_run_is_served(served: Served, path: str) -> None:
    """A path names a document of this run by its id, or nothing."""
    status, content = raw(served, "GET", path, {"Host": f"127.0.0.1:{served.port}", "Cookie": cookie(served)})
    assert status in (400, 403, 404)
    assert "root:" not in content and "import" not in content


def test_headers_on_every_answer(served: Served) -> None:
    """A strict Content-Security-Policy and its companions are on pages, data, pictures and refusals alike."""
    with served.client() as client:
        document = client.get("/api/start")["documents"][0]["id"]
        for path in ("/", "/api/start", f"/pages/{document}/1.png", "/static/review.js", "/nowhere"):
            headers = client.http.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy, path
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
        page = client.http.get("/").text
        assert "<script>" not in page and " style=" not in page and " onclick=" not in page
    assert "content-security-policy" in httpx.get(served.base + "/").headers


@pytest.mark.parametrize(
    "body",
    [
        [],
        "accept",
        {"key": "short", "action": "accept"},
        {"key": "k" * 20, "action": "erase", "claim": "clm-1"},
        {"key": "k" * 20, "action": "accept"},
        {"key": "k" * 20, "action": "accept", "claim": "no-such-claim"},
        {"key": "k" * 20, "action": "accept", "claim": 5},
        {"key": "k" * 20, "action": "accept", "claim": "x", "after": []},
        {
            "key": "k" * 20,
            "action": "add",
            "document": "/etc/passwd",
            "after": {"start": 0, "end": 4, "labels": ["cause"]},
        },
        {"key": "k" * 20, "action": "undo"},
        {"key": "k" * 20, "action": "place", "claim": "x", "after": {"claim": "y"}},
        {"key": "k" * 20, "action": "accept", "claim": "x", "base": "new"},
    ],
)
def test_refuses_what_is_no_decision(served: Served, body: object) -> None:
    """A request that is no decision is answered with what is wrong, and nothing is stored."""
    with served.client() as client:
        answer = client.post(body)
        assert answer.status_code in (400, 422) and answer.json()["error"]
        assert (
            client.http.post(
                "/api/decisions",
                content=b"{broken",
                headers={"Origin": served.base, "Content-Type": "application/json"},
            ).status_code
            == 400
        )
        assert client.get("/api/start")["progress"]["done"] == 0


def test_another_machine_needs_a_team(folder: Path) -> None:
    """Listening where others can reach it without tokens of their own is refused, and the refusal speaks of TLS."""
    with pytest.raises(ReviewError, match="TLS"):
        serve(folder, host="0.0.0.0", port=0, announce=lambda _: None)


def test_a_taken_port_is_an_error(served: Served, folder: Path) -> None:
    """A port in use is named, with what to try."""
    with pytest.raises(ReviewError, match="--port"):
        serve(folder, port=served.port, announce=lambda _: None)


def test_page_pictures_come_from_the_file_that_was_extracted(served: Served, folder: Path) -> None:
    """A page is drawn only while the file is the one that was read; else the answer says what to do."""
    with served.client() as client:
        document = next(item for item in client.get("/api/start")["documents"] if item["pages"])["id"]
        assert client.http.get(f"/pages/{document}/1.png").content.startswith(b"\x89PNG")
        for number in (0, 99):
            assert client.http.get(f"/pages/{document}/{number}.png").status_code == 404
    path = folder.parent / "sources" / "harbour.pdf"
    path.write_bytes(path.read_bytes() + b"%changed")
    served.kill()
    served.start()
    with served.client() as client:
        answer = client.http.get(f"/pages/{document}/1.png")
        assert answer.status_code == 404 and "has changed" in answer.json()["error"]
    path.unlink()
    with served.client() as client:
        answer = client.http.get(f"/pages/{document}/1.png")
        assert answer.status_code == 404 and "not where it was" in answer.json()["error"]


def test_a_damaged_pdf_does_not_take_the_server_down(tmp_path: Path) -> None:
    """A file that pdfium cannot draw is an answer, and the next request is served."""
    import hashlib

    document, _ = runs.make_document("bad.pdf", runs.SENTENCES[:3], media_type="application/pdf")
    content = b"%PDF-1.7\n" + bytes(range(256)) * 20
    (tmp_path / "bad.pdf").write_bytes(content)
    folder = runs.write_run(tmp_path / "run", [(document, runs.SENTENCES[:3])])
    for name in ("documents.jsonl", "claims.jsonl"):
        path = folder / name
        path.write_text(path.read_text().replace(document.sha256, hashlib.sha256(content).hexdigest()))
    served = Served(folder)
    served.start()
    with served.client() as client:
        answer = client.http.get(f"/pages/{document.id}/1.png")
        assert answer.status_code == 404 and "no picture" in answer.json()["error"]
        assert client.get("/api/start")["progress"]["total"] == 3
    served.stop()


def test_a_team_has_desks_of_its_own(folder: Path) -> None:
    """Each annotator sees and decides on the documents dealt to them, and only an adjudicator settles."""
    served = Served(folder, team=Team((ANA, BEN), copies=1, blind=True))
    served.start()
    with served.client("Ana") as ana, served.client("Ben") as ben:
        desks = [{item["id"] for item in who.get("/api/start")["documents"]} for who in (ana, ben)]
        assert not desks[0] & desks[1] and len(desks[0] | desks[1]) == 3
        claim = ana.get("/api/queue")["ids"][0]
        document = ana.get(f"/api/claims?ids={claim}")["claims"][0]["document"]
        assert ana.decide("accept", claim).status_code == 200
        assert ben.decide("accept", claim).status_code == 403
        assert ben.get(f"/api/claims?ids={claim}")["claims"] == []
        assert ben.http.get(f"/api/documents/{document}").status_code == 403
        assert ben.http.get(f"/pages/{document}/1.png").status_code == 404
        assert ana.decide("adjudicate", claim, after={"labels": ["cause"]}).status_code == 403
    served.stop()


def test_blind_annotators_do_not_see_each_other(folder: Path) -> None:
    """In blind work a colleague's decisions and additions are nowhere on one's desk; the adjudicator sees all."""
    cem = Annotator("Cem", "cem-token-0123456789abcdef", adjudicator=True)
    served = Served(folder, team=Team((ANA, BEN, cem), blind=True))
    served.start()
    with served.client("Ana") as ana, served.client("Ben") as ben, served.client("Cem") as judge:
        claim = ana.get("/api/queue")["ids"][0]
        document = ana.get(f"/api/claims?ids={claim}")["claims"][0]["document"]
        secret = {"note": "between Ana and herself"}
        assert ana.decide("note", claim, after=secret).status_code == 200
        assert ana.decide("relabel", claim, after={"labels": ["cause"]}).status_code == 200
        added = ana.decide("add", document=document, after={"start": 0, "end": 6, "labels": ["finding"]}).json()[
            "concerns"
        ]
        for path in ("/api/queue", f"/api/claims?ids={claim},{added}", "/api/start"):
            text = ben.http.get(path).text
            assert "between Ana" not in text and "corrected" not in text and '"text":"A note"' not in text
        assert added not in ben.get("/api/queue")["ids"]
        assert ben.decide("reject", claim, base=0).status_code == 200
        seen = judge.get(f"/api/claims?ids={claim}")["claims"][0]
        assert seen["settlement"] == "unresolved" and len(seen["opinions"]) == 2
        assert judge.decide("adjudicate", claim, base=seen["base"], after={"labels": ["cause"]}).status_code == 200
        assert judge.get(f"/api/claims?ids={claim}")["claims"][0]["settlement"] == "adjudicated"
    served.stop()


def test_a_team_file(tmp_path: Path) -> None:
    """A team written is the team read; its file is for the owner's eyes; tokens are random and not printed."""
    path = tmp_path / "team.toml"
    team = new_team(['Ana "A" <b>', "Ben"], copies=1, blind=True, adjudicators=["Cem"])
    write_team(path, team)
    assert read_team(path) == team
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert team.annotators[0].token not in repr(team)
    assert new_team(["Ana"]).annotators[0].token != new_team(["Ana"]).annotators[0].token
    counts = [name for names in team.assigned(f"doc-{number}" for number in range(10)).values() for name in names]
    assert counts.count("Ben") == 5 and "Cem" not in counts


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not toml",
        "[[annotator]]\nname = 'Ana'",
        "[[annotator]]\nname = 'Ana'\ntoken = 'short'",
        "[[annotator]]\nname = ''\ntoken = '0123456789abcdef'",
        "size = 3\n[[annotator]]\nname = 'Ana'\ntoken = '0123456789abcdef'",
        "copies = 2\n[[annotator]]\nname = 'Ana'\ntoken = '0123456789abcdef'",
        "hosts = 'x'\n[[annotator]]\nname = 'Ana'\ntoken = '0123456789abcdef'",
        2 * "[[annotator]]\nname = 'Ana'\ntoken = '0123456789abcdef'\n",
    ],
)
def test_a_broken_team_file_is_refused(tmp_path: Path, content: str) -> None:
    """A team file with something missing, doubled or unknown is refused with what is wrong."""
    path = tmp_path / "team.toml"
    path.write_text(content)
    with pytest.raises(ReviewError):
        read_team(path)
    with pytest.raises(ReviewError):
        read_team(tmp_path / "none.toml")


def test_addresses() -> None:
    """Opening addresses name the proxy where there is one, and bracket IPv6."""
    team = single("Ana")
    assert addresses(team, "::1", 5)["Ana"].startswith("http://[::1]:5/?token=")
    assert addresses(Team(team.annotators, hosts=("r.example.org",)), "0.0.0.0", 5)["Ana"].startswith(
        "https://r.example.org/?token="
    )


def test_a_broken_run_is_named(tmp_path: Path) -> None:
    """A folder that is no run, and a line that is no record, are errors that say where."""
    with pytest.raises(ReviewError, match="holds no claims"):
        read_run(tmp_path)
    folder = runs.write_sample(tmp_path / "outputs" / "demo")
    lines = (folder / "claims.jsonl").read_text().splitlines()
    (folder / "claims.jsonl").write_text("\n".join([lines[0], "{broken"]))
    with pytest.raises(Exception, match=r"claims\.jsonl:2"):
        read_run(folder)
    orphan = json.loads(lines[0])
    orphan["document"]["id"] = "doc-gone"
    (folder / "claims.jsonl").write_text(json.dumps(orphan))
    with pytest.raises(ReviewError, match="extract again"):
        read_run(folder)
