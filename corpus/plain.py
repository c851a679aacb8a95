"""A Master becomes Markdown or plain text, hard-wrapped in every second house style."""

from __future__ import annotations

import re
import textwrap

from inline import box_title, byline_of, long_date, runs_of, style_of
from master import Block, Master


def _markdown_runs(block: Block, escape: bool) -> str:
    parts = []
    for run in runs_of(block):
        text = re.sub(r"([$%])", r"\\\1", run.text).replace(r"\%", "%") if escape else run.text
        parts.append(f"[^{run.note}]" if run.note else f"[{text}]({run.link})" if run.link else text)
    return "".join(parts)


def _wrap(text: str, width: int, first: str = "", rest: str = "") -> str:
    if not width:
        return first + text
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def render_markdown(master: Master) -> str:
    """Markdown with footnotes: style 0 has YAML front matter, escaped dollars and long lines, style 1 is wrapped."""
    style = style_of(master, 2)
    width = 80 if style else 0
    meta = master.meta
    out: list[str] = []
    if style == 0:
        authors = ", ".join(name.strip() for name in meta["authors"].split(";"))
        out.append(f'---\ntitle: "{meta["title"]}"\nauthor: {authors}\ndate: {meta["published"]}\n---')
    out.append(f"# {meta['title']}")
    out.append(f"*{byline_of(master)}*" + (f"\n\n{meta['publisher']}, {long_date(master)}" if style else ""))
    previous = ""
    for block in master.blocks:
        text = _markdown_block(block, width, escape=style == 0)
        if text is None:
            continue
        if block.kind == previous and block.kind in ("bullet", "number"):
            out[-1] += "\n" + text
        else:
            out.append(text)
        previous = block.kind
    return "\n\n".join(out) + "\n"


def _markdown_block(block: Block, width: int, *, escape: bool) -> str | None:
    kind = block.kind
    text = _markdown_runs(block, escape)
    match kind:
        case "byline":
            return None
        case "heading":
            return "#" * (block.level + 1) + " " + text
        case "box":
            return f"**{box_title(block)}**"
        case "bullet":
            return _wrap(text, width, "- ", "  ")
        case "number":
            marker = f"{block.marker}. "
            return _wrap(text, width, marker, " " * len(marker))
        case "quote":
            return _wrap(text, width, "> ", "> ")
        case "footnote":
            return _wrap(text, width, f"[^{block.marker}]: ", "    ")
        case "table":
            rows = [" | ".join(row) for row in block.rows]
            rule = " | ".join("---" for _ in block.rows[0])
            return "\n".join(f"| {row} |" for row in [rows[0], rule, *rows[1:]])
        case "caption":
            return f"![](images/figure.png)\n*{text}*"
        case "source" | "bio" | "disclaimer":
            return ("---\n\n" if kind == "bio" else "") + _wrap(f"*{text}*", width)
        case "pull":
            return _wrap(f"**{text}**", width, "> ", "> ")
        case "ref":
            return _wrap(text, width, "- ", "  ")
        case _:
            return _wrap(text, width)


def render_text(master: Master) -> str:
    """Plain text: a capital title, underlined headings, notes at the end; wrapped at 72 in style 1."""
    width = 72 if style_of(master, 2) else 0
    meta = master.meta
    out = [
        "\n".join(textwrap.wrap(meta["title"].upper(), 72)),
        f"{byline_of(master)}\n{meta['publisher']}\n{long_date(master)}",
    ]
    notes: list[str] = []
    previous = ""
    for block in master.blocks:
        text = _text_block(block, width)
        if block.kind == "footnote":
            notes.append(text)
        elif block.kind == previous and block.kind in ("bullet", "number") and width:
            out[-1] += "\n" + text
        elif block.kind != "byline":
            out.append(text)
        previous = block.kind
    if notes:
        tail = next((i for i, part in enumerate(out) if part.startswith("* * *")), len(out))
        out[tail:tail] = ["NOTES" if not width else "Notes\n-----", *notes]
    return "\n\n".join(out) + "\n"


def _text_block(block: Block, width: int) -> str:
    text = "".join(f"[{run.note}]" if run.note else run.text for run in runs_of(block))
    match block.kind:
        case "heading":
            return f"{text}\n{('=', '-', '~')[block.level - 1] * len(text)}" if width else text.upper()
        case "box":
            return box_title(block).upper()
        case "bullet":
            return _wrap(text, width, "* ", "  ")
        case "number":
            return _wrap(text, width, f"{block.marker}. ", "   ")
        case "quote":
            return _wrap(text, width, "    ", "    ")
        case "footnote":
            return _wrap(text, width, f"[{block.marker}] ", "    ")
        case "table":
            widths = [max(len(row[i]) for row in block.rows) for i in range(len(block.rows[0]))]
            return "\n".join(
                "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip()
                for row in block.rows
            )
        case "caption":
            return _wrap(f"[{text}]", width)
        case "pull":
            return _wrap(f"“{text}”", width, "        ", "        ")
        case "bio":
            return "* * *\n\n" + _wrap(text, width)
        case _:
            return _wrap(text, width)
