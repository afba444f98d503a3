"""Commands killed by SIGKILL at the changes that they make below a folder, and run again."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_DRIVER = """
import importlib, json, os, shutil, signal, sys
from pathlib import Path
from gouji.cli import main

asked = json.loads(sys.argv[1])
for name in asked["imports"]:
    importlib.import_module(name)
if asked["prepare"]:
    importlib.import_module(asked["prepare"]).prepare()
PATHS = {"open": (0,), "os.rename": (0, 1), "os.remove": (0,), "os.mkdir": (0,), "os.rmdir": (0,)}

def watch(folder, at):
    left = [at]
    def count():
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    def hook(event, args):
        if event not in asked["events"] or event not in PATHS:
            return
        if event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR):
            return
        given = [args[number] for number in PATHS[event]]
        paths = [os.path.abspath(path) for path in given if isinstance(path, (str, os.PathLike))]
        if any(path.startswith(str(folder)) for path in paths):
            count()
    def fsync(descriptor, synchronise=os.fsync):
        if "os.fsync" in asked["events"]:
            count()
        synchronise(descriptor)
    os.fsync = fsync
    sys.addaudithook(hook)

def run(folder, command, at=None):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.environ["GOUJI_HOME"] = str(folder / "home")
    os.chdir(folder)
    sys.argv = ["gouji", *command]
    sys.stdout = sys.stderr = open(folder.parent / f"{folder.name}.log", "a")
    if at is not None:
        watch(folder, at)
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = -1
    sys.stdout.flush()
    os._exit(code)

codes, at = [], 0
while True:
    at += 1
    folder = Path(asked["into"]) / str(at)
    shutil.copytree(asked["template"], folder)
    code = run(folder, asked["command"], at)
    if code != -signal.SIGKILL:
        break
    shutil.copytree(folder, folder.with_name(f"{at}.killed"))
    for command in asked["again"]:
        code = run(folder, command)
        if code != 2:
            break
    codes.append(code)
print(json.dumps([*codes, code]))
"""

CHANGES = ("open", "os.fsync", "os.rename", "os.remove", "os.mkdir", "os.rmdir")
"""What changes a folder: an opening for writing, a content brought to the disk, and so on."""


@dataclass(frozen=True, slots=True)
class Killed:
    """What a run that was killed left behind, and the same folder after it was run again."""

    left: Path
    again: Path
    code: int


@dataclass(frozen=True, slots=True)
class Command:
    """A command to kill: its words, and the modules loaded once for all its runs.

    After each kill the commands `again` (else the same one) are run until one is no wrong usage.
    `prepare` names a module whose function of that name is called first.
    """

    words: Sequence[str]
    imports: Sequence[str]
    again: Sequence[Sequence[str]] = ()
    events: Sequence[str] = CHANGES
    prepare: str = ""


def killed_everywhere(template: Path, into: Path, command: Command) -> tuple[list[Killed], Killed]:
    """The command run in copies of `template`: killed before its first change, its second, ...

    Last comes the run that was killed nowhere. `GOUJI_HOME` is `home` in the copy.
    """
    asked = {
        "template": str(template),
        "into": str(into),
        "command": list(command.words),
        "again": [list(words) for words in command.again or (command.words,)],
        "imports": list(command.imports),
        "events": list(command.events),
        "prepare": command.prepare,
    }
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, json.dumps(asked)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
    found = [
        Killed(into / f"{number}.killed", into / str(number), code)
        for number, code in enumerate(json.loads(done.stdout), start=1)
    ]
    return found[:-1], found[-1]


def contents(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder by its path, without what a killed run has left half written."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (path.name.startswith(".gouji-") and path.suffix == ".tmp")
    }
