"""The licences of everything the package may pull in: ``licences.py [--write]``.

Walks the requirements of the installed package, with all extras, and prints docs/licences.md; ``--write``
writes it there. Exit code 1 where a licence is neither permissive nor accepted with a reason. An extra
that is not installed is named as such: run this where all of them are.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/licences.md"
NAME = "rectify-ner"
PERMISSIVE = re.compile(
    r"MIT(?:-0|-CMU)?|BSD(?:-[123]-Clause)?|0BSD|Apache(?:-2\.0)?|ISC|PSF(?:-2\.0)?|Python-2\.0|Zlib|HPND|Unlicense"
    r"|CC0-1\.0|LLVM-exception|BSL-1\.0|CNRI-Python"
)
ACCEPTED = {
    "certifi": "MPL-2.0: a list of certificates, used as it comes and only by other packages",
    "tqdm": "MPL-2.0 AND MIT: used as it comes, only by spaCy's command line",
    "hypothesis": "MPL-2.0: tests only",
    "pathspec": "MPL-2.0: checks of the code only",
    "atheris": "Apache-2.0 by its licence file, which its metadata does not name: fuzzing only",
}
"""Packages whose licence asks for changes of their own files to be shared, and why they may stay."""
_WORDS = (
    (re.compile(r"GPL|GNU", re.I), "GPL"),
    (re.compile(r"\bMPL|Mozilla", re.I), "MPL-2.0"),
    (re.compile(r"\bMIT\b", re.I), "MIT"),
    (re.compile(r"Apache", re.I), "Apache-2.0"),
    (re.compile(r"BSD", re.I), "BSD"),
    (re.compile(r"\bISC\b", re.I), "ISC"),
    (re.compile(r"PSF|Python Software Foundation", re.I), "PSF"),
    (re.compile(r"HPND|Historical", re.I), "HPND"),
)
"""What stands in classifiers and older licence fields; the strictest comes first."""
_EXPRESSION = re.compile(r"[\w.+-]+(?: (?:AND|OR|WITH) [\w.+-]+)+")


@dataclass(frozen=True, slots=True)
class Package:
    """``uses`` are the extras it is needed for; empty where it always is. ``licence`` None: not installed."""

    name: str
    licence: str | None
    uses: frozenset[str]

    @property
    def is_accepted(self) -> bool:
        return self.licence is None or self.name in ACCEPTED or is_permissive(self.licence)


def is_permissive(licence: str) -> bool:
    """Whether a licence expression lets the package be used, changed and passed on without conditions.

    Of alternatives one is enough.
    """
    parts = re.split(r"\s+AND\s+|\s+WITH\s+", licence.replace("(", "").replace(")", ""))
    return all(any(PERMISSIVE.fullmatch(name) for name in re.split(r"\s+OR\s+", part)) for part in parts)


def packages() -> list[Package]:
    """Everything that rectify-ner and its extras require, whatever the system, by name."""
    used: dict[str, set[str]] = {}
    own = distribution(NAME)
    for extra in ("", *(own.metadata.get_all("Provides-Extra") or ())):
        for name in _closure(own, extra):
            used.setdefault(name, set()).add(extra)
    return [
        Package(name, licence_of(name), frozenset() if "" in extras else frozenset(extras))
        for name, extras in sorted(used.items())
    ]


def _closure(own: Distribution, extra: str) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    waiting = [(own, extra)]
    while waiting:
        holder, wanted = waiting.pop()
        for line in holder.requires or ():
            requirement = Requirement(line)
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": wanted}):
                continue
            name = canonicalize_name(requirement.name)
            for each in ("", *sorted(requirement.extras)):
                if (name, each) not in seen and name != NAME:
                    seen.add((name, each))
                    yield name
                    if (found := _installed(name)) is not None:
                        waiting.append((found, each))


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def licence_of(name: str) -> str | None:
    """What a package says of its licence: expression first, classifiers, then the field's first line."""
    found = _installed(name)
    if found is None:
        return None
    if expression := _field(found, "License-Expression"):
        return expression
    said = [line for line in found.metadata.get_all("Classifier") or () if line.startswith("License ::")]
    words = [line.rpartition(" :: ")[2] for line in said if not line.endswith("OSI Approved")]
    words = words or (_field(found, "License") or "unknown").strip().splitlines()[:1]
    return " AND ".join(dict.fromkeys(_short(word) for word in words))


def _field(found: Distribution, name: str) -> str:
    held = found.metadata
    return str(held[name]) if name in held else ""


def _short(word: str) -> str:
    if _EXPRESSION.fullmatch(word):
        return word
    return next((name for pattern, name in _WORDS if pattern.search(word)), word or "unknown")


def page(found: list[Package]) -> str:
    """docs/licences.md."""
    lines = [
        "# Licences of the dependencies",
        "",
        "Made by `python scripts/licences.py --write`; versions stand in `constraints.txt`. The last column",
        "names the extras that need a package; where it is empty, the package always does. Accepted beside",
        "the permissive licences:",
        "",
        *(f"- {name}: {reason}." for name, reason in ACCEPTED.items()),
        "",
        "| package | licence | needed for |",
        "|---|---|---|",
    ]
    for package in found:
        lines.append(
            f"| {package.name} | {package.licence or 'not installed'} | {', '.join(sorted(package.uses))} |"
        )
    return "\n".join(lines) + "\n"


def main(*, write: bool) -> int:
    found = packages()
    if write:
        PAGE.write_text(page(found), "utf-8")
    else:
        print(page(found), end="")
    refused = [package for package in found if not package.is_accepted]
    for package in refused:
        print(
            f"{package.name}: licence {package.licence}, wanted a permissive one; take another package or "
            "give a reason in ACCEPTED",
            file=sys.stderr,
        )
    return bool(refused)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/licences.md")
    sys.exit(main(write=parser.parse_args().write))
