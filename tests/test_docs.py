"""The documentation says what the code does: commands, options, settings, codes, packages."""

import ast
import hashlib
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import cast

import pytest
from typer import Context
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from gouji.cli import app
from gouji.inference.config import Settings
from gouji.model.findings import KINDS
from gouji.model.jsonl import encode

Command = TyperCommand | TyperGroup

ROOT = Path(__file__).parent.parent
AREAS = ("model", "inference", "annotations", "training")
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (".", "docs", "seeds", "annotations/gold", *AREAS)
    for path in (ROOT / folder).glob("*.md")
)
MANUAL = "inference/README.md"
READMES = ("README.md", "README.en.md")


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def commands(command: Command, name: str) -> Iterator[tuple[str, Command]]:
    """Every command with its full name, groups included."""
    yield name, command
    if isinstance(command, TyperGroup):
        for child in command.commands:
            context = Context(command, info_name=name)
            subcommand = command.resolve_command(context, [child])[1]
            yield from commands(cast(Command, subcommand), f"{name} {child}")


COMMANDS = dict(commands(cast(Command, get_command(app)), "gouji"))


def options_of(command: Command) -> list[str]:
    return [
        option
        for parameter in command.params
        if isinstance(parameter, TyperOption)
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    ]


def shown_commands(page: str) -> Iterator[list[str]]:
    """The shell lines of a page: those of code blocks, without prompt and comment."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            found = re.match(r"(?:\$ )?(?:\.venv/bin/)?((?:make|gouji)(?: .*)?)$", line)
            if found:
                yield shlex.split(found[1], comments=True)


def section(page: str, option_owner: str) -> str:
    """The part of a page under the heading that names a command."""
    parts = re.split(r"^#+ ", text_of(page), flags=re.MULTILINE)
    return next((part for part in parts if part.startswith(f"`{option_owner}`")), "")


def requirements(*extras: str) -> list[str]:
    """What extraction asks for, or what the extras of these names do."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    optional = project["optional-dependencies"]
    listed = [name for extra in extras for name in optional[extra]] or project["dependencies"]
    return [re.split(r"[<>=~!\[; ]", requirement)[0] for requirement in listed]


ALL_REQUIREMENTS = [*requirements(), *requirements("parquet", "pdf", "scan", "train", "dev")]


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> list[tuple[str, str]]:
    lines = text_of("constraints.txt").splitlines()
    found = [re.fullmatch(r"([\w.-]+)==([\w.]+)", line) for line in lines if line[:1] != "#"]
    assert all(found), "constraints.txt holds something other than NAME==VERSION"
    return [(match[1], match[2]) for match in found if match]


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items()])
def test_command_and_its_options_are_in_the_manual(name: str) -> None:
    command = COMMANDS[name]
    if isinstance(command, TyperGroup):
        assert f"`{name}" in text_of(MANUAL)
        return
    part = section(MANUAL, name)
    assert part, f"{MANUAL} has no heading `{name}`"
    missing = [option for option in options_of(command) if f"`{option}" not in part]
    assert missing == [], f"under `{name}` in {MANUAL}"


@pytest.mark.parametrize("page", PAGES)
def test_shown_command_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    for words in shown_commands(page):
        if words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= targets, words
            continue
        name = max(
            (name for name in COMMANDS if name.split() == words[: len(name.split())]), key=len
        )
        known = [*options_of(COMMANDS[name]), "--help", "--version"]
        assert {word for word in words if word.startswith("--")} <= set(known), words
        assert isinstance(COMMANDS[name], TyperGroup) <= (len(words) <= 2), words


@pytest.mark.parametrize("page", READMES)
def test_readme_shows_how_to_run_and_test(page: str) -> None:
    shown = [" ".join(words) for words in shown_commands(page)]
    assert {"make run", "make test"} <= set(shown)


@pytest.mark.parametrize("page", READMES)
def test_readme_python_prints_what_it_says(page: str) -> None:
    found = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", text_of(page), re.DOTALL)
    assert found
    done = subprocess.run(
        [sys.executable, "-c", found[1]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == found[2], done.stderr


@pytest.mark.parametrize("page", READMES)
def test_readme_shows_what_make_run_ends_with(page: str, extracted_seeds_messages: str) -> None:
    assert f"```text\n{extracted_seeds_messages}```" in text_of(page)


@pytest.mark.parametrize("page", PAGES)
def test_link_to_a_file_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(page))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_finding_codes_in_the_manual_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| ([A-Z]\d{3}) \| (\w+) \| (.+?) \| (.+?) \|$", text_of(MANUAL), re.M)
    assert [row[:3] for row in rows] == [
        (kind.code, kind.severity.value, kind.meaning) for kind in KINDS.values()
    ]


def test_settings_in_the_manual_are_those_of_the_code_with_their_defaults() -> None:
    rows = re.findall(r"^\| `(\w+)\.(\w+)` \| `([^`]+)` \| .+ \|$", text_of(MANUAL), re.M)
    shipped = encode(Settings())
    assert {(stage, key): json.loads(default) for stage, key, default in rows} == {
        (stage, key): value for stage, keys in shipped.items() for key, value in keys.items()
    }


def test_changelog_describes_the_version() -> None:
    assert re.search(
        rf"^## \[{re.escape(version('gouji'))}\] - \d{{4}}-\d\d-\d\d$",
        text_of("CHANGELOG.md"),
        re.MULTILINE,
    )


@pytest.mark.parametrize("name", ALL_REQUIREMENTS)
def test_dependency_has_a_reason_and_an_exact_version(name: str) -> None:
    row = re.search(
        rf"^\| {re.escape(name)} \| [^|]+ \| ([^|]+) \|$", text_of("docs/dependencies.md"), re.M
    )
    assert row, f"docs/dependencies.md has no line for {name}"
    assert len(row[1].split()) >= 3
    assert normalised(name) in {normalised(pinned) for pinned, _ in pins()}


def test_documented_dependencies_are_asked_for() -> None:
    rows = re.findall(
        r"^\| ([\w.-]+) \| [^|]+ \| [^|]+ \|$", text_of("docs/dependencies.md"), re.MULTILINE
    )
    assert sorted(set(rows) - {"package"}) == sorted(ALL_REQUIREMENTS)


def imported_packages(sources: Iterable[Path]) -> set[str]:
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"gouji"}
    providers = packages_distributions()
    return {normalised(provider) for top in tops for provider in providers[top]}


def test_declared_packages_are_those_that_the_code_imports() -> None:
    sources = {path for area in AREAS for path in (ROOT / area).rglob("*.py")}
    trains = {path for path in sources if path.is_relative_to(ROOT / "training")}
    trains.add(ROOT / "model/gouji/model/network.py")
    extras = requirements("parquet", "pdf", "scan")
    always = {normalised(name) for name in (*requirements(), *extras)}
    carried = {"rapidocr"}  # for its weights; none of its code is imported
    assert imported_packages(sources - trains) == always - carried
    asked = always | {normalised(name) for name in requirements("train")}
    quantising = {"onnx"}  # onnxruntime quantises with it
    assert asked - imported_packages(sources) == quantising | carried
    assert imported_packages(sources) <= asked


def test_constraints_are_sorted_and_unique() -> None:
    names = [name.lower() for name, _ in pins()]
    assert names == sorted(set(names))


def test_samples_are_unchanged() -> None:
    listed = dict(
        re.findall(r"^\| (\S+\.txt) \|.*`([0-9a-f]{64})` \|$", text_of("seeds/README.md"), re.M)
    )
    files = {path.name: path.read_bytes() for path in (ROOT / "seeds").glob("*.txt")}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
