"""`articlebot ask`: one question, or a file of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.commands.session import open_library, style_of_stdout
from bot.jsonlines import json_line, json_object, lines_of
from bot.terminal import result_record, result_text
from index import Library, NotFound, QuestionError, language_of

if TYPE_CHECKING:
    from config import Settings

NOT_IN_THE_ARTICLES = 3
_EXPECTED = (
    'write one object {"id": ..., "question": "..."} on each line, with "turns": [...] for a follow-up'
)


def ask_one(settings: Settings, question: str, as_json: bool) -> int:
    """Answer one question; 0 answered, 3 not in the articles."""
    with open_library(settings) as library:
        if not as_json:
            return show_answer(library, question)
        record = _answer_record(library, question, (), None)
        print(json_line(record))
        return 0 if record["answered"] else NOT_IN_THE_ARTICLES


def show_answer(library: Library, question: str) -> int:
    """Ask a library, print the outcome for a person, and return the exit code."""
    result = library.ask(question)
    print(result_text(result, style_of_stdout()))
    return NOT_IN_THE_ARTICLES if isinstance(result, NotFound) else 0


def ask_batch(settings: Settings, file: str) -> int:
    """Answer each line of a JSONL file with one line, in order; 1 if any line could not be."""
    failed = False
    with lines_of(file) as lines, open_library(settings) as library:
        for line in lines:
            record = _line_record(library, line)
            failed = failed or "error" in record
            print(json_line(record), flush=True)
    return 1 if failed else 0


def _line_record(library: Library, line: bytes) -> dict[str, object]:
    """Return the answer to one line, or what is wrong with it under "error"."""
    try:
        asked = json_object(line, _EXPECTED)
    except ValueError as error:
        return {"id": None, "question": None, "error": str(error)}
    question_id, question = asked.get("id"), asked.get("question")
    if not isinstance(question, str):
        problem = f'the line has no text under "question" but {json_line(question)}; give it a text'
        return {"id": question_id, "question": question, "error": problem}
    try:
        return _answer_record(library, question, _turns(asked.get("turns", [])), question_id)
    except QuestionError as error:
        return {"id": question_id, "question": question, "error": str(error)}


def _turns(given: object) -> tuple[str, ...]:
    """The questions that came before in a dialogue, oldest first; a QuestionError says what is wrong."""
    if not isinstance(given, list) or not all(isinstance(turn, str) for turn in given):
        raise QuestionError(f'"turns" holds {json_line(given)}; give it a list of the earlier questions')
    return tuple(given)


def _answer_record(
    library: Library, question: str, turns: tuple[str, ...], question_id: object
) -> dict[str, object]:
    start = time.perf_counter()
    result = library.ask(question, turns=turns)
    milliseconds = (time.perf_counter() - start) * 1000
    return result_record(result, question_id, language_of(question), milliseconds)
