"""The thread from which all children of this process are started, since the system ends a child together with the thread that
started it (``PR_SET_PDEATHSIG``, prctl(2)), and whoever asks for one may be a thread that soon ends, as in a server.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


def kept(start: Callable[[], T]) -> T:
    """What ``start`` returns or raises, called in a thread that lives as long as this process.

    Whoever is interrupted while it waits leaves nothing behind: what was started meanwhile is dropped, and must end with that.
    """
    asked: Future[T] = Future()
    _keeper().put((asked, start))
    try:
        return asked.result()
    except BaseException:
        asked.cancel()  # an interrupt, before its turn came
        raise
    finally:
        del asked  # else the traceback of an interrupt refers to what was started


# Not an executor's: those threads end as soon as the main one does, while other threads of a program may still serve.
@functools.cache
def _keeper() -> SimpleQueue[tuple[Future[Any], Callable[[], Any]]]:
    asked: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
    threading.Thread(target=_keep, args=(asked,), name="assay-keeper", daemon=True).start()
    return asked


os.register_at_fork(after_in_child=_keeper.cache_clear)  # a fork has none of the threads


def _keep(asked: SimpleQueue[tuple[Future[Any], Callable[[], Any]]]) -> None:
    while True:
        _answer(*asked.get())  # in a call of its own, whose end lets go of what was started


def _answer(answer: Future[Any], start: Callable[[], Any]) -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        started = start()
    except BaseException as wrong:  # noqa: BLE001 - it is raised where it was asked for
        answer.set_exception(wrong)
    else:
        answer.set_result(started)
