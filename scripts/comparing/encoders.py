"""Embedding of characters by their n-grams, and of the words they stand in."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from thinc.api import HashEmbed, Maxout, Model, chain, concatenate, list2ragged, ragged2list, with_array

from comparing.registering import Rows, register
from rectify_ner.tagger.features import masked, mix, segment

Hashes = NDArray[np.uint64]
NGRAMS = ((0, 0), (-1, 0), (0, 1), (-2, 0), (-1, 1), (0, 2))
"""First and last offset of each character n-gram."""
WORD_COLUMNS = 4


@register("architectures", "comparing.CharNgramEmbed.v1")
def char_ngram_embed(width: int, column_width: int, rows: int, words: bool) -> Model[list[Doc], list[Rows]]:
    """Hash embeddings of each token's first character in its n-grams, mixed to ``width`` columns.

    Every feature has a table of its own, (rows, column_width). With ``words`` the place in jieba's word
    with its part of speech, and the words before, here and behind, are features too.
    """
    count = len(NGRAMS) + (WORD_COLUMNS if words else 0)
    tables: list[Model[Any, Any]] = [
        HashEmbed(column_width, rows, column=at, seed=at + 8, dropout=0.0) for at in range(count)
    ]
    features: Model[list[Doc], list[Rows]] = Model(
        "char_features", _forward, attrs={"words": words}, dims={"nO": count}
    )
    embed: Model[Any, Any] = with_array(concatenate(*tables))
    mixed: Model[Any, Any] = with_array(
        Maxout(width, column_width * count, nP=3, dropout=0.0, normalize=True)
    )
    model: Model[list[Doc], list[Rows]] = chain(features, list2ragged(), embed, mixed, ragged2list())
    return model


def _forward(
    model: Model[list[Doc], list[Rows]], docs: list[Doc], is_train: bool
) -> tuple[list[Rows], Callable[[object], list[Doc]]]:
    return [doc_features(doc, words=model.attrs["words"]) for doc in docs], lambda _: []


def doc_features(doc: Doc, *, words: bool) -> Rows:
    """Feature hashes (tokens, columns), uint64, taken at each token's first character."""
    firsts = np.fromiter((token.idx for token in doc), dtype=np.int64, count=len(doc))
    found: Rows = np.ascontiguousarray(char_hashes(doc.text, words=words)[firsts])
    return found


def char_hashes(text: str, *, words: bool) -> Hashes:
    """Feature hashes (characters, columns) of a text, folded and masked as the default tagger sees it."""
    if not text:
        return np.zeros((0, len(NGRAMS) + (WORD_COLUMNS if words else 0)), dtype=np.uint64)
    plain = masked(text)
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    edge = np.zeros(4, dtype=np.uint64)
    padded = np.concatenate([edge, codes, edge])
    at = {step: padded[4 + step : 4 + step + len(codes)] for step in range(-2, 3)}
    rows = [mix(0, *(at[step] for step in range(first, last + 1))) for first, last in NGRAMS]
    return np.stack(rows + (_word_rows(plain, codes) if words else []), axis=1)


def _word_rows(plain: str, codes: Hashes) -> list[Hashes]:
    words = segment(plain, codes)
    lengths = words.end - words.start
    index = np.repeat(np.arange(len(lengths)), lengths)
    inside = np.arange(len(index)) - words.start[index]
    last = inside == lengths[index] - 1
    place = ((inside > 0) + 2 * last).astype(np.uint64)
    around = np.concatenate([[0], words.form, [0]]).astype(np.uint64)
    return [mix(0, place, words.tag[index]), *(mix(0, place, around[index + step]) for step in range(3))]
