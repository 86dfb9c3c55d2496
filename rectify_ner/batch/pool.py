"""Worker processes: each loads the pipeline once, works on one item at a time and may be lost."""

import gc
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any

from rectify_ner.batch.inputs import Item
from rectify_ner.batch.work import Job, Outcome, work
from rectify_ner.errors import RectifyError
from rectify_ner.read import InputError, shown

_AHEAD = 4  # results a worker may be ahead of the line written last
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_START_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Workers:
    """``seconds`` and ``memory_mb`` bound one notice; 0 means no bound."""

    count: int = 1
    seconds: float = 600.0
    memory_mb: int = 4096


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    since: float
    number: int | None = None  # of the item it works on
    item: Item | None = None
    ready: bool = False


def work_here(items: Iterable[Item | Outcome], job: Job) -> Iterator[Outcome]:
    """Outcomes of the items, all worked on in this process."""
    tagger = job.make_tagger()
    for item in items:
        yield item if isinstance(item, Outcome) else work(item, job, tagger)


def work_in_pool(items: Iterable[Item | Outcome], job: Job, workers: Workers) -> Iterator[Outcome]:
    """Outcomes in the order of the items. An item that is an outcome already takes its place in the order.

    A worker that dies or takes too long costs the one item it had.
    """
    pool = Pool(job, workers)
    try:
        yield from pool.run(iter(items))
    finally:
        pool.stop()


class Pool:
    """Worker processes that stay from one ``run`` to the next; one left halfway must be stopped."""

    def __init__(self, job: Job, workers: Workers) -> None:
        self.job = job
        self.settings = workers
        self.context = get_context("spawn")
        self.workers: list[_Worker] = []
        self.done: dict[int, Outcome] = {}
        self.taken = 0
        self.given = 0

    def run(self, items: Iterator[Item | Outcome]) -> Iterator[Outcome]:
        more = True
        while more or self.given < self.taken:
            more = more and self._fill(items)
            while self.given in self.done:
                yield self.done.pop(self.given)
                self.given += 1
            if self.given < self.taken:
                self._await()

    def _fill(self, items: Iterator[Item | Outcome]) -> bool:
        """Give items to idle workers as far as the order allows; False where there are no more."""
        ahead = max(1, self.settings.count) * _AHEAD
        while self.taken < self.given + ahead and (idle := self._idle()) is not None:
            item = next(items, None)
            if item is None:
                return False
            if isinstance(item, Outcome) or item.problem is not None:
                done = item if isinstance(item, Outcome) else work(item, self.job, lambda _: ())
                self.done[self.taken] = done
            else:
                idle = idle if idle.process is not None else self._started()
                self._send(idle, item)
            self.taken += 1
        return True

    def _idle(self) -> _Worker | None:
        """A worker without an item; a placeholder where one more may be started."""
        for worker in self.workers:
            if worker.item is None:
                return worker
        return _Worker(None, None, 0.0) if len(self.workers) < max(1, self.settings.count) else None  # type: ignore[arg-type]

    def _started(self) -> _Worker:
        here, there = self.context.Pipe()
        before = {name: os.environ.get(name) for name in _THREADS}
        os.environ.update(dict.fromkeys(_THREADS, "1"))
        try:
            process = self.context.Process(
                target=_serve, args=(there, self.job, self.settings.memory_mb), daemon=True
            )
            process.start()
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
        there.close()
        worker = _Worker(process, here, monotonic())
        self.workers.append(worker)
        return worker

    def _send(self, worker: _Worker, item: Item) -> None:
        worker.number, worker.item, worker.since = self.taken, item, monotonic()
        try:
            worker.pipe.send(item)
        except (BrokenPipeError, ConnectionError):
            self._lost(worker)

    def _await(self) -> None:
        """Wait for any worker to answer, to die or to run out of time."""
        busy = [worker for worker in self.workers if worker.item is not None]
        if not busy:
            return
        limit = self.settings.seconds
        timeout = None
        if limit:
            timeout = max(0.05, min(self._deadline(worker) for worker in busy) - monotonic())
        ready = set(wait([worker.pipe for worker in busy], timeout))
        for worker in busy:
            if worker.pipe in ready:
                self._receive(worker)
            elif limit and monotonic() > self._deadline(worker):
                self._lost(worker, late=True)

    def _deadline(self, worker: _Worker) -> float:
        return worker.since + self.settings.seconds + (0 if worker.ready else _START_SECONDS)

    def _receive(self, worker: _Worker) -> None:
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            self._lost(worker)
            return
        if isinstance(answer, str):
            if answer:
                raise RectifyError(answer)
            worker.ready, worker.since = True, monotonic()
            return
        assert worker.number is not None
        self.done[worker.number] = answer
        worker.number = worker.item = None

    def _lost(self, worker: _Worker, late: bool = False) -> None:
        """Note the item of a worker that is gone, and let another take its place."""
        self.workers.remove(worker)
        reason = _last_words(worker)
        _end(worker)
        assert worker.number is not None and worker.item is not None
        if not worker.ready and not late:
            raise RectifyError(
                reason
                or f"a worker ended while it was loading the pipeline (exit code {worker.process.exitcode}); "
                "take fewer --jobs or allow more --max-memory-mb"
            )
        if late:
            what = f"took longer than {self.settings.seconds:g} s; raise --max-seconds to wait for it"
            problem = InputError("too_slow", f"{shown(worker.item.name)}: {what}")
        else:
            code = worker.process.exitcode
            what = f"ended the worker that read it (exit code {code}); give it in another form"
            problem = InputError("crashed", f"{shown(worker.item.name)}: {what}")
        self.done[worker.number] = Outcome(worker.item.name, None, kind=problem.kind, message=str(problem))

    def stop(self) -> None:
        for worker in self.workers:
            _end(worker)
        self.workers.clear()


def _last_words(worker: _Worker) -> str:
    """Why a worker could not begin, where it said so before it ended."""
    try:
        answer = worker.pipe.recv() if worker.pipe.poll() else ""
    except (EOFError, OSError):
        return ""
    return answer if isinstance(answer, str) else ""


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _serve(pipe: Connection, job: Job, memory_mb: int) -> None:
    """A worker's life: it ends with the pipe, so that none outlives its run."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run's own process decides what an interrupt ends
    try:
        tagger = job.make_tagger()
        gc.freeze()  # what was loaded stays; collecting garbage need not look at it again
        _bound_memory(memory_mb)
    except RectifyError as error:
        pipe.send(str(error))
        return
    pipe.send("")
    try:
        while True:
            item = pipe.recv()
            pipe.send(work(item, job, tagger))
    except (EOFError, OSError):
        return


def _bound_memory(memory_mb: int) -> None:
    """Keep a hostile file from taking the machine's memory, where the system can."""
    if not memory_mb:
        return
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = memory_mb << 20
    if most == resource.RLIM_INFINITY or wanted < most:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
