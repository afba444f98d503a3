"""Where code may stand, what it may import, and how long it may get."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
AREAS = ("model", "inference", "annotations", "training")
RANK = {f"gouji.{area}": rank for rank, area in enumerate(AREAS)}
COMMANDS = ("gouji.cli", "gouji.__main__")
HEAVY = ("torch", "transformers", "datasets", "sklearn")
HEAVY_ALLOWED = ("gouji.model.network", "gouji.training")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Import = tuple[str, int, bool]
"""Imported module, line, whether the import stands inside a function."""


def is_within(module: str, parents: tuple[str, ...]) -> bool:
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)


def sources(root: Path) -> Iterator[Path]:
    """The Python files of the areas, relative to the root."""
    for area in AREAS:
        yield from (path.relative_to(root) for path in sorted((root / area).rglob("*.py")))


def module_of(path: Path) -> str:
    """`model/gouji/model/form.py` -> `gouji.model.form`."""
    parts = path.with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.Module) -> Iterator[Import]:
    functions = [node for node in ast.walk(tree) if isinstance(node, FunctionNode | ast.Lambda)]
    inside = {id(child) for function in functions for child in ast.walk(function)}
    for node in ast.walk(tree):
        for name in imported_names(node):
            yield name, getattr(node, "lineno", 0), id(node) in inside


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level:
        return ["."]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = ast.unparse(node.func)
        if called in ("import_module", "importlib.import_module", "__import__"):
            return [str(node.args[0].value)]
    return []


def import_problem(importer: str, imported: str, inside_function: bool) -> str | None:
    """Why `importer` must not import `imported`, or None if it may."""
    if imported == ".":
        return "relative import: ask for things by their full name"
    if is_within(imported, HEAVY) and not is_within(importer, HEAVY_ALLOWED):
        return f"{imported} belongs to gouji.training and gouji.model.network alone"
    if is_within(imported, ("gouji.model.network",)) and not is_within(
        importer, ("gouji.training", "gouji.model.network")
    ):
        return "gouji.model.network is for gouji.training alone"
    if is_within(imported, COMMANDS):
        return None if is_within(importer, COMMANDS) else "only commands may import commands"
    if is_within(importer, COMMANDS):
        return step_up("gouji.inference", imported) if not inside_function else None
    return step_up(importer, imported)


def step_up(importer: str, imported: str) -> str | None:
    ranks = [
        next((rank for area, rank in RANK.items() if is_within(module, (area,))), -1)
        for module in (importer, imported)
    ]
    return f"a step upwards to {imported}" if ranks[1] > ranks[0] else None


def wrong_imports(root: Path) -> list[str]:
    return [
        f"{path}:{line}: {problem}"
        for path in sources(root)
        for imported, line, inside in imports_of(ast.parse((root / path).read_text("utf-8")))
        if (problem := import_problem(module_of(path), imported, inside))
    ]


def is_placed_well(path: Path) -> bool:
    area, *inner = path.parts
    if area == "inference" and (inner[:2] == ["gouji", "cli"] or inner == ["gouji", "__main__.py"]):
        return True
    return inner[:2] == ["gouji", area] and len(inner) > 2


def misplaced_files(root: Path) -> list[str]:
    return [
        f"{path}: code belongs into AREA/gouji/AREA/"
        for path in sources(root)
        if not is_placed_well(path)
    ]


def too_long(root: Path) -> list[str]:
    found = []
    for path in [*sources(root), *(p.relative_to(root) for p in (root / "tests").rglob("*.py"))]:
        text = (root / path).read_text("utf-8")
        if (n_lines := len(text.splitlines())) > MAX_FILE_LINES:
            found.append(f"{path}: {n_lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, FunctionNode):
                n_lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if n_lines > MAX_FUNCTION_LINES:
                    found.append(f"{path}:{node.lineno}: {node.name} has {n_lines} lines")
    return found


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")


@pytest.mark.parametrize("rule", [wrong_imports, misplaced_files, too_long])
def test_code_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


def test_every_area_holds_code_that_the_rules_see() -> None:
    assert {path.parts[0] for path in sources(ROOT)} >= {"model", "inference", "annotations"}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("model/gouji/model/a.py", "import gouji.inference.rules"),
        ("model/gouji/model/a.py", "def f():\n    from gouji import inference"),
        ("model/gouji/model/a.py", "from importlib import import_module\nimport_module('torch')"),
        ("inference/gouji/inference/a.py", "from gouji.annotations.corpus import load"),
        ("inference/gouji/inference/a.py", "from gouji.cli import main"),
        ("inference/gouji/inference/a.py", "from . import rules"),
        ("inference/gouji/inference/a.py", "from gouji.model import network"),
        ("inference/gouji/inference/a.py", "def f():\n    import transformers.models"),
        ("inference/gouji/cli/a.py", "import gouji.training.loop"),
        ("inference/gouji/cli/a.py", "def f():\n    import torch"),
        ("annotations/gouji/annotations/a.py", "from gouji.training import loop"),
        ("annotations/gouji/annotations/a.py", "import datasets"),
        ("model/gouji/model/network/a.py", "from gouji.inference import rules"),
    ],
)
def test_wrong_import_is_found(tmp_path: Path, path: str, code: str) -> None:
    write(tmp_path, path, code)
    assert len(wrong_imports(tmp_path)) == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("model/gouji/model/network.py", "import torch\nfrom transformers import PreTrainedModel"),
        ("training/gouji/training/a.py", "import sklearn\nfrom gouji.model import network"),
        ("training/gouji/training/a.py", "from gouji.annotations import corpus"),
        ("inference/gouji/inference/a.py", "from gouji.model.form import Form\nimport re"),
        ("inference/gouji/inference/a.py", "import datasetsx, gouji.modelling"),
        ("inference/gouji/cli/a.py", "from gouji.inference import bulk\nfrom gouji.cli import b"),
        ("inference/gouji/cli/a.py", "def f():\n    import gouji.training.loop"),
        ("inference/gouji/__main__.py", "from gouji.cli import main"),
    ],
)
def test_right_import_is_let_through(tmp_path: Path, path: str, code: str) -> None:
    write(tmp_path, path, code)
    assert wrong_imports(tmp_path) == []


@pytest.mark.parametrize(
    "path",
    [
        "model/gouji/__init__.py",
        "model/a.py",
        "model/gouji/a.py",
        "model/gouji/inference/a.py",
        "model/gouji/cli/a.py",
        "training/gouji/__main__.py",
    ],
)
def test_misplaced_file_is_found(tmp_path: Path, path: str) -> None:
    write(tmp_path, path, "")
    assert len(misplaced_files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("n_lines", "n_found"), [(MAX_FUNCTION_LINES, 0), (MAX_FUNCTION_LINES + 1, 1)]
)
def test_long_function_is_found(tmp_path: Path, n_lines: int, n_found: int) -> None:
    write(tmp_path, "model/gouji/model/a.py", "def f():\n" + "    x = 1\n" * (n_lines - 1))
    assert len(too_long(tmp_path)) == n_found


@pytest.mark.parametrize(("n_lines", "n_found"), [(MAX_FILE_LINES, 0), (MAX_FILE_LINES + 1, 1)])
def test_long_file_is_found(tmp_path: Path, n_lines: int, n_found: int) -> None:
    write(tmp_path, "tests/a.py", "x = 1\n" * n_lines)
    assert len(too_long(tmp_path)) == n_found


BLOCKER = f"""
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY!r}:
            raise ModuleNotFoundError(f"blocked: {{name}}", name=name)

sys.meta_path.insert(0, Blocker())
"""


@pytest.fixture
def without_heavy_packages(tmp_path: Path) -> dict[str, str]:
    """An environment in which no Python process, worker processes included, can import them."""
    write(tmp_path, "blocker/sitecustomize.py", BLOCKER)
    return {**os.environ, "PYTHONPATH": str(tmp_path / "blocker")}


def test_blocked_packages_cannot_be_imported(without_heavy_packages: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import torch"],
        env=without_heavy_packages,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "blocked: torch" in done.stderr


@pytest.mark.parametrize("n_workers", [1, 2])
def test_extraction_needs_no_training_packages(
    without_heavy_packages: dict[str, str], tmp_path: Path, n_workers: int
) -> None:
    seeds = sorted((ROOT / "seeds").glob("*.txt"))[:2]
    command = [sys.executable, "-m", "gouji", "extract", *map(str, seeds)]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "out"), "--workers", str(n_workers)],
        env=without_heavy_packages,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").glob("*.json")} == {
        f"{seed.name}.json" for seed in seeds
    }
