"""Which handler has which update: everything the bot answers to, in one ordered table."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.handlers import (
    adding,
    admission,
    answers,
    backlog,
    browsing,
    commands,
    export,
    feeds,
    gate,
    imports,
    inline,
    language,
    migration,
    questions,
    reindex,
    removing,
    start,
    statistics,
)
from bot.handlers.addressed import MeantForMe, NamesMe
from bot.handlers.buttons import Pressed, on_press
from bot.handlers.desk import Context, Desk
from bot.handlers.material import Offered
from bot.journal import Inbox

_IMPORT: Final = filters.CaptionRegex(r"^/import\b")  # a file's caption is no command to the library
Callback = Callable[[Desk, Update, Context], Coroutine[Any, Any, None]]
Handler = BaseHandler[Update, Context, None]


def before_all(inbox: Inbox, desk: Desk) -> dict[int, list[Handler]]:
    """What sees every update before the table does, by group; the gate is to know a group by its new id."""
    return {
        -3: [TypeHandler(Update, partial(backlog.on_update, inbox, desk))],
        -2: [MessageHandler(filters.StatusUpdate.MIGRATE, partial(migration.on_migrated, desk))],
        -1: [TypeHandler(Update, partial(gate.on_update, desk))],
    }


def handlers(desk: Desk) -> list[Handler]:
    """Every handler, in the order in which they are tried; the first that fits has the message."""

    def command(name: str, callback: Callback) -> Handler:
        return CommandHandler(name, partial(callback, desk), filters.UpdateType.MESSAGE)

    def message(kind: filters.BaseFilter, callback: Callback) -> Handler:
        return MessageHandler(filters.UpdateType.MESSAGE & kind, partial(callback, desk))

    meant, unknown = MeantForMe(), filters.COMMAND & (filters.ChatType.PRIVATE | NamesMe())
    words = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND
    notice = filters.StatusUpdate.ALL & ~filters.StatusUpdate.WEB_APP_DATA  # Telegram's own; nobody wrote it
    return [
        command("start", start.on_start),
        command("help", commands.on_help),
        command("articles", browsing.on_articles),
        command("latest", browsing.on_latest),
        command("sources", browsing.on_sources),
        command("ask", questions.on_ask),
        command("new", questions.on_new),
        command("reindex", reindex.on_reindex),
        command("language", language.on_language),
        command("approve", admission.on_approve),
        command("revoke", admission.on_revoke),
        command("audit", admission.on_audit),
        command("add", adding.on_add),
        command("remove", removing.on_remove),
        command("watch", feeds.on_watch),
        command("watching", feeds.on_watching),
        command("unwatch", feeds.on_unwatch),
        command("status", statistics.on_status),
        command("asked", statistics.on_asked),
        command("export", export.on_export),
        command("import", imports.on_import),
        message(filters.ChatType.PRIVATE & filters.Document.ALL & _IMPORT, imports.on_import),
        message(Offered(desk.admins, addresses=desk.acquisitions.fetch is not None), adding.on_offered),
        message(unknown, commands.on_unknown_command),
        message(meant & words, questions.on_question),
        message(meant & ~filters.TEXT & ~notice, questions.on_anything_else),
        CallbackQueryHandler(partial(on_press, actions(), desk)),
        InlineQueryHandler(partial(inline.on_inline_query, desk, inline.Newest())),
    ]


def actions() -> Mapping[str, Pressed]:
    """What every button does, by the name of its action."""
    modules = (language, answers, reindex, imports, adding, removing, feeds, browsing)
    return {name: does for module in modules for name, does in module.ACTIONS.items()}
