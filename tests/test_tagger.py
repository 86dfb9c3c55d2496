"""The tagger's parts against slow and simple versions of themselves."""

import itertools

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.training import Example

from rectify_ner.notice import Span
from rectify_ner.tagger import component
from rectify_ner.tagger.chain import (
    BEGINS,
    ENDS,
    FOLLOWS,
    TAG_INDEX,
    TAGS,
    log_likelihood_gradient,
    viterbi,
)
from rectify_ner.tagger.component import CrfTagger, decode
from rectify_ner.tagger.features import clauses, feature_hashes, masked
from rectify_ner.tagger.index import FeatureIndex

FEW = [TAG_INDEX[name] for name in ("O", "B-DATE", "I-DATE", "E-DATE", "S-BODY")]


def _paths(length: int) -> list[tuple[int, ...]]:
    """All valid tag paths over a few tags."""
    return [
        path
        for path in itertools.product(FEW, repeat=length)
        if BEGINS[path[0]] and ENDS[path[-1]] and all(FOLLOWS[a, b] for a, b in itertools.pairwise(path))
    ]


def _scored(scores: np.ndarray, moves: np.ndarray, path: tuple[int, ...]) -> float:
    emitted = sum(float(scores[i, tag]) for i, tag in enumerate(path))
    return emitted + sum(float(moves[a, b]) for a, b in itertools.pairwise(path))


@pytest.fixture
def weights() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    scores = np.full((9, len(TAGS)), -50.0)
    scores[:, FEW] = random.normal(size=(9, len(FEW))) * 2
    return scores, random.normal(size=(len(TAGS), len(TAGS)))


STARTS, LENGTHS = np.array([0, 4, 5]), np.array([4, 1, 4])


def test_viterbi_finds_the_best_of_all_paths(weights: tuple[np.ndarray, np.ndarray]) -> None:
    scores, moves = weights
    found = viterbi(scores.astype(np.float32), moves.astype(np.float32), STARTS, LENGTHS)
    for start, length in zip(STARTS, LENGTHS, strict=True):
        here = scores[start : start + length]
        best = max(_paths(int(length)), key=lambda path: _scored(here, moves, path))
        assert tuple(found[start : start + length]) == best


def test_likelihood_and_gradient_are_those_of_all_paths(weights: tuple[np.ndarray, np.ndarray]) -> None:
    scores, moves = weights
    gold = viterbi(scores.astype(np.float32), moves.astype(np.float32), STARTS, LENGTHS)
    loss, gradient, moves_gradient = log_likelihood_gradient(scores, moves, STARTS, LENGTHS, gold)
    expected = 0.0
    for start, length in zip(STARTS, LENGTHS, strict=True):
        here = scores[start : start + length]
        every = np.array([_scored(here, moves, path) for path in _paths(int(length))])
        expected += np.log(np.exp(every).sum()) - _scored(here, moves, tuple(gold[start : start + length]))
    assert loss == pytest.approx(expected, rel=1e-4)
    step = 1e-4
    for row, tag in ((0, FEW[0]), (4, FEW[4]), (6, FEW[1])):
        up, down = scores.copy(), scores.copy()
        up[row, tag] += step
        down[row, tag] -= step
        slope = sum(
            sign * log_likelihood_gradient(side, moves, STARTS, LENGTHS, gold)[0]
            for sign, side in ((1, up), (-1, down))
        )
        assert gradient[row, tag] == pytest.approx(slope / (2 * step), abs=1e-3)
    assert not moves_gradient[~FOLLOWS].any()


def test_a_path_becomes_spans() -> None:
    path = [TAG_INDEX[tag] for tag in ("S-BODY", "O", "B-DATE", "I-DATE", "E-DATE", "S-ROLE")]
    assert decode(np.array(path)) == [Span(0, 1, "BODY"), Span(2, 5, "DATE"), Span(5, 6, "ROLE")]


@given(st.text(max_size=80))
@settings(deadline=None)
def test_features_cover_every_character_of_any_text(text: str) -> None:
    hashes = feature_hashes(text)
    assert hashes.shape[1] == len(text) if text else hashes.size == 0
    assert "".join(text[a:b] for a, b in clauses(text)) == text
    assert len(masked(text)) == len(text)


def test_both_punctuation_widths_look_the_same() -> None:
    wide, narrow = "一是制定办法，清退３户（试行）；二是", "一是制定办法,清退3户(试行);二是"
    assert (feature_hashes(wide) == feature_hashes(narrow)).all()


def test_the_reporting_place_looks_the_same_in_every_notice() -> None:
    first = feature_hashes("中共清渡县水利局党组关于整改的通报\n清渡县水利局党组召开会议")
    second = feature_hashes("中共岚石县水利局党组关于整改的通报\n岚石县水利局党组召开会议")
    assert (first == second).all()


@given(st.lists(st.integers(0, 2**64 - 1), unique=True), st.lists(st.integers(0, 2**64 - 1)))
@settings(deadline=None)
def test_the_index_finds_what_a_dictionary_finds(keys: list[int], asked: list[int]) -> None:
    keys = sorted(keys)
    index = FeatureIndex(np.array(keys, dtype=np.uint64))
    place = {key: number + 1 for number, key in enumerate(keys)}
    found = index.rows(np.array([*asked, *keys], dtype=np.uint64))
    assert found.tolist() == [place.get(key, 0) for key in [*asked, *keys]]


def _trained() -> tuple[spacy.language.Language, list[Example]]:
    nlp = spacy.blank("zh")
    tagger = nlp.add_pipe(
        "rectify_ner_crf",
        config={
            "min_count": 1,
            "feature_dropout": 0.2,
            "learn_rate": 0.2,
            "vector_min_count": 1,
            "epochs": 300,
            "width": 8,
        },
    )
    assert isinstance(tagger, CrfTagger)
    examples = []
    for text, spans in (
        ("2022年5月，县水利局印发《办法》。", [(0, 7, "DATE"), (8, 12, "BODY"), (14, 18, "DOCUMENT")]),
        ("局长于3月6日约谈县河道管理处。", [(0, 2, "ROLE"), (3, 7, "DATE"), (9, 15, "BODY")]),
    ):
        doc = nlp.make_doc(text)
        doc.set_ents([doc.char_span(*span) for span in spans])
        examples.append(Example(nlp.make_doc(text), doc))
    nlp.initialize(lambda: examples)
    for _ in range(30):
        tagger.update(examples)
    return nlp, examples


def test_it_learns_and_comes_back_from_bytes_the_same() -> None:
    nlp, examples = _trained()
    again = spacy.blank("zh")
    again.add_pipe("rectify_ner_crf")
    again.from_bytes(nlp.to_bytes())
    for example in examples:
        wanted = [(e.start_char, e.end_char, e.label_) for e in example.reference.ents]
        for pipeline in (nlp, again):
            found = [(e.start_char, e.end_char, e.label_) for e in pipeline(example.reference.text).ents]
            assert found == wanted


def test_two_trainings_give_the_same_weights() -> None:
    first, second = (_trained()[0].get_pipe("rectify_ner_crf") for _ in range(2))
    assert isinstance(first, CrfTagger) and isinstance(second, CrfTagger)
    assert (first.weights == second.weights).all()
    assert first.network is not None and second.network is not None
    assert (first.network.vectors == second.network.vectors).all()


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp, examples = _trained()
    tagger = nlp.get_pipe("rectify_ner_crf")
    assert isinstance(tagger, CrfTagger) and tagger.network is not None
    text = "".join(example.reference.text for example in examples)
    whole = tagger.emissions(text)
    monkeypatch.setattr(component, "BLOCK", 7)
    assert tagger.emissions(text) == pytest.approx(whole, abs=1e-4)


def test_pieces_are_whole_clauses_of_one_size() -> None:
    lengths = np.array([500, 200, 200, 900, 10])
    starts = np.cumsum(lengths) - lengths
    assert component.pieces((starts, lengths)) == [(0, 2), (2, 3), (3, 4), (4, 5)]


def test_the_network_leaves_copies_out() -> None:
    nlp, examples = _trained()
    copy = examples[0]
    copy.reference.user_data[component.COPY] = True
    tagger = nlp.get_pipe("rectify_ner_crf")
    assert isinstance(tagger, CrfTagger) and tagger.network is not None
    vectors, weights = tagger.network.vectors.copy(), tagger.weights.copy()
    tagger.update([copy])
    assert (tagger.network.vectors == vectors).all() and (tagger.weights != weights).any()


def test_without_a_share_there_is_no_network() -> None:
    nlp = spacy.blank("zh")
    tagger = nlp.add_pipe("rectify_ner_crf", config={"share": 0.0, "min_count": 1})
    assert isinstance(tagger, CrfTagger)
    nlp.initialize(lambda: _trained()[1])
    tagger.update(_trained()[1])
    assert tagger.network is None and (tagger.transitions == tagger.moves).all()


def test_a_tagger_without_training_finds_nothing() -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("rectify_ner_crf")
    assert not nlp("2022年5月，县水利局印发《办法》。").ents
    assert not nlp("").ents
