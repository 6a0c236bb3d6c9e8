"""The settings: defaults in one file, overrides by file and environment, faults all at once."""

import itertools
import os
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

import config
from config import Settings, SettingsError, load_settings, telegram_token

BUNDLED = Path(config.__file__).parent / "articlebot.toml"
TOKEN = "1234567890:AAExampleExampleExampleExampleExamp"


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but the ones a test gives."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("ARTICLEBOT_"):
            monkeypatch.delenv(name)


def faults_of(text: str, **environment: str) -> list[str]:
    """The faults that this settings file and this environment have, one line each."""
    Path("my.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(Path("my.toml"), environment)
    first, *rest = str(caught.value).split("\n")
    return [line.strip() for line in rest] or [first.removeprefix("the settings have a fault: ")]


def test_every_key_of_the_bundled_file_is_a_setting_with_that_default() -> None:
    document = tomllib.loads(BUNDLED.read_text(encoding="utf-8"))
    document["library"]["path"] = Path.cwd() / document["library"]["path"]
    document["articles"]["folders"] = tuple(Path.cwd() / folder for folder in document["articles"]["folders"])
    for key in ("admins", "people", "groups"):
        document["telegram"][key] = tuple(document["telegram"][key])
    document["fetching"]["allowed"] = tuple(document["fetching"]["allowed"])
    assert asdict(load_settings(environment={})) == document


def test_every_key_of_the_bundled_file_stands_below_a_comment() -> None:
    lines = BUNDLED.read_text(encoding="utf-8").splitlines()
    for above, line in itertools.pairwise(lines):
        if "=" in line and not line.startswith("#"):
            assert above.startswith("#") or "=" in above, line


def test_settings_are_frozen() -> None:
    settings = load_settings(environment={})
    with pytest.raises(AttributeError):
        settings.answers.quotes = 4  # type: ignore[misc]  # the point of the test


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults() -> None:
    Path("my.toml").write_text("[answers]\nquotes = 4\n[telegram]\nworkers = 5\n")
    settings = load_settings(Path("my.toml"), {"ARTICLEBOT_ANSWERS__QUOTES": "2"})
    assert (settings.answers.quotes, settings.telegram.workers, settings.articles.max_file_mb) == (2, 5, 20)


def test_a_file_in_the_working_directory_is_found_and_a_named_one_replaces_it() -> None:
    Path("articlebot.toml").write_text("[answers]\nquotes = 4\n")
    Path("my.toml").write_text("[telegram]\nworkers = 5\n")
    assert load_settings(environment={}).answers.quotes == 4
    named = load_settings(Path("my.toml"), {})
    assert (named.answers.quotes, named.telegram.workers) == (3, 5)


def test_the_environment_is_text_of_every_kind() -> None:
    settings = load_settings(
        environment={
            "ARTICLEBOT_TELEGRAM__ADMINS": "[99, 100]",
            "ARTICLEBOT_TELEGRAM__BASE_URL": "http://127.0.0.1:8081/bot",
            "ARTICLEBOT_ENCODER__MODEL": "sentence-transformers/LaBSE",
            "ARTICLEBOT_ANSWERS__CONFIDENCE": "0.25",
            "ARTICLEBOT_LOGGING__QUESTIONS": "true",
            "ARTICLEBOT_LOGGING__LEVEL": "WARNING",
            "ARTICLEBOT_LIBRARY__PATH": "",
        }
    )
    assert settings.telegram.admins == (99, 100)
    assert settings.telegram.base_url == "http://127.0.0.1:8081/bot"
    assert settings.encoder.model == "sentence-transformers/LaBSE"
    assert settings.answers.threshold == 0.25
    assert settings.logging.questions is True
    assert settings.logging.level == "warning"
    assert settings.library.path == Path.cwd() / "library", "an empty variable is not set"


def test_a_calibrated_confidence_is_no_number() -> None:
    assert load_settings(environment={}).answers.threshold is None


def test_paths_are_relative_to_the_file_or_to_the_working_directory(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    (folder / "model").mkdir(parents=True)
    file = folder / "my.toml"
    file.write_text(
        '[library]\npath = "books"\n[articles]\nfolders = ["a", "/b"]\n[encoder]\nmodel = "model"'
    )
    settings = load_settings(file, {})
    assert settings.library.path == folder / "books"
    assert settings.articles.folders == (folder / "a", Path("/b"))
    assert settings.encoder.model == str(folder / "model"), "a folder that is there"
    settings = load_settings(file, {"ARTICLEBOT_LIBRARY__PATH": "books", "ARTICLEBOT_ENCODER__MODEL": "a/b"})
    assert settings.library.path == tmp_path / "books"
    assert settings.encoder.model == "a/b", "no folder, so a name on the hub"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            "\n[answers]\n# more\nqoutes = 4",
            "my.toml:4: [answers] has no key 'qoutes': did you mean quotes?",
            id="misspelt key",
        ),
        pytest.param(
            "[library]\nadmins = [1]",
            "my.toml:2: [library] has no key 'admins': it belongs under [telegram]",
            id="key of another section",
        ),
        pytest.param(
            "[library]\nxyz = 1",
            "my.toml:2: [library] has no key 'xyz': it has path, server, server_tenant, server_database",
            id="unknown key",
        ),
        pytest.param(
            "[anwsers]\nquotes = 4",
            "my.toml:2: there is no section [anwsers]: did you mean [answers]?",
            id="misspelt section",
        ),
        pytest.param(
            "quotes = 4",
            "my.toml:1: 'quotes' stands above every section: move it below [answers]",
            id="no section",
        ),
        pytest.param(
            '[answers]\nquotes = "4"',
            'my.toml:2: [answers] quotes = "4" is not a whole number from 1 to 10: '
            "write one, or leave the line out for the default, 3",
            id="wrong type",
        ),
        pytest.param(
            "[answers]\nquotes = 0",
            "my.toml:2: [answers] quotes = 0 is not a whole number from 1 to 10: "
            "write one, or leave the line out for the default, 3",
            id="out of range",
        ),
        pytest.param(
            "[answers]\nconfidence = nan",
            'my.toml:2: [answers] confidence = NaN is not "calibrated" or a number from 0 to 1: '
            'write one, or leave the line out for the default, "calibrated"',
            id="not a number",
        ),
        pytest.param(
            '[telegram]\nadmins = [\n  "a",\n]',
            'my.toml:2: [telegram] admins = ["a"] is not a list of numeric ids, as in [123456789]: '
            "write one, or leave the line out for the default, []",
            id="wrong type inside a list",
        ),
        pytest.param(
            '[library]\npath = ""',
            'my.toml:2: [library] path = "" is not a path in quotes, as in "library": '
            'write one, or leave the line out for the default, "library"',
            id="empty path",
        ),
        pytest.param(
            "[answers]\nconfidence = high",
            "my.toml:2: confidence = high is not TOML (invalid value): "
            "text stands in double quotes, a list in square brackets",
            id="syntax",
        ),
        pytest.param(
            "[answers]\nquotes = 4\nquotes = 5",
            "my.toml:3: quotes is given a second time (first on line 2): remove one of the two lines",
            id="key twice",
        ),
        pytest.param(
            "[answers]\n[library]\n[answers]",
            "my.toml:3: this is not TOML (cannot declare ('answers',) twice): say each thing once",
            id="section twice",
        ),
    ],
)
def test_a_fault_names_the_line_the_value_and_the_remedy(text: str, fault: str) -> None:
    assert faults_of(text) == [fault]


def test_dotted_keys_and_crlf_are_toml_too() -> None:
    Path("my.toml").write_bytes(b'answers.quotes = 4\r\nlibrary = {path = "/l"}\r\n')
    settings = load_settings(Path("my.toml"), {})
    assert (settings.answers.quotes, settings.library.path) == (4, Path("/l"))


def test_one_error_lists_every_fault_of_the_file_and_the_environment() -> None:
    faults = faults_of(
        """
[answers]
quotes = three
confidence = 2
[encoder
threads = 1
[articles]
folders = ["a"
max_file_mb = true
[logging]
level = "loud"
""",
        ARTICLEBOT_ANSWERS__QUOTES="many",
        ARTICLEBOT_TELEGRAM_ADMINS="[99]",
        ARTICLEBOT_TELEGRAM__ADMINS="99",
    )
    assert [fault.split(": ")[0] for fault in faults] == [
        *(f"my.toml:{line}" for line in (3, 4, 5, 8, 9, 11)),
        *["environment"] * 3,
    ]
    assert faults[-3:] == [
        (
            "environment: ARTICLEBOT_ANSWERS__QUOTES = many is not a whole number from 1 to 10: "
            "write one, or unset the variable for the default, 3"
        ),
        (
            "environment: the variable ARTICLEBOT_TELEGRAM_ADMINS names no setting: "
            "did you mean ARTICLEBOT_TELEGRAM__ADMINS?"
        ),
        (
            "environment: ARTICLEBOT_TELEGRAM__ADMINS = 99 is not a list of numeric ids, as in [123456789]: "
            "write one, or unset the variable for the default, []"
        ),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f'[telegram]\ntoken = "{TOKEN}"',
        f"[telegram]\ntoken = {TOKEN}",
        f'[telegram]\nbase_url = "https://api.telegram.org/bot{TOKEN}"',
        f'[logging]\nbot_token = "{TOKEN}"',
        f'[telegram]\nadmins = ["{TOKEN}"]',
    ],
)
def test_a_token_in_the_file_is_a_fault_that_names_the_variable_and_not_the_token(text: str) -> None:
    (fault,) = faults_of(text)
    assert fault.startswith("my.toml:2: ")
    assert "TELEGRAM_BOT_TOKEN" in fault
    assert TOKEN not in fault


def test_a_token_in_the_wrong_variable_is_a_fault_too() -> None:
    (fault,) = faults_of("", ARTICLEBOT_TELEGRAM__TOKEN=TOKEN)
    assert fault.startswith("environment: ARTICLEBOT_TELEGRAM__TOKEN")
    assert "TELEGRAM_BOT_TOKEN" in fault
    assert TOKEN not in fault


def test_a_named_file_that_is_missing_or_not_text_is_a_fault(tmp_path: Path) -> None:
    for path, problem in ((tmp_path / "none.toml", "No such file"), (tmp_path, "cannot be read")):
        with pytest.raises(SettingsError, match=problem):
            load_settings(path, {})
    (tmp_path / "wide.toml").write_bytes(b"[library]\npath = '\xff'")
    with pytest.raises(SettingsError, match=r"wide\.toml:2: .* not UTF-8"):
        load_settings(tmp_path / "wide.toml", {})


def test_a_file_in_another_language_gives_a_short_list() -> None:
    faults = faults_of("\n".join(f"key{number}: value" for number in range(3000)))
    assert len(faults) <= 51


def test_the_token_comes_from_its_variable_alone() -> None:
    assert telegram_token({"TELEGRAM_BOT_TOKEN": TOKEN}) == TOKEN
    with pytest.raises(SettingsError, match="BotFather"):
        telegram_token({})
    with pytest.raises(SettingsError, match="not shown") as caught:
        telegram_token({"TELEGRAM_BOT_TOKEN": "my secret"})
    assert "my secret" not in str(caught.value)


def test_nothing_in_the_settings_can_hold_the_token() -> None:
    settings = load_settings(environment={"TELEGRAM_BOT_TOKEN": TOKEN})
    assert isinstance(settings, Settings)
    assert TOKEN not in repr(settings)
