"""A pipeline from a stranger runs nothing: refused before spaCy sees it, unless the user trusts it."""

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from typer.testing import CliRunner

from rectify_ner import cli
from rectify_ner.errors import RectifyError
from rectify_ner.tag import load_pipeline, pipeline_folder
from rectify_ner.trusted import check_pipeline

ROOT = Path(__file__).parent.parent
CHARS = '@tokenizers = "spacy.zh.ChineseTokenizer"'
RAN: list[str] = []


@spacy.registry.callbacks("strange_callback.v1")
def _strange_callback() -> Callable[[type[Language]], type[Language]]:
    RAN.append("callback")
    return lambda made: made


@Language.factory("strange_component", default_config={"given": None})
def _strange_component(nlp: Language, name: str, given: Any) -> Callable[[Any], Any]:
    RAN.append("component")
    return lambda doc: doc


@spacy.registry.misc("strange_value.v1")
def _strange_value() -> int:
    RAN.append("value")
    return 0


def _explode() -> None:
    RAN.append("pickle")


class Bomb:
    """A pickle that says so when it is loaded."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _explode, ()


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """An untrained pipeline of the package's own components."""
    RAN.clear()
    nlp = spacy.blank("zh")
    nlp.add_pipe("rectify_ner_crf", name="ner")
    nlp.add_pipe("rectify_ner_records")
    nlp.to_disk(tmp_path / "pipeline")
    return tmp_path / "pipeline"


def changed(pipeline: Path, old: str, new: str) -> None:
    config = pipeline / "config.cfg"
    text = config.read_text("utf-8")
    assert old in text
    config.write_text(text.replace(old, new), "utf-8")


def refused(pipeline: Path, words: str) -> None:
    with pytest.raises(RectifyError, match=words):
        load_pipeline(pipeline)
    assert RAN == []


CALLBACK = '[nlp.before_creation]\n@callbacks = "strange_callback.v1"\n\n[nlp.tokenizer]'


def test_the_own_pipeline_passes(pipeline: Path) -> None:
    assert load_pipeline(pipeline).pipe_names == ["ner", "rectify_ner_records"]


@pytest.mark.parametrize("config", sorted((ROOT / "configs").glob("*.cfg")), ids=lambda path: path.stem)
def test_the_configs_of_the_package_pass(config: Path, tmp_path: Path) -> None:
    (tmp_path / "config.cfg").write_bytes(config.read_bytes())
    check_pipeline(tmp_path)


def test_a_callback_runs_only_where_it_is_trusted(pipeline: Path) -> None:
    changed(pipeline, "before_creation = null\n", "")
    changed(pipeline, "[nlp.tokenizer]", CALLBACK)
    refused(pipeline, r"\[nlp\] calls 'strange_callback.v1' \(callbacks\).*--trust-pipeline")
    load_pipeline(pipeline, trust=True)
    assert RAN == ["callback"]


def test_a_callback_behind_a_reference_is_seen(pipeline: Path) -> None:
    changed(pipeline, "before_creation = null", "before_creation = ${training.strange}")
    with (pipeline / "config.cfg").open("a", encoding="utf-8") as file:
        file.write('\n\n[training.strange]\n@callbacks = "strange_callback.v1"\n')
    refused(pipeline, "strange_callback")


def test_what_only_training_calls_is_left_alone(pipeline: Path) -> None:
    with (pipeline / "config.cfg").open("a", encoding="utf-8") as file:
        file.write('\n\n[training.strange]\n@callbacks = "strange_callback.v1"\n')
    check_pipeline(pipeline)


def test_a_strange_component_runs_only_where_it_is_trusted(pipeline: Path) -> None:
    changed(pipeline, 'factory = "rectify_ner_records"', 'factory = "strange_component"')
    refused(pipeline, "component 'rectify_ner_records' is made by 'strange_component'")
    load_pipeline(pipeline, trust=True)
    assert "component" in RAN


def test_the_command_line_says_and_offers_it(pipeline: Path) -> None:
    changed(pipeline, 'factory = "rectify_ner_records"', 'factory = "strange_component"')
    words = ["evaluate", str(ROOT / "corpus/notices/005.xml"), "-m", str(pipeline)]
    failed = CliRunner().invoke(cli.app, words)
    assert isinstance(failed.exception, RectifyError) and RAN == []
    shown = CliRunner().invoke(cli.app, [*words, "--trust-pipeline"])
    assert shown.exit_code == 0 and "component" in RAN
    for command in (["tag"], ["show"], ["annotate", "export"]):
        shown = CliRunner().invoke(cli.app, [*command, "--help"])
        assert "--trust-pipel" in shown.output


@pytest.mark.parametrize(
    "setting",
    [
        'l2 = {"@misc": "strange_value.v1"}',
        'l2 = [{"a": {"@misc": "strange_value.v1"}}]',
        'source = "another_pipeline"',
        'source = "another_pipeline"\nl2 = 1',
    ],
)
def test_values_that_call_functions(setting: str, pipeline: Path) -> None:
    changed(pipeline, "l2 = 0.03", setting)
    refused(pipeline, "strange_value|another_pipeline")


def test_a_component_from_another_pipeline_alone(pipeline: Path) -> None:
    changed(pipeline, 'factory = "rectify_ner_records"', 'source = "another_pipeline"')
    refused(pipeline, "made by None")


def test_another_language_class(pipeline: Path) -> None:
    changed(pipeline, 'lang = "zh"', 'lang = "strange"')
    refused(pipeline, "its language is 'strange', wanted 'zh'")


@pytest.mark.parametrize(
    "name", ["tokenizer/pkuseg_model/features.pkl", "ner/x.PICKLE", "vocab/hidden.msgpack", "ner/a.joblib"]
)
@pytest.mark.parametrize("protocol", [2, 5])
def test_pickles(name: str, protocol: int, pipeline: Path) -> None:
    path = pipeline / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pickle.dumps(Bomb(), protocol))
    refused(pipeline, f"{path.name}: a pickle")
    pickle.loads(path.read_bytes())
    assert RAN == ["pickle"], "the pickle of this test must be a live one"


def objects() -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([Bomb()], dtype=object), allow_pickle=True)
    return out.getvalue()


def fields_of_objects() -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([(1, Bomb())], dtype=[("a", int), ("b", object)]), allow_pickle=True)
    return out.getvalue()


@pytest.mark.parametrize("make", [objects, fields_of_objects])
def test_arrays_of_objects(make: Callable[[], bytes], pipeline: Path) -> None:
    (pipeline / "vocab/vectors").write_bytes(make())
    refused(pipeline, "vectors: a numpy array of pickled objects")
    (pipeline / "vocab/vectors").unlink()
    with zipfile.ZipFile(pipeline / "ner/crf.npz", "a") as archive:
        archive.writestr("more.npy", make())
    refused(pipeline, r"crf.npz: a numpy array of pickled objects")


def test_arrays_of_records_are_data(pipeline: Path) -> None:
    np.save(pipeline / "vocab/pairs.npy", np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]))
    check_pipeline(pipeline)


def test_archives_that_are_none_or_too_much(pipeline: Path) -> None:
    archive = pipeline / "ner/crf.npz"
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    refused(pipeline, "crf.npz: a damaged archive")
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("run.py", "print()")
    refused(pipeline, "'run.py', which is no numpy array")
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.npy", b"\x93NUMPY\x01\x00\x05\x00oops\n")
    refused(pipeline, "damaged head")
    huge = bytearray(whole)
    at = huge.index(b"PK\1\2")
    huge[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    second = huge.index(b"PK\1\2", at + 4)
    huge[second + 24 : second + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    archive.write_bytes(bytes(huge))
    refused(pipeline, "unpacks to more than 4 GB")


def test_links_and_pipes(pipeline: Path, tmp_path: Path) -> None:
    (pipeline / "vocab/again.json").symlink_to("strings.json")
    check_pipeline(pipeline)
    (tmp_path / "secret").write_text("{}")
    for target in (tmp_path / "secret", tmp_path, tmp_path / "nowhere"):
        link = pipeline / "link"
        link.symlink_to(target)
        refused(pipeline, "link: a symbolic link that leads out")
        link.unlink()
    os.mkfifo(pipeline / "pipe")
    refused(pipeline, "pipe: a device or pipe")


def test_a_package_is_found_without_running_it(
    pipeline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "packages/zh_strange"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('the package ran')")
    (package / "meta.json").write_text('{"lang": "zh", "name": "strange", "version": "1.0"}')
    pipeline.rename(package / "zh_strange-1.0")
    monkeypatch.syspath_prepend(package.parent)
    assert pipeline_folder("zh_strange") == package / "zh_strange-1.0"
    assert load_pipeline("zh_strange").pipe_names == ["ner", "rectify_ner_records"]


@pytest.mark.parametrize("name", ["json", "os.path", "no_such_package", "../x", "zh_strange", ""])
def test_what_is_no_pipeline(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RectifyError, match="no trained pipeline"):
        load_pipeline(name)


def test_damaged_pipelines_are_told_in_one_line(pipeline: Path) -> None:
    for name, words in (
        ("tokenizer/cfg", "cannot be loaded as a pipeline"),
        ("ner/crf.npz", "cannot be loaded as a pipeline"),
        ("config.cfg", "no pipeline's config"),
    ):
        (pipeline / name).write_bytes(b"")
        with pytest.raises(RectifyError, match=words) as caught:
            load_pipeline(pipeline)
        assert "\n" not in str(caught.value)
