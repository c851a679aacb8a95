"""How fast the review page is on 10,000 claims in 200 documents: `python tests/benchmarks/review.py`."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "review"))
import runs

OPENINGS, KEYS = 5, 300
# Runs in the page: presses a key and waits until another claim's words are drawn.
PRESS = """(key) => new Promise((resolve) => {
    const before = document.getElementById("where").textContent, start = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const look = () => {
        if (document.getElementById("where").textContent !== before) {
            requestAnimationFrame(() => resolve(performance.now() - start));
        } else setTimeout(look, 0);
    };
    look();
})"""
SERVE = (
    "import sys, json; from pathlib import Path; from claimx.review.server import serve; "
    "serve(Path(sys.argv[1]), port=0, announce=lambda a: print(json.dumps(a), flush=True))"
)


def measure(page: Page, address: str) -> dict[str, float]:
    """Seconds to open, and milliseconds from key to the next claim on the screen."""
    openings = []
    for _ in range(OPENINGS):
        start = time.perf_counter()
        page.goto(address)
        page.wait_for_selector("#quote")
        openings.append(time.perf_counter() - start)
    times = [page.evaluate(PRESS, "axj1 "[number % 5]) for number in range(KEYS)]
    cuts = statistics.quantiles(times, n=100)
    return {
        "open, median s": round(statistics.median(openings), 3),
        "open, worst s": round(max(openings), 3),
        "key to next claim, median ms": round(cuts[49], 1),
        "key to next claim, p95 ms": round(cuts[94], 1),
    }


def main() -> None:
    """Make the run, serve it, open it, press keys, print the figures as JSON."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = runs.write_large(Path(name) / "outputs" / "large")
        start = time.perf_counter()
        server = subprocess.Popen([sys.executable, "-c", SERVE, str(folder)], stdout=subprocess.PIPE, text=True)
        try:
            address = next(iter(json.loads((server.stdout or sys.stdin).readline()).values()))
            started = time.perf_counter() - start
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            figures = {"server start s": round(started, 2), **measure(page, address)}
            browser.close()
        finally:
            server.terminate()
            server.wait()
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
