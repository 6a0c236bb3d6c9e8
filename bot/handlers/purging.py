"""What was removed leaves the disk in the background, after a removal and after a start."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot.handlers.jobs import later
from bot.housekeeping import GivenWay
from bot.state import StateError
from index import ArticlebotError, LibraryLocked

if TYPE_CHECKING:
    from telegram.ext import CallbackContext, JobQueue

    from bot.handlers.desk import Desk

LOG = logging.getLogger(__name__)
PURGE: Final = "purge"
SOON: Final = 20.0  # seconds until what gave way to something else goes on
AFTER_A_FAILURE: Final = 900.0  # seconds; it may be the disk that is full


def schedule(jobs: JobQueue[Any], desk: Desk, *, seconds: float = 0) -> None:
    """Have what was removed leave the disk; with nothing to do it takes no time."""
    for planned in jobs.get_jobs_by_name(PURGE):
        planned.schedule_removal()
    later(jobs, partial(_purge, desk), seconds, PURGE)


async def _purge(desk: Desk, context: CallbackContext[Any, Any, Any, Any]) -> None:
    pause = None
    try:
        await desk.acquisitions.keep_house()
        await desk.work_at_once(desk.state.truncate_log)
    except (GivenWay, LibraryLocked):
        pause = SOON
    except (ArticlebotError, StateError) as error:
        LOG.warning("what was removed is out of the answers, but not yet off the disk: %s", error)
        pause = AFTER_A_FAILURE
    if pause is not None and not desk.acquisitions.stopping.is_set():
        assert context.job_queue is not None  # which has called this
        schedule(context.job_queue, desk, seconds=pause)
