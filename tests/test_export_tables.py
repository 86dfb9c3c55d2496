"""Each table form is read back with the library people read it with."""

import csv
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from export_samples import hostile, record_of, samples

from rectify_ner.assemble.rows import ledger_rows
from rectify_ner.errors import RectifyError
from rectify_ner.export import SUFFIXES, open_writer, write_all
from rectify_ner.export.columns import LEDGER, PRINTED, cell_text, ledger_lines
from rectify_ner.export.sheet import CELL_UNITS, CUT_MARK, utf16_units

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(path: Path, *records: dict[str, Any]) -> Path:
    assert write_all(iter(records), path) == len(records)
    return path


def sheet_rows(path: Path, name: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[name].iter_rows(values_only=True))


def test_csv_opens_in_pandas_with_every_row(tmp_path: Path) -> None:
    import pandas

    path = written(tmp_path / "a.csv", *samples())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    frame = pandas.read_csv(path, keep_default_na=False, dtype=str)
    lines = [line for record in samples() for line in ledger_lines(record)]
    assert list(frame.columns) == [column.title for column in LEDGER]
    assert len(frame) == len(lines) == 7
    for at, line in enumerate(lines):
        wanted = [cell_text(column, column.value(line), "；") for column in LEDGER]
        assert list(frame.iloc[at]) == wanted


def test_csv_row_points_at_its_measure(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", *samples())
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    text = samples()[0]["text"]
    assert rows[0]["整改措施"] == text[int(rows[0]["起始字符"]) : int(rows[0]["终止字符"])]
    assert rows[0]["位置"] == "第7行"
    assert rows[-1]["问题"] == "档案管理不规范" and rows[-1]["整改措施"] == ""


def test_parquet_keeps_lists_and_numbers(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = written(tmp_path / "a.parquet", *samples())
    rows = parquet.read_table(path).to_pylist()
    wanted = [row for record in samples() for row in ledger_rows(record)]
    assert [row["measure"] for row in rows] == [row.measure for row in wanted]
    assert [row["documents"] for row in rows] == [list(row.documents) for row in wanted]
    assert rows[0]["start"] == wanted[0].start and rows[0]["responsible_inferred"] is True


def test_parquet_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(RectifyError, match=r"rectify-ner\[parquet\]"):
        open_writer(tmp_path / "a.parquet")
    assert not list(tmp_path.iterdir())


def test_workbook_reads_back_cell_by_cell(tmp_path: Path) -> None:
    rows = sheet_rows(written(tmp_path / "a.xlsx", *samples()), "台账")
    assert rows[0] == tuple(column.title for column in LEDGER)
    lines = [line for record in samples() for line in ledger_lines(record)]
    assert len(rows) == len(lines) + 1
    for got, line in zip(rows[1:], lines, strict=True):
        for column, cell in zip(LEDGER, got, strict=True):
            value = column.value(line)
            wanted: Any = value if column.kind == "number" else cell_text(column, value, "\n")
            if column.kind == "flag" and not value:
                wanted = ""
            assert cell == (wanted if wanted != "" else None), (column.title, cell, wanted)


def test_workbook_is_set_up_for_reading_and_paper(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", *samples()))
    assert book.sheetnames == ["台账", "概览", "文件", "核验"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref and sheet.auto_filter.ref.startswith("A1:")
        assert sheet.page_setup.orientation == "landscape" and int(sheet.page_setup.paperSize) == 9
        assert sheet.print_title_rows == "$1:$1"
        assert sheet["A2"].alignment.wrap_text
    last = openpyxl.utils.get_column_letter(PRINTED)
    assert book["台账"].print_area == f"'台账'!$A$1:${last}$8"


def test_overview_counts_and_sums(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", *samples())
    head, school, roads, total = sheet_rows(path, "概览")
    first = dict(zip(head, school, strict=True))
    assert (first["问题"], first["措施"], first["印发修订文件"]) == (2, 5, 2)
    assert first["反馈日期"].date().isoformat() == samples()[0]["feedback_on"]
    assert total[0] == "合计（2份通报）"
    assert dict(zip(head, total, strict=True))["措施"] == 6
    assert openpyxl.load_workbook(path)["概览"].auto_filter.ref.endswith("3")
    assert roads[0] == samples()[1]["title"]


def test_papers_and_findings(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", *samples())
    assert [(row[1], row[3]) for row in sheet_rows(path, "文件")[1:]] == [
        ("党组理论学习办法", "印发"),
        ("专项资金管理办法（试行）", "修订"),
    ]
    topics = [(row[1], row[2]) for row in sheet_rows(path, "核验")[1:]]
    assert ("无可核实内容", "提示") in topics


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES])
def test_same_records_same_bytes(tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    digests = {
        hashlib.sha256(written(tmp_path / f"{name}{suffix}", *samples()).read_bytes()).digest()
        for name in "ab"
    }
    assert len(digests) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a{suffix}", f"b{suffix}"]


def test_a_cell_too_long_for_excel_goes_on_in_the_checks(tmp_path: Path) -> None:
    long = "补" * 70_000 + "𠮷" * 3_000
    record = samples()[1]
    record["issues"][0]["measures"][0]["text"] = long
    path = written(tmp_path / "a.xlsx", record)
    shown = next(row[6] for row in sheet_rows(path, "台账")[1:] if row[6])
    assert utf16_units(shown) <= CELL_UNITS and shown.endswith(CUT_MARK)
    rest = [row for row in sheet_rows(path, "核验")[1:] if str(row[1]).startswith("余文")]
    assert shown.removesuffix(CUT_MARK) + "".join(row[5] for row in rest) == long
    assert all(utf16_units(row[5]) <= CELL_UNITS for row in rest)
    assert rest[0][6] == "台账 第2行 整改措施"
    assert long in (written(tmp_path / "a.csv", record)).read_text(encoding="utf-8-sig")


def test_hostile_csv_cells_stay_text(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", hostile())
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 3
    for row in rows[1:]:
        assert len(row) == len(LEDGER)
        assert not [cell for cell in row if cell.startswith(RISKY)]
        assert not [char for cell in row for char in cell if char < " " and char not in "\n\t"]
    assert rows[1][1] == "'+1+1<b onmouseover=window.hurt=8>"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", " =1", "＝1+1", "　@x"])
def test_formula_like_text_gets_an_apostrophe(tmp_path: Path, text: str) -> None:
    record = samples()[1]
    record["title"] = text
    with written(tmp_path / "a.csv", record).open(encoding="utf-8-sig", newline="") as file:
        assert next(iter(csv.DictReader(file)))["通报"].startswith("'")


def test_hostile_workbook_has_no_formula_and_no_link(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", hostile())
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content and b"<hyperlink" not in content and b"TargetMode" not in content, (
                name
            )
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in "snbd" and cell.hyperlink is None
    assert sheet_rows(path, "台账")[1][0] == hostile()["title"]
    assert "<r>bad</r>" in str(sheet_rows(path, "核验")[1:])


@pytest.mark.parametrize("text", ["<r><t>x</t></r>", "_x0041_", "a\x0bb", "\ufffe\ud800", " leading", "&lt;"])
def test_odd_text_survives_the_workbook(tmp_path: Path, text: str) -> None:
    record = samples()[1]
    record["title"] = text
    shown = sheet_rows(written(tmp_path / "a.xlsx", record), "概览")[1][0]
    assert shown is not None
    expected = {"a\x0bb": "a␋b", "\ufffe\ud800": "\ufffd\ufffd"}.get(text, text)
    assert shown.rstrip().replace("_x005F_", "_") == expected.rstrip()


def test_jsonl_is_the_contract(tmp_path: Path) -> None:
    lines = written(tmp_path / "a.jsonl", *samples()).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [json.loads(json.dumps(record)) for record in samples()]


def test_folder_gets_one_file_a_notice(tmp_path: Path) -> None:
    records = [
        record_of("1.问题\n", source)
        for source in ("a/通报.txt", "b/通报.html", "../..", "CON.txt", "x/a\nb.txt")
    ]
    folder = written(tmp_path / "out", *records)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["_CON.json", "a_b.json", "notice.json", "通报-2.json", "通报.json"]
    assert json.loads((folder / "通报-2.json").read_text(encoding="utf-8"))["source"] == "b/通报.html"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
