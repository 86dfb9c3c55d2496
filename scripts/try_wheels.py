"""Install the wheels into a fresh environment and tag a notice there: ``try_wheels.py build/dist [PYTHON]``.

Nothing but the wheels and what they require is in it, and it runs outside the repository.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTICE = """中共清泉县水务局党组关于巡察整改情况的通报
2022年12月5日，县委第三巡察组向县水务局党组反馈了巡察意见。
一、反馈问题整改落实情况
1.理论学习不够深入。
一是局党组制定《学习计划》，全年集中学习12次；二是开展交流研讨3次。
"""


def main(dist: Path, python: str) -> int:
    wheels = sorted(map(str, dist.resolve().glob("*.whl")))
    if len(wheels) != 2:
        sys.exit(f"{dist}: {len(wheels)} wheels, wanted those of the code and of the pipeline; package first")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        subprocess.run([python, "-m", "venv", place / "venv"], check=True)
        inside = place / "venv/bin"
        install = [f"{inside}/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run(
            [*install, "--constraint", str(ROOT / "constraints.txt"), *wheels], check=True, cwd=place
        )
        (place / "notice.txt").write_text(NOTICE, "utf-8")
        for output in ("ledger.jsonl", "ledger.xlsx", "report.html"):
            command = [f"{inside}/rectify-ner", "tag", "notice.txt", "-o", output]
            subprocess.run(command, check=True, cwd=place)
        record = json.loads((place / "ledger.jsonl").read_text("utf-8"))
        found = sorted({entity["label"] for entity in record["entities"]})
        issues, entities = len(record["issues"]), len(record["entities"])
        print(f"{record['made_by']}: {issues} issue, {entities} entities, {', '.join(found)}")
        return not (record["issues"] and {"COUNT", "DATE", "DOCUMENT"} <= set(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else sys.executable))
