from pathlib import Path

import pytest
import spacy

from rectify_ner.annotate.doubt import notice_doubt, tagger_doubt
from rectify_ner.annotate.send import annotations_of
from rectify_ner.errors import RectifyError
from rectify_ner.tagger.component import CrfTagger

TEXT = "关于整改情况的通报\n(一)学习方面\n1.学习不够扎实\n整改情况:一是局党组于2023年6月印发《办法》。\n"


@pytest.fixture
def tagger() -> CrfTagger:
    """A tagger that knows nothing but that runs of other tags than O are dear."""
    made = spacy.blank("zh").add_pipe("rectify_ner_crf")
    assert isinstance(made, CrfTagger)
    return made


def test_doubt_is_deterministic_and_per_character(tagger: CrfTagger) -> None:
    doubt = tagger_doubt(tagger, TEXT)
    assert doubt > 0
    assert doubt == tagger_doubt(tagger, TEXT)
    assert tagger_doubt(tagger, TEXT * 3) == pytest.approx(doubt, abs=1e-5)
    assert tagger_doubt(tagger, "") == 0


def test_a_surer_tagger_doubts_less(tagger: CrfTagger) -> None:
    unsure = tagger_doubt(tagger, TEXT)
    tagger.weights[0, 0] = 5
    assert tagger_doubt(tagger, TEXT) < unsure / 2


def test_a_pipeline_without_probabilities_says_so() -> None:
    with pytest.raises(RectifyError, match="--order given"):
        notice_doubt(spacy.blank("zh"), TEXT)


def test_corpus_notices_need_no_pipeline_and_bad_files_cost_one_line(tmp_path: Path) -> None:
    good = sorted(Path("corpus/notices").glob("*.xml"))[0]
    bad = tmp_path / "bad.xml"
    bad.write_text("<notice><DATE>x</DATE></notice>", "utf-8")
    sent = annotations_of([bad, good], None)
    assert [each.id for each in sent.annotations] == [good.stem]
    assert len(sent.failures) == 1
    assert str(bad) in sent.failures[0]


@pytest.mark.model
def test_notices_go_out_least_certain_first(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text(TEXT, "utf-8")
    (tmp_path / "odd.txt").write_text("局党组2020717日至830日印发办法57。" * 5, "utf-8")
    sent = annotations_of([tmp_path], None)
    doubts = [each.doubt for each in sent.annotations]
    assert doubts == sorted(doubts, key=lambda doubt: -(doubt or 0))
    plain = next(each for each in sent.annotations if each.id == "plain")
    labels = {mark.label for mark in plain.marks}
    assert {"ISSUE", "MEASURE", "DATE", "BODY", "DOCUMENT"} <= labels
    assert all(mark.attributes is not None for mark in plain.marks)
    given = annotations_of([tmp_path / "plain.txt", tmp_path / "odd.txt"], None, "given")
    assert [(each.id, each.doubt) for each in given.annotations] == [("plain", None), ("odd", None)]
