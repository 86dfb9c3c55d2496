"""Loaded by every Python process of a guarded run: ends it at any use of a network, notes what it writes.

Python's own calls are seen by an audit hook; where the system has seccomp, the kernel also kills the
process when native code connects, sends or listens. Opening a socket is let pass: urllib3, which spaCy
imports, opens one on the loopback address to learn whether the machine knows IPv6; it is noted.
"""

import ctypes
import os
import platform
import struct
import sys

_LOG = os.open(os.environ["GUARD_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
_NETWORK = (
    "socket.connect",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "urllib.Request",
    "http.client.connect",
    "ftplib.connect",
)
_WRITES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate")
_RUNS = ("os.system", "os.exec", "subprocess.Popen")
_CALLS = {
    "x86_64": (0xC000003E, (42, 44, 46, 307, 50, 43, 288)),
    "aarch64": (0xC00000B7, (203, 206, 211, 269, 201, 202, 242)),
}
"""By machine: how the kernel names it, and its calls connect, sendto, sendmsg, sendmmsg, listen, accept."""
_KILL, _GO_ON = 0x80000000, 0x7FFF0000
_OPEN = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _note(*words: object) -> None:
    os.write(_LOG, ("\t".join(str(word) for word in words).replace("\n", " ") + "\n").encode())


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event in _NETWORK or (event == "socket.bind" and arguments[1] != ("::1", 0)):
        _note("network", event, arguments[1:])
        os._exit(97)
    if event == "socket.bind":
        _note("loopback", arguments[1])
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & _OPEN:
        if _is_path(arguments[0]):
            _note("write", os.path.realpath(os.fsdecode(arguments[0])))  # type: ignore[arg-type]
    elif event in _WRITES:
        for path in arguments:
            if _is_path(path):
                _note("write", os.path.realpath(os.fsdecode(path)))  # type: ignore[arg-type]
    elif event in _RUNS:
        _note("run", event, arguments[0])
    elif event == "sqlite3.connect":
        _note("write", os.path.realpath(str(arguments[0])))


def _is_path(value: object) -> bool:
    return isinstance(value, (str, bytes, os.PathLike))


def _forbid_calls() -> str:
    """Let the kernel kill this process and its children at any use of a connection; says whether it does."""
    if sys.platform != "linux" or platform.machine() not in _CALLS:
        return "no seccomp"
    architecture, calls = _CALLS[platform.machine()]
    many = len(calls)
    lines = [(0x20, 0, 0, 4), (0x15, 0, many + 2, architecture), (0x20, 0, 0, 0)]
    lines += [(0x15, many - at, 0, call) for at, call in enumerate(calls)]
    lines += [(0x06, 0, 0, _GO_ON), (0x06, 0, 0, _KILL)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(lines), ctypes.addressof(program)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.c_void_p(ctypes.addressof(head)), 0, 0):
        return "no seccomp"
    return "seccomp"


_note("guard", _forbid_calls())
sys.addaudithook(_hook)
