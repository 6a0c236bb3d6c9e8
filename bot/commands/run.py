"""`articlebot run`: the Telegram bot over the settings' library."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.app import Operation, build_application, run
from bot.commands.library import places_to_index
from bot.commands.session import fetcher, open_library
from bot.door import Policy
from bot.errors import BotError
from bot.logs import configure
from bot.state import STATE, State, StateError
from bot.updates import Webhook
from bot.watching import Pace
from bot.web import Web
from config import telegram_token

if TYPE_CHECKING:
    from config import Settings


def run_bot(settings: Settings) -> int:
    """Answer messages until stopped; a library that does not exist yet is created empty."""
    token = telegram_token()
    configure(settings.logging.level, secret=token)
    with open_library(settings, create=True) as library:
        try:
            state = State(library.path / STATE)
        except StateError as error:
            print(f"articlebot: {error}", file=sys.stderr)
            return 1
        library.remember_in(state.outcomes)
        application = build_application(
            token,
            library,
            state=state,
            admins=settings.telegram.admins,
            places=lambda: places_to_index(settings, library),
            base_url=settings.telegram.base_url,
            base_file_url=settings.telegram.base_file_url,
            local_mode=settings.telegram.local_mode,
            workers=settings.telegram.workers,
            log_questions=settings.logging.questions,
            operation=_operation(settings),
            policy=_policy(settings),
            web=_web(settings),
            max_file_bytes=settings.articles.max_file_mb * 1_000_000,
            keep_unanswered=settings.telegram.keep_unanswered,
        )
        try:
            run(application)
        except BotError as error:
            print(f"articlebot: {error}", file=sys.stderr)
            return 1
    return 0


def _web(settings: Settings) -> Web:
    pace = Pace(every=settings.fetching.watch_minutes * 60)
    return Web(fetcher(settings).fetch, settings.articles.folders, pace)


def _operation(settings: Settings) -> Operation:
    telegram = settings.telegram
    return Operation(
        webhook=Webhook(telegram.webhook_url, telegram.webhook_listen) if telegram.webhook_url else None,
        folder=settings.library.path,
        metrics_port=telegram.metrics_port,
    )


def _policy(settings: Settings) -> Policy:
    telegram = settings.telegram
    return Policy(
        mode=telegram.access,
        owner=telegram.owner or next(iter(telegram.admins), None),
        people=frozenset(telegram.people),
        groups=frozenset(telegram.groups),
        person_limit=telegram.person_limit,
        group_limit=telegram.group_limit,
        inline=telegram.inline,
    )
