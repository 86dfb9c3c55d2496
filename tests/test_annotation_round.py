"""The measured round of annotation, up to its server: who is in it, and what its folder holds."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from annotation_round import ROOT, Names, call, choose, lay_out, table

from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import check_folder, read_splits
from rectify_ner.errors import CorpusError, RectifyError
from rectify_ner.read import read_notice


@pytest.fixture(scope="module")
def names() -> Names:
    return choose("s3", 24, 8)


def test_nothing_that_scores_is_trained_on(names: Names) -> None:
    groups = (names.start, names.own, names.others, names.dev, names.test)
    assert [len(group) for group in groups[:2]] == [24, 8]
    assert len(set().union(*groups)) == sum(len(group) for group in groups), "each notice in one place"
    splits = read_splits(ROOT / "corpus/splits.toml")
    assert list(names.test) == splits["test"]
    assert {*names.start, *names.own, *names.others} <= set(splits["train"])
    writers = {name: read_gold(ROOT / f"corpus/notices/{name}.xml").meta["writer"] for name in names.start}
    assert "s3" not in writers.values()
    assert len(set(writers.values())) > 10, "spread over the writers"


def test_the_folder_holds_a_sound_corpus_and_the_bare_texts_of_the_team(names: Names, tmp_path: Path) -> None:
    lay_out(tmp_path / "round", names)
    folder = tmp_path / "round"
    faults = check_folder(folder / "corpus/notices", splits=folder / "corpus/splits.toml")
    assert [fault.text for fault in faults if fault.is_fault] == []
    assert {path.stem for path in (folder / "mine").iterdir()} == set(names.own)
    for name in names.own:
        assert not (folder / f"corpus/notices/{name}.xml").exists()
        assert read_notice(folder / f"mine/{name}.txt") == read_gold(folder / f"gold/{name}.xml").text
    with pytest.raises(CorpusError, match="holds files already"):
        lay_out(folder, names)


@pytest.mark.parametrize(("writer", "start", "own"), [("nobody", 24, 8), ("s3", 24, 500), ("s3", 5000, 8)])
def test_a_round_that_cannot_be_is_refused(writer: str, start: int, own: int) -> None:
    with pytest.raises(CorpusError, match="choose another --writer"):
        choose(writer, start, own)


def test_a_step_that_fails_ends_the_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RectifyError, match="ended with 3"):
        call(tmp_path, ("python", "-c", "print('why'); raise SystemExit(3)"))
    assert "why" in capsys.readouterr().out


def test_the_table_says_how_many_notices_stand_behind_each_row(names: Names) -> None:
    row = {"precision": 0.5, "recall": 0.25, "f": 1 / 3}
    lines = table(names, "s3", {"before": {"held out": row}, "after": {"held out": row}}).splitlines()
    assert f"held out ({len(names.test)} notices)" in lines[0]
    assert lines[2:] == [f"| {moment} | 0.5000 / 0.2500 / 0.3333 |" for moment in ("before: 24", "after: 32")]
