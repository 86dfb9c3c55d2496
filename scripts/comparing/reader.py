"""Notices as training examples, read from their XML by names that stand in the config."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from comparing.registering import register
from rectify_ner.corpus import read_gold
from rectify_ner.notice import Gold, Span

Augmenter = Callable[[Language, Example], Iterator[Example]]
SPANS_KEY = "sc"


@register("readers", "comparing.notices.v1")
def read_notices(
    folder: str, names: list[str], piece_chars: int, augmenter: Augmenter | None = None
) -> Callable[[Language], Iterator[Example]]:
    """Reader of the notices ``names`` of ``folder``.

    With ``piece_chars`` above 0 a notice is given in pieces of whole lines, each cut behind the line
    that reaches that many characters. Spans that the tokenizer cuts are left out.
    """

    def examples(nlp: Language) -> Iterator[Example]:
        for name in names:
            gold = read_gold(Path(folder) / f"{name}.xml")
            for text, spans in pieces(gold, piece_chars):
                example = make_example(nlp, text, spans)
                yield from augmenter(nlp, example) if augmenter else (example,)

    return examples


def pieces(gold: Gold, piece_chars: int) -> Iterator[tuple[str, list[Span]]]:
    """Text and spans of each piece of a notice; one piece where ``piece_chars`` is 0."""
    start = 0
    spans = sorted(entity.span for entity in gold.entities)
    for end in _cuts(gold.text, piece_chars or len(gold.text)):
        inside = [s for s in spans if start <= s.start and s.end <= end]
        yield gold.text[start:end], [Span(s.start - start, s.end - start, s.label) for s in inside]
        start = end


def _cuts(text: str, piece_chars: int) -> Iterator[int]:
    start = at = 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        if at - start >= piece_chars or at == len(text):
            yield at
            start = at


def make_example(nlp: Language, text: str, spans: Iterable[Span]) -> Example:
    """The pipeline's tokens with these entities, as ``ents`` and as the span group of spancat."""
    reference = nlp.make_doc(text)
    whole = [reference.char_span(span.start, span.end, span.label) for span in spans]
    kept = [span for span in whole if span is not None]
    reference.set_ents(kept)
    reference.spans[SPANS_KEY] = kept
    return Example(
        Doc(nlp.vocab, [t.text for t in reference], [bool(t.whitespace_) for t in reference]), reference
    )
