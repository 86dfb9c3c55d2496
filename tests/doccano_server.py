"""A doccano server of one's own for tests: its environment, its database, its two processes on loopback."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

SERVER = ("doccano==1.8.4", "numpy<2", "marshmallow<4", "setuptools<81")
PYTHON = "python3.11"
"""What doccano's own requirements have wheels for."""
SCRIPT = Path("scripts/doccano.py")
ENVIRONMENTS = Path(tempfile.gettempdir()) / f"rectify-ner-{os.getuid()}"


def script_requirements() -> tuple[str, ...]:
    """What the script's inline metadata (PEP 723) asks for."""
    lines = SCRIPT.read_text("utf-8").split("# ///\n")[0].splitlines()[1:]
    return tuple(tomllib.loads("\n".join(line.lstrip("# ") for line in lines))["dependencies"])


def environment(name: str, requirements: tuple[str, ...]) -> Path:
    """An environment that holds the requirements, made where it does not stand yet."""
    folder = ENVIRONMENTS / name
    stamp = folder / "made"
    if not (stamp.exists() and stamp.read_text("utf-8") == "\n".join(requirements)):
        ENVIRONMENTS.mkdir(mode=0o700, exist_ok=True)
        fresh = [_python(), "-m", "venv", "--clear", str(folder)]
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", *requirements]
        for words in (fresh, pip):
            subprocess.run(words, check=True, capture_output=True, text=True, timeout=900)
        stamp.write_text("\n".join(requirements), "utf-8")
    return folder


def _python() -> str:
    """The interpreter for both environments. Raises OSError if there is none."""
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = sys.executable if own == PYTHON else shutil.which(PYTHON)
    if found is None:
        raise OSError(f"doccano 1.8.4 wants {PYTHON}, none is on the PATH; install it")
    return found


@dataclass
class DoccanoServer:
    """``start`` makes a fresh database and both processes; ``stop`` ends what was started here."""

    home: Path
    bin: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    username: str = "annotator"
    port: int = 0
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(self.home),
            "DOCCANO_HOME": str(self.home),
            "SECRET_KEY": "only-for-this-test",
            "STANDALONE": "True",
            "DEBUG": "False",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "DATABASE_URL": f"sqlite:///{self.home}/db.sqlite3",
            "MEDIA_ROOT": f"{self.home}/media",
        }

    def start(self) -> None:
        self.call("init")
        self.call("createuser", "--username", self.username, "--password", self.password)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start_web()
        self.start_worker()

    def start_web(self) -> None:
        """The pages and the API, on the same port every time."""
        (backend,) = self.bin.parent.glob("lib/python3*/site-packages/backend")
        words = ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--chdir", str(backend), "config.wsgi"]
        self.web = self.spawn("gunicorn", *words)
        self.wait()

    def stop_web(self) -> None:
        _end(self.web)
        self.web = None

    def start_worker(self) -> None:
        self.worker = self.spawn("doccano", "task", "--concurrency", "1")

    def stop_worker(self) -> None:
        _end(self.worker)
        self.worker = None

    def stop(self) -> None:
        self.stop_worker()
        self.stop_web()

    def call(self, *words: str) -> None:
        done = [str(self.bin / "doccano"), *words]
        subprocess.run(done, env=self.env, check=True, capture_output=True, timeout=300)

    def spawn(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        log = (self.home / f"{program}.log").open("ab")
        with log:
            return subprocess.Popen(
                [str(self.bin / program), *words], env=self.env, stdout=log, stderr=log, cwd=self.home
            )

    def wait(self) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/v1/health", timeout=5).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.5)
        raise RuntimeError((self.home / "gunicorn.log").read_text("utf-8")[-2000:])


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def run_script(
    python: Path, server: DoccanoServer, *words: str, password: str | None = None
) -> subprocess.CompletedProcess[str]:
    """``scripts/doccano.py`` in its own environment."""
    return subprocess.run(
        script_command(python, server, *words),
        env=script_env(server, password),
        capture_output=True,
        text=True,
        timeout=300,
    )


def script_command(python: Path, server: DoccanoServer, *words: str) -> list[str]:
    return [str(python), str(SCRIPT), words[0], "--server", server.url, *words[1:]]


def script_env(server: DoccanoServer, password: str | None = None) -> dict[str, str]:
    names = {"DOCCANO_USERNAME": server.username, "DOCCANO_PASSWORD": password or server.password}
    return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **names}


def main(home: Path, seconds: float) -> None:
    """Serve for so long, or until a terminate signal; one line says where, who, and what talks to it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    client = environment("doccano-client", script_requirements()) / "bin/python"
    made = DoccanoServer(home, environment("doccano-server", SERVER) / "bin")
    try:
        made.start()
        print(made.url, made.username, made.password, client, flush=True)
        time.sleep(seconds)
    finally:
        made.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
