# /// script
# requires-python = ">=3.11"
# dependencies = ["doccano-client==1.2.8", "urllib3<2"]
# ///
"""A doccano project corrected by a gold file in a person's place: ``doccano_gold.py gold.jsonl --project P``.

For measurements alone (scripts/annotation_round.py): every span and arrow of the gold that is missing is
made, every other one is deleted, one request for each as the page would send them, and the notice is
confirmed. Prints what a person would have had to do. Notices that the gold does not hold are left alone.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import requests
from doccano import Held, Project, Server, log_in

from rectify_ner.annotate.exchange import Annotation, read_exchange
from rectify_ner.annotate.offsets import Utf16
from rectify_ner.errors import CorpusError, RectifyError

Place = tuple[int, int, str]
"""Start and end in UTF-16 units, and the label."""


@dataclass(slots=True)
class Work:
    """What was done to the notices: spans that stood right, were deleted or made, and arrows likewise."""

    notices: int = 0
    spans_kept: int = 0
    spans_deleted: int = 0
    spans_made: int = 0
    arrows_deleted: int = 0
    arrows_made: int = 0


def correct(project: Project, golds: dict[str, Annotation]) -> Work:
    """Correct and confirm every notice of the project that the gold holds."""
    work = Work()
    for held in project.held():
        gold = golds.get(held.home["id"])
        if gold is None:
            continue
        if gold.sha256 != held.home["sha256"]:
            raise CorpusError(f"notice {gold.id!r}: the gold has another text than the server; push it anew")
        numbers = _spans(project, held, gold, work)
        _arrows(project, held, gold, numbers, work)
        if not held.is_confirmed:
            project.server.client.update_example_state(project.id, held.number)
        work.notices += 1
    return work


def _spans(project: Project, held: Held, gold: Annotation, work: Work) -> dict[str, int]:
    """The number on the server of each mark of the gold."""
    client, units = project.server.client, Utf16(gold.text)
    names = project.label_names("span")
    types = {name: number for number, name in names.items()}
    wanted = {mark.id: (units.units(mark.start), units.units(mark.end), mark.label) for mark in gold.marks}
    there: dict[Place, int] = {}
    for row in project.labels(held.number, "spans"):
        place = (row["start_offset"], row["end_offset"], names[row["label"]])
        if place in there or place not in wanted.values():
            client.delete_span(project.id, held.number, row["id"])
            work.spans_deleted += 1
        else:
            there[place] = int(row["id"])
            work.spans_kept += 1
    for place in sorted(set(wanted.values()) - there.keys()):
        start, end, label = place
        made = client.create_span(project.id, held.number, start, end, types[label], human_annotated=True)
        there[place] = int(made.id)
        work.spans_made += 1
    return {id_: there[place] for id_, place in wanted.items()}


def _arrows(project: Project, held: Held, gold: Annotation, numbers: dict[str, int], work: Work) -> None:
    client = project.server.client
    names = project.label_names("relation")
    types = {name: number for number, name in names.items()}
    missing = {(numbers[each.source], numbers[each.target], each.label) for each in gold.relations or ()}
    for row in project.labels(held.number, "relations"):
        arrow = (row["from_id"], row["to_id"], names[row["type"]])
        if arrow in missing:
            missing.remove(arrow)
        else:
            client.delete_relation(project.id, held.number, row["id"])
            work.arrows_deleted += 1
    for source, target, label in sorted(missing):
        client.create_relation(project.id, held.number, source, target, types[label], human_annotated=True)
        work.arrows_made += 1


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path, help="the right annotations in the exchange form")
    parser.add_argument("--project", required=True, help="name of the project")
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="address of the server")
    options = parser.parse_args()
    try:
        golds = {each.id: each for each in read_exchange(options.gold)}
        server: Server = log_in(options.server)
        work = correct(Project.find(server, options.project, make=False), golds)
    except (RectifyError, requests.RequestException) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(work)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
