"""The page in a real browser: the whole path of an annotator, by keyboard and by mouse."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import runs
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from served import ANA, Served

from claimx.review.run import read_run
from claimx.review.store import open_store
from claimx.review.teams import Annotator, Team

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    if not Path(CHROMIUM).is_file():
        pytest.skip("needs chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the page of a server as an annotator; any error of a script or of the policy fails the test."""
    contexts = []
    problems: list[str] = []

    def opened(served: Served, name: str = "Ana", *, guided: bool = True, **options: object) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        if guided:
            context.add_init_script("localStorage.setItem('claimx:guided', '1')")
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if "Security Policy" in line.text else None)
        page.goto(served.addresses[name])
        expect(page.locator("#where")).to_contain_text(re.compile("Claim|No claims"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems


def saved(page: Page) -> None:
    """Wait until the server has everything."""
    expect(page.locator("#connection-text")).to_have_text("All saved")


def at(page: Page, number: int) -> None:
    """Wait until the claim with this number is on the screen."""
    expect(page.locator("#where strong")).to_have_text(f"Claim {number}")


def shown(page: Page) -> str:
    return page.locator("#quote").inner_text()


def actions(folder: Path) -> list[str]:
    with open_store(folder) as store:
        return [decision.action for decision in store.decisions()]


def select_words(page: Page, selector: str, words: str) -> None:
    """Select these words inside an element, as a mouse would, also over several nodes."""
    done = page.evaluate(
        """([selector, words]) => {
            for (const element of document.querySelectorAll(selector)) {
                const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), nodes = [];
                while (walker.nextNode()) nodes.push(walker.currentNode);
                const start = nodes.map((node) => node.data).join("").indexOf(words);
                if (start < 0) continue;
                const range = document.createRange();
                let seen = 0;
                for (const node of nodes) {
                    const low = start - seen, high = start + words.length - seen;
                    if (low >= 0 && low < node.data.length) range.setStart(node, low);
                    if (high > 0 && high <= node.data.length) { range.setEnd(node, high); break; }
                    seen += node.data.length;
                }
                getSelection().removeAllRanges();
                getSelection().addRange(range);
                return getSelection().toString();
            }
            return null;
        }""",
        [selector, words],
    )
    assert done is not None, words


def test_the_whole_path(served: Served, folder: Path, open_page: Callable[..., Page]) -> None:
    """Open, accept, relabel, reject, resize, edit a value, add, note, flag, undo, redo, reload, restart: all there."""
    page = open_page(served)
    at(page, 1)
    first = shown(page)
    page.keyboard.press("a")
    at(page, 2)
    page.keyboard.press("1")
    at(page, 3)
    page.keyboard.press("x")
    at(page, 4)
    before = shown(page)
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#quote")).to_have_text(before.rsplit(" ", 1)[0])
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#quote")).to_have_text(before.split(" ", 1)[1].rsplit(" ", 1)[0])
    saved(page)

    page.keyboard.press("u")
    expect(page.locator("#quote")).to_have_text(before.rsplit(" ", 1)[0])
    page.keyboard.press("Control+Shift+Z")
    expect(page.locator("#quote")).to_have_text(before.split(" ", 1)[1].rsplit(" ", 1)[0])

    page.keyboard.press("k")
    page.keyboard.press("k")
    at(page, 2)
    page.keyboard.press("e")
    page.locator("[data-key='value-0-min']").fill("25000000")
    page.keyboard.press("Tab")
    expect(page.locator("[data-key='value-0-max']")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.type("Check the sum with the ministry 👩🏽‍🌾")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator(".pill.flagged")).to_be_visible()
    saved(page)

    page.locator("#as-text").click()
    select_words(page, "article p", "What will the next winter bring?")
    page.keyboard.press("n")
    expect(page.locator("#adding-quote")).to_have_text("What will the next winter bring?")
    page.keyboard.press("2")
    expect(page.locator("#quote")).to_have_text("What will the next winter bring?")
    expect(page.locator(".pill.added")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator("#where")).to_contain_text("of 35")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#quote")).to_have_text("What will the next winter bring?")
    saved(page)

    address = page.url
    page.reload()
    expect(page.locator("#quote")).to_have_text("What will the next winter bring?")
    served.kill()
    served.start()
    page.goto(served.addresses["Ana"])
    page.goto(address)
    expect(page.locator("#quote")).to_have_text("What will the next winter bring?")
    expect(page.locator("#progress")).to_contain_text("5 of 36")

    with open_store(folder) as store:
        from claimx.review.board import reviewed_claims

        records = list(reviewed_claims(read_run(folder), store))
    by_status = {}
    for record in records:
        by_status.setdefault(record["review"] and record["review"]["status"], []).append(record)
    assert by_status["accepted"][0]["text"] == first
    assert [item["text"] for item in by_status["added"]] == ["What will the next winter bring?"]
    assert len(by_status["rejected"]) == 1 and len(by_status["corrected"]) == 2
    relabelled = next(item for item in by_status["corrected"] if item["entities"])
    assert relabelled["label"] == "finding"
    assert relabelled["entities"][0]["value"]["min"] == "25000000"
    assert relabelled["review"]["note"].endswith("👩🏽‍🌾")
    for record in records:
        text = read_run(folder).text(record["document"]["id"]).text
        for span in (record, *record["entities"], *record["arguments"]):
            assert text[span["start"] : span["end"]] == span["text"]


def test_offsets_survive_emoji_and_combining_characters(
    served: Served, folder: Path, open_page: Callable[..., Page]
) -> None:
    """A claim resized and an entity marked behind emoji and combining characters keep their code points."""
    page = open_page(served)
    page.keyboard.press("/")
    page.keyboard.type("islanders")
    page.keyboard.press("Enter")
    expect(page.locator("#quote")).to_contain_text("Islanders 🏝️ trust the cafe\u0301")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#quote")).to_have_text("Islanders 🏝️ trust the cafe\u0301 co-operative 👩🏽‍🌾 more than any")
    select_words(page, "#quote", "👩🏽‍🌾 more than")
    page.locator("#entities").get_by_role("button", name="From selection").click()
    expect(page.locator("#entities .words")).to_have_text("👩🏽‍🌾 more than")
    saved(page)
    with open_store(folder) as store:
        resized, marked = store.decisions()
    text = read_run(folder).text(resized.document).text
    assert resized.after["text"] == text[resized.after["start"] : resized.after["end"]]
    assert resized.after["text"].endswith("more than any")
    entity = marked.after["entities"][0]
    assert entity["text"] == "👩🏽‍🌾 more than" == text[entity["start"] : entity["end"]]


def test_filters_and_orders(served: Served, open_page: Callable[..., Page]) -> None:
    """Each filter narrows the list, the address keeps it over a reload, and an empty result says how to get out."""
    page = open_page(served)
    for name, value, count in (("type", "cause", 10), ("entity", "MONEY", 5), ("status", "unreviewed", 35)):
        page.locator(f"[name={name}]").select_option(value)
        expect(page.locator("#where")).to_contain_text(f"of {count}")
        page.reload()
        expect(page.locator("#where")).to_contain_text(f"of {count}")
        page.locator("#reset").click()
        expect(page.locator("#where")).to_contain_text("of 35")
    page.locator("[name=order]").select_option("uncertain")
    least = min(record["confidence"] for record in read_run(served.run).claims.values())
    expect(page.locator(".confidence")).to_have_text(f"{round(100 * least)}% sure")
    page.locator("[name=low]").fill("90")
    expect(page.locator(".confidence")).to_have_text(re.compile("^9[0-9]% sure"))
    page.locator("[name=text]").fill("no claim has these words")
    expect(page.get_by_role("heading", name="No claim matches these filters")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#where")).to_contain_text("of 35")


def test_by_mouse(served: Served, folder: Path, open_page: Callable[..., Page]) -> None:
    """What the keys do, buttons do: accept, reject, type, boundaries, arguments, attributes, undo, redo, documents."""
    page = open_page(served)
    page.locator("[data-do=accept]").click()
    at(page, 2)
    page.locator(".types .type-finding").click()
    at(page, 3)
    page.locator("[data-do=reject]").click()
    at(page, 4)
    page.get_by_role("button", name="Move the end one word left").click()
    page.get_by_label("Certainty").select_option("hedged")
    page.get_by_label("Who says so").select_option("reported")
    select_words(page, "#quote", "Islanders")
    page.locator(".card section").filter(has_text="Attributes").get_by_role("button", name="From selection").click()
    select_words(page, "#quote", "trust")
    page.locator(".card section").filter(has_text="Arguments").get_by_role("button", name="From selection").click()
    expect(page.get_by_label("Role")).to_have_value("cause")
    page.get_by_label("Role").select_option("effect")
    page.locator("[data-do=flag]").click()
    page.locator("[data-do=undo]").click()
    expect(page.locator(".pill.flagged")).to_have_count(0)
    page.locator("[data-do=redo]").click()
    expect(page.locator(".pill.flagged")).to_be_visible()
    saved(page)
    page.locator("#open-documents").click()
    page.locator("#documents-list button").nth(1).click()
    expect(page.locator("#where")).to_contain_text("of 7")
    expected = ["accept", "relabel", "reject", "resize", "edit_attribute", "edit_attribute", "edit_attribute"]
    assert actions(folder) == [*expected, "edit_argument", "edit_argument", "flag", "undo", "redo"]


def test_a_lost_connection_keeps_the_decision(served: Served, folder: Path, open_page: Callable[..., Page]) -> None:
    """While the server is gone decisions are kept, shown as such, and sent by themselves, each once."""
    page = open_page(served)
    page.wait_for_load_state("networkidle")
    served.kill()
    page.keyboard.press("a")
    page.keyboard.press("x")
    page.keyboard.press("2")
    at(page, 4)
    expect(page.locator("#connection-text")).to_contain_text("3 decisions kept here")
    served.start()
    page.goto(served.addresses["Ana"])
    saved(page)
    expect(page.locator("#progress")).to_contain_text("3 of 35")
    assert actions(folder) == ["accept", "reject", "relabel"]


def test_two_annotators_on_one_claim(folder: Path, open_page: Callable[..., Page]) -> None:
    """The later writer is shown the difference and chooses; nothing of the earlier is lost."""
    ben = Annotator("Ben", "ben-token-0123456789abcdef")
    served = Served(folder, team=Team((ANA, ben)))
    served.start()
    first, second = open_page(served, "Ana"), open_page(served, "Ben")
    first.keyboard.press("2")
    saved(first)
    second.keyboard.press("x")
    dialog = second.get_by_role("dialog", name="Somebody else decided on this claim")
    expect(dialog).to_contain_text("Ana decided on it after you saw it")
    expect(dialog.get_by_role("table")).to_contain_text("cause")
    dialog.get_by_role("button", name="Keep theirs").click()
    saved(second)
    assert actions(folder) == ["relabel"]
    first.keyboard.press("a")
    saved(first)
    second.keyboard.press("x")
    dialog.get_by_role("button", name="Apply mine on top").click()
    saved(second)
    assert actions(folder) == ["relabel", "accept", "reject"]
    served.stop()


def test_hostile_text_stays_text(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    """Markup in text, title, file name, section and annotator name is shown as it is written, and runs nothing."""
    evil = "<img src=x onerror=document.title='owned'> </script><script>document.title='owned'</script> {{ 7*7 }}"
    sentences = [
        runs.Sentence(f"The mayor said {evil} twice."),
        runs.Sentence("Tides [turn](javascript:alert(1)) late."),
    ]
    document, _ = runs.make_document("a\"><svg onload=x>'.txt", sentences, title=evil)
    folder = runs.write_run(tmp_path / "<b>run" / "de<i>mo", [(document, sentences)])
    served = Served(folder, team=Team((Annotator("<u>Eve</u>", "eve-token-0123456789abcdef"), ANA)))
    served.start()
    page = open_page(served, "<u>Eve</u>")
    expect(page.locator("#quote")).to_have_text(f"The mayor said {evil} twice.")
    expect(page.locator("#source-title")).to_have_text(evil)
    expect(page.locator("article")).to_contain_text("[turn](javascript:alert(1))")
    expect(page.locator("#who")).to_have_text("<u>Eve</u>")
    page.keyboard.press("c")
    page.keyboard.type("<script>document.title='owned'</script>")
    page.keyboard.press("Escape")
    saved(page)
    page.locator(".history summary").click()
    expect(page.locator(".history")).to_contain_text("<u>Eve</u>")
    page.locator("#open-documents").click()
    expect(page.locator("#documents-list")).to_contain_text("<svg onload=x>")
    assert page.locator("article img, article script, article svg, .card img, dialog svg, dialog img").count() == 0
    assert "owned" not in page.title() and "de<i>mo" in page.title()
    served.stop()


def test_states_are_designed(tmp_path: Path, folder: Path, open_page: Callable[..., Page]) -> None:
    """Loading, empty, error and finished each say what is the matter and what to do."""
    document, _ = runs.make_document("empty.txt", [runs.Sentence("Is it so?", ())])
    served = Served(runs.write_run(tmp_path / "empty", [(document, [runs.Sentence("Is it so?", ())])]))
    served.start()
    page = open_page(served)
    expect(page.get_by_role("heading", name="There are no claims here")).to_be_visible()
    served.kill()
    page.locator("[name=type]").select_option("cause")
    expect(page.get_by_role("heading", name="That did not work")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    served = Served(folder)
    served.start()
    page = open_page(served, guided=False)
    expect(page.get_by_role("heading", name="New here?")).to_be_visible()
    for number in range(1, 36):
        at(page, number)
        page.keyboard.press("a")
    expect(page.get_by_role("heading", name="All claims are reviewed")).to_be_visible()
    saved(page)
    expect(page.locator("#progress")).to_contain_text("35 of 35")
    served.stop()


def test_keyboard_alone_reaches_everything(served: Served, open_page: Callable[..., Page]) -> None:
    """Tab walks through every control and comes out again; keys do nothing while somebody types."""
    page = open_page(served)
    seen = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "document.activeElement.id || document.activeElement.dataset.key || document.activeElement.name || ''"
            )
        )
    assert {"search", "theme", "card", "scroller", "type-cause", "note", "as-text"} <= seen | {"card"}
    page.locator("#search").focus()
    page.keyboard.type("axj")
    expect(page.locator("#search")).to_have_value("axj")
    expect(page.locator("#progress")).to_contain_text("0 of 35")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.get_by_role("dialog", name="Codebook")).to_contain_text("recommendation")
    page.keyboard.press("g")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(served: Served, open_page: Callable[..., Page], scheme: str) -> None:
    """No view has a serious or critical barrier, light or dark, wide or at 200% zoom."""
    page = open_page(served, guided=False, color_scheme=scheme)
    barriers: list[str] = []

    def check(view: str) -> None:
        for found in Axe().run(page).response["violations"]:
            if found["impact"] in ("serious", "critical"):
                nodes = [node["html"][:120] for node in found["nodes"]]
                barriers.append(f"{view}: {found['id']} {json.dumps(nodes)}")

    page.wait_for_load_state("networkidle")
    check("page")
    page.locator("#as-text").click()
    page.keyboard.press("f")
    page.keyboard.press("x")
    page.keyboard.press("k")
    saved(page)
    page.wait_for_timeout(300)
    check("text")
    for opener, dialog in (("#open-keys", "keys"), ("#open-codebook", "codebook"), ("#open-documents", "documents")):
        page.locator(opener).click()
        check(dialog)
        page.keyboard.press("Escape")
    select_words(page, "article p", "What will the next winter bring?")
    page.keyboard.press("n")
    check("adding")
    page.keyboard.press("Escape")
    page.locator("[name=text]").fill("nothing like it")
    expect(page.get_by_role("heading", name="No claim matches")).to_be_visible()
    check("none")
    page.set_viewport_size({"width": 640, "height": 400})
    page.locator("#reset").click()
    expect(page.locator("#quote")).to_be_visible()
    check("zoomed")
    assert not barriers, "\n".join(barriers)
