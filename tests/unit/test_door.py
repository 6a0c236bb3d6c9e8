"""`index` is a door: complete, grouped, and cheap to open."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import index
from index import ArticlebotError

ROOT = Path(index.__file__).parents[1]
HEAVY = ("torch", "chromadb", "llama_index", "onnxruntime", "sentence_transformers", "transformers")


def imported_after(script: str, *arguments: Path) -> set[str]:
    """Which of the heavy libraries a fresh Python has imported after a script."""
    tail = f"\nimport sys; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    command = [sys.executable, "-c", script + tail, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_everything_the_door_offers_is_there_and_nothing_else() -> None:
    public = {
        name for name, value in vars(index).items() if not name.startswith("_") and not _is_module(value)
    }
    assert set(index.__all__) == public - {"Path"}
    assert len(set(index.__all__)) == len(index.__all__)


def _is_module(value: object) -> bool:
    return type(value) is type(index)


def test_every_error_can_be_caught_by_name() -> None:
    def tree(kind: type[ArticlebotError]) -> set[str]:
        return {kind.__name__}.union(*(tree(each) for each in kind.__subclasses__()))

    assert tree(ArticlebotError) <= set(index.__all__)


def test_the_contents_are_grouped_under_headings() -> None:
    lines = (ROOT / "index" / "__init__.py").read_text(encoding="utf-8").splitlines()
    contents = lines[lines.index("__all__ = [") + 1 : -1]
    assert contents[0].strip().startswith("# ")
    assert sum(line.strip().startswith("# ") for line in contents) >= 4


@pytest.mark.parametrize("name", index.__all__)
def test_what_the_door_offers_is_documented(name: str) -> None:
    assert (getattr(index, name).__doc__ or "").strip()


def test_opening_the_door_imports_nothing_heavy() -> None:
    assert imported_after("import index") == set()


@pytest.mark.parametrize(
    ("looked_through", "imported"), [(1_000, {"onnxruntime"}), (1, {"onnxruntime", "chromadb"})]
)
def test_asking_with_the_bundled_model_imports_neither_torch_nor_llama_index(
    sample_library: Path, looked_through: int, imported: set[str]
) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom index import Library, bases\n"
        f"bases.LOOKED_THROUGH = {looked_through}\n"
        "with Library.open(Path(sys.argv[1])) as library:\n"
        "    library.ask('how much does Xiaomi plan to spend on R&D')\n"
    )
    assert imported_after(script, sample_library) == imported


def test_building_with_the_bundled_model_does_not_import_torch(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("橋在三月開放。\n\n市府說票價不變。", encoding="utf-8")
    script = (
        "import sys\nfrom pathlib import Path\nfrom index import Library\n"
        "with Library.open(Path(sys.argv[1]) / 'library', create=True) as library:\n"
        "    assert library.build([Path(sys.argv[1]) / 'article.txt']).passages\n"
    )
    assert not imported_after(script, tmp_path) & {"torch", "transformers", "sentence_transformers"}


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        ("onnxruntime", {"inference"}),
        ("sentence_transformers", {"encoder"}),
        ("tokenizers", {"inference", "reader"}),
        ("chromadb", {"store", "server"}),
        ("llama_index", {"store", "retriever", "composer"}),
        ("Stemmer", {"keywords"}),
    ],
)
def test_a_library_is_known_to_its_own_module_alone(library: str, owners: set[str]) -> None:
    users = {path.stem for path in (ROOT / "index").glob("*.py") if library in _imports(path)}
    assert users <= owners


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found
