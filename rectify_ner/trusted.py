"""Whether a pipeline may be loaded: spaCy calls what its config names and unpickles what its files hold.

Loading looks up every function and component of the config by its registered name, in any installed
package, and calls it. So a folder from elsewhere decides what runs. This check, made before spaCy sees the
folder, lets through the names that the package's own configs use, and files that are only data.
"""

import ast
import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from rectify_ner.errors import RectifyError

FACTORIES = frozenset(("rectify_ner_crf", "rectify_ner_records"))
"""Components that a pipeline may have."""
FUNCTIONS = frozenset((("tokenizers", "spacy.zh.ChineseTokenizer"), ("vectors", "spacy.Vectors.v1")))
"""Registry and name of the functions that its sections [nlp] and [components] may name."""
LANGUAGE = "zh"
_PICKLES = (".pkl", ".pickle", ".p", ".dill", ".joblib", ".pt", ".pth", ".ckpt")
_RUN_ON_LOADING = ("nlp", "components")
_NPY = b"\x93NUMPY"
_MAX_HEADER = 10_000
_MAX_UNPACKED = 4 << 30
"""Bytes that the arrays of a pipeline may unpack to."""
_ADVICE = "take a pipeline built by this package, or add --trust-pipeline if you know who made it"


def check_pipeline(folder: Path) -> None:
    """Raises RectifyError unless loading ``folder`` runs the package's own registered code and nothing else.

    Only what loading does is checked: the sections that training reads ([training], [corpora],
    [initialize]) may name anything, as nothing of them is called until ``spacy train`` is.
    """
    for path in _entries(folder):
        if fault := _fault_of_file(path, folder):
            raise RectifyError(f"{path}: {fault}; {_ADVICE}")
    config = _config(folder)
    for fault in _faults_of_config(config):
        raise RectifyError(f"{folder / 'config.cfg'}: {fault}; {_ADVICE}")


def _entries(folder: Path) -> Iterator[Path]:
    def told(error: OSError) -> None:
        raise RectifyError(f"{folder}: cannot be read ({error.strerror}); check its permissions") from error

    for place, folders, files in os.walk(folder, onerror=told):
        yield from (Path(place) / name for name in sorted(folders + files))


def _fault_of_file(path: Path, folder: Path) -> str | None:
    """Why a file or folder of the pipeline is refused, None where it is plain data."""
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        return "a symbolic link that leads out of the pipeline's folder, wanted a file"
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return None
        if not stat.S_ISREG(mode):
            return "a device or pipe, wanted a file"
        if path.suffix.lower() in _PICKLES:
            return "a pickle, which runs code when it is loaded, wanted plain data"
        with path.open("rb") as file:
            return _fault_of_content(file)
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"


def _fault_of_content(file: IO[bytes]) -> str | None:
    head = file.read(8)
    file.seek(0)
    if head[:1] == b"\x80" and head[1:2] in (b"\1", b"\2", b"\3", b"\4", b"\5"):
        return "a pickle, which runs code when it is loaded, wanted plain data"
    if head.startswith(_NPY):
        return _fault_of_array(file)
    return _fault_of_archive(file) if head.startswith(b"PK") else None


def _fault_of_array(file: IO[bytes]) -> str | None:
    """Why a numpy array is refused: its header says whether pickled objects follow."""
    head = file.read(8)
    size = int.from_bytes(file.read(2 if head[6:7] == b"\1" else 4), "little")
    try:
        described = ast.literal_eval(file.read(min(size, _MAX_HEADER)).decode("latin-1"))
        kind = np.dtype(_descr(described["descr"]))
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError):
        return "a numpy array with a damaged head"
    return "a numpy array of pickled objects, wanted numbers or text" if kind.hasobject else None


def _descr(descr: Any) -> Any:
    """The type of an array as numpy takes it: lists of fields have to hold tuples."""
    return [tuple(field) for field in descr] if isinstance(descr, list) else descr


def _fault_of_archive(file: IO[bytes]) -> str | None:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
                return f"an archive that unpacks to more than {_MAX_UNPACKED >> 30} GB"
            for entry in archive.infolist():
                with archive.open(entry) as inner:
                    if inner.read(len(_NPY)) != _NPY:
                        return f"an archive with {entry.filename!r}, which is no numpy array"
                with archive.open(entry) as inner:
                    if fault := _fault_of_array(inner):
                        return fault
    except Exception as error:  # zipfile and zlib raise a dozen kinds for damaged archives
        return f"a damaged archive ({type(error).__name__})"
    return None


def _config(folder: Path) -> Mapping[str, Any]:
    from spacy.util import load_config

    try:
        config: Mapping[str, Any] = load_config(folder / "config.cfg", interpolate=True)
        if "nlp" not in config:
            raise ValueError("no section [nlp]")
    except Exception as error:  # configparser, confection and json each raise their own
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise RectifyError(
            f"{folder}: no pipeline's config in it ({reason}); wanted config.cfg as spaCy writes it, build "
            "the pipeline again"
        ) from error
    return config


def _faults_of_config(config: Mapping[str, Any]) -> Iterator[str]:
    language = config["nlp"].get("lang")
    if language != LANGUAGE:
        yield f"its language is {language!r}, wanted {LANGUAGE!r}"
    for name, component in config.get("components", {}).items():
        factory = component.get("factory") if isinstance(component, dict) else None
        if factory not in FACTORIES:
            yield f"component {name!r} is made by {factory!r}, wanted {_listed(FACTORIES)}"
        elif "source" in component:
            yield f"component {name!r} is taken from the pipeline {component['source']!r}"
    for section in _RUN_ON_LOADING:
        for registry, function in _functions(config.get(section, {})):
            if (registry, function) not in FUNCTIONS:
                known = _listed(f"{name} ({kind})" for kind, name in FUNCTIONS)
                yield f"[{section}] calls {function!r} ({registry}), wanted no function but {known}"


def _functions(section: Any) -> Iterator[tuple[str, str]]:
    """Registry and name of every function that a section names, however deep."""
    if isinstance(section, dict):
        for key, value in section.items():
            if isinstance(key, str) and key.startswith("@"):
                yield key[1:], str(value)
            yield from _functions(value)
    elif isinstance(section, list):
        for value in section:
            yield from _functions(value)


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))
