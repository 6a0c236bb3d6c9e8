"""Messages -> an HTML page that looks as a Telegram chat does. Pure."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from index import language_of
from tests.gallery.entities import html_of

if TYPE_CHECKING:
    from telegram import Message, User

    from tests.gallery.chatting import Scene, Shown

HERE: Final = Path(__file__).parent
THEMES: Final = ("light", "dark")
WIDTH: Final = 420  # CSS pixels, a large phone's
FIRST_MINUTE: Final = 9 * 60 + 41
TICKS: Final = '<svg class="ticks" viewBox="0 0 18 11"><path d="M1 6l4 4 7.5-9M7.5 9l1 1L16 1"/></svg>'
FILE: Final = '<svg class="icon" viewBox="0 0 24 24"><path d="M6 3h8l5 5v13H6zM14 3v5h5"/></svg>'
ME: Final = 1
# What Telegram itself writes, and not the bot: the day, where one writes, under the title.
AROUND: Final = {
    "en": ("Today", "Message", "bot", "6 members"),
    "zh-Hant": ("今天", "訊息", "機器人", "6 位成員"),
    "zh-Hans": ("今天", "消息", "机器人", "6 位成员"),
}


def page(shown: Shown, scene: Scene, theme: str) -> str:
    """The chat as an HTML page without anything from outside."""
    messages = shown.messages
    today, write, bot, members = AROUND[scene.language]
    minute, drawn = FIRST_MINUTE - 1, []
    for message in messages:
        minute += _is_mine(message)
        drawn.append(_bubble(message, _clock(minute), shown, named=scene.group))
    title = messages[0].chat.title if scene.group else "articlebot"
    return Template((HERE / "chat.html").read_text("utf-8")).substitute(
        theme=theme,
        width=WIDTH,
        language=scene.language,
        messages="\n".join(drawn),
        title=escape(title or ""),
        letter=escape((title or "?")[0].upper()),
        under=members if scene.group else bot,
        today=today,
        write=escape(shown.typed) or write,
        writing="typed" if shown.typed else "",
        offered=_offered(shown),
    )


def _is_mine(message: Message) -> bool:
    return message.from_user is not None and message.from_user.id == ME


def _bubble(message: Message, clock: str, shown: Shown, *, named: bool) -> str:
    mine, text = _is_mine(message), message.text or message.caption or ""
    foot = f"{clock}{TICKS}" if mine else clock
    entities = message.entities or message.caption_entities
    # A blockquote is a block in HTML: it ends its line by itself.
    body = html_of(text, entities).replace("</blockquote>\n", "</blockquote>")
    words = f'<span class="words">{body}</span><span class="foot">{foot}</span>'
    name = _name(message.from_user) if named and not mine else ""
    return (
        f'<div class="bubble {"outgoing" if mine else "incoming"}" lang="{language_of(text)}">{name}'
        f"{_reply_header(message.reply_to_message)}{_attached(message, shown)}"
        f'{words}<span class="time">{foot}</span></div>{_keyboard(message)}'
    )


def _attached(message: Message, shown: Shown) -> str:
    """A message's picture, or its file by name and size."""
    if message.photo:
        picture = b64encode(shown.pictures[message.photo[-1].file_id]).decode()
        return f'<img class="photo" src="data:image/png;base64,{picture}">'
    if (file := message.document) is None:
        return ""
    size = f"{(file.file_size or 0) / 1000:.1f} KB"
    return (
        f'<div class="file"><span class="sheet">{FILE}</span>'
        f"<span>{escape(file.file_name or '')}<small>{size}</small></span></div>"
    )


def _offered(shown: Shown) -> str:
    """What an inline bot offers, above the line in which somebody types."""
    rows = (
        f'<div class="result"><span class="avatar">{escape(title[:1].upper())}</span>'
        f"<span><b>{escape(title)}</b><small>{escape(words)}</small></span></div>"
        for title, words in shown.offered
    )
    return f'<div class="offered">{"".join(rows)}</div>' if shown.offered else ""


def _name(sender: User | None) -> str:
    return f'<div class="sender s{sender.id % 3}">{escape(sender.full_name)}</div>' if sender else ""


def _keyboard(message: Message) -> str:
    if message.reply_markup is None:
        return ""
    rows = (
        "".join(
            f'<span class="button{" address" if button.url else ""}">{escape(button.text)}</span>'
            for button in row
        )
        for row in message.reply_markup.inline_keyboard
    )
    return '<div class="keyboard">' + "".join(f"<div>{row}</div>" for row in rows) + "</div>"


def _reply_header(replied: Message | None) -> str:
    if replied is None or replied.from_user is None:
        return ""
    told = replied.text or replied.caption or (replied.document and replied.document.file_name) or ""
    name, line = escape(replied.from_user.full_name), escape(told.replace("\n", " "))
    return f'<div class="reply"><div class="name">{name}</div><div class="line">{line}</div></div>'


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
