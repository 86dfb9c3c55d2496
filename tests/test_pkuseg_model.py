"""A model from outside is read as data, never as code; own words keep to the edges of entities."""

import io
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import srsly

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from pkuseg_model import features_of, load_plain, segmented_lines, take_general, words_within

from rectify_ner.corpus import parse_gold
from rectify_ner.errors import CorpusError
from rectify_ner.notice import Span

FEATURES = {"unigram": ["会", "开"], "bigram": ["召开"], "feature_to_idx": {"a": 0}, "tag_to_idx": {"B": 0}}


class Hostile:
    """Its pickle asks the reader to make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_run_code_is_refused_and_does_nothing(tmp_path: Path, protocol: int) -> None:
    mark = tmp_path / "made"
    hostile = pickle.dumps({**FEATURES, "unigram": Hostile(mark)}, protocol)
    with pytest.raises(CorpusError, match="wanted plain data only"):
        features_of(io.BytesIO(hostile))
    assert not mark.exists()
    pickle.loads(hostile)
    assert mark.exists(), "the sample is hostile indeed"


@pytest.mark.parametrize(
    "sample", [b"cos\nsystem\n(S'true'\ntR.", b"cbuiltins\neval\n.", b"\x80\x04\x8c\x02os\x8c\x06system\x93."]
)
def test_globals_are_refused_in_every_spelling(sample: bytes) -> None:
    with pytest.raises(CorpusError, match="plain data only"):
        load_plain(io.BytesIO(sample))


@pytest.mark.parametrize("sample", [b"", b"\x80\x04", b"(lp0\n", b"Pid\n.", b"not a pickle"])
def test_broken_streams_and_references_are_refused(sample: bytes) -> None:
    with pytest.raises(CorpusError, match=r"broken|plain data"):
        load_plain(io.BytesIO(sample))


def test_other_data_is_no_model() -> None:
    with pytest.raises(CorpusError, match="unigram, bigram"):
        features_of(io.BytesIO(pickle.dumps([1, 2])))


def test_a_plain_model_comes_out_of_its_wheel(tmp_path: Path) -> None:
    weights = io.BytesIO()
    np.savez(weights, sizes=np.array([1, 1]), w=np.array([0.5, 1.5]))
    with zipfile.ZipFile(tmp_path / "some.whl", "w") as wheel:
        wheel.writestr("pkuseg/models/default/features.pkl", pickle.dumps(FEATURES, 2))
        wheel.writestr("pkuseg/models/default/weights.npz", weights.getvalue())
    take_general(tmp_path / "some.whl", tmp_path / "out")
    read = srsly.read_msgpack(tmp_path / "out/features.msgpack")
    assert {name: sorted(table) for name, table in read.items()} == {
        n: sorted(t) for n, t in FEATURES.items()
    }
    with np.load(tmp_path / "out/weights.npz") as found:
        assert found["w"].tolist() == [0.5, 1.5] and found["sizes"].tolist() == [1, 1]


def test_words_are_cut_at_the_edges_of_entities() -> None:
    text = "水利局长召开会议"
    words = list(words_within(text, [Span(0, 3, "BODY")]))
    assert "".join(words) == text
    assert "".join(words[: words.index("长")]) == "水利局"
    assert "会议" in words


def test_lines_for_training_hold_one_line_of_the_notice_each() -> None:
    gold = parse_gold('<notice>召开 会议\n\n<BODY responsible="false">水利局</BODY>长</notice>')
    assert [line.replace(" ", "") for line in segmented_lines([gold])] == ["召开会议", "水利局长"]
    assert list(segmented_lines([gold]))[1].split() == ["水利局", "长"]
