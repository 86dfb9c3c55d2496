"""The parts of the comparison, without training: configs resolve, layers learn, tables add up."""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.util import load_model_from_config
from thinc.api import Adam, Model

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from compare import current
from comparing.candidates import runs
from comparing.configuring import CONFIGS, expected_steps, short_config, with_paths
from comparing.encoders import NGRAMS, WORD_COLUMNS, char_hashes, char_ngram_embed
from comparing.heads import BioesTagger, bioes_scores, cross_entropy, gold_tags
from comparing.notices import Sets, spread
from comparing.reader import SPANS_KEY, make_example, pieces
from comparing.recurrent import bidirectional, sentence_lstm, token_sentences
from comparing.runs import Plan, identity
from comparing.table import BEGIN, END, fill_page
from comparing.variants import VARIANTS, Variant
from comparing.word_features import OtherWords, replaced, words_and_blanks

from rectify_ner.corpus import parse_gold
from rectify_ner.tagger.chain import TAGS
from rectify_ner.tagger.features import feature_hashes

GOLD = parse_gold(
    '<notice>一是<BODY responsible="true">县水利局党组</BODY>召开会议<COUNT value="3" unit="次" of="会议" '
    'approximate="false">3次</COUNT>。\n二是制定<DOCUMENT action="issue">《学习计划》</DOCUMENT>。</notice>'
)
SPANS = [entity.span for entity in GOLD.entities]


@pytest.fixture
def nlp() -> Language:
    return spacy.blank("zh")


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_every_config_makes_its_pipeline(variant: Variant) -> None:
    config = with_paths(
        short_config(variant), {"train": ["001"], "dev": ["131"], "pkuseg": "here"}, 2, 50_000
    )
    nlp = load_model_from_config(config, auto_fill=True)
    filled = nlp.config.interpolate()
    assert set(nlp.pipe_names) <= {"ner", "spancat"}
    assert filled["training"]["seed"] == 2
    assert filled["corpora"]["train"]["names"] == ["001"]
    assert filled["training"]["optimizer"]["learn_rate"]["total_steps"] == expected_steps(config, 50_000)
    if variant.pkuseg:
        used = [
            filled["initialize"]["tokenizer"].get("pkuseg_model"),
            filled["components"].get("ner", {}).get("words"),
        ]
        assert "here" in used


def test_every_config_file_is_used() -> None:
    assert {path.stem for path in CONFIGS.glob("*.cfg")} == {
        "base",
        *(variant.config for variant in VARIANTS),
    }


def test_pieces_cover_the_notice_and_keep_their_spans() -> None:
    parts = list(pieces(GOLD, 5))
    assert "".join(text for text, _ in parts) == GOLD.text
    assert [text[s.start : s.end] for text, spans in parts for s in spans] == [
        "县水利局党组",
        "3次",
        "《学习计划》",
    ]
    assert [text for text, _ in pieces(GOLD, 0)] == [GOLD.text]


def test_an_example_carries_entities_and_the_span_group(nlp: Language) -> None:
    reference = make_example(nlp, GOLD.text, SPANS).reference
    assert [e.text for e in reference.ents] == [s.text for s in reference.spans[SPANS_KEY]]
    assert [TAGS[tag] for tag in gold_tags(reference)[2:10]] == [
        "B-BODY", "I-BODY", "I-BODY", "I-BODY", "I-BODY", "E-BODY", "O", "O",
    ]  # fmt: skip


def test_training_notices_are_spread_over_the_writers(tmp_path: Path) -> None:
    for name, writer in {"001": "a", "002": "a", "003": "b", "004": "c", "005": "b"}.items():
        (tmp_path / f"{name}.meta.json").write_text(json.dumps({"writer": writer}), "utf-8")
    assert spread(tmp_path, ["005", "001", "002", "003", "004"]) == ("001", "003", "004", "002", "005")


def test_character_features_look_around_and_know_the_words() -> None:
    plain, worded = char_hashes("召开会议", words=False), char_hashes("召开会议", words=True)
    assert plain.shape == (4, len(NGRAMS)) and worded.shape == (4, len(NGRAMS) + WORD_COLUMNS)
    assert (plain[0] != char_hashes("召见会议", words=False)[0]).tolist() == [
        False,
        False,
        True,
        False,
        True,
        True,
    ]
    before, here, behind = (worded[0] == char_hashes("召开活动", words=True)[0])[-3:].tolist()
    assert (before, here, behind) == (True, True, False), "only the word behind 召开 is another one"
    assert char_hashes("", words=True).shape == (0, len(NGRAMS) + WORD_COLUMNS)


def _small_embed(words: bool = True) -> Model[Any, Any]:
    return char_ngram_embed(width=8, column_width=4, rows=50, words=words)


def test_the_embedding_has_finite_gradients_for_every_table(nlp: Language) -> None:
    docs = [nlp.make_doc(GOLD.text), nlp.make_doc("召开会议")]
    model = _small_embed()
    model.initialize(X=docs)
    rows, back = model.begin_update(docs)
    assert [row.shape for row in rows] == [(len(doc), 8) for doc in docs]
    back([np.cos(row) for row in rows])
    tables = [node for node in model.walk() if node.name == "hashembed"]
    assert len(tables) == len(NGRAMS) + WORD_COLUMNS
    assert all(np.isfinite(node.get_grad("E")).all() and node.get_grad("E").any() for node in tables)


def test_sentences_are_cut_behind_full_stops_and_between_docs(nlp: Language) -> None:
    starts, lengths = token_sentences([nlp.make_doc("一。二二\n三"), nlp.make_doc("四"), nlp.make_doc("")])
    assert (starts.tolist(), lengths.tolist()) == ([0, 2, 5, 6], [2, 3, 1, 1])


def test_the_lstm_s_gradients_are_those_of_small_differences(nlp: Language) -> None:
    model = sentence_lstm(_small_embed(), width=6)
    model.initialize(X=[nlp.make_doc("召开会议")])
    random = np.random.default_rng(3)
    inputs, aim = random.normal(size=(9, 8)).astype("f"), random.normal(size=(9, 6)).astype("f")
    starts, lengths = np.array([0, 4, 6]), np.array([4, 2, 3])

    def value() -> float:
        return float((bidirectional(model, inputs, starts, lengths)[0] * aim).sum())

    d_inputs = bidirectional(model, inputs, starts, lengths)[1](aim)
    arrays = {name: model.get_param(name) for name in model.param_names}
    pairs = [(array, model.get_grad(name)) for name, array in arrays.items()] + [(inputs, d_inputs)]
    for array, gradient in pairs:
        for place in random.choice(array.size, size=6, replace=False):
            at = np.unravel_index(place, array.shape)
            kept = array[at]
            array[at] = kept + 0.01
            above = value()
            array[at] = kept - 0.01
            slope = (above - value()) / 0.02
            array[at] = kept
            assert gradient[at] == pytest.approx(slope, abs=5e-3)


def test_a_sentence_s_output_does_not_depend_on_its_neighbours(nlp: Language) -> None:
    model = sentence_lstm(_small_embed(), width=6)
    model.initialize(X=[nlp.make_doc("召开会议")])
    inputs = np.random.default_rng(4).normal(size=(9, 8)).astype("f")
    both, _ = bidirectional(model, inputs, np.array([0, 4]), np.array([4, 5]))
    alone, _ = bidirectional(model, inputs[4:], np.array([0]), np.array([5]))
    assert np.allclose(both[4:], alone, atol=1e-6)


@pytest.mark.parametrize("crf", [True, False])
def test_a_bioes_head_learns_a_sentence_by_heart(nlp: Language, crf: bool) -> None:
    model = bioes_scores(_small_embed(words=False))
    tagger = BioesTagger(nlp.vocab, model, "ner", crf=crf)
    examples = [make_example(nlp, GOLD.text, SPANS)]
    tagger.initialize(lambda: examples, nlp=nlp)
    adam = Adam(0.05)
    losses = [tagger.update(examples, sgd=adam)["ner"] for _ in range(40)]
    assert np.isfinite(losses).all() and losses[-1] < losses[0] / 10
    doc = tagger(nlp.make_doc(GOLD.text))
    assert [(e.start_char, e.end_char, e.label_) for e in doc.ents] == [
        (s.start, s.end, s.label) for s in SPANS
    ]
    moved = bool(model.get_ref("moves").get_param("T").any())
    assert moved == crf, "only the CRF has transitions to learn"
    assert [len(path) for path in tagger.predict([nlp.make_doc("")])] == [0]


def test_cross_entropy_is_the_gold_tag_s_surprise() -> None:
    scores = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]], dtype=np.float32))
    loss, gradient = cross_entropy(scores, np.array([0, 2]))
    assert loss == pytest.approx(-np.log(0.5) - np.log(0.1), abs=1e-5)
    assert np.allclose(gradient, [[-0.5, 0.25, 0.25], [0.1, 0.8, -0.9]], atol=1e-6)


def test_candidates_stay_inside_a_clause(nlp: Language) -> None:
    found = runs(nlp.make_doc("甲乙,丙"), longest=3).tolist()
    assert sorted(found) == [[0, 1], [0, 2], [1, 2], [3, 4]]


def test_word_features_can_be_left_out_and_come_back(nlp: Language) -> None:
    before = feature_hashes(GOLD.text)
    with replaced("none"):
        without = feature_hashes(GOLD.text)
    changed = (before != without).any(axis=1).sum()
    assert 10 <= changed <= 20, "the templates of words, and no other"
    assert without.shape == before.shape
    assert np.array_equal(feature_hashes(GOLD.text), before)
    tagger = OtherWords(nlp, "ner", "none", {"min_count": 1, "seed": 3})
    reference = make_example(nlp, GOLD.text, SPANS).reference
    examples = [Example(nlp.make_doc(GOLD.text), reference)]
    tagger.initialize(lambda: examples)
    for _ in range(25):
        tagger.update(examples)
    assert {(s.start, s.end) for s in tagger.tag(GOLD.text)} == {(s.start, s.end) for s in SPANS}


def test_blanks_that_a_segmenter_drops_are_put_back() -> None:
    found = words_and_blanks(" 召开 会议\n", ["召开", "会议"])
    assert found == [" ", "召开", " ", "会议", "\n"]


def _row(seed: int, f: float) -> dict[str, Any]:
    labels = dict.fromkeys(("all", "DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT", "BODY", "ROLE"), f)
    sides = {"raw": labels, "repaired": labels}
    numbers = {"train_seconds": 60.0, "bytes": 2_500_000, "dev_halfway": 0.5, "dev": labels, "lost": 0.01}
    return {"variant": "crf", "seed": seed, "notices": 24, "held_out": sides, "published": None, **numbers}


def test_the_tables_stand_between_their_marks_with_spread_and_seeds(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n{BEGIN}\nold\n{END}\nbehind\n", "utf-8")
    fill_page(page, [_row(0, 0.9), _row(1, 0.92)], [{"variant": "crf", "ratio": 1.0}])
    text = page.read_text("utf-8")
    assert text.startswith("# Before\n") and text.endswith(f"{END}\nbehind\n") and "old" not in text
    assert "| crf | 24 | 2 | 0.910 ± 0.014 | 0.910 ± 0.014 | skipped | skipped | 0.010 |" in text
    page.write_text("no marks", "utf-8")
    with pytest.raises(ValueError, match="put both lines where the tables belong"):
        fill_page(page, [], [])
    assert page.read_text("utf-8") == "no marks"


def test_names_in_the_table_are_distinct() -> None:
    names = [variant.name for variant in VARIANTS]
    assert all(a != b for a, b in pairwise(sorted(names)))


def test_runs_with_other_notices_or_configs_stay_out_of_the_tables(tmp_path: Path) -> None:
    for name in ("001", "002"):
        (tmp_path / f"{name}.xml").write_text("<notice>召开会议</notice>", "utf-8")
    plan = Plan(Sets(tmp_path, ("001",), ("002",), (), ()), tmp_path)
    row = identity(plan, VARIANTS[0], 1)
    stored = [row, {**row, "config": "other"}, {**row, "variant": "no such"}]
    assert current(plan, stored) == [row]
    (tmp_path / "001.xml").write_text("<notice>召开大会</notice>", "utf-8")
    assert current(plan, stored) == []
