"""Death by count: a process ends just before its n-th change to the disk, whoever makes it.

The kernel itself stops the process at every system call that can change a file (a seccomp filter
with a listener, seccomp_unotify(2)) and asks us; so it makes no difference whether Python, SQLite,
Chroma's Rust or numpy's C calls. After a SIGKILL the disk holds what was called before, so that the
states between two such calls are all the states that a kill can leave. Linux only.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import struct
import sys
from contextlib import suppress
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection


class _Machine(NamedTuple):
    """What a processor calls itself, and its numbers of the system calls.

    `by_file` have an open file as their first argument; `by_name` change what a folder holds.
    `opens` may do so: their flags, in the argument of that number, tell.
    """

    audit: int
    seccomp: int
    by_file: tuple[int, ...]
    by_name: tuple[int, ...]
    opens: tuple[tuple[int, int], ...]


# write writev pwrite64 pwritev fsync fdatasync ftruncate fallocate copy_file_range msync;
# truncate rename renameat renameat2 unlink unlinkat mkdir mkdirat rmdir link linkat creat; openat open
_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        317,
        (1, 20, 18, 296, 74, 75, 77, 285),
        (76, 82, 264, 316, 87, 263, 83, 258, 84, 86, 265, 85, 326, 26),
        ((257, 2), (2, 1)),
    ),
    "aarch64": _Machine(
        0xC00000B7, 277, (64, 66, 68, 70, 82, 83, 46, 47), (45, 38, 276, 35, 34, 37, 285, 227), ((56, 2),)
    ),
}
_LOAD, _EQUAL, _ANY_OF, _RETURN = 0x20, 0x15, 0x45, 0x06  # of classic BPF, linux/bpf_common.h
_ALLOW, _ASK = 0x7FFF0000, 0x7FC00000
_FLAGS = 0x08 | 0x10 | 0x01  # a new listener, for all threads there are
_RECEIVE, _SEND, _GO_ON = 0xC0502100, 0xC0182101, 1
_NOTICE = struct.Struct("=QIIiIQ6Q")  # id, thread, flags; system call, machine, address, arguments
_ANSWER = struct.Struct("=QqiI")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def missing() -> str | None:
    """Why effects cannot be counted on this machine, or None."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return "system calls are counted on Linux alone, on x86-64 and ARM"
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    if not actions.is_file() or "user_notif" not in actions.read_text(encoding="ascii"):
        return "this kernel lets no process listen to another's system calls"
    return None


def _program(machine: _Machine) -> bytes:
    """The filter: ask for what may change the disk, allow all else."""
    asked = (*machine.by_file, *machine.by_name)
    steps: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, 0),
    ]
    steps += [step for number in asked for step in ((_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ASK))]
    for number, flags in machine.opens:
        steps += [
            (_EQUAL, 0, 3, number),
            (_LOAD, 0, 0, 16 + 8 * flags),
            (_ANY_OF, 0, 1, _WRITES),
            (_RETURN, 0, 0, _ASK),
            (_LOAD, 0, 0, 0),
        ]
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_char_p))


def be_watched(watcher: Connection) -> None:
    """Have another process asked before every effect of this one from now on."""
    machine = _MACHINES[platform.machine()]
    program = _program(machine)
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS: without it only root may
    filter_ = _Filter(len(program) // 8, program)
    listener = library.syscall(machine.seccomp, 1, _FLAGS, ctypes.byref(filter_))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "no listener")
    send_handle(watcher, listener, os.getppid())
    os.close(listener)


def watch(door: Connection, process: int, under: Path, doom: Callable[[int], bool]) -> int:
    """Count the effects that a process has on files in a folder, until it ends.

    The process, which is to call `be_watched`, is killed before the first effect whose number,
    from 1, is its `doom`. Returns how many there were, that one included.
    """
    try:
        listener = recv_handle(door)
    except (EOFError, OSError, RuntimeError):
        return 0  # it ended before it came to that
    try:
        return _count(listener, process, str(under), doom)
    finally:
        os.close(listener)


def _count(listener: int, process: int, under: str, doom: Callable[[int], bool]) -> int:
    machine = _MACHINES[platform.machine()]
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    effects = 0
    while True:
        (_, event), *_ = poll.poll()
        if event & select.POLLHUP:
            return effects
        notice = _receive(listener)
        if notice is None:
            continue
        if _counts(notice, machine, under):
            effects += 1
            if doom(effects):
                os.kill(process, signal.SIGKILL)
                return effects  # what it asked for is not done, nor what its own children ask for
        with suppress(FileNotFoundError):  # killed by another meanwhile
            fcntl.ioctl(listener, _SEND, _ANSWER.pack(notice[0], 0, 0, _GO_ON))


def _receive(listener: int) -> tuple[Any, ...] | None:
    buffer = bytearray(_NOTICE.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.EINTR}:  # it died while asking
            return None
        raise
    return _NOTICE.unpack(buffer)


def _counts(notice: tuple[Any, ...], machine: _Machine, under: str) -> bool:
    """Whether it concerns a file of ours: threads wake one another by writing, too."""
    _, thread, _, call, _, _, first, *_ = notice
    if call not in machine.by_file:
        return True
    try:
        return str(Path(f"/proc/{thread}/fd/{first}").readlink()).startswith(under)
    except OSError:
        return False
