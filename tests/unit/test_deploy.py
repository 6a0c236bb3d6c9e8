"""What stands in config/deploy names only commands, settings, files and requirements that exist."""

from __future__ import annotations

import configparser
import json
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from config import load_settings

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "config" / "deploy"
COMMANDS = set(getattr(get_command(app), "commands", {}))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
UNIT = (DEPLOY / "articlebot.service").read_text("utf-8")


def instructions(name: str) -> list[str]:
    """What follows each instruction of that name in the Dockerfile, its lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{name} +(.+?)\s*$", joined, re.MULTILINE)


def service() -> dict[str, list[str]]:
    """The service's settings, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in UNIT.partition("[Service]")[2].partition("[Install]")[0].splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def environment_of(assignments: list[str]) -> dict[str, str]:
    pairs = [part.partition("=") for each in assignments for part in shlex.split(each)]
    return {name: value for name, _, value in pairs if name.startswith("ARTICLEBOT_")}


def test_the_dockerfile_runs_commands_that_exist() -> None:
    (entry,), (command,) = instructions("ENTRYPOINT"), instructions("CMD")
    (health,) = instructions("HEALTHCHECK")
    assert json.loads(entry) == ["articlebot"]
    assert json.loads(command)[0] in COMMANDS
    assert json.loads(health.partition("CMD ")[2]) == ["articlebot", "health"]
    assert "health" in COMMANDS


def test_the_dockerfile_copies_files_that_exist_and_are_let_through() -> None:
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8")
    let_through = re.findall(r"^!(.+)$", ignore, re.MULTILINE)
    for copied in instructions("COPY"):
        if copied.startswith("--from"):
            continue
        for source in copied.split()[:-1]:
            assert (PROJECT / source).exists(), source
            assert source.split("/")[0] in let_through, source


def test_the_image_ends_as_a_user_who_is_not_root_and_keeps_the_library_in_its_volume() -> None:
    settings = load_settings(environment=environment_of(instructions("ENV")))
    (volume,), (user,) = instructions("VOLUME"), instructions("USER")
    assert user not in {"0", "root"}
    assert settings.library.path.is_relative_to(volume)
    assert settings.articles.folders == (Path("/articles"),)
    assert DOCKERFILE.index("\nUSER ") > DOCKERFILE.rindex("\nFROM ")


def test_the_service_runs_a_command_that_exists_with_settings_that_exist() -> None:
    (start,) = service()["ExecStart"]
    program, command = start.split()
    assert Path(program).name == "articlebot"
    assert command in COMMANDS
    settings = load_settings(environment=environment_of(service()["Environment"]))
    state = Path("/var/lib") / service()["StateDirectory"][0].split()[0]
    assert settings.library.path.is_relative_to(state)
    assert settings.articles.folders[0].is_relative_to(state)


def test_the_service_is_told_of_by_the_bot_and_hardened() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(UNIT)
    expected = {"Type": "notify", "DynamicUser": "yes", "ProtectSystem": "strict", "NoNewPrivileges": "yes"}
    assert {name: service()[name] for name in expected} == {name: [value] for name, value in expected.items()}
    assert "WatchdogSec" in service()


@pytest.mark.parametrize("text", [DOCKERFILE, UNIT])
def test_the_comments_name_commands_and_settings_that_exist(text: str) -> None:
    settings = tomllib.loads((PROJECT / "config" / "articlebot.toml").read_text("utf-8"))
    for command in re.findall(r"`articlebot (\w+)`|articlebot articlebot (\w+)", text):
        assert set(command) & COMMANDS, command
    for section, key in re.findall(r"ARTICLEBOT_([A-Z]+)__([A-Z_]+)=", text):
        assert key.lower() in settings[section.lower()]
    for section, key in re.findall(r"\b(telegram|encoder|library)\.(\w+) =", text):
        assert key in settings[section]


def test_the_requirements_of_the_image_are_the_projects_but_for_those_of_other_models() -> None:
    script = runpy.run_path(str(DEPLOY / "requirements.py"))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    left_out = set(project["dependencies"]) - set(script["requirements"](PROJECT / "pyproject.toml"))
    assert [re.split(r"[^\w-]", each)[0] for each in left_out] == ["sentence-transformers"]


# What the image leaves out; a module that is None cannot be imported.
WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(["torch", "sentence_transformers", "transformers", "kubernetes"]))
from bot.cli import main
main(sys.argv[1:])
"""


def test_the_demo_works_without_what_the_image_leaves_out() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "demo"], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "2000億" in done.stdout
