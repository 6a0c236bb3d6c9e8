"""The scenes of the gallery. A new one is a few lines: who says what, and what is pressed."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.commands.demo import QUESTION
from bot.state.feeds import Outcome
from tests.gallery.chatting import CHEN, Press, Say, Scene, Type

if TYPE_CHECKING:
    from bot.state import State

DAY: Final = 86_400

ENDINGS: Final = {"": "en", "-hant": "zh-Hant", "-hans": "zh-Hans"}
ARTICLES: Final = {
    "": """\
The last orchard of Nanlan bears fruit again
Source: Harbour Gazette
Date: 2025-10-12

The pear orchard on Temple Hill gave 4,200 kilograms of fruit this autumn, after nine years without a harvest.
Volunteers had pruned its 310 trees in two winters.

The city will open the orchard on the first Sunday of every month. Entry is free.
""",
    "-hant": """\
晨港燈塔重新點燈
來源：晨港日報
日期：2025年10月18日

北岸的燈塔角燈塔熄燈六年後，17日傍晚重新點亮，光程18海里。

修復費用1200萬元，由市府與漁會各付一半。
""",
    "-hans": """\
南澜渡轮增开夜班
来源：南澜晚报
日期：2025年10月20日

渡轮公司宣布，11月起周五、周六加开到凌晨1时的夜班船，每40分钟一班。

夜班票价5元，与白天相同。
""",
}
TUNNEL: Final = "how long is the Sallow Pass tunnel?"


def a_month(state: State) -> None:
    """Thirty days of questions, most of which were answered, and what people thought of the answers."""
    now = state._database.clock
    for back in reversed(range(30)):
        state._database.clock = partial(_earlier, back * DAY)
        for number in range(4 + (back * 7) % 11 + (29 - back) // 3):
            outcome = "not_found" if (number * 5 + back) % 9 < 2 else "answered"
            state.counts.count(outcome, 0.06 + 0.01 * (number % 7))
    state._database.clock = now
    for person in range(9):
        state.answers.rate("an answer", person, good=person != 4)


def _earlier(seconds: float) -> float:
    return time.time() - seconds


def two_feeds(state: State) -> None:
    """A feed that goes well, one that does not, and a folder."""
    gazette = state.feeds.add("https://gazette.example/feed.xml", "Harbour Gazette", 1, folder=False)
    news = state.feeds.add("https://binhai.example/rss", "濱海通訊", 1, folder=False)
    folder = state.feeds.add("/srv/articles/incoming", "incoming", 1, folder=True)
    due = time.time() + 1500
    state.feeds.succeeded(gazette.number, Outcome("Harbour Gazette", added=12), due=due)
    state.feeds.succeeded(folder.number, Outcome("incoming", added=3), due=due)
    state.feeds.failed(news.number, "https://binhai.example/rss answers 503; try again later", due=due)


def gaps(state: State) -> None:
    """Questions that the articles did not answer."""
    asked = {
        "How fast is the airport metro?": 7,
        "誰設計了海濱圖書館？": 4,
        "What does a bike cost per month?": 2,
    }
    for question, times in asked.items():
        for _ in range(times):
            state.gaps.note(question, question)


SCENES: Final = (
    Scene(
        "answer",
        "en",
        (
            Say("How much will Xiaomi spend on R&D in the next five years?"),
            Say("台積電在亞利桑那僱用了多少人？"),
            Say("Who invented the telephone?"),
        ),
        readme=True,
    ),
    Scene("english-over-chinese", "en", (Say("How many cars did BYD sell abroad in 2024?"),)),
    Scene("traditional-over-english", "zh-Hant", (Say("台積電要在亞利桑那投資多少錢？"),)),
    Scene("simplified", "zh-Hans", (Say("台风海灯那天机场取消了多少航班"), Say("停电的有多少户？"))),
    Scene("follow-up", "en", (Say("Who founded TSMC?"), Say("When?"), Say("/new"))),
    Scene(
        "follow-up-hant",
        "zh-Hant",
        (Say("小米有多少研發人員？"), Say("那比亞迪呢？")),
        readme=True,
    ),
    Scene("demo", "en", (Say(QUESTION),)),
    Scene("not-found", "zh-Hant", (Say("誰發明了電話？"),)),
    Scene("disagreement", "en", (Say(TUNNEL.capitalize()),)),
    Scene("also-in", "zh-Hans", (Say("北辰汽车打算在研发上投入多少钱？"),)),
    Scene("more-quotes", "zh-Hant", (Say("小米投入多少錢做研發"), Press("answer.others", 1))),
    Scene("in-context", "en", (Say("When does the Corvale tram depot reopen?"), Press("answer.context"))),
    Scene(
        "filters",
        "en",
        (Say("how much does TSMC invest in Arizona, according to Harbour Gazette in March 2025?"),),
    ),
    Scene("filters-hant", "zh-Hant", (Say("據濱海通訊報導，2025年8月的颱風造成多少戶停電？"),)),
    Scene(
        "group",
        "en",
        (Say("Has anybody read how long the tunnel will be?", by=CHEN), Say(f"@ {TUNNEL}")),
        group=True,
        readme=True,
    ),
    Scene("language", "en", (Say("/language"),)),
    Scene("articles", "en", (Say("/articles"),)),
    Scene("articles-hans", "zh-Hans", (Say("/articles"),)),
    Scene("help", "zh-Hans", (Say("/help"),)),
    Scene("article-page", "zh-Hant", (Say("/latest"), Press(prefix="2")), readme=True),
    Scene(
        "one-article",
        "en",
        (
            Say("/latest"),
            Press(prefix="2"),
            Press("page.ask"),
            Say("how many R&D people?"),
        ),
    ),
    Scene("sources", "zh-Hans", (Say("/sources"),)),
    Scene("inline", "en", (Type("how many cars did BYD sell abroad"),)),
    Scene("removing", "en", (Say("/remove TSMC"),), admin=True),
    *(
        Scene(f"status{ending}", language, (Say("/status"),), admin=True, before=a_month, readme=not ending)
        for ending, language in ENDINGS.items()
    ),
    Scene("watching", "en", (Say("/watching"),), admin=True, before=two_feeds),
    Scene("watching-hant", "zh-Hant", (Say("/watching"),), admin=True, before=two_feeds),
    Scene("asked", "en", (Say("/asked"),), admin=True, before=gaps),
    Scene("reindex", "zh-Hant", (Say("/export"),), admin=True),
    Scene("sticker", "zh-Hans", (Say("🐼"), Say("???"))),
    Scene("adding-preview", "en", (Say("", file=("news.txt", ARTICLES[""])),), admin=True, readme=True),
    # These come last: the articles stay in the library.
    *(
        Scene(
            f"adding{ending}",
            language,
            (Say("", file=("news.txt", ARTICLES[ending])), Press("adding.add", told=True)),
            admin=True,
        )
        for ending, language in ENDINGS.items()
    ),
)
