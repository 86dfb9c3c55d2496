import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rectify_ner.annotate.exchange import Annotation, Mark, Relation, read_exchange, write_exchange
from rectify_ner.annotate.into_corpus import Imported, import_annotation, write_notice
from rectify_ner.annotate.rows import annotation_of_gold, plain_ids
from rectify_ner.annotate.take_in import add_to_split
from rectify_ner.cli import app
from rectify_ner.corpus import parse_gold, read_corpus, read_gold, write_gold
from rectify_ner.errors import CorpusError

CORPUS = Path("corpus/notices")
XML = """<notice>关于整改情况的通报😀&#13;
<category>(一)学习方面</category>&#13;
<issue id="1" label="1." parent="">1.学习不够扎实</issue>&#13;
<measure issue="1" ordinal="一是" status="done">一是<BODY responsible="true">局党组</BODY>于
DAY印发<DOCUMENT action="issue">《学习办法》</DOCUMENT>。</measure>&#13;
<issue id="2" label="(1)" parent="1">(1)记录不全</issue>&#13;
<measure issue="2" ordinal="" status="planned">　将补齐记录　</measure></notice>""".replace(
    "\nDAY", '<DATE start="2023-06-01" end="2023-06-30">2023年6月</DATE>'
)
SENT = annotation_of_gold(
    parse_gold(XML.replace(">　将", ">将").replace("录　<", "录<"), "n", {"title": "通报"}), "n"
)


def bare(annotation: Annotation) -> Annotation:
    """As a tool gives it back: places and labels alone, under ids of its own."""
    marks = tuple(replace(mark, id=f"x{mark.id}", attributes=None) for mark in annotation.marks)
    arrows = tuple(Relation(f"x{a.source}", f"x{a.target}", a.label) for a in annotation.relations or ())
    return replace(annotation, marks=marks, relations=arrows, meta={}, doubt=None)


def back(annotation: Annotation) -> Imported:
    return import_annotation(annotation, SENT, "back.jsonl")


def moved(name: str, **changes: int | str) -> Annotation:
    marks = tuple(replace(m, **changes) if m.id == name else m for m in bare(SENT).marks)  # type: ignore[arg-type]
    return replace(bare(SENT), marks=marks)


def whys(imported: Imported) -> list[tuple[str, str]]:
    return [(imported.gold.text[each.start : each.end], each.why) for each in imported.review]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.xml"))[::12], ids=lambda path: path.stem)
def test_a_corpus_notice_goes_out_and_comes_back_as_it_is(path: Path, tmp_path: Path) -> None:
    gold = read_gold(path)
    sent = annotation_of_gold(gold, path.stem)
    for returned, base in ((sent, None), (bare(sent), sent), (replace(bare(sent), relations=None), sent)):
        imported = import_annotation(returned, base, "back.jsonl")
        assert imported.review == ()
        assert write_gold(imported.gold) == write_gold(gold)
        assert imported.gold.meta == gold.meta


def test_what_was_not_touched_keeps_its_values() -> None:
    imported = back(bare(SENT))
    assert (imported.kept, imported.new, imported.gone) == (len(SENT.marks), 0, 0)
    assert annotation_of_gold(imported.gold, "n").marks == SENT.marks
    assert imported.gold.meta == {"title": "通报"}


def test_a_moved_span_gets_a_new_value_and_a_review_mark() -> None:
    date = next(mark for mark in SENT.marks if mark.label == "DATE")
    imported = back(moved(f"x{date.id}", end=date.end - 2))
    assert (imported.kept, imported.new, imported.gone) == (len(SENT.marks) - 1, 1, 1)
    assert whys(imported) == [("2023年", 'value by rule: {"start": "2023-01-01", "end": "2023-12-31"}')]
    assert imported.gold.meta["review"][0]["text"] == "2023年"


def test_an_added_span_leaves_every_other_as_it_was() -> None:
    at = SENT.text.index("记录")
    added = replace(bare(SENT), marks=(*bare(SENT).marks, Mark("x9", at, at + 2, "DOCUMENT")))
    imported = back(added)
    assert (imported.kept, imported.new, imported.gone) == (len(SENT.marks), 1, 0)
    assert [text for text, _ in whys(imported)] == ["记录"]


def test_new_structure_is_read_by_rule() -> None:
    kept = tuple(mark for mark in bare(SENT).marks if mark.label not in ("ISSUE", "MEASURE"))
    heading = SENT.text.index("1.学习")
    first = SENT.text.index("一是局")
    marks = (
        *kept,
        Mark("x8", heading, heading + 8, "ISSUE"),
        Mark("x9", first, SENT.text.index("。") + 1, "MEASURE"),
    )
    imported = import_annotation(replace(bare(SENT), marks=marks, relations=()), None, "back.jsonl")
    (issue,), (measure,) = imported.gold.outline.issues, imported.gold.outline.measures
    assert (issue.label, measure.ordinal, measure.issue) == ("1.", "一是", 0)
    reasons = {why.split(" ")[0] for _, why in whys(imported)}
    assert reasons == {"label", "its", "ordinal", "status", "value", "title,"}


def test_a_child_whose_parent_was_marked_anew_finds_one_by_rule_or_is_looked_at() -> None:
    parent = next(mark for mark in SENT.marks if mark.label == "ISSUE")
    changed = moved(f"x{parent.id}", end=parent.end - 2)
    cut = tuple(a for a in changed.relations or () if a.source != f"x{parent.id}")
    imported = back(replace(changed, relations=cut))
    assert ("(1)记录不全", "label '(1)', parent by rule") in whys(imported)


def test_edges_of_white_space_and_repeats_are_mended_and_told() -> None:
    body = next(mark for mark in SENT.marks if mark.label == "MEASURE" and not mark.attributes["ordinal"])  # type: ignore[index]
    wide = moved(f"x{body.id}", start=body.start - 1)
    again = replace(wide, marks=(*wide.marks, Mark("x9", body.start, body.end, "MEASURE")))
    imported = back(again)
    assert [why for _, why in whys(imported)] == [
        "white space at its edge was left out",
        "marked twice; one was kept",
    ]
    assert write_gold(imported.gold) == write_gold(back(bare(SENT)).gold)


E_AT = SENT.text.index("局党组")
REFUSED = [
    (Mark("x9", E_AT + 1, E_AT + 5, "ROLE"), "BODY 'xe1' at .* overlaps ROLE 'x9'"),
    (
        Mark("x9", SENT.text.index("。"), SENT.text.index("(1)") + 1, "ROLE"),
        "ROLE 'x9' at .* overlaps MEASURE 'xm1'",
    ),
    (Mark("x9", E_AT - 2, E_AT + 3, "ISSUE"), "overlaps"),
    (Mark("x9", SENT.text.index("\r"), SENT.text.index("\r") + 2, "BODY"), "white space; delete it"),
    (Mark("x9", 0, 2, "MEASURE"), "has no issue above it"),
]


@pytest.mark.parametrize(("mark", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_corpus_form_cannot_hold_is_refused(mark: Mark, message: str) -> None:
    with pytest.raises(CorpusError, match=message) as caught:
        back(replace(bare(SENT), marks=(*bare(SENT).marks, mark)))
    assert str(caught.value).startswith("back.jsonl: notice 'n': ")


def test_relations_that_make_no_tree_are_refused() -> None:
    with pytest.raises(CorpusError, match="two issues"):
        arrows = (*(bare(SENT).relations or ()), Relation("xi2", "xm1", "measure"))
        back(replace(bare(SENT), relations=arrows))
    with pytest.raises(CorpusError, match="above its issue"):
        back(replace(bare(SENT), relations=(Relation("xi2", "xm1", "measure"),)))
    with pytest.raises(CorpusError, match="above its parent"):
        back(replace(bare(SENT), relations=(Relation("xi2", "xi1", "child"),)))


def test_other_texts_and_characters_without_xml_are_refused() -> None:
    with pytest.raises(CorpusError, match="differs from the one sent out"):
        import_annotation(Annotation("n", "别的", ()), SENT, "back.jsonl")
    with pytest.raises(CorpusError, match=r"U\+0000 at 1 cannot stand in XML"):
        import_annotation(Annotation("n", "整\0改", ()), None, "back.jsonl")


def test_a_notice_is_written_once_and_never_over_another(tmp_path: Path) -> None:
    gold = back(bare(SENT)).gold
    assert write_notice(tmp_path, gold)
    assert not write_notice(tmp_path, gold)
    (tmp_path / "n.meta.json").unlink()
    assert write_notice(tmp_path, gold), "a half written notice is finished"
    other = replace(gold, text=gold.text + "。")
    with pytest.raises(CorpusError, match="--overwrite"):
        write_notice(tmp_path, other)
    assert write_notice(tmp_path, other, overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["n.meta.json", "n.xml"]
    assert read_gold(tmp_path / "n.xml").text == other.text


def test_ids_are_file_names() -> None:
    assert plain_ids(["a.b", "通报 1", "a b", "...", "a-b"]) == ["a-b", "通报-1", "a-b-2", "notice", "a-b-3"]


def test_names_join_a_split_once(tmp_path: Path) -> None:
    path = tmp_path / "splits.toml"
    path.write_text('# why\ntrain = [\n  "001", "002",\n]\ndev = []\ntest = ["003"]\n', "utf-8")
    assert add_to_split(path, "train", ["n1", "003", "n1"]) == ["n1"]
    assert add_to_split(path, "train", ["n1"]) == []
    assert add_to_split(path, "test", ["n2"]) == ["n2"]
    assert path.read_text("utf-8") == (
        '# why\ntrain = [\n  "001", "002",\n  "n1",\n]\ndev = []\ntest = ["003",\n  "n2",\n]\n'
    )
    with pytest.raises(CorpusError, match="no split 'all'"):
        add_to_split(path, "all", ["x"])


def test_the_command_line_goes_out_and_back(tmp_path: Path) -> None:
    names = [str(path) for path in sorted(CORPUS.glob("*.xml"))[:2]]
    out, into = tmp_path / "out.jsonl", tmp_path / "corpus/notices"
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/splits.toml").write_text("train = []\n")
    run = CliRunner()
    assert run.invoke(app, ["annotate", "export", *names, "-o", str(out)]).exit_code == 0
    first, second = read_exchange(out)
    back_path = tmp_path / "back.jsonl"
    broken = write_exchange([bare(second)]).replace('"start": ', '"start": 1', 1)
    back_path.write_text(write_exchange([bare(first)]) + broken, "utf-8")
    words = [
        "annotate",
        "import",
        str(back_path),
        "--base",
        str(out),
        "--into",
        str(into),
        "--split",
        "train",
    ]
    done = run.invoke(app, words)
    assert done.exit_code == 1, "one was refused"
    assert f"{first.id}: {len(first.marks)} spans kept, 0 new, 0 gone; 0 to review" in done.output
    assert f"refused: {back_path}: line 2: notice {second.id!r}" in done.output
    assert [gold.text for gold in read_corpus(into)] == [first.text]
    assert json.loads((into / f"{first.id}.meta.json").read_text("utf-8")) == first.meta
