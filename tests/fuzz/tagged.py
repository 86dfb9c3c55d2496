"""What must hold of the trained pipeline on any text."""

import re
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

from rectify_ner.assemble import assemble_notice
from rectify_ner.notice import LABELS
from rectify_ner.tag import load_pipeline, tag_texts

from .cases import ROOT, Case
from .invariants import check_record

_HALVES = re.compile("[\ud800-\udfff]")
"""Half characters, which spaCy itself refuses and ``tag_texts`` does not."""


def pipeline() -> Any:
    """The pipeline of build/model-best."""
    return load_pipeline(ROOT / "build/model-best")


def check_tagged(nlp: Any, case: Case) -> None:
    """Sound spans, twice the same, and the record that the rules make of them."""
    spans = next(tag_texts(nlp, [case.text]))
    assert all(0 <= span.start < span.end <= len(case.text) and span.label in LABELS for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    mentions = [case.text[span.start : span.end] for span in spans]
    assert mentions == [mention.strip() for mention in mentions], "white space at an edge"
    assert next(tag_texts(nlp, [case.text])) == spans
    record = assemble_notice(case.text, spans, source="case")
    check_record(Case(case.kind, case.text, spans), record)
    if not _HALVES.search(case.text):
        doc = nlp(case.text)
        assert doc.text == case.text
        assert {**doc._.notice, "source": "case"} == record


def check_company(nlp: Any, texts: Sequence[str], random: Random) -> None:
    """Spans do not depend on what else is tagged, nor on the order."""
    texts = [text for text in texts if not _HALVES.search(text)]
    alone = [next(tag_texts(nlp, [text])) for text in texts]
    order = list(range(len(texts)))
    random.shuffle(order)
    again = list(tag_texts(nlp, [texts[at] for at in order]))
    assert [alone[at] for at in order] == again
    docs = list(nlp.pipe([texts[at] for at in order]))
    found = [[(e.start_char, e.end_char, e.label_) for e in doc.ents if e.label_ in LABELS] for doc in docs]
    assert found == [[(span.start, span.end, span.label) for span in alone[at]] for at in order]
