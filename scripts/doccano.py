# /// script
# requires-python = ">=3.11"
# dependencies = ["doccano-client==1.2.8", "urllib3<2"]
# ///
"""Notices to a doccano server and back: ``uv run scripts/doccano.py push out.jsonl --project NAME``.

``push`` makes the project and sends the next notices of an exchange file, least certain first, none twice.
``pull`` writes what was confirmed to an exchange file. ``status`` counts. Name and password come from
DOCCANO_USERNAME and DOCCANO_PASSWORD or are asked for. A command that was stopped is simply run again.
docs/annotate.md goes the whole way.
"""

import argparse
import getpass
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from doccano_client import DoccanoClient
from doccano_client.models.data_upload import Task

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rectify_ner.annotate.doccano import from_doccano, home_of, to_doccano
from rectify_ner.annotate.exchange import (
    RELATION_LABELS,
    SPAN_LABELS,
    Annotation,
    read_exchange,
    write_exchange,
)
from rectify_ner.errors import CorpusError, RectifyError

KIND = "SequenceLabeling"
SETTINGS = {
    "grapheme_mode": False,
    "allow_overlapping": True,
    "collaborative_annotation": True,
    "use_relation": True,
}
"""Offsets in UTF-16 units, structure over entities, one annotation a notice, relations."""
PAGE = 100
REQUEST_SECONDS = 60
COLORS = (
    *("#1565c0", "#6a1b9a", "#2e7d32", "#00838f", "#558b2f", "#c62828", "#ad1457"),
    *("#757575", "#e65100", "#4e342e"),
)
KEYS = "dtcmpbrgis"
"""One key a label, in the order of SPAN_LABELS."""


class DoccanoError(RectifyError):
    """What went wrong between here and the server."""


@dataclass(frozen=True, slots=True)
class Held:
    """An example on the server that was sent from here."""

    example: dict[str, Any]
    home: dict[str, Any]

    @property
    def number(self) -> int:
        return int(self.example["id"])

    @property
    def is_confirmed(self) -> bool:
        return bool(self.example["is_confirmed"])


class Server:
    """A logged-in session that refuses every answer that is no answer."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url
        self.client = DoccanoClient(url)
        self.http = self.client._base_repository
        session = self.http._session
        session.hooks["response"].append(self._look_at)
        plain = session.request
        session.request = lambda *a, **k: plain(*a, **{"timeout": REQUEST_SECONDS} | k)
        try:
            self.client.login(username, password)
        except requests.HTTPError as error:
            if error.response is not None and error.response.status_code in (400, 401, 403):
                raise DoccanoError(
                    f"{url}: wrong name or password for {username!r}; set DOCCANO_USERNAME "
                    "and DOCCANO_PASSWORD or leave them out to be asked"
                ) from error
            raise

    def _look_at(self, response: requests.Response, *_: Any, **__: Any) -> None:
        kind = response.headers.get("content-type", "")
        if response.ok and kind.startswith("text/html") and "/fp/" not in response.url:
            raise DoccanoError(
                f"{response.url}: answered with a web page, not data; is {self.url} the address of a "
                "doccano 1.8 server?"
            )

    def all(self, resource: str, **params: Any) -> list[dict[str, Any]]:
        """Every item of a list, whatever the size of its pages. Raises DoccanoError if it changed."""
        found: dict[int, dict[str, Any]] = {}
        offset = 0
        while True:
            page = self.http.get(resource, params={**params, "limit": PAGE, "offset": offset}).json()
            if isinstance(page, list):
                return page
            if not isinstance(page, dict) or not {"count", "results"} <= page.keys():
                raise DoccanoError(f"{self.url}: {resource} is no list; is it a doccano 1.8 server?")
            found |= {item["id"]: item for item in page["results"]}
            offset += PAGE
            if offset >= page["count"]:
                break
        if len(found) != page["count"]:
            raise DoccanoError(f"{resource}: the list changed while it was read; run the command again")
        return list(found.values())


class Project:
    """One project on the server."""

    def __init__(self, server: Server, row: dict[str, Any]) -> None:
        self.server, self.id, self.name = server, int(row["id"]), str(row["name"])

    @classmethod
    def find(cls, server: Server, name: str, *, make: bool) -> "Project":
        """The project of a name, with the settings it needs; made where ``make`` allows it."""
        rows = [row for row in server.all("projects") if row["name"] == name]
        if len(rows) > 1:
            raise DoccanoError(f"{server.url}: {len(rows)} projects are named {name!r}; rename all but one")
        if not rows:
            if not make:
                raise DoccanoError(f"{server.url}: no project {name!r}; push makes it")
            server.client.create_project(name, KIND, "rectify_ner", "docs/annotation-guide.md", **SETTINGS)
            return cls.find(server, name, make=False)
        row, project = rows[0], cls(server, rows[0])
        if row["project_type"] != KIND:
            raise DoccanoError(
                f"{server.url}: project {name!r} is of type {row['project_type']}, wanted {KIND}; "
                "choose another name"
            )
        wrong = [key for key, wanted in SETTINGS.items() if row.get(key) != wanted]
        if wrong and make:
            project._settle(wrong)
        elif "grapheme_mode" in wrong:
            raise project._counted_otherwise()
        return project

    def _settle(self, wrong: Sequence[str]) -> None:
        if "grapheme_mode" in wrong and self.examples():
            raise self._counted_otherwise()
        self.server.client.update_project(self.id, **SETTINGS)

    def _counted_otherwise(self) -> DoccanoError:
        return DoccanoError(
            f"project {self.name!r} counts graphemes, so its offsets mean something else; "
            "push into a new project"
        )

    def make_labels(self) -> None:
        """Add the labels of the annotation guide that are missing."""
        wanted = {"span": SPAN_LABELS, "relation": RELATION_LABELS}
        for kind, names in wanted.items():
            there = set(self.label_names(kind).values())
            for place, name in enumerate(names):
                if name not in there:
                    key = KEYS[place] if kind == "span" else None
                    self.server.client.create_label_type(self.id, kind, name, None, key, COLORS[place])

    def label_names(self, kind: str) -> dict[int, str]:
        rows = self.server.all(f"projects/{self.id}/{kind}-types")
        return {int(row["id"]): str(row["text"]) for row in rows}

    def examples(self) -> list[dict[str, Any]]:
        return self.server.all(f"projects/{self.id}/examples")

    def held(self) -> list[Held]:
        """The examples that were sent from here."""
        found = ((example, home_of(example["meta"])) for example in self.examples())
        return [Held(example, home) for example, home in found if home is not None]

    def labels(self, example: int, kind: str) -> list[dict[str, Any]]:
        return self.server.all(f"projects/{self.id}/examples/{example}/{kind}")

    def annotation(self, held: Held) -> Annotation:
        """An example with its labels by name."""
        names, arrows = self.label_names("span"), self.label_names("relation")
        spans = [{**row, "label": names[row["label"]]} for row in self.labels(held.number, "spans")]
        relations = [{**row, "type": arrows[row["type"]]} for row in self.labels(held.number, "relations")]
        return from_doccano(held.example, spans, relations)

    def mend(self) -> list[Held]:
        """Take away what a failed import has left: examples without their spans, and second copies.

        Nothing confirmed is ever taken away. What is left is returned.
        """
        copies: dict[tuple[str, str], list[Held]] = defaultdict(list)
        for held in self.held():
            copies[held.home["id"], held.home["sha256"]].append(held)
        kept = []
        for group in copies.values():
            best = [each for each in group if each.is_confirmed]
            best = best or sorted(filter(self._has_spans, group), key=self._lacks_relations)[:1]
            kept += best
            for each in group:
                if each not in best:
                    self.server.client.delete_example(self.id, each.number)
        return kept

    def _has_spans(self, held: Held) -> bool:
        return not held.home["spans"] or bool(self.labels(held.number, "spans"))

    def _lacks_relations(self, held: Held) -> bool:
        return bool(held.home.get("relations")) and not self.labels(held.number, "relations")

    def send(self, annotations: Sequence[Annotation], seconds: int) -> None:
        """One import in the background, waited for. Raises DoccanoError with the server's own words."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "notices.jsonl"
            path.write_text("".join(json.dumps(to_doccano(each)) + "\n" for each in annotations), "ascii")
            upload = self.server.client._data_import_repository.upload(str(path))
            task = self.server.client._data_import_repository.ingest(
                self.id, [upload], Task.RELATION_EXTRACTION, "JSONL", column_data="text", column_label="label"
            )
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            status = self.server.http.get(f"tasks/status/{task}").json()
            if status["ready"]:
                _refuse_failed(status)
                return
            time.sleep(0.5)
        raise DoccanoError(
            f"the import did not end within {seconds} s; is `doccano task` running beside the server? "
            "Run push again once it is: it sends only what is missing"
        )


def _refuse_failed(status: dict[str, Any]) -> None:
    problems = (status.get("result") or {}).get("error") or status.get("error")
    if problems:
        raise DoccanoError(
            f"the server's import failed: {json.dumps(problems, ensure_ascii=False)}; "
            "mend the cause and run push again: it sends only what is missing"
        )


def push(project: Project, annotations: Sequence[Annotation], count: int, seconds: int) -> None:
    """Send the next notices that the server does not hold yet, and see that all of each arrived."""
    project.make_labels()
    held = {each.home["id"]: each.home["sha256"] for each in project.mend()}
    for each in annotations:
        if held.get(each.id, each.sha256) != each.sha256:
            raise DoccanoError(
                f"notice {each.id!r} is on the server with another text; give this one another id"
            )
    ordered = sorted(annotations, key=lambda each: (each.doubt is not None, -(each.doubt or 0)))
    waiting = [each for each in ordered if each.id not in held]
    chosen = waiting[:count]
    if chosen:
        project.send(chosen, seconds)
        project.mend()
        _see_arrived(project, chosen)
    print(f"{len(chosen)} sent, {len(held)} were there, {len(waiting) - len(chosen)} wait for the next push")


def _see_arrived(project: Project, chosen: Iterable[Annotation]) -> None:
    arrived = {each.home["id"]: each for each in project.held()}
    short = [
        each.id
        for each in chosen
        if each.id not in arrived or len(project.labels(arrived[each.id].number, "spans")) < len(each.marks)
    ]
    if short:
        raise DoccanoError(f"did not arrive whole: {', '.join(short)}; run push again")


def pull(project: Project, out: Path, *, everything: bool) -> int:
    """Write what was confirmed; the number of examples that could not be taken."""
    found: dict[str, Annotation] = {}
    failed = 0
    for held in project.held():
        if not (held.is_confirmed or everything):
            continue
        try:
            annotation = project.annotation(held)
            if annotation.id in found:
                raise CorpusError(f"notice {annotation.id!r} is confirmed twice on the server; delete one")
            write_exchange([annotation])
            found[annotation.id] = annotation
        except CorpusError as error:
            print(f"not taken: {error}", file=sys.stderr)
            failed += 1
    part = out.with_name(f".{out.name}.part")
    part.write_text(write_exchange(found.values()), "utf-8")
    part.replace(out)
    print(f"{len(found)} notices → {out}")
    return failed


def show_status(project: Project, annotations: Sequence[Annotation]) -> None:
    """Print how far the work is."""
    held = project.held()
    confirmed = sum(each.is_confirmed for each in held)
    others = len(project.examples()) - len(held)
    print(f"{confirmed} of {len(held)} notices confirmed; {others} examples from elsewhere")
    if annotations:
        ids = {each.home["id"] for each in held}
        print(f"{sum(each.id not in ids for each in annotations)} of {len(annotations)} not sent yet")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("push", "pull", "status"):
        sub = verbs.add_parser(verb)
        sub.add_argument("--server", default="http://127.0.0.1:8000", help="address of the server")
        sub.add_argument("--project", required=True, help="name of the project")
        if verb == "push":
            sub.add_argument("file", type=Path, help="what rectify-ner annotate export wrote")
            sub.add_argument("--count", type=int, default=20, help="how many notices to send now")
            sub.add_argument("--seconds", type=int, default=600, help="how long to wait for the import")
        elif verb == "pull":
            sub.add_argument("-o", "--output", type=Path, required=True, help="exchange file to write")
            sub.add_argument("--all", action="store_true", help="also what is not confirmed yet")
        else:
            sub.add_argument("file", type=Path, nargs="?", help="to count what was not sent yet")
    return parser.parse_args()


def log_in(url: str) -> Server:
    """A session on the server, with the name and password of the environment or those asked for."""
    username = os.environ.get("DOCCANO_USERNAME") or input("doccano user name: ")
    password = os.environ.get("DOCCANO_PASSWORD") or getpass.getpass("doccano password: ")
    return Server(url.rstrip("/"), username, password)


def run(chosen: argparse.Namespace) -> int:
    annotations = read_exchange(chosen.file) if getattr(chosen, "file", None) else []
    server = log_in(chosen.server)
    project = Project.find(server, chosen.project, make=chosen.verb == "push")
    if chosen.verb == "push":
        push(project, annotations, chosen.count, chosen.seconds)
    elif chosen.verb == "pull":
        return 1 if pull(project, chosen.output, everything=chosen.all) else 0
    else:
        show_status(project, annotations)
    return 0


def main() -> int:
    chosen = options()
    try:
        return run(chosen)
    except RectifyError as error:
        message = str(error)
    except requests.exceptions.JSONDecodeError:
        message = f"{chosen.server}: answered something that is no data; is it a doccano 1.8 server?"
    except requests.HTTPError as error:
        message = f"{chosen.server}: refused ({error}); has this user the right to it?"
    except requests.RequestException as error:
        message = f"{chosen.server}: no answer ({type(error).__name__}); is the server running there?"
    print(f"error: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
