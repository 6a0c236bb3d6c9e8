"""The scenes of the gallery. A new one is a few lines: who says what, and what is pressed."""

from __future__ import annotations

from typing import Final

from bot.commands.demo import QUESTION
from tests.gallery.chatting import CHEN, Press, Say, Scene

TUNNEL: Final = "how long is the Sallow Pass tunnel?"
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
)
