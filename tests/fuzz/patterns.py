"""Every regular expression of the package, how it is used, and strings made to slow it down."""

import ast
import dataclasses
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import rectify_ner

METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")
_MANY = 9
"""Repetitions bounded below this are no ground for an attack."""
_POOL = "问1a -一。，\n“《（x是、关的"
_CLASSES = {
    code.CATEGORY_DIGIT: "1",
    code.CATEGORY_SPACE: " ",
    code.CATEGORY_WORD: "a",
    code.CATEGORY_NOT_SPACE: "问",
    code.CATEGORY_NOT_DIGIT: "问",
    code.CATEGORY_NOT_WORD: "-",
}
_REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)


BOUNDED = {
    "assemble.claims:_DONE_RIGHT": "matched, on 21 characters",
    "assemble.claims:_OPEN_RIGHT": "matched, on 21 characters",
    "normalise.body_words:TOPIC_LEFT": "16 characters before a mention",
    "normalise.counted_words:FILLER": "60 characters before a number",
    "normalise.counted_words:COMPARED": "14 characters before a number",
    "normalise.date_forms:_CLOCK": "a mention of at most 60 characters",
    "normalise.date_forms:_CHINESE": "a mention of at most 60 characters",
    "normalise.date_forms:_UNIT": "a mention of at most 60 characters",
    "normalise.documents:_FILM": "8 characters before a mention",
    "normalise.head:_INSPECTING": "a name within the title, whose lines are short",
    "normalise.numbers:_PARTS": "a mention cut at 80 characters",
    "normalise.numbers:_SLASH": "a mention cut at 80 characters",
    "normalise/numbers.py: [万亿]+$": "a mention cut at 80 characters",
    "normalise.page:_TRAIL": "a line of at most 300 characters",
    r"normalise/page.py: (\s*[|>»]+\s*|\s*_+\s*|\s-{1,2}\s)": "a line of at most 300 characters",
    "outline.looks:_COUNTED": "240 characters of a heading",
    "outline.parts:_AFTER": "a title of at most 40 characters",
    "outline.words:_TOKEN": "the package's own patterns, when it is loaded",
    "read.web_rules:_SITE_NAME_END": "a title of at most 400 characters",
}
"""Patterns that take more than linear time, and what keeps the text short that they are given."""


class Used(NamedTuple):
    """A pattern under its first name and one method that the package calls on it."""

    name: str
    pattern: re.Pattern[str]
    method: str


class Attack(NamedTuple):
    """``prefix`` once, ``unit`` over and over, then a character that hardly any pattern takes."""

    prefix: str
    unit: str

    def text(self, size: int) -> str:
        return self.prefix + self.unit * (size // len(self.unit)) + "\x01"


@cache
def used_patterns() -> tuple[Used, ...]:
    """All compiled patterns of all modules and their tables, and those given as literals to ``re``.

    A pattern in a table that a loop goes through counts as searched for, which is the worst.
    """
    called = _calls()
    found: dict[tuple[re.Pattern[str], str], str] = {}
    for name, pattern in _compiled():
        module, _, path = name.partition(":")
        parts = [part for part in re.split(r"[.\[\]]", path) if part and not part.isdecimal()]
        direct = called.get((module, parts[0]), set()) | called.get(("", parts[-1]), set())
        for method in direct or {"search"}:
            found.setdefault((pattern, method), name)
    for place, literal, method in _literals():
        found.setdefault((re.compile(literal), method), place)
    return tuple(Used(name, pattern, method) for (pattern, method), name in found.items())


def attacks(pattern: re.Pattern[str]) -> list[Attack]:
    """Repetitions of what the pattern repeats, offers as a choice, or matches as a whole."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    units: list[tuple[str, str]] = []
    _units(tree, units, "")
    whole = _sample(tree)
    found: dict[Attack, None] = {}
    for prefix, unit in units:
        for attack in (Attack(prefix, unit), Attack("", unit), Attack("", prefix + unit)):
            found[attack] = None
    for unit in (whole, whole[:-1], *dict.fromkeys(whole)):
        found[Attack("", unit)] = None
    return [attack for attack in found if attack.unit]


def growth(used: Used, attack: Attack, size: int, tries: Sequence[int] = (1, 5, 15)) -> float:
    """How many times longer ten times the text takes: the least of ever more measurements."""
    least = float("inf")
    for count in tries:
        short = _seconds(used, attack.text(size), count + 1)
        least = min(least, _seconds(used, attack.text(10 * size), count) / short)
        if least < LINEAR:
            return least
    return least


LINEAR = 30.0
"""Ten times the text may take so many times as long; quadratic work takes a hundred times."""


def _seconds(used: Used, text: str, count: int) -> float:
    run = _runner(used)
    best = float("inf")
    for _ in range(count):
        began = time.perf_counter()
        run(text)
        best = min(best, time.perf_counter() - began)
    return max(best, 1e-6)


def _runner(used: Used) -> Callable[[str], Any]:
    if used.method == "sub":
        return lambda text: used.pattern.sub(lambda _: "", text)
    if used.method == "finditer":
        return lambda text: sum(1 for _ in used.pattern.finditer(text))
    method: Callable[[str], Any] = getattr(used.pattern, used.method)
    return method


def _compiled() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in _modules():
        for key, value in vars(module).items():
            if not key.startswith("__"):
                yield from _inside(f"{module.__name__}:{key}", value, set())


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(rectify_ner.__path__, "rectify_ner."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def _inside(name: str, value: Any, seen: set[int]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Patterns in a value: in its items, its fields, or what its class holds."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield name, value
    elif id(value) not in seen:
        seen.add(id(value))
        for step, one in _parts(value):
            yield from _inside(name + step, one, seen)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, type):
        if value.__module__.startswith("rectify_ner"):
            yield from ((f".{key}", one) for key, one in vars(value).items())
    elif isinstance(value, dict):
        yield from (("[]", one) for pair in value.items() for one in pair)
    elif hasattr(value, "_fields"):
        yield from ((f".{key}", getattr(value, key)) for key in value._fields)
    elif isinstance(value, list | tuple | set | frozenset):
        yield from ((f"[{number}]", one) for number, one in enumerate(value))
    elif dataclasses.is_dataclass(value):
        yield from ((f".{part.name}", getattr(value, part.name, None)) for part in dataclasses.fields(value))


def _trees() -> Iterator[tuple[str, ast.Module]]:
    root = Path(rectify_ner.__file__).parent
    for path in sorted(root.rglob("*.py")):
        yield path.relative_to(root).as_posix(), ast.parse(path.read_text("utf-8"))


def _calls() -> dict[tuple[str, str], set[str]]:
    """The methods called on a name by the module that made it: ``_TITLE.match(…)`` there or where it is
    imported; under ``""`` those called on an attribute: ``words.OPENING.match(…)``."""
    called: dict[tuple[str, str], set[str]] = {}
    for place, tree in _trees():
        module = "rectify_ner." + place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        homes = {
            alias.asname or alias.name: node.module or ""
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = node.func.value
            if node.func.attr not in METHODS or not isinstance(owner, ast.Name | ast.Attribute):
                continue
            name = owner.id if isinstance(owner, ast.Name) else owner.attr
            home = homes.get(name, module) if isinstance(owner, ast.Name) else ""
            called.setdefault((home, name), set()).add(node.func.attr)
    return called


def _literals() -> Iterator[tuple[str, str, str]]:
    """Patterns written where they are used: ``re.sub(r"\\s+", …)``."""
    for place, tree in _trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in METHODS or not isinstance(node.func.value, ast.Name):
                continue
            first = node.args[0] if node.args else None
            if node.func.value.id != "re" or not isinstance(first, ast.Constant):
                continue
            if isinstance(first.value, str):
                yield f"{place}: {first.value}", first.value, node.func.attr


def _units(tree: Any, into: list[tuple[str, str]], prefix: str) -> None:
    for op, value in tree:
        if op in _REPEATS:
            unit = _sample(value[2])
            if value[1] is code.MAXREPEAT or value[1] >= _MANY:
                into.append((prefix, unit))
            _units(value[2], into, prefix)
        elif op is code.BRANCH:
            for branch in value[1]:
                into.append(("", _sample(branch)))
                _units(branch, into, prefix)
        elif op is code.SUBPATTERN:
            _units(value[3], into, prefix)
        elif op is code.ATOMIC_GROUP:
            _units(value, into, prefix)
        elif op in (code.ASSERT, code.ASSERT_NOT):
            _units(value[1], into, prefix)
        prefix += _sample([(op, value)])


def _sample(tree: Any) -> str:
    """A string that a pattern takes, or nearly takes."""
    return "".join(_sampled(op, value) for op, value in tree)


def _sampled(op: Any, value: Any) -> str:
    if op is code.LITERAL:
        return chr(value)
    if op is code.NOT_LITERAL:
        return next(char for char in _POOL if ord(char) != value)
    if op is code.ANY:
        return "问"
    if op is code.IN:
        return _member(value)
    if op is code.BRANCH:
        return _sample(value[1][0])
    if op in _REPEATS:
        return _sample(value[2]) * max(1, min(value[0], 3))
    if op is code.SUBPATTERN:
        return _sample(value[3])
    return _sample(value) if op is code.ATOMIC_GROUP else ""


def _member(items: Any) -> str:
    """A character of a class; of one that excludes, the first ordinary one left."""
    if items[0][0] is not code.NEGATE:
        op, value = items[0]
        if op is code.CATEGORY:
            return _CLASSES.get(value, "a")
        return chr(value if op is code.LITERAL else value[0])
    return next((char for char in _POOL if not any(_holds(item, char) for item in items[1:])), "丁")


def _holds(item: tuple[Any, Any], char: str) -> bool:
    op, value = item
    if op is code.LITERAL:
        return ord(char) == value
    if op is code.RANGE:
        low, high = value
        return bool(low <= ord(char) <= high)
    kinds = {
        code.CATEGORY_DIGIT: char.isdecimal(),
        code.CATEGORY_SPACE: char.isspace(),
        code.CATEGORY_WORD: char.isalnum() or char == "_",
        code.CATEGORY_NOT_SPACE: not char.isspace(),
    }
    return kinds.get(value, False)
