"""What is shown in a terminal, and the JSON that other tools read; pure: records in, text out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from index import Answer, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from index import Article, BuildReport, Failure, Quote, Source, Status, Within

_LISTED = 20
_BAR = "▎"
# What could move the cursor, change colours or turn the direction of writing on a screen: the
# C0 and C1 control characters but newline and tab, line separators, and bidirectional controls.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Style:
    """How text may be shown: `screen` for a person's terminal rather than a pipe, `bold` in it.

    On a screen control characters are replaced by pictures of themselves, so that an article
    cannot write to the terminal. In a pipe every character of an article is kept.
    """

    screen: bool = False
    bold: bool = False

    def safe(self, text: str) -> str:
        """Return the text as it may be written where this style is meant for."""
        if not self.screen:
            return text
        return _CONTROLS.sub(_picture, text.replace("\r\n", "\n"))

    def one_line(self, text: str) -> str:
        """Return the text, safe and on one line."""
        return self.safe(_LINE_ENDS.sub(" ", text).strip())

    def strong(self, text: str) -> str:
        """Return the text in bold, line by line, where that can be shown."""
        return re.sub(r"[^\n]+", "\x1b[1m\\g<0>\x1b[0m", text) if self.bold else text


def _picture(control: re.Match[str]) -> str:
    code = ord(control[0])
    return chr(0x2400 + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"  # noqa: PLR2004 - ASCII's


def result_text(result: Answer | NotFound, style: Style) -> str:
    """Show an answer's quotes, each cited, or say that the articles do not say it."""
    top = [f"Understood as: {style.one_line(result.understood)}"] if result.understood else []
    top += [within_text(result.within, style)] if result.within else []
    if isinstance(result, NotFound):
        return "\n".join([*top, _not_found_text(result, style)])
    if result.disagree:
        top.append("The articles give different figures; mind their dates.")
    blocks = ["\n".join(top)] if top else []
    blocks += [style.safe(result.prose)] if result.prose else []
    blocks += [_quote_text(quote, style, dated=result.disagree) for quote in result.quotes]
    return "\n\n".join(blocks)


def within_text(within: Within, style: Style) -> str:
    """Say what a question was kept within: "Only articles from 1 to 30 November 2025, in Harbour Gazette"."""
    parts = [_days(within.since, within.until)] if within.since or within.until else []
    if within.outlets is not None:
        parts.append(f"in {style.one_line(' or '.join(within.outlets)) or 'no outlet'}")
    if within.articles is not None:
        count = len(within.articles)
        parts.append(f"of {count} named article{'' if count == 1 else 's'}")
    return f"Only articles {', '.join(parts)}."


def _days(since: date | None, until: date | None) -> str:
    """A range of days without saying month and year twice: "from 1 to 30 November 2025"."""
    if since is None or until is None:
        return f"from {_day(since)} on" if since else f"up to {_day(until)}" if until else ""
    if since == until:
        return f"of {_day(since)}"
    first = _day(since)
    if since.year == until.year:
        first = str(since.day) if since.month == until.month else f"{since.day} {since:%B}"
    return f"from {first} to {_day(until)}"


def _quote_text(quote: Quote, style: Style, *, dated: bool) -> str:
    """A quote, what helps to read it, and where it stands; `dated` names an unknown date as such."""
    lines = _quoted(quote, style).split("\n")
    # In a pipe only the first line has its bar: the words between the marks stay as they are.
    barred = [f"  {_BAR} {line}" if style.screen or not at else line for at, line in enumerate(lines)]
    undated = ", date unknown" if dated and not quote.article.published else ""
    cited = [f"{citation(quote.article, style)}{undated}"]
    if quote.article.url:
        cited.append(style.one_line(quote.article.url))
    cited += [_also_text(article, style) for article in quote.also]
    if quote.aids:
        cited.insert(0, _aids_text(quote, style))
    return "\n".join([*barred, *(f"    {line}" for line in cited)])


def _aids_text(quote: Quote, style: Style) -> str:
    aids = [f"{aid.span.of(quote.article.text)} = {aid.text}" for aid in quote.aids]
    return style.one_line(" · ".join(aids))


def _also_text(article: Article, style: Style) -> str:
    url = f" {style.one_line(article.url)}" if article.url else ""
    return f"Also in: {citation(article, style)}{url}"


def _quoted(quote: Quote, style: Style) -> str:
    opening, closing = "「」" if quote.article.language == "zh-Hant" else "“”"
    text, span, strong = quote.article.text, quote.span, quote.highlight
    if strong is None:
        return f"{opening}{style.safe(quote.text)}{closing}"
    before = style.safe(text[span.start : strong.start])
    after = style.safe(text[strong.end : span.end])
    return f"{opening}{before}{style.strong(style.safe(strong.of(text)))}{after}{closing}"


def _not_found_text(result: NotFound, style: Style) -> str:
    if result.none_within:
        return "There are no such articles in the library."
    lines = ["The articles do not say it."]
    if result.nearest:
        nearest = [f"  - {citation(article, style)}" for article in result.nearest]
        lines += ["", "Nearest subjects (not evidence):", *nearest]
    return "\n".join(lines)


def citation(article: Article, style: Style) -> str:
    """Name an article: "Title — Source, 1 December 2025", as far as these are known."""
    details = [article.source] if article.source else []
    if article.published:
        details.append(_day(article.published))
    title = article.title or "(no title)"
    return style.one_line(f"{title} — {', '.join(details)}" if details else title)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def result_record(
    result: Answer | NotFound, question_id: object, language: str, milliseconds: float
) -> dict[str, object]:
    """Return one answer as other tools read it. `language` is the question's.

    `start`, `end` and `highlight` are offsets into the article's text as `article_record`
    gives it, in code points; so are those of `aids`, whose `words` they cut out.
    """
    answer = result if isinstance(result, Answer) else None
    return {
        "id": question_id,
        "question": result.question,
        "understood": result.understood,
        "within": _within_record(result.within) if result.within else None,
        "none_within": isinstance(result, NotFound) and result.none_within,
        "language": language,
        "answered": answer is not None,
        "disagree": answer is not None and answer.disagree,
        "quotes": [_quote_record(quote) for quote in answer.quotes] if answer else [],
        "prose": answer.prose if answer else None,
        "milliseconds": round(milliseconds, 3),
    }


def _within_record(within: Within) -> dict[str, object]:
    return {
        "articles": None if within.articles is None else sorted(within.articles),
        "since": _iso(within.since),
        "until": _iso(within.until),
        "outlets": None if within.outlets is None else list(within.outlets),
    }


def _quote_record(quote: Quote) -> dict[str, object]:
    highlight = quote.highlight
    return {
        "text": quote.text,
        "start": quote.span.start,
        "end": quote.span.end,
        "highlight": [highlight.start, highlight.end] if highlight else None,
        "score": quote.score,
        "article": _citation_record(quote.article),
        "aids": [
            {
                "start": aid.span.start,
                "end": aid.span.end,
                "words": aid.span.of(quote.article.text),
                "text": aid.text,
            }
            for aid in quote.aids
        ],
        "also": [_citation_record(article) for article in quote.also],
    }


def _citation_record(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "published": _iso(article.published),
        "source": article.source,
    }


def article_record(article: Article, *, text: bool) -> dict[str, object]:
    """Return all that is kept of an article, with or without its `text`."""
    record: dict[str, object] = {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "published": _iso(article.published),
        "source": article.source,
        "author": article.author,
        "language": article.language,
        "digest": article.digest,
    }
    return {**record, "text": article.text} if text else record


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def articles_text(articles: Sequence[Article], style: Style) -> str:
    """List articles, one on a line: id, language, and how they are cited."""
    width = max((len(article.id) for article in articles), default=0)
    return "\n".join(
        f"{article.id:{width}}  {article.language:7}  {citation(article, style)}" for article in articles
    )


def source_record(source: Source) -> dict[str, object]:
    """Return an outlet as other tools read it."""
    return {"name": source.name, "articles": source.articles, "newest": _iso(source.newest)}


def sources_text(sources: Sequence[Source], style: Style) -> str:
    """List outlets, one on a line: how many articles, the newest date, the name."""
    width = max((len(str(source.articles)) for source in sources), default=0)
    return "\n".join(
        f"{source.articles:{width}}  {_iso(source.newest) or 'undated':10}  "
        f"{style.one_line(source.name) if source.name else '(no outlet named)'}"
        for source in sources
    )


def article_text(article: Article, style: Style) -> str:
    """Show one article whole: what is known of it, a blank line, and its text."""
    known = [
        ("id", article.id),
        ("language", article.language),
        ("author", article.author),
        ("url", article.url),
    ]
    lines = [f"{name:9} {style.one_line(value)}" for name, value in known if value]
    return "\n".join([citation(article, style), *lines, "", style.safe(article.text)])


def report_text(report: BuildReport, style: Style) -> str:
    """Say what bringing the library up to date did, and the reason for each file left out."""
    copies = len(report.duplicates)
    counts = (
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed, "
        f"{report.unchanged} unchanged, {copies} duplicate{'' if copies == 1 else 's'}, "
        f"{len(report.failed)} failed"
    )
    lines = [f"{counts}.", f"{report.passages} passages, {report.embedded} embedded, {report.seconds:.1f} s."]
    lines += _listed("Added", [citation(article, style) for article in report.added])
    lines += _listed("Changed", [citation(article, style) for article in report.changed])
    lines += _listed("Removed", [citation(article, style) for article in report.removed])
    lines += _listed("Duplicates", _reasons(report.duplicates, style), limit=None)
    lines += _listed("Failed", _reasons(report.failed, style), limit=None)
    if report.uncompacted is not None:
        lines += ["", style.one_line(f"All is in, but the index was not compacted: {report.uncompacted}")]
    return "\n".join(lines)


def _reasons(failures: Sequence[Failure], style: Style) -> list[str]:
    return [style.one_line(f"{failure.place}: {failure.reason}") for failure in failures]


def _listed(heading: str, entries: list[str], limit: int | None = _LISTED) -> list[str]:
    """List entries below a heading; None stands for no limit, and no entries for no list."""
    if not entries:
        return []
    shown = entries[:limit]
    rest = len(entries) - len(shown)
    return ["", f"{heading}:", *(f"  {entry}" for entry in shown), *([f"  and {rest} more"] if rest else [])]


def status_record(status: Status, library: Path) -> dict[str, object]:
    """Return what a library holds, as other tools read it."""
    return {
        "library": str(library),
        "articles": status.articles,
        "passages": status.passages,
        "languages": dict(status.languages),
        "generation": status.generation,
        "built": datetime.fromtimestamp(status.built, UTC).isoformat() if status.built else None,
        "model": status.model,
    }


def status_text(status: Status, library: Path, style: Style) -> str:
    """Say what a library holds."""
    languages = ", ".join(f"{count} {language}" for language, count in status.languages)
    built = f"{datetime.fromtimestamp(status.built, UTC):%Y-%m-%d %H:%M} UTC" if status.built else "never"
    return "\n".join(
        [
            f"library   {style.one_line(str(library))}",
            f"articles  {status.articles}" + (f" ({languages})" if languages else ""),
            f"passages  {status.passages}",
            f"built     {built}" + (f", generation {status.generation}" if status.generation else ""),
            f"model     {status.model or 'none yet'}",
        ]
    )
