"""Corrections from files: JSONL, or the workbook of a run with right values filled in."""

from pathlib import Path

from gouji.inference.corrections import Corrections, gathered, lines_corrections
from gouji.inference.corrections_workbook import workbook_corrections
from gouji.model.errors import ConfigError
from gouji.model.form import Form

_ZIP = b"PK"


def read_corrections(path: Path, form: Form) -> Corrections:
    """The corrections in a file, whose content tells its kind.

    Raises:
        ConfigError: the file can't be read or an entry of it is malformed; its place is named.
    """
    try:
        with path.open("rb") as file:
            is_workbook = file.read(len(_ZIP)) == _ZIP
        if is_workbook:
            return gathered(workbook_corrections(path.read_bytes(), path.name), form)
        return gathered(lines_corrections(path), form)
    except OSError as error:
        raise ConfigError(f"无法打开更正文件 {path}（{error.strerror}）") from error
    except ValueError as error:
        raise ConfigError(f"更正文件有误：{error}") from error
