"""What the corpus check refuses and what it only points at."""

from pathlib import Path

import pytest

from rectify_ner.corpus import parse_gold
from rectify_ner.corpus_check import check_folder, lint, read_splits, shared_runs
from rectify_ner.errors import CorpusError

PLAIN = "<notice>{}</notice>"


def runs(text: str, length: int) -> frozenset[str]:
    return frozenset(text[i : i + length] for i in range(len(text) - length + 1))


def test_a_run_shared_with_a_published_notice_is_found_whatever_its_width() -> None:
    published = runs("县水利局于三月召开会议,研究河道清淤工作并部署汛期值守事项", 25)
    text = "其后，县水利局于三月召开会议，研究河道清淤\n工作并部署汛期值守事项。"
    assert list(shared_runs(text, published)) == ["县水利局于三月召开会议,研究河道清淤工作并部署汛期值守事项"]
    assert list(shared_runs("县水利局于三月召开会议，研究别的工作", published)) == []


def test_set_formulas_may_be_shared() -> None:
    formula = "欢迎广大干部群众对巡察整改落实情况进行监督"
    assert list(shared_runs(formula, runs(formula, 20), 20)) == []


def test_faults_of_a_folder(tmp_path: Path) -> None:
    notices, published = tmp_path / "notices", tmp_path / "published"
    notices.mkdir()
    published.mkdir()
    sentence = "县档案馆于五月腾出库房两间用于存放移交的婚姻登记档案"
    (published / "000.txt").write_text(sentence, "utf-8")
    (notices / "001.xml").write_text(PLAIN.format(sentence), "utf-8")
    (notices / "002.xml").write_text(PLAIN.format("<X/>"), "utf-8")
    (notices / "003.xml").write_text(PLAIN.format("好"), "utf-8")
    splits = tmp_path / "splits.toml"
    splits.write_text('train = ["001", "003", "004"]\ntest = ["001"]\n', "utf-8")
    faults = [f.text for f in check_folder(notices, published, splits=splits) if f.is_fault]
    for complaint in (
        "001.xml: shares a run",
        "002.xml: at character 0: unknown tag",
        "notice 001 stands in 2 places",
        "notice 004 has no file",
        "notice 002 stands in no split",
    ):
        assert any(complaint in fault for fault in faults), complaint


def test_an_absent_folder_of_published_notices_is_said(tmp_path: Path) -> None:
    (tmp_path / "001.xml").write_text(PLAIN.format("好"), "utf-8")
    lines = list(check_folder(tmp_path, tmp_path / "nowhere"))
    assert [line.text.split(":")[0] for line in lines] == ["skipped"]
    assert not lines[0].is_fault


def test_bad_splits_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"splits\.toml"):
        read_splits(tmp_path / "splits.toml")


@pytest.mark.parametrize(
    ("xml", "hint"),
    [
        ("印发《甲办法》。", "no DOCUMENT"),
        ("2022年5月完成。", "no DATE"),
        ("清退12.5万元。", "no MONEY"),
        ('<DATE start="2022-05-01" end="2022-05-31">截至2022年5月</DATE>', "preposition inside"),
        ('我<BODY responsible="true">局</BODY>', "responsible outside a measure"),
        ('<BODY responsible="false">本局</BODY>', "word inside"),
    ],
)
def test_hints_for_a_reviewer(xml: str, hint: str) -> None:
    assert any(hint in line for line in lint(parse_gold(PLAIN.format(xml))))
