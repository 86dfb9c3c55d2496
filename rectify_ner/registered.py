"""What spaCy finds through the package's entry points. Imports stay light: spaCy loads this module
whenever any pipeline is made."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from spacy.language import Language

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.training import Example

    from rectify_ner.tagger.component import CrfTagger


@Language.factory(
    "rectify_ner_crf",
    assigns=["doc.ents"],
    default_config={
        "learn_rate": 0.05,
        "l2": 0.03,
        "feature_dropout": 0.7,
        "min_count": 3,
        "seed": 0,
        "share": 0.4,
        "epochs": 4,
        "vector_min_count": 8,
        "width": 64,
        "depth": 3,
    },
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_crf(
    nlp: Language,
    name: str,
    learn_rate: float,
    l2: float,
    feature_dropout: float,
    min_count: int,
    seed: int,
    share: float,
    epochs: int,
    vector_min_count: int,
    width: int,
    depth: int,
) -> "CrfTagger":
    """The default tagger, see :class:`rectify_ner.tagger.component.CrfTagger`."""
    from rectify_ner.tagger.component import CrfTagger

    return CrfTagger(
        nlp.vocab,
        name,
        learn_rate=learn_rate,
        l2=l2,
        feature_dropout=feature_dropout,
        min_count=min_count,
        seed=seed,
        share=share,
        epochs=epochs,
        vector_min_count=vector_min_count,
        width=width,
        depth=depth,
    )


@Language.factory("rectify_ner_records", requires=["doc.ents"], assigns=["doc._.notice"])
def make_records(nlp: Language, name: str) -> "Records":
    """Sets ``doc._.notice``, the record of the notice (docs/records.md), from text and entities."""
    return Records()


class Records:
    """A component without weights: the rules layer behind the tagger."""

    def __init__(self) -> None:
        from spacy.tokens import Doc

        if not Doc.has_extension("notice"):
            Doc.set_extension("notice", default=None)

    def __call__(self, doc: "Doc") -> "Doc":
        from rectify_ner.assemble import assemble_notice
        from rectify_ner.tag import spans_of

        doc._.notice = assemble_notice(doc.text, spans_of(doc), source=doc.user_data.get("source", ""))
        return doc

    def to_bytes(self, **_: Any) -> bytes:
        return b""

    def from_bytes(self, _: bytes, **__: Any) -> "Records":
        return self

    def to_disk(self, *_: Any, **__: Any) -> None:
        """Nothing to keep."""

    def from_disk(self, *_: Any, **__: Any) -> "Records":
        return self


def degrade_text(damage: float, swap: float, seed: int) -> "Callable[[Language, Example], Iterator[Example]]":
    """Augmenter ``rectify_ner.degrade_text.v1``: every notice as it is, and once more damaged.

    ``damage`` is the share of notices damaged as published pages are, ``swap`` the share of entities
    whose surface is taken from another notice.
    """
    from spacy.training import Example

    from rectify_ner.notice import Span
    from rectify_ner.tagger.component import COPY
    from rectify_ner.tagger.degrade import Degrader

    degrade = Degrader(damage, swap, seed)

    def augment(nlp: Language, example: Example) -> "Iterator[Example]":
        yield example
        reference = example.reference
        spans = [Span(e.start_char, e.end_char, e.label_) for e in reference.ents]  # type: ignore[arg-type]
        text, moved = degrade(reference.text, spans)
        changed = nlp.make_doc(text)
        found = [changed.char_span(span.start, span.end, span.label) for span in moved]
        changed.set_ents([span for span in found if span is not None])
        changed.user_data[COPY] = True
        yield Example(nlp.make_doc(text), changed)

    return augment
