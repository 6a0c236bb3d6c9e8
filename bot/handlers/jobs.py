"""Jobs that are done later, and are done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from telegram.ext import CallbackContext, JobQueue

    Job = Callable[[CallbackContext[Any, Any, Any, Any]], Coroutine[Any, Any, None]]


def later(jobs: JobQueue[Any], job: Job, seconds: float, name: str) -> None:
    """Have a job done once some seconds are over, however late that is.

    APScheduler drops a job that is a second late, as all are when a machine wakes up.
    """
    jobs.run_once(job, seconds, name=name, job_kwargs={"misfire_grace_time": None})
