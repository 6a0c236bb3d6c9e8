"""Telegram's side of the Bot API in memory, with its rules, for tests without a network.

`BotApi` is driven from two sides: a test says what people send and what goes wrong, and a
bot calls methods, in the same process through `FakeTransport` or over HTTP through
`tests/integration/bot_api_server.py`. Rules are Telegram's own (core.telegram.org/bots/api).
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from telegram.request import BaseRequest, RequestData

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOKEN = "4242:fake-token-of-the-tests"
BOT = {"id": 4242, "is_bot": True, "first_name": "Articles", "username": "articles_test_bot"}
ABILITIES = {"supports_inline_queries": True}
SCHEMES = ("http", "https", "tg")
BUTTON_KINDS = {
    "url",
    "callback_data",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
}
NESTABLE = {"bold", "text_link", "italic"}
LONGEST = 4096
LONGEST_CAPTION = 1024
LARGEST_UPLOAD = {"document": 50_000_000, "photo": 10_000_000}  # bytes that Telegram's own server takes
LARGEST_DOWNLOAD = 20 * 1024 * 1024  # bytes that Telegram's own server hands out
MOST_ENTITIES = 100

Json = dict[str, Any]
Files = dict[str, tuple[str, bytes]]
"""What came along with a call, by the field's name: a file's name and its bytes."""


@dataclass(frozen=True)
class Call:
    """One call of a method by the bot."""

    method: str
    parameters: Json
    at: float


@dataclass
class _Failure:
    code: int
    description: str
    retry_after: int | None
    times: int
    chat: int | None


class Refused(Exception):
    """A call the Bot API refuses, with its HTTP status."""

    def __init__(self, code: int, description: str, retry_after: int | None = None, **more: int) -> None:
        super().__init__(description)
        self.code, self.description = code, description
        self.parameters = more | ({"retry_after": retry_after} if retry_after else {})


@dataclass
class BotApi:
    """What people have sent, what the bot has sent, and what it must not do.

    `lacks` names methods this server does not know, `blocked` the chats that blocked the bot,
    `moved` the groups that became supergroups, with their new ids.
    `local` is a server of one's own, which hands out files of any size; in its local mode, when it has
    a `folder`, it names where they lie on the disk.
    """

    lacks: set[str] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    local: bool = False
    folder: Path | None = None
    moved: dict[int, int] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    _files: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    _messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    _edits: dict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    _updates: list[Json] = field(default_factory=list)
    _failures: dict[str, list[_Failure]] = field(default_factory=lambda: defaultdict(list))
    _toasts: dict[str, Json | None] = field(default_factory=dict)
    _inline: dict[str, Json | None] = field(default_factory=dict)
    # Telegram never gives a number twice, so that no two servers of a test run do.
    _next: int = field(default_factory=count(100, 100_000).__next__)
    _polls: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    webhook: Json = field(default_factory=dict)

    # What a test does

    def say(self, text: str | None, *, user: int = 1, language: str = "en", **fields: object) -> Json:
        """Have a person write to the bot; `fields` are added to the message. Returns the update."""
        with self._changed:
            self._next += 1
            message: Json = {
                "message_id": self._next,
                "date": int(time.time()),
                "from": {"id": user, "is_bot": False, "first_name": "Person", "language_code": language},
                "chat": {"id": user, "type": "private", "first_name": "Person"},
            }
            if text is not None:
                message["text"] = text
                if text.startswith("/"):
                    length = len(text.split(maxsplit=1)[0])
                    message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
            message |= fields
            self._messages[message["chat"]["id"], message["message_id"]] = message
            update = {"update_id": self._next, "message": message}
            self._updates.append(update)
            self._changed.notify_all()
            return update

    def document(
        self, content: bytes, name: str | None, *, kind: str = "application/octet-stream", size: int = 0
    ) -> Json:
        """A file that somebody sends, as a message has it; it says it has `size` bytes if that is given."""
        with self._changed:
            self._next += 1
            file = f"file-{self._next}"
            self._files[file] = content, size or len(content)
            about = {"file_id": file, "file_unique_id": f"unique-{file}", "mime_type": kind}
            named = {} if name is None else {"file_name": name}
            return about | named | {"file_size": size or len(content)}

    def press(
        self, message: Json, button: str, *, user: int = 1, language: str = "en", data: str | None = None
    ) -> Json:
        """Have a person press the button of that text under one of the bot's messages; returns the update.

        `data` forges what the button holds.
        """
        with self._changed:
            self._next += 1
            query: Json = {
                "id": f"query-{self._next}",
                "from": {"id": user, "is_bot": False, "first_name": "Person", "language_code": language},
                "chat_instance": "1",
                "message": message,
                "data": data if data is not None else self.button(message, button)["callback_data"],
            }
            self._toasts[query["id"]] = None
            update = {"update_id": self._next, "callback_query": query}
            self._updates.append(update)
            self._changed.notify_all()
            return update

    def content(self, file: Json) -> bytes:
        """The bytes of a file, as a message's `document` or one of its `photo` has it."""
        return self._files[file["file_id"]][0]

    def type(self, words: str, *, user: int = 1, language: str = "en") -> Json:
        """Have a person type `@bot words` in some other chat; returns the update."""
        with self._changed:
            self._next += 1
            assert len(words) <= 256, "Telegram sends no more than 256 characters"
            query: Json = {
                "id": f"inline-{self._next}",
                "from": {"id": user, "is_bot": False, "first_name": "Person", "language_code": language},
                "query": words,
                "offset": "",
            }
            self._inline[query["id"]] = None
            update = {"update_id": self._next, "inline_query": query}
            self._updates.append(update)
            self._changed.notify_all()
            return update

    def offered(self, update: Json) -> Json | None:
        """What the bot answered an inline query with, as the parameters of its call; None if it has not."""
        return self._inline[update["inline_query"]["id"]]

    def button(self, message: Json, text: str) -> Json:
        """The button of that text under a message as it now is."""
        rows = self.buttons(message)
        found = [button for row in rows for button in row if button["text"] == text]
        assert found, f"there is no button {text!r}, only {[[one['text'] for one in row] for row in rows]}"
        return found[0]

    def buttons(self, message: Json) -> list[list[Json]]:
        """The rows of buttons under a message as it now is."""
        now = self._messages[message["chat"]["id"], message["message_id"]]
        rows: list[list[Json]] = now.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    def toast(self, update: Json) -> Json | None:
        """What the bot answered a press with, as the parameters of its call; None if it has not yet."""
        return self._toasts[update["callback_query"]["id"]]

    def fail(
        self,
        method: str,
        code: int,
        description: str,
        *,
        retry_after: int | None = None,
        times: int = 1,
        chat: int | None = None,
    ) -> None:
        """Have the next calls of a method fail (those to `chat`, if one is given)."""
        self._failures[method].append(_Failure(code, description, retry_after, times, chat))

    def sent(self, chat: int) -> list[Json]:
        """The bot's messages in a chat as they read now, in order."""
        with self._changed:
            return [m for (c, _), m in sorted(self._messages.items()) if c == chat and m.get("from") == BOT]

    def messages(self, chat: int) -> list[Json]:
        """Every message of a chat as it reads now, in order."""
        with self._changed:
            return [message for (at, _), message in sorted(self._messages.items()) if at == chat]

    def edits(self, message: Json) -> list[str]:
        """Everything a message of the bot's has read, in order."""
        return self._edits[message["chat"]["id"], message["message_id"]]

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def wait(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until something is so; an `AssertionError` when it takes too long."""
        with self._changed:
            assert self._changed.wait_for(condition, seconds), "what was waited for did not happen"

    # What the bot does

    def call(self, token: str, method: str, parameters: Json, files: Files | None = None) -> tuple[int, Json]:
        """Carry out a call of the bot's; returns the HTTP status and the body."""
        try:
            result = self._call(unquote(token), method, parameters | ({"files": files} if files else {}))
        except Refused as refusal:
            body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
            if refusal.parameters:
                body["parameters"] = refusal.parameters
            return refusal.code, body
        return 200, {"ok": True, "result": result}

    def _call(self, token: str, method: str, parameters: Json) -> object:
        if token != TOKEN:
            raise Refused(401, "Unauthorized")
        handle = None if method in self.lacks else getattr(self, f"_do_{method}", None)
        if handle is None:
            raise Refused(404, "Not Found")
        self.calls.append(Call(method, parameters, time.monotonic()))
        with self._changed:
            self._fail_as_told(method, parameters)
            if parameters.get("chat_id") in self.blocked:
                raise Refused(403, "Forbidden: bot was blocked by the user")
            if (new := self.moved.get(parameters.get("chat_id", 0))) is not None:
                raise Refused(
                    400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=new
                )
            try:
                return handle(parameters)
            finally:
                self._changed.notify_all()

    def _fail_as_told(self, method: str, parameters: Json) -> None:
        for failure in self._failures[method]:
            if failure.times and failure.chat in {None, parameters.get("chat_id")}:
                failure.times -= 1
                raise Refused(failure.code, failure.description, failure.retry_after)

    def download(self, token: str, path: str) -> tuple[int, bytes]:
        """Hand a file out by the path that `getFile` gave; returns the HTTP status and the content."""
        with self._changed:
            self.downloads.append(path)
            found = self._files.get(path.removeprefix("documents/"))
            self._changed.notify_all()
        if unquote(token) != TOKEN or found is None:
            return 404, b'{"ok": false, "error_code": 404, "description": "Not Found"}'
        return 200, found[0]

    def _do_getFile(self, parameters: Json) -> Json:  # noqa: N802  the method's name
        file = parameters["file_id"]
        if file not in self._files:
            raise Refused(400, "Bad Request: invalid file_id")
        size = self._files[file][1]
        if size > LARGEST_DOWNLOAD and not self.local:
            raise Refused(400, "Bad Request: file is too big")
        path = f"documents/{file}"
        if self.folder is not None:
            place = self.folder / file
            place.write_bytes(self._files[file][0])
            path = str(place)
        return {"file_id": file, "file_unique_id": f"unique-{file}", "file_size": size, "file_path": path}

    def _do_getMe(self, _: Json) -> Json:  # noqa: N802  the method's name
        return BOT | ABILITIES

    def _do_deleteWebhook(self, parameters: Json) -> bool:  # noqa: N802
        if parameters.get("drop_pending_updates"):
            self._updates.clear()
        self.webhook = {}
        return True

    def _do_setWebhook(self, parameters: Json) -> bool:  # noqa: N802
        if not re.fullmatch(r"[\w-]{1,256}", parameters.get("secret_token", "none"), re.ASCII):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = parameters
        return True

    def _do_getWebhookInfo(self, _: Json) -> Json:  # noqa: N802
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }

    # What a server does that brings updates

    def next_update(self, seconds: float) -> tuple[Json, Json] | None:
        """The webhook and the update to bring to it, once there are both; None if not for so long."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self.webhook and self._updates), seconds)
            return (self.webhook, self._updates[0]) if self.webhook and self._updates else None

    def brought(self, update: Json) -> None:
        """Note that an update has been taken."""
        with self._changed:
            self._updates.remove(update)
            self._changed.notify_all()

    def _do_setMyCommands(self, parameters: Json) -> bool:  # noqa: N802
        for command in parameters["commands"]:
            if not (1 <= len(command["command"]) <= 32 and 1 <= len(command["description"]) <= 256):
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if len(parameters.get("language_code") or "en") != 2:
            raise Refused(400, "Bad Request: language code is invalid")
        return True

    def _do_sendChatAction(self, _: Json) -> bool:  # noqa: N802
        return True

    def _do_answerCallbackQuery(self, parameters: Json) -> bool:  # noqa: N802
        query = parameters["callback_query_id"]
        if self._toasts.get(query, {}) is not None:  # unknown, or answered already
            raise Refused(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        if len(parameters.get("text") or "") > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self._toasts[query] = parameters
        return True

    def _do_answerInlineQuery(self, parameters: Json) -> bool:  # noqa: N802
        query, results = parameters["inline_query_id"], parameters["results"]
        if self._inline.get(query, {}) is not None:  # unknown, or answered already
            raise Refused(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        if len(results) > 50:
            raise Refused(400, "Bad Request: RESULTS_TOO_MUCH")
        if len({result["id"] for result in results}) < len(results):
            raise Refused(400, "Bad Request: RESULT_ID_DUPLICATE")
        for result in results:
            _check_result(result)
        button = parameters.get("button")
        if button and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button.get("start_parameter", "")):
            raise Refused(400, "Bad Request: START_PARAM_INVALID")
        if button and not button["text"].strip():
            raise Refused(400, "Bad Request: SWITCH_PM_TEXT_EMPTY")
        self._inline[query] = parameters
        return True

    def _do_getUpdates(self, parameters: Json) -> list[Json]:  # noqa: N802
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset, timeout = parameters.get("offset") or 0, float(parameters.get("timeout") or 0)
        self._polls += 1
        poll = self._polls
        self._changed.notify_all()
        allowed = set(parameters.get("allowed_updates") or ["message"])
        self._updates = [
            update for update in self._updates if update["update_id"] >= offset and allowed & set(update)
        ]
        self._changed.wait_for(lambda: bool(self._updates) or self._polls != poll, timeout)
        if self._polls != poll:
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        return self._updates[:100]

    def _do_sendMessage(self, parameters: Json) -> Json:  # noqa: N802
        chat, text = parameters["chat_id"], parameters["text"]
        entities, markup = checked_entities(text, parameters), checked_markup(parameters)
        reply = parameters.get("reply_parameters") or {}
        target = self._messages.get((chat, reply.get("message_id", 0)))
        if reply and target is None and not reply.get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        message = self._bots_message(chat, {"text": text, "entities": entities} | markup)
        if thread := parameters.get("message_thread_id"):
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if target is not None:
            message["reply_to_message"] = target
        self._edits[chat, self._next].append(text)
        return message

    def _bots_message(self, chat: int, fields: Json) -> Json:
        self._next += 1
        message: Json = {
            "message_id": self._next,
            "date": int(time.time()),
            "from": BOT,
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
        } | fields
        self._messages[chat, self._next] = message
        return message

    def _do_sendPhoto(self, parameters: Json) -> Json:  # noqa: N802
        picture = self._uploaded(parameters, "photo")
        if not self.content(picture).startswith((b"\x89PNG", b"\xff\xd8\xff")):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        fields = {"photo": [picture | {"width": 1, "height": 1}]} | checked_caption(parameters)
        return self._bots_message(parameters["chat_id"], fields)

    def _do_sendDocument(self, parameters: Json) -> Json:  # noqa: N802
        fields = {"document": self._uploaded(parameters, "document")} | checked_caption(parameters)
        return self._bots_message(parameters["chat_id"], fields)

    def _uploaded(self, parameters: Json, kind: str) -> Json:
        files: Files = parameters.get("files") or {}
        name = str(parameters.get(kind) or kind).removeprefix("attach://")
        if name not in files:
            raise Refused(400, f"Bad Request: there is no {kind} in the request")
        filename, content = files[name]
        if len(content) > LARGEST_UPLOAD[kind] and not self.local:
            raise Refused(413, "Request Entity Too Large")
        return self.document(content, filename)

    def _do_editMessageText(self, parameters: Json) -> Json:  # noqa: N802
        place = parameters["chat_id"], parameters["message_id"]
        message = self._messages.get(place)
        if message is None or message.get("from") != BOT:
            raise Refused(400, "Bad Request: message to edit not found")
        entities = checked_entities(parameters["text"], parameters)
        now: Json = {"text": parameters["text"], "entities": entities} | checked_markup(parameters)
        if now == {name: message[name] for name in ("text", "entities", "reply_markup") if name in message}:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message",
            )
        message.pop("reply_markup", None)  # an edit that brings no buttons takes those there were away
        message |= now
        self._edits[place].append(parameters["text"])
        return message


def checked_caption(parameters: Json) -> Json:
    """The message's field for the caption of a file, or what Telegram would say against it."""
    caption = parameters.get("caption") or ""
    if len(caption.encode("utf-16-le")) // 2 > LONGEST_CAPTION:
        raise Refused(400, "Bad Request: message caption is too long")
    return {"caption": caption}


def _check_result(result: Json) -> None:
    if not 1 <= len(result["id"].encode()) <= 64:
        raise Refused(400, "Bad Request: RESULT_ID_INVALID")
    if result["type"] != "article" or not result["title"].strip():
        raise Refused(400, "Bad Request: ARTICLE_TITLE_EMPTY")
    content = result["input_message_content"]
    checked_entities(content["message_text"], content)
    checked_markup(result)
    if urlsplit(result.get("url") or "https://any.example").scheme not in {"http", "https"}:
        raise Refused(400, "Bad Request: WEBPAGE_URL_INVALID")


def checked_markup(parameters: Json) -> Json:
    """The message's field for its buttons, or what Telegram would say against them."""
    rows: list[list[Json]] = (parameters.get("reply_markup") or {}).get("inline_keyboard") or []
    buttons = [button for row in rows for button in row]
    if len(buttons) > 100 or any(not 1 <= len(row) <= 8 for row in rows):
        raise Refused(400, "Bad Request: reply markup is too long")
    for button in buttons:
        _check_button(button)
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _check_button(button: Json) -> None:
    kinds = [kind for kind in BUTTON_KINDS if button.get(kind) is not None]
    if not button.get("text", "").strip() or len(kinds) != 1:
        raise Refused(400, "Bad Request: can't parse inline keyboard button: a text and one kind are needed")
    if kinds == ["callback_data"] and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    if kinds == ["url"]:
        address = urlsplit(button["url"])
        dotted = address.scheme == "tg" or "." in (address.hostname or "")
        if address.scheme not in SCHEMES or not dotted or len(button["url"]) > 2048:
            raise Refused(
                400, f"Bad Request: inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
            )


def checked_entities(text: str, parameters: Json) -> list[Json]:
    """The entities of a message, or what Telegram would say against it."""
    encoded = text.encode("utf-16-le")
    entities: list[Json] = parameters.get("entities") or []
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if len(encoded) // 2 > LONGEST:
        raise Refused(400, "Bad Request: message is too long")
    if parameters.get("parse_mode"):
        raise Refused(400, "Bad Request: can't parse entities: this bot is to give explicit entities")
    if len(entities) > MOST_ENTITIES:
        raise Refused(400, "Bad Request: too many entities")
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if not 0 <= start < end <= len(encoded) // 2:
            raise Refused(400, "Bad Request: can't parse entities: out of the text's bounds")
        try:
            encoded[start * 2 : end * 2].decode("utf-16-le")
        except UnicodeDecodeError:
            raise Refused(400, "Bad Request: can't parse entities: in the middle of a symbol") from None
    _check_nesting(entities)
    return entities


def _check_nesting(entities: list[Json]) -> None:
    """Two entities are apart, or one lies inside the other; a blockquote lies inside nothing."""
    for one in entities:
        for other in entities:
            if one is other:
                continue
            start, end = one["offset"], one["offset"] + one["length"]
            first, last = other["offset"], other["offset"] + other["length"]
            if start < first < end < last:
                raise Refused(400, "Bad Request: can't parse entities: they overlap")
            wider = end - start > last - first  # of two that cover the same, Telegram chooses the outer
            if wider and start <= first < last <= end and other["type"] not in NESTABLE:
                raise Refused(400, "Bad Request: can't parse entities: a blockquote cannot be nested")


def decoded(parameters: dict[str, str]) -> Json:
    """Parameters as they come over the wire, where all but plain text is JSON."""
    return {
        name: value if name in {"text", "description", "caption"} else _decoded_value(value)
        for name, value in parameters.items()
    }


def _decoded_value(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value


class FakeTransport(BaseRequest):
    """The way to a `BotApi` in the same process."""

    def __init__(self, api: BotApi) -> None:
        self.api = api

    @property
    def read_timeout(self) -> float:
        """What a long poll adds its own time to."""
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(  # noqa: PLR0917  the overridden method's signature
        self,
        url: str,
        method: str,  # noqa: ARG002
        request_data: RequestData | None = None,
        read_timeout: object = None,  # noqa: ARG002
        write_timeout: object = None,  # noqa: ARG002
        connect_timeout: object = None,  # noqa: ARG002
        pool_timeout: object = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Have the method carried out."""
        token, _, name = url.partition("/bot")[2].partition("/")
        if "/file/bot" in url:
            return self.api.download(token, name)
        parameters = decoded(request_data.json_parameters if request_data else {})
        status, body = self.api.call(token, name, parameters, attached(request_data))
        return status, json.dumps(body).encode()


def attached(request_data: RequestData | None) -> Files:
    """The files that go along with a call."""
    found = {}
    for name, (filename, content, _) in ((request_data and request_data.multipart_data) or {}).items():
        found[name] = filename, content if isinstance(content, bytes) else content.read()
    return found
