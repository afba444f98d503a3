"""What lies in a model folder of the comparison with the model that it comes from.

`gate.json` says whether the new model passed, why not, and who has let it pass all the same;
`gate.md` has the table of the comparison. Reading them needs nothing that training needs.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gouji.model.atomic import write_atomically
from gouji.model.errors import ConfigError, ModelError
from gouji.model.jsonl import dumps, loads

GATE, GATE_TABLE = "gate.json", "gate.md"


def refusals_of(folder: Path, version: str) -> tuple[str, ...]:
    """Why the comparison refuses the model of a folder; empty if it passed or was let pass.

    `version` is the model's name and digest: what has changed since it was compared has not
    passed. A folder without a comparison is not refused: what was trained from scratch replaces
    nothing.

    Raises:
        ModelError: the record is broken or can't be read.
    """
    if not (folder / GATE).is_file():
        return ()
    told = _record(folder)
    if told.get("forced"):
        return ()
    if told["passed"] is True:
        same = str(told.get("new")).rpartition("@")[2] == version.rpartition("@")[2]
        return () if same else ("模型的文件在比较之后改动过",)
    return tuple(map(str, told["reasons"])) or ("没有说明原因",)


def let_pass(folder: Path, version: str, by: str, reason: str) -> None:
    """Records that a person lets a refused model pass; nothing for one that is not refused.

    `version` is as in `refusals_of`.

    Raises:
        ConfigError: no reason is given.
        ModelError: the record is broken or can't be read.
        OSError: a file can't be written.
    """
    if not reason.strip():
        raise ConfigError("--force 须用 --force-reason 说明理由")
    if not refusals_of(folder, version):
        return
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    forced = {"by": by, "reason": reason.strip(), "date": date}
    line = f"\n{by} 于 {date} 放行：{reason.strip()}\n"
    table = folder / GATE_TABLE
    text = table.read_text("utf-8") if table.is_file() else ""
    if not text.endswith(line):  # as it does where an earlier call was killed before the record
        write_atomically(table, f"{text}{line}".encode())
    write_atomically(folder / GATE, (dumps({**_record(folder), "forced": forced}) + "\n").encode())


def _record(folder: Path) -> Mapping[str, Any]:
    path = folder / GATE
    try:
        told = loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}：无法读取比较的记录（{error}）") from error
    if not isinstance(told, dict) or not isinstance(told.get("reasons"), list):
        raise ModelError(f"{path}：不是比较的记录")
    return {"passed": False, **told}
