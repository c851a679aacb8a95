"""Promise of all components: the cost of a document grows with its length, not with the square of it."""

from __future__ import annotations

import time

from claimx import Pipeline

SENTENCES = ("Exports fell by 12% in March 2021 because of the tariff. ", "Members should adopt the pact. ")


def seconds(pipeline: Pipeline, sentences: int) -> float:
    text = "".join(SENTENCES[index % 2] + ("\n\n" if index % 5 == 4 else "") for index in range(sentences))
    doc = pipeline.nlp.make_doc(text)
    components = [component for name, component in pipeline.nlp.pipeline if name.startswith("claimx_")]
    started = time.process_time()
    for component in components:
        doc = component(doc)
    return time.process_time() - started


def test_cost_grows_with_length(pipeline: Pipeline) -> None:
    """Eight times the sentences cost less than twenty times the time (the square would be sixty-four)."""
    seconds(pipeline, 100)
    assert seconds(pipeline, 1600) < 20 * max(seconds(pipeline, 200), 0.05)
