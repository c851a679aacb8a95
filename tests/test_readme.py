"""Promises of the README: every snippet runs, and the reference of the command line is what `--help` says.

Run as a script, this file renews the reference: `python tests/test_readme.py`.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
REFERENCE = re.compile(r"(<!-- reference:.*?-->\n)(.*?)(<!-- /reference -->)", re.S)
OUTPUT = "outputs/readme"


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.S | re.M)


def run(arguments: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, cwd=cwd, timeout=600)


def reference() -> str:
    """One section a command, as typer's own help says it, without colours and boxes."""
    from typer.main import get_command

    from claimx.cli import app

    group = get_command(app)
    context = group.make_context("claimx", [], resilient_parsing=True)
    parts = []
    for name in group.list_commands(context):  # type: ignore[attr-defined]
        command = group.get_command(context, name)  # type: ignore[attr-defined]
        help_text = " ".join((command.help or "").split())
        parts.append(f"### `claimx {name}`\n\n{help_text}\n\n| argument or option | meaning |\n|---|---|")
        for parameter in command.params:
            if parameter.name == "help":
                continue
            names = "`, `".join([*parameter.opts, *parameter.secondary_opts])
            shown = names if parameter.param_type_name == "option" else str(parameter.metavar or parameter.name).upper()
            meaning = " ".join((getattr(parameter, "help", "") or "").split())
            parts.append(f"| `{shown}` | {meaning} |")
        parts.append("")
    return "\n".join(parts)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the checkout to the snippets, with an outputs folder of its own."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "corpus").symlink_to(ROOT / "corpus")
    return folder


def test_every_snippet_runs(checkout: Path) -> None:
    """The console lines exit with 0, in order, and then the Python snippets run on what they made."""
    lines = [line[2:] for block in snippets("console") for line in block.splitlines() if line.startswith("$ ")]
    assert lines, "the README has lost its console snippets"
    for line in lines:
        done = run([sys.executable, "-m", *shlex.split(line)], checkout)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    for code in snippets("python"):
        done = run([sys.executable, "-c", code], checkout)
        assert done.returncode == 0, f"{code}\n{done.stderr}"


def test_reference_is_current() -> None:
    """The reference says what the program says; if this fails, run `python tests/test_readme.py`."""
    found = REFERENCE.search(README.read_text(encoding="utf-8"))
    assert found is not None
    assert found[2].strip() == reference().strip()


def test_every_command_is_in_the_readme() -> None:
    """Every verb is documented."""
    text = README.read_text(encoding="utf-8")
    assert all(f"claimx {name}" in text for name in re.findall(r"^### `claimx (\S+)`", reference(), re.M))


if __name__ == "__main__":
    renewed = REFERENCE.sub(lambda found: found[1] + reference() + found[3], README.read_text(encoding="utf-8"))
    README.write_text(renewed, encoding="utf-8")
