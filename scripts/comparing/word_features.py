"""The default tagger with other words: none, or pkuseg's in place of jieba's."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Protocol
from unittest.mock import patch

import numpy as np
from spacy.language import Language
from spacy.training import Example

from rectify_ner.notice import Span
from rectify_ner.tagger import features
from rectify_ner.tagger.component import CrfTagger
from rectify_ner.tagger.features import Words, hash_text

NO_WORDS = "none"


class Segmenter(Protocol):
    def cut(self, text: str) -> list[str]: ...


@Language.factory(
    "comparing_crf",
    assigns=["doc.ents"],
    default_config={"settings": {}},
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_crf(nlp: Language, name: str, words: str, settings: dict[str, Any]) -> "OtherWords":
    """``words`` is ``none`` or the folder of a pkuseg model; ``settings`` are those of the tagger."""
    return OtherWords(nlp, name, words, settings)


class OtherWords(CrfTagger):
    """The tagger of the package while its word features are replaced; for trials only."""

    def __init__(self, nlp: Language, name: str, words: str, settings: dict[str, Any]) -> None:
        super().__init__(nlp.vocab, name, **settings)
        self.words = words

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Any = None,
    ) -> None:
        with replaced(self.words):
            super().initialize(get_examples, nlp=nlp, labels=labels)

    def update(self, examples: Iterable[Example], **options: Any) -> dict[str, float]:
        with replaced(self.words):
            return super().update(examples, **options)

    def tag(self, text: str) -> list[Span]:
        with replaced(self.words):
            return super().tag(text)


@contextmanager
def replaced(words: str) -> Iterator[None]:
    """The tagger's features with other words, or without any, as long as the context lasts."""
    other = no_words if words == NO_WORDS else partial(pkuseg_words, model=words)
    with patch.object(features, "segment", lambda plain, *_: other(plain)):
        yield


def no_words(plain: str) -> Words:
    """Every character by itself, all with one hash: what is left of the features are n-grams."""
    start = np.arange(len(plain))
    same = np.zeros(len(plain), dtype=np.uint64)
    return Words(start, start + 1, same, same)


@lru_cache(maxsize=2)
def segmenter(model: str) -> Segmenter:
    import spacy_pkuseg

    found: Segmenter = spacy_pkuseg.pkuseg(model, user_dict="default")
    return found


def pkuseg_words(plain: str, model: str) -> Words:
    """Words of a text by a pkuseg model; it knows no parts of speech, so every tag is the same.

    pkuseg drops blank characters; each is a word of its own here.
    """
    pieces = words_and_blanks(plain, segmenter(model).cut(plain))
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    end = np.cumsum(lengths)
    form = np.array([hash_text(piece) for piece in pieces], dtype=np.uint64)
    return Words(end - lengths, end, form, np.zeros_like(form))


def words_and_blanks(plain: str, words: Iterable[str]) -> list[str]:
    """The words with what stands between them in the text; together they are the text."""
    pieces: list[str] = []
    at = 0
    for word in words:
        start = plain.index(word, at)
        pieces += [*plain[at:start], word]
        at = start + len(word)
    return [*pieces, *plain[at:]]
