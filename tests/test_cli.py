"""Promises of the command line, run as a user runs it: exit codes, one-line errors, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = """# Ports and prices

Port fees rose by 12% in 2023. Because of the higher fees, shippers moved to other ports.

## Recommendations

- The ministry should lower the fees.
"""


def claimx(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "claimx", *map(str, arguments)], capture_output=True, text=True, cwd=cwd, timeout=300
    )


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "ports.md").write_text(TEXT, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "nul.txt").write_bytes(b"Some text\x00 with a NUL byte in it.")
    return folder


@pytest.fixture(scope="module")
def run(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("run")
    return folder, claimx("extract", sources, "-o", folder)


def test_help_is_quick_to_load() -> None:
    """`claimx --help` never loads spaCy, pandas, onnxruntime or a PDF library."""
    code = (
        "import sys; sys.argv = ['claimx', '--help']\n"
        "from claimx.cli import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "heavy = {'spacy', 'pandas', 'onnxruntime', 'pypdfium2', 'pdfplumber', 'trafilatura', 'numpy', 'lxml'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == "[]"
    assert "extract" in done.stdout


def test_extract_writes_a_valid_run(run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Good documents are written, bad ones are named in one line each, and the exit code says so."""
    folder, done = run
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    problems = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert len(problems) == 2
    assert all("empty.txt" in line or "nul.txt" in line for line in problems)
    failures = [json.loads(line) for line in (folder / "failures.jsonl").read_text().splitlines()]
    assert [Path(failure["source"]).name for failure in failures] == ["empty.txt", "nul.txt"]
    assert claimx("validate", *folder.glob("*.jsonl")).returncode == 0
    assert claimx("validate", folder).returncode == 0
    assert {path.name for path in folder.iterdir()} == {
        "claims.jsonl",
        "documents.jsonl",
        "failures.jsonl",
        "manifest.json",
    }


def test_claims_reach_standard_output(sources: Path) -> None:
    """`-o -` prints the claims and nothing else."""
    done = claimx("extract", sources / "ports.md", "-o", "-", "--quiet")
    claims = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert done.stderr == ""
    assert "The ministry should lower the fees." in {claim["text"] for claim in claims}


def test_inspect_shows_blocks_and_json(sources: Path) -> None:
    """People get a line a block, programs get the Document."""
    done = claimx("inspect", sources / "ports.md")
    assert "[heading" in done.stdout
    assert "[paragraph] Port fees rose" in done.stdout
    record = json.loads(claimx("inspect", sources / "ports.md", "--json").stdout)
    assert record["schema"] == "claimx.document/1"
    assert record["title"] == "Ports and prices"


def test_inspect_names_a_bad_file_in_one_line(tmp_path: Path) -> None:
    """A missing file is one line and exit code 1."""
    done = claimx("inspect", tmp_path / "missing.pdf")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_inspect_refuses_a_page_that_is_not_there(sources: Path) -> None:
    """A page of a file without pages is misuse, not silence."""
    done = claimx("inspect", sources / "ports.md", "--page", "2")
    assert done.returncode == 2
    assert "no pages" in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("extract", "x.txt"),
        ("extract", "x.txt", "-o", "run", "--colour"),
        ("extract", "x.txt", "-o", "run", "-z"),
        ("extract", "x.txt", "-o", "run", "--config", "missing.cfg"),
        ("validate", "missing.jsonl"),
        ("validate", "."),
        ("schema", "nonsense"),
        ("nonsense",),
    ],
)
def test_misuse_is_exit_code_2_without_a_traceback(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Missing options, unknown options, missing configurations, missing files, unknown commands."""
    done = claimx(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_a_folder_that_cannot_be_written_is_misuse(sources: Path, tmp_path: Path) -> None:
    """An output folder that is a file is told in one line."""
    (tmp_path / "run").write_text("in the way")
    done = claimx("extract", sources / "ports.md", "-o", tmp_path / "run")
    assert done.returncode == 2
    assert "choose another folder" in done.stderr


def test_an_empty_folder_is_a_failure(tmp_path: Path) -> None:
    """A folder without readable files is named, and noted among the failures."""
    (tmp_path / "none").mkdir()
    done = claimx("extract", tmp_path / "none", "-o", tmp_path / "run")
    assert done.returncode == 1
    assert "none" in (tmp_path / "run" / "failures.jsonl").read_text()


def test_settings_are_overridden_as_in_spacy(sources: Path, tmp_path: Path) -> None:
    """A dotted option reaches the component; one that it does not know is refused."""
    done = claimx("extract", sources / "ports.md", "-o", tmp_path, "--components.claimx_claims.nonsense", "1")
    assert done.returncode == 2
    assert "nonsense" in done.stderr


def test_schema_prints_what_the_package_publishes() -> None:
    """`claimx schema` is the schema of a claim."""
    assert json.loads(claimx("schema").stdout)["$id"] == "urn:claimx:claim:1"
