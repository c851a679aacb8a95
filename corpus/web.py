"""A Master becomes a web page as sites serve them: meta tags, navigation, a cookie notice, related cards, footer."""

from __future__ import annotations

import json
from html import escape

from inline import box_title, byline_of, long_date, runs_of, style_of
from master import Block, Master

NAV = ("About us", "Experts", "Publications", "Events", "Media centre", "Support our work")
RELATED = (
    ("Briefing", "The Long Queue at the Border", "Why customs reform stalls, and where it has not."),
    ("Podcast", "Episode 41: What the Tide Gauges Say", "A conversation about slow disasters."),
    ("Commentary", "After the Summit, the Accountants", "Pledges are easy; ledgers are hard."),
    ("Event", "Annual Lecture 2026", "Registration is open until the hall is full."),
)
CSS = """
body{font:17px/1.6 Georgia,serif;margin:0;color:#222}
header,footer{background:#123;color:#fff;padding:1rem}
nav ul{display:flex;gap:1rem;list-style:none}
.cookie{position:fixed;bottom:0;background:#eee;padding:1rem}
.wrap{max-width:46rem;margin:auto}
.box{background:#eef3f7;padding:1rem}
.card{border:1px solid #ccc;padding:.5rem}
"""


def _inline(block: Block) -> str:
    parts = []
    for run in runs_of(block):
        if run.note:
            parts.append(f'<sup id="ref{run.note}"><a href="#fn{run.note}">{run.note}</a></sup>')
        elif run.link:
            parts.append(f'<a href="{escape(run.link)}">{escape(run.text)}</a>')
        else:
            parts.append(escape(run.text, quote=False))
    return "".join(parts)


def render_html(master: Master) -> str:
    """A whole page: style 0 uses the elements made for it, 1 nests anonymous divs, 2 has cards in mid-text."""
    style = style_of(master, 3)
    meta = master.meta
    body = _body(master, style)
    title = escape(meta["title"], quote=False)
    stamp = f'<time datetime="{meta["published"]}">{long_date(master)}</time>'
    head = f'<h1>{title}</h1>\n<p class="byline">{escape(byline_of(master))} | {stamp}</p>'
    if style == 1:
        core = (
            f'<div class="page"><div class="col-8"><div class="post">\n{head}\n{body}\n</div></div>\n{_cards(4)}</div>'
        )
    else:
        core = f'<main class="wrap"><article>\n{head}\n{body}\n</article>\n{_cards(3)}</main>'
    return (
        f'<!DOCTYPE html>\n<html lang="{meta["variety"]}">\n<head>\n{_head(master)}\n</head>\n<body>\n'
        + (_cookie() if style != 2 else "")
        + f"{_site_header(master)}\n{core}\n{_site_footer(master)}\n"
        + (_cookie() if style == 2 else "")
        + "</body>\n</html>\n"
    )


def _head(master: Master) -> str:
    meta = master.meta
    authors = [name.strip() for name in meta["authors"].split(";")]
    linked = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": meta["title"],
        "datePublished": meta["published"],
        "author": [{"@type": "Person", "name": name} for name in authors],
        "publisher": {"@type": "Organization", "name": meta["publisher"]},
    }
    tags = [
        '<meta charset="utf-8">',
        f"<title>{escape(meta['title'], quote=False)} | {escape(meta['publisher'])}</title>",
        f'<meta name="author" content="{escape(", ".join(authors))}">',
        f'<meta property="og:title" content="{escape(meta["title"])}">',
        f'<meta property="og:site_name" content="{escape(meta["publisher"])}">',
        f'<meta property="article:published_time" content="{meta["published"]}">',
        f'<script type="application/ld+json">{json.dumps(linked, ensure_ascii=False)}</script>',
        f"<style>{CSS}</style>",
    ]
    return "\n".join(tags)


def _site_header(master: Master) -> str:
    own = [block.text for block in master.blocks if block.kind == "nav"]
    links = "".join(f'<li><a href="#">{escape(name)}</a></li>' for name in (*NAV, *own))
    name = escape(master.meta["publisher"])
    crumbs = (
        f'<p class="breadcrumb"><a href="#">Home</a> / <a href="#">Analysis</a> / {escape(master.meta["topic"])}</p>'
    )
    return f'<header><a class="logo" href="#">{name}</a>\n<nav><ul>{links}</ul></nav></header>\n{crumbs}'


def _site_footer(master: Master) -> str:
    name = escape(master.meta["publisher"])
    return (
        '<div class="share"><span>Share this article</span> <a href="#">Email</a> <a href="#">Print</a></div>\n'
        '<form class="newsletter"><label>Sign up to our weekly newsletter <input type="email"></label>'
        "<button>Subscribe</button></form>\n"
        f"<footer><p>© {name}. All rights reserved.</p><ul><li>Privacy policy</li><li>Terms of use</li>"
        "<li>Contact</li></ul></footer>"
    )


def _cookie() -> str:
    return (
        '<div class="cookie" role="dialog"><p>We use cookies to improve your experience on this site. '
        "By continuing you agree to our cookie policy.</p><button>Accept all</button>"
        "<button>Manage settings</button></div>\n"
    )


def _cards(count: int) -> str:
    cards = "".join(
        f'<div class="card"><span>{kind}</span><h3><a href="#">{name}</a></h3><p>{line}</p></div>'
        for kind, name, line in RELATED[:count]
    )
    return f'<aside class="related"><h2>Related content</h2>{cards}</aside>'


def _body(master: Master, style: int) -> str:
    out: list[str] = []
    notes: list[str] = []
    opened: list[str] = []
    tag = "div" if style == 1 else "p"
    box = ""
    for index, block in enumerate(master.blocks):
        wanted = {"bullet": "ul", "number": "ol"}.get(block.kind, "")
        if opened and opened[-1] != wanted:
            out.append(f"</{opened.pop()}>")
        if box and block.box != box:
            out.append("</div>")
        box = block.box if block.box else ""
        if wanted and not opened:
            start = f' start="{block.marker}"' if wanted == "ol" and block.marker != "1" else ""
            out.append(f"<{wanted}{start}>")
            opened.append(wanted)
        if block.kind == "footnote":
            back = f'<a href="#ref{block.marker}">↩</a>'
            notes.append(f'<li id="fn{block.marker}">{_inline(block)} {back}</li>')
        else:
            out.extend(_element(block, tag))
        if style == 2 and index == len(master.blocks) // 2 and not opened and not box:
            out.append(f'<div class="card inline"><span>Read more</span> <a href="#">{RELATED[2][1]}</a></div>')
    out.extend(f"</{name}>" for name in opened)
    if box:
        out.append("</div>")
    if notes:
        tail = next((i for i, line in enumerate(out) if line.startswith('<p class="bio"')), len(out))
        out.insert(tail, '<section class="footnotes"><h2>Notes</h2><ol>' + "\n".join(notes) + "</ol></section>")
    return "\n".join(out)


def _element(block: Block, tag: str) -> list[str]:
    text = _inline(block)
    match block.kind:
        case "byline" | "nav":
            return []
        case "heading":
            return [f"<h{block.level + 1}>{text}</h{block.level + 1}>"]
        case "box":
            return [f'<div class="box {block.box}"><h2>{escape(box_title(block), quote=False)}</h2>']
        case "bullet" | "number":
            return [f"<li>{text}</li>"]
        case "quote":
            return [f"<blockquote><p>{text}</p></blockquote>"]
        case "table":
            rows = [
                "<tr>" + "".join(f"<{cell}>{escape(words)}</{cell}>" for words in row) + "</tr>"
                for row, cell in ((row, "td" if number else "th") for number, row in enumerate(block.rows))
            ]
            return ["<table>" + "".join(rows) + "</table>"]
        case "caption":
            return [f'<figure><img src="figure.jpg" alt=""><figcaption>{text}</figcaption></figure>']
        case "pull":
            return [f'<aside class="pullquote">{text}</aside>']
        case "related":
            return [f'<div class="card inline"><span>Read more</span> <a href="#">{text}</a></div>']
        case "ref":
            return [f'<p class="reference">{text}</p>']
        case "paragraph":
            return [f"<{tag}>{text}</{tag}>"]
        case kind:
            return [f'<p class="{kind}">{text}</p>']
