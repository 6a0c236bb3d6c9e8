"""What a person does in a chat with a bot that runs in another process, and what they then see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bot_api import BotApi, Json


def ask(api: BotApi, text: str | None, **fields: object) -> Json:
    """Write to the bot; returns its answer."""
    asked = api.say(text, **fields)["message"]  # type: ignore[arg-type]  # fields of the message
    chat = asked["chat"]["id"]

    def answers() -> list[Json]:
        return [
            one
            for one in api.sent(chat)
            if one.get("reply_to_message", {}).get("message_id") == asked["message_id"]
        ]

    api.wait(lambda: bool(answers()), 60)
    return answers()[0]


def press(api: BotApi, message: Json, button: str, **options: object) -> Json:
    """Press a button; returns what the press was answered with."""
    update = api.press(message, button, **options)  # type: ignore[arg-type]  # as BotApi.press has them
    api.wait(lambda: api.toast(update) is not None, 60)
    answer = api.toast(update)
    assert answer is not None
    return answer


def now(api: BotApi, message: Json) -> Json:
    chat, number = message["chat"]["id"], message["message_id"]
    return next(one for one in api.sent(chat) if one["message_id"] == number)


def names(api: BotApi, message: Json) -> list[str]:
    return [button["text"] for row in api.buttons(message) for button in row]


def offered(api: BotApi, words: str, **options: object) -> Json:
    """Type an inline query; returns what it was answered with."""
    update = api.type(words, **options)  # type: ignore[arg-type]  # as BotApi.type has them
    api.wait(lambda: api.offered(update) is not None, 60)
    answer = api.offered(update)
    assert answer is not None
    return answer


def link_under(message: Json, host: str) -> str:
    """The address of the button under a message that leads to this host."""
    rows = message["reply_markup"]["inline_keyboard"]
    (address,) = [
        one["url"] for row in rows for one in row if one.get("url", "").startswith(f"https://{host}")
    ]
    return str(address)
