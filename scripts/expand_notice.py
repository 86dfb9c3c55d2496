"""Writing shorthand → corpus XML: ``python scripts/expand_notice.py draft.txt… --into corpus/notices``.

A draft is a head of ``key: value`` lines, a line ``---`` and the text of the notice, marked while it
is written. Structure: ``<c>…</c>`` category, ``<i>…</i>`` issue, ``<ii>…</ii>`` child issue of the
last ``<i>`` (``<iii>`` below that), ``<m>…</m>`` measure (``<m p>`` planned, ``<m g>`` in progress).
Label and ordinal are read off the text; ``<i =问题一>`` and ``<m =是>`` set them by hand (``<m =>``
for none). Entities, value behind the bar, left out where it follows from the text:

    {D 2022年3月15日至5月20日}  {D 5月12日|2022-05-12}  {D 今年以来|2022-01-01~2022-11-25}
    {W 《…办法》|i}   i issue, r revise, d draft, s study, f follow, o other
    {C 97条|问题原因}  {C 百余个|点位|value=100 approx}  {C 57|整改措施|unit=}
    {M 27.493万元}  {M 30万元|approx}   {P 95%以上}  {P 三成|value=30}
    {b 区委} {B 环卫处} body, {r 局长} {R 局长} role; the capital is responsible
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rectify_ner.corpus import parse_gold, read_gold, write_gold
from rectify_ner.corpus_check import lint, published_runs
from rectify_ner.errors import CorpusError
from rectify_ner.notice import Entity, Gold

ACTIONS = {"i": "issue", "r": "revise", "d": "draft", "s": "study", "f": "follow", "o": "other"}
NAMES = {"D": "DATE", "W": "DOCUMENT", "C": "COUNT", "M": "MONEY", "P": "PERCENT", "B": "BODY", "R": "ROLE"}
STATUSES = {"": "done", "p": "planned", "g": "in_progress"}
TOKEN = re.compile(r"\{([DWCMPbBrR]) ([^{}]*)\}|<(/?)(c|i|ii|iii|m)((?: [^<>]*)?)>")
NUM = "一二三四五六七八九十"
LABEL = re.compile(
    rf"(?:问题|反馈问题)(?:[{NUM}]+|\d+)|[（(](?:[{NUM}]+|\d+)[）)]|\d+[.．、)）]|[①-⑳]|[{NUM}]+、|"
)
ORDINAL = re.compile(
    rf"(?:[{NUM}]+)(?:是|要)|第[{NUM}]+(?=[，,])|[（(](?:[{NUM}]+|\d+)[）)]|\d+[.．、)）](?!\d)|[①-⑳]|"
)
APPROX = re.compile(r"余|多(?!元)|近|约|左右|以上|以下|以内|上下|几|数[十百千万]|逾")
DAY = r"(\d{4})年(?:(\d{1,2})月(?:份)?(?:(\d{1,2})日)?)?"


def number(text: str) -> tuple[float, str]:
    """Value and unit of a plain count: ``3.2万余个`` is 32000, 个. Raises CorpusError if it is not plain."""
    text = re.sub(r"^(?:近|约|大约|将近|逾|超)", "", text)
    found = re.match(r"(\d[\d,，]*(?:\.\d+)?)(?:余|多)?([十百千万亿]*)", text)
    if found:
        value = float(re.sub("[,，]", "", found[1]))
        for scale in found[2]:
            value *= {"十": 10, "百": 100, "千": 1000, "万": 1e4, "亿": 1e8}[scale]
    else:
        found = re.match(r"[零〇一二两三四五六七八九十百千万亿]+", text)
        if not found:
            raise CorpusError(f"{text!r} is no plain number; write value=… unit=…")
        value = chinese(found[0])
    unit = re.sub(r"^(?:余|多|来)|(?:以上|以下|以内|左右|上下)$", "", text[found.end() :])
    return round(value, 6), unit


def chinese(text: str) -> float:
    total = section = digit = 0
    for char in text:
        if char in "零〇":
            continue
        place = "一二三四五六七八九".find(char)
        if place >= 0 or char == "两":
            digit = 2 if char == "两" else place + 1
        elif char in "十百千":
            section += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            total = (total + section + digit) * (10000 if char == "万" else 10**8)
            section = digit = 0
    return total + section + digit


def full_date(text: str) -> str | None:
    import calendar

    def ends(year: str, month: str | None, day: str | None) -> tuple[str, str]:
        if day and month:
            return (f"{year}-{int(month):02}-{int(day):02}",) * 2
        if month:
            last = calendar.monthrange(int(year), int(month))[1]
            return f"{year}-{int(month):02}-01", f"{year}-{int(month):02}-{last}"
        return f"{year}-01-01", f"{year}-12-31"

    if found := re.fullmatch(DAY, text):
        return "~".join(ends(found[1], found[2], found[3]))
    if found := re.fullmatch(DAY + r"[至到](?:(\d{4})年)?(?:(\d{1,2})月)?(?:(\d{1,2})日)?", text):
        year, month = found[4] or found[1], found[5] or found[2]
        return f"{ends(found[1], found[2], found[3])[0]}~{ends(year, month, found[6])[1]}"
    return None


def entity(kind: str, body: str) -> str:
    """One braced mark as an XML element."""
    text, *rest = body.split("|")
    label = NAMES[kind.upper()]
    words = " ".join(rest[1:] if kind == "C" else rest).split()
    given = dict(word.split("=", 1) for word in words if "=" in word)
    value: dict[str, Any]
    if label in ("BODY", "ROLE"):
        value = {"responsible": kind.isupper()}
    elif label == "DOCUMENT":
        if not rest or rest[0] not in ACTIONS:
            raise CorpusError(f"{{{kind} {body}}}: wanted one of |{' |'.join(ACTIONS)} behind the title")
        value = {"action": ACTIONS[rest[0]]}
    elif label == "DATE":
        period = rest[0] if rest else full_date(text)
        if not period:
            raise CorpusError(f"{{{kind} {body}}}: write the day or start~end behind a bar")
        value = {"start": period.split("~")[0], "end": period.split("~")[-1]}
    else:
        value = amount(label, text, rest[0] if rest and kind == "C" else "", given)
        value["approximate"] = value["approximate"] or "approx" in words
        if "exact" in words:
            value["approximate"] = False
    spelled = {key: str(item).lower() if isinstance(item, bool) else str(item) for key, item in value.items()}
    return f"<{label}{''.join(f' {k}={quoteattr(v)}' for k, v in spelled.items())}>{escape(text)}</{label}>"


def amount(label: str, text: str, of: str, given: dict[str, str]) -> dict[str, Any]:
    approximate = bool(APPROX.search(text))
    if "value" in given:
        value, unit = (
            float(given["value"]),
            given.get("unit", re.sub(r"^[近约]?[\d.,余多几数十百千万亿一二两三四五六七八九]+", "", text)),
        )
    elif label == "PERCENT":
        found = re.search(r"(\d+(?:\.\d+)?)(‰)?", text)
        hundred = re.search(r"百分之([一二三四五六七八九十百]+)", text)
        if not found and not hundred:
            raise CorpusError(f"{{P {text}}}: write value=…")
        value = float(found[1]) / (10 if found[2] else 1) if found else chinese(hundred[1])  # type: ignore[index]
        unit = ""
    else:
        value, unit = number(text)
    if label == "COUNT":
        plain = int(value) if float(value).is_integer() else value
        return {"value": plain, "unit": given.get("unit", unit), "of": of, "approximate": approximate}
    return {"value": int(value) if float(value).is_integer() else value, "approximate": approximate}


def expand(draft: str) -> str:
    """The notice element of a draft's body."""
    return "<notice>" + "".join(_pieces(draft)) + "</notice>"


def _pieces(draft: str) -> Iterator[str]:
    at = count = 0
    last: dict[int, int] = {}
    for found in TOKEN.finditer(draft):
        between = draft[at : found.start()]
        if re.search(r"[{}]|</?[a-z]", between):
            raise CorpusError(f"stray mark near {between[-40:]!r}")
        yield escape(between)
        at = found.end()
        if found[1]:
            yield entity(found[1], found[2])
            continue
        name = found[4]
        kind = {"c": "category", "m": "measure"}.get(name, "issue")
        if found[3]:
            yield f"</{kind}>"
            continue
        rest = TOKEN.sub(lambda m: m[2].split("|")[0] if m[1] else "", draft[at : at + 60])
        words = found[5].split()
        given = next((word[1:] for word in words if word.startswith("=")), None)
        if kind == "category":
            yield "<category>"
        elif kind == "issue":
            count += 1
            depth = len(name)
            if depth > 1 and depth - 1 not in last:
                raise CorpusError(f"<{name}> without <{name[1:]}> above it near {rest[:20]!r}")
            label = LABEL.match(rest)[0] if given is None else given  # type: ignore[index]
            parent = last[depth - 1] if depth > 1 else ""
            last = {level: number for level, number in last.items() if level < depth} | {depth: count}
            yield f'<issue id="{count}" label={quoteattr(label)} parent="{parent}">'
        else:
            ordinal = ORDINAL.match(rest)[0] if given is None else given  # type: ignore[index]
            status = next((word for word in words if not word.startswith("=")), "")
            if status not in STATUSES:
                raise CorpusError(f"<m{found[5]}>: wanted <m>, <m p> or <m g>")
            yield f'<measure issue="{count}" ordinal={quoteattr(ordinal)} status="{STATUSES[status]}">'
    if re.search(r"[{}]|</?[a-z]", draft[at:]):
        raise CorpusError(f"stray mark near {draft[at:][:60]!r}")
    yield escape(draft[at:])


HEAD_KEYS = ("title", "issuer", "inspector", "inspection", "feedback_on", "published_on")
PLACE_KEYS = ("writer", "level", "sector", "region", "inspection_kind", "report", "layout")


def head(lines: str) -> dict[str, Any]:
    meta: dict[str, Any] = {key: None for key in HEAD_KEYS}
    for line in lines.strip().splitlines():
        key, _, value = line.partition(":")
        if key.strip() not in HEAD_KEYS + PLACE_KEYS:
            raise CorpusError(f"head line {line!r}: wanted one of {', '.join(HEAD_KEYS + PLACE_KEYS)}")
        meta[key.strip()] = value.strip() or None
    if meta["inspection"]:
        start, end = meta["inspection"].split("~")
        meta["inspection"] = {"start": start, "end": end}
    missing = [key for key in ("title", *PLACE_KEYS) if not meta.get(key)]
    if missing:
        raise CorpusError(f"head lacks {', '.join(missing)}")
    return meta


def shorthand(gold: Gold) -> str:
    """An annotated notice as a draft; ``expand`` gives the same notice back."""
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    outline, text = gold.outline, gold.text

    def mark(start: int, end: int, name: str, words: str) -> None:
        opening[start] = opening.get(start, "") + f"<{name}{words}>"
        closing[end] = closing.get(end, "") + f"</{name}>"

    depths: list[int] = []
    for category in outline.categories:
        mark(category.start, category.end, "c", "")
    for issue in outline.issues:
        depths.append(1 if issue.parent is None else depths[issue.parent] + 1)
        read = LABEL.match(text[issue.start : issue.end])
        words = "" if read and read[0] == issue.label else f" ={issue.label}"
        mark(issue.start, issue.end, "i" * depths[-1], words)
    for measure, status in zip(outline.measures, gold.statuses, strict=True):
        read = ORDINAL.match(text[measure.start : measure.end])
        words = {"done": "", "planned": " p", "in_progress": " g"}[status]
        words += "" if read and read[0] == (measure.ordinal or "") else f" ={measure.ordinal or ''}"
        mark(measure.start, measure.end, "m", words)
    pieces = []
    at = 0
    inside = {entity.start: entity for entity in gold.entities}
    for place in sorted({*opening, *closing, *inside}):
        if place < at:
            continue
        pieces += [text[at:place], closing.get(place, ""), opening.get(place, "")]
        at = place
        if place in inside:
            entity = inside[place]
            pieces.append(_braced(text[entity.start : entity.end], entity))
            at = entity.end
            pieces.append(closing.pop(at, ""))
    return "".join([*pieces, text[at:]])


def _braced(text: str, entity: Entity) -> str:
    value = entity.value
    if entity.label in ("BODY", "ROLE"):
        letter = entity.label[0]
        return f"{{{letter if value['responsible'] else letter.lower()} {text}}}"
    if entity.label == "DOCUMENT":
        return f"{{W {text}|{value['action'][0]}}}"
    if entity.label == "DATE":
        period = f"{value['start'] or ''}~{value['end'] or ''}"
        if full_date(text) == period:
            return f"{{D {text}}}"
        return f"{{D {text}|{value['start'] if value['start'] == value['end'] else period}}}"
    words = (
        ""
        if bool(APPROX.search(text)) == value["approximate"]
        else " approx"
        if value["approximate"]
        else " exact"
    )
    try:
        read = amount(entity.label, text, "", {})
        plain = read["value"] == value["value"] and read.get("unit", "") == value.get("unit", "")
    except CorpusError:
        plain = False
    if not plain:
        words += (
            f" value={value['value']:g}"
            if value["value"] < 1e5
            else f" value={value['value']:.6f}".rstrip("0").rstrip(".")
        )
        words += f" unit={value['unit']}" if entity.label == "COUNT" else ""
    bars = f"|{value['of']}" if entity.label == "COUNT" else ""
    return f"{{{entity.label[0]} {text}{bars}{'|' + words.strip() if words else ''}}}"


def back(path: Path, out: Path) -> None:
    """Write the draft of a corpus notice, with its head."""
    gold = read_gold(path)
    lines = []
    for key in HEAD_KEYS + PLACE_KEYS:
        value = gold.meta.get(key)
        if isinstance(value, dict):
            value = f"{value['start']}~{value['end']}"
        lines.append(f"{key}: {value or ''}")
    draft = "\n".join(lines) + "\n---\n" + shorthand(gold)
    again = parse_gold(expand(draft.partition("\n---\n")[2]))
    if (again.text, again.entities, again.outline, again.statuses) != (
        gold.text, gold.entities, gold.outline, gold.statuses
    ):  # fmt: skip
        raise CorpusError(f"{path}: shorthand does not give the notice back")
    out.write_text(draft, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drafts", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, help="write NAME.xml and NAME.meta.json here")
    parser.add_argument("--back", type=Path, help="the other way: write the drafts of .xml files here")
    options = parser.parse_args()
    if options.back:
        for path in options.drafts:
            back(path, options.back / f"{path.stem}.txt")
        return 0
    published = published_runs()
    bad = 0
    for path in options.drafts:
        try:
            lines, _, body = path.read_text("utf-8").partition("\n---\n")
            meta = head(lines)
            gold = parse_gold(expand(body.strip("\n")), path.name, meta)
        except CorpusError as error:
            print(f"ERROR {path}: {error}")
            bad += 1
            continue
        hints = lint(gold, published)
        density = 100 * len(gold.entities) / len(gold.text)
        print(
            f"{path}: {len(gold.text)} characters, {len(gold.outline.issues)} issues, "
            f"{len(gold.outline.measures)} measures, {len(gold.entities)} entities "
            f"({density:.1f} a hundred characters)"
        )
        for hint in hints:
            print(f"  {hint}")
        if options.into:
            options.into.mkdir(parents=True, exist_ok=True)
            (options.into / f"{path.stem}.xml").write_text(write_gold(gold), "utf-8")
            text = json.dumps(meta, ensure_ascii=False, indent=1) + "\n"
            (options.into / f"{path.stem}.meta.json").write_text(text, "utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
