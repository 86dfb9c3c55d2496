import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rectify_ner.annotate.agreement import agreement, paired
from rectify_ner.cli import app
from rectify_ner.corpus import parse_gold
from rectify_ner.errors import CorpusError

FIRST = (
    '<notice><issue id="1" label="1." parent="">1.学习不够</issue>\n'
    '<measure issue="1" ordinal="" status="done">'
    '<BODY responsible="true">局党组</BODY>与<BODY responsible="true">办公室</BODY>学习'
    '<COUNT value="3" unit="次" of="" approximate="false">3次</COUNT>。</measure></notice>'
)
SECOND = FIRST.replace('<BODY responsible="true">办公室</BODY>', "办公室").replace('true">局', 'false">局')


def test_agreement_counts_label_by_label() -> None:
    found = agreement([(parse_gold(FIRST, "a"), parse_gold(SECOND, "b"))])
    body, count = found["entities"]["BODY"], found["entities"]["COUNT"]
    assert (body.first, body.second, body.both, body.f) == (2, 1, 1, pytest.approx(2 / 3))
    assert (count.f, count.kappa) == (1.0, 1.0)
    assert body.kappa is not None
    assert 0.5 < body.kappa < 1
    assert found["structure"]["measures under their issue"].f == 1.0
    assert found["values"]["responsible"].both == 0
    assert found["entities"]["DATE"].kappa is None, "no date, nothing to agree on"


def test_other_texts_cannot_be_compared() -> None:
    other = parse_gold(FIRST.replace("3次", "4次"), "b")
    with pytest.raises(CorpusError, match="a and b: their texts differ from character 16 on"):
        agreement([(parse_gold(FIRST, "a"), other)])


def test_two_folders_are_paired_by_name(tmp_path: Path) -> None:
    for folder, xml in (("a", FIRST), ("b", SECOND)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.xml").write_text(xml, "utf-8")
    (tmp_path / "a/2.xml").write_text(FIRST, "utf-8")
    assert len(paired([tmp_path / "a", tmp_path / "b"])) == 1
    with pytest.raises(CorpusError, match="two files or two folders, saw 1"):
        paired([tmp_path / "a"])
    words = ["evaluate", str(tmp_path / "a/1.xml"), str(tmp_path / "b/1.xml"), "--agreement"]
    assert "first  second    both       F   kappa" in CliRunner().invoke(app, words).output
    told = json.loads(CliRunner().invoke(app, [*words, "--json"]).output)
    assert told["entities"]["BODY"]["f"] == 0.6667
    assert CliRunner().invoke(app, [*words, "--gold-entities"]).exit_code == 1
