"""Every dependency may be used by anyone: its licence is known, permissive or accepted with a reason."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", ROOT / "scripts/licences.py")
    assert spec is not None and spec.loader is not None
    import sys

    module = importlib.util.module_from_spec(spec)
    sys.modules["licences"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def listed() -> dict[str, str]:
    page = (ROOT / "docs/licences.md").read_text("utf-8")
    return dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", page, re.MULTILINE)[1:])


def test_no_dependency_is_refused(licences: ModuleType) -> None:
    found = licences.packages()
    assert {"spacy", "numpy", "lxml", "pydantic-core"} <= {package.name for package in found}
    assert [package for package in found if not package.is_accepted] == []


def test_the_page_names_them_all(licences: ModuleType) -> None:
    known = listed()
    assert "not installed" not in known.values()
    for package in licences.packages():
        assert package.name in known, f"{package.name}: run python scripts/licences.py --write"


def test_the_page_holds_nothing_that_is_refused(licences: ModuleType) -> None:
    for name, licence in listed().items():
        assert licences.Package(name, licence, frozenset()).is_accepted, (name, licence)


@pytest.mark.parametrize(
    ("licence", "is_permissive"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-2-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("BSD-3-Clause AND (MIT OR Apache-2.0)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("MPL-2.0 AND MIT", False),
        ("GPL", False),
        ("MIT AND GPL-3.0-only", False),
        ("unknown", False),
        ("Proprietary", False),
    ],
)
def test_what_is_permissive(licence: str, is_permissive: bool, licences: ModuleType) -> None:
    assert licences.is_permissive(licence) is is_permissive
