"""Every step on pieces keeps links and places on the words that they belong to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from claimx.sources.pieces import Piece, Run, assemble, piece_of

WORD = st.text("abcXYZ.,-", min_size=1, max_size=6)
RUNS = st.lists(
    st.builds(
        Run,
        st.text("ab c\n\u00a0", max_size=8),
        st.sampled_from(["/p[1]", "/p[2]", None]),
        st.sampled_from([None, "u", "v"]),
    ),
    max_size=6,
)


@given(runs=RUNS)
def test_white_space_is_settled(runs: list[Run]) -> None:
    """Runs become one text with single spaces, as if they had been one run."""
    assert piece_of(runs).text == " ".join("".join(run.text for run in runs).split())


@given(runs=RUNS)
def test_places_lie_in_a_row(runs: list[Run]) -> None:
    """Places do not overlap, and where every run has an element, they leave no character out."""
    piece = piece_of(runs)
    at = 0
    for place in piece.places:
        assert at <= place.start < place.end <= len(piece.text)
        at = place.end
    if all(run.xpath for run in runs):
        assert sum(place.end - place.start for place in piece.places) == len(piece.text)


def linked(words: list[str], target: int) -> Piece:
    return piece_of(Run(f"{word} ", "/p", "u" if index == target else None) for index, word in enumerate(words))


@given(words=st.lists(WORD, min_size=3, max_size=8), target=st.integers(0, 7), data=st.data())
def test_links_follow_their_words(words: list[str], target: int, data: st.DataObject) -> None:
    """Cutting, joining and rewriting other parts leave a link on its word."""
    target %= len(words)
    piece = linked(words, target)
    joined = linked(["before"], 5).joined(piece)
    assert [joined.text[link.start : link.end] for link in joined.links] == [words[target]]
    edit = data.draw(st.integers(0, len(words) - 1))
    start = sum(len(word) + 1 for word in words[:edit])
    if edit != target:
        changed = piece.rewritten([(start, start + len(words[edit]), "longer than it was")])
        assert [changed.text[link.start : link.end] for link in changed.links] == [words[target]]
    rest = piece.cut(start, len(piece.text))
    assert [rest.text[link.start : link.end] for link in rest.links] == ([words[target]] if target >= edit else [])


def test_a_note_links_from_the_word_before_it() -> None:
    """The mark of a footnote is no text, but a link from the word before it to the footnote that was found."""
    text = piece_of([Run("Tolls rose."), Run("", note="1"), Run(" Traffic fell."), Run("", note="9")])
    note = piece_of([Run("Toll Office.")]).marked("footnote", marker="1")
    whole, _, links, _ = assemble([text, note])
    assert whole == "Tolls rose. Traffic fell.\n\nToll Office."
    assert [(whole[link.start : link.end], link.target) for link in links] == [("rose.", "#footnote-1")]
