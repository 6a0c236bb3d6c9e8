"""The currencies that news writes of, as English and Chinese name them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency: its names to be shown, and the words and signs that stand for it in articles.

    Chinese is in Simplified script. `read` are the words of Chinese text; `signs` stand before
    a number in English text, `words` after one.
    """

    english: str
    chinese: str
    read: tuple[str, ...]
    signs: tuple[str, ...]
    words: tuple[str, ...]


# Words that name several currencies, or something else as well, are left out: dollars, pounds, won.
CURRENCIES = (
    Currency("yuan", "元", ("人民币", "元"), ("RMB", "CNY", "CN¥"), ("yuan", "renminbi", "RMB", "CNY")),
    Currency(
        "US dollars",
        "美元",
        ("美元", "美金"),
        ("US$", "U.S.$", "USD"),
        ("US dollars", "U.S. dollars", "American dollars", "USD"),
    ),
    Currency("Hong Kong dollars", "港元", ("港元", "港币"), ("HK$", "HKD"), ("Hong Kong dollars", "HKD")),
    Currency(
        "New Taiwan dollars",
        "新台币",
        ("新台币", "台币"),
        ("NT$", "TWD"),
        ("New Taiwan dollars", "TWD"),
    ),
    Currency("euros", "欧元", ("欧元",), ("€", "EUR"), ("euros", "euro", "EUR")),
    Currency("yen", "日元", ("日元", "日圆"), ("JPY", "JP¥"), ("yen", "JPY")),
    Currency("pounds", "英镑", ("英镑",), ("£", "GBP"), ("pounds sterling", "GBP")),
    Currency("South Korean won", "韩元", ("韩元", "韩圆", "韩币"), ("₩", "KRW"), ("South Korean won",)),
    Currency("Swiss francs", "瑞士法郎", ("瑞士法郎", "瑞郎"), ("CHF",), ("Swiss francs", "CHF")),
    Currency("Australian dollars", "澳元", ("澳元", "澳币"), ("A$", "AU$", "AUD"), ("Australian dollars",)),
    Currency("Canadian dollars", "加元", ("加元", "加币"), ("C$", "CA$", "CAD"), ("Canadian dollars",)),
    Currency(
        "Singapore dollars",
        "新加坡元",
        ("新加坡元", "新元"),
        ("S$", "SGD"),
        ("Singapore dollars",),
    ),
    Currency("Indian rupees", "印度卢比", ("印度卢比",), ("₹", "INR"), ("Indian rupees",)),
    Currency("roubles", "卢布", ("卢布",), ("₽",), ("roubles", "rubles")),
    Currency("Macanese patacas", "澳门元", ("澳门元", "澳门币"), ("MOP",), ("patacas",)),
    Currency("baht", "泰铢", ("泰铢",), ("฿",), ("baht",)),
)
