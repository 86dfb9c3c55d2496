"""Wheels of the pipeline and of rectify-ner: ``package.py MODEL OUT``."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import rectify_ner


def main(model: Path, out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    meta = json.loads((model / "meta.json").read_text("utf-8"))
    meta["version"] = rectify_ner.__version__
    meta["requirements"] = [f"rectify-ner>={rectify_ner.__version__}"]
    meta_path = out / "meta.json"
    meta_path.write_text(json.dumps(meta), "utf-8")
    python = [sys.executable, "-m"]
    package = [
        "spacy",
        "package",
        str(model),
        str(out),
        "--meta-path",
        str(meta_path),
        "--build",
        "wheel",
        "--force",
    ]
    subprocess.run([*python, *package], check=True)
    subprocess.run([*python, "pip", "wheel", "--quiet", "--no-deps", ".", "-w", str(out)], check=True)
    for wheel in out.glob("*/dist/*.whl"):
        wheel.replace(out / wheel.name)
    for folder in [path for path in out.iterdir() if path.is_dir()]:
        shutil.rmtree(folder)
    meta_path.unlink()
    for wheel in sorted(out.glob("*.whl")):
        print(f"{wheel} {wheel.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
