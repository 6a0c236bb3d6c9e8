"""The README speaks of everything there is."""

from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app

README = Path(__file__).parents[2] / "README.md"
COMMANDS = sorted(getattr(get_command(app), "commands", {}))


def test_the_command_has_subcommands() -> None:
    assert "ask" in COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"articlebot {command}" in README.read_text(encoding="utf-8")


def test_the_way_to_change_settings_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert "config/articlebot.toml" in text
    assert "ARTICLEBOT_" in text
    assert "TELEGRAM_BOT_TOKEN" in text
