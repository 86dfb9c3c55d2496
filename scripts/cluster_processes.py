"""A standalone Spark cluster on loopback: one master, workers of one core, each a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyspark

SPARK_HOME = Path(pyspark.__file__).parent
DRIVER = Path(__file__).with_name("spark_tag.py")
EXECUTOR = "CoarseGrainedExecutorBackend"
LEAN = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""Java without compiling and collecting on further cores: the work is Python's, Java moves its bytes."""
_SUBMIT = {
    "spark.executor.cores": "1",
    "spark.executor.memory": "768m",
    "spark.driver.memory": "768m",
    "spark.executor.extraJavaOptions": LEAN,
    "spark.driver.extraJavaOptions": LEAN,
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.files.maxPartitionBytes": "512k",  # few notices here: a task for each of their files
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, is_there: Callable[[], bool], seconds: float = 120) -> None:
    """Look again and again; TimeoutError names what did not come."""
    end = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s for {what}; see the logs beside the output")
        time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    parent: int
    words: str


def below(root: int) -> list[Process]:
    """The processes that ``root`` started, and theirs."""
    every = [process for entry in Path("/proc").glob("[0-9]*") if (process := _process(entry)) is not None]
    found: list[Process] = []
    parents = {root}
    while new := [process for process in every if process.parent in parents and process not in found]:
        found += new
        parents = {process.pid for process in new}
    return found


def _process(entry: Path) -> Process | None:
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
        words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    return None if fields[0] == "Z" else Process(int(entry.name), int(fields[1]), words)


def peak_memory_mb(pid: int) -> float:
    """The most memory a process has held so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def end(pids: list[int]) -> None:
    """Ask processes to end, then make them; those that are gone are passed over."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            if _is_alive(pid):
                os.kill(pid, number)
        try:
            wait_for("processes to end", lambda: not any(map(_is_alive, pids)), 10)
        except TimeoutError:
            continue
        return


def _is_alive(pid: int) -> bool:
    return _process(Path(f"/proc/{pid}")) is not None


@dataclass(slots=True)
class Cluster:
    """``home`` holds the logs and the work of the workers; every process is bound to 127.0.0.1."""

    home: Path
    port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "SPARK_HOME": str(SPARK_HOME),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self.home / "scratch"),
            "SPARK_DAEMON_MEMORY": "256m",
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "OPENBLAS_NUM_THREADS": "1",
        }

    def start_master(self) -> None:
        words = ["--host", "127.0.0.1", "--port", str(self.port), "--webui-port", str(self.web_port)]
        self._spark_class("org.apache.spark.deploy.master.Master", *words)
        wait_for("the master", self._answers)

    def start_worker(self) -> subprocess.Popen[bytes]:
        before = self.alive_workers()
        words = ["--host", "127.0.0.1", "--webui-port", str(free_port()), "--cores", "1", "--memory", "1g"]
        words += ["--work-dir", str(self.home / "work"), f"spark://127.0.0.1:{self.port}"]
        process = self._spark_class("org.apache.spark.deploy.worker.Worker", *words)
        wait_for("a worker", lambda: self.alive_workers() > before)
        return process

    def alive_workers(self) -> int:
        return sum(worker["state"] == "ALIVE" for worker in self._state()["workers"])

    def executors(self, worker: subprocess.Popen[bytes]) -> list[int]:
        return [process.pid for process in below(worker.pid) if EXECUTOR in process.words]

    def python_workers(self, worker: subprocess.Popen[bytes]) -> list[int]:
        """Spark's Python workers at their work: the parents of the processes that hold the pipeline."""
        taggers = set(self.taggers(worker))
        return [process.parent for process in below(worker.pid) if process.pid in taggers]

    def taggers(self, worker: subprocess.Popen[bytes]) -> list[int]:
        """The child processes in which the pipeline is loaded."""
        return [process.pid for process in below(worker.pid) if "spawn_main" in process.words]

    def submit(self, words: list[str], cores: int, log: Path) -> subprocess.Popen[bytes]:
        """The driver, ``scripts/spark_tag.py``, on so many cores."""
        settings = {**_SUBMIT, "spark.cores.max": str(cores)}
        options = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
        master = f"spark://127.0.0.1:{self.port}"
        command = [str(SPARK_HOME / "bin/spark-submit"), "--master", master, *options]
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*command, str(DRIVER), *words], env=self.env, stdout=file, stderr=subprocess.STDOUT
            )
        self.started.append(process)
        return process

    def wait_until_idle(self) -> None:
        """Wait until the master has no application left: a killed driver's holds its cores for a while."""
        wait_for("the last application to end", lambda: not self._state()["activeapps"])

    def stop(self) -> None:
        pids = [process.pid for root in self.started for process in below(root.pid)]
        end([root.pid for root in self.started if root.poll() is None])
        end(pids)
        for root in self.started:
            root.wait()

    def _spark_class(self, *words: str) -> subprocess.Popen[bytes]:
        """The shell script replaces itself by Java, so the process is Java's."""
        self.home.mkdir(exist_ok=True)
        with (self.home / f"daemon-{len(self.started)}.log").open("wb") as file:
            command = [str(SPARK_HOME / "bin/spark-class"), *words]
            process = subprocess.Popen(command, env=self.env, stdout=file, stderr=subprocess.STDOUT)
        self.started.append(process)
        return process

    def _state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}/json/", timeout=10) as answer:
            state: dict[str, Any] = json.load(answer)
            return state

    def _answers(self) -> bool:
        try:
            self._state()
        except OSError:
            return False
        return True


@contextmanager
def running(home: Path, workers: int = 2) -> Iterator[tuple[Cluster, list[subprocess.Popen[bytes]]]]:
    """A cluster for as long as the block lasts."""
    cluster = Cluster(home)
    try:
        cluster.start_master()
        yield cluster, [cluster.start_worker() for _ in range(workers)]
    finally:
        cluster.stop()
