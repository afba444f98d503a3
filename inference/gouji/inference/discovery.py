"""Which files a run reads, and under which names their reports go."""

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path, PurePath, PurePosixPath

from gouji.inference.found import Discovery, Found, Passed
from gouji.inference.joining import is_picture, joined
from gouji.inference.readers.archive import members_of
from gouji.inference.writers.outputs import (
    REPORT_LINES,
    is_own_output,
    report_path,
    workbook_path,
)
from gouji.inference.writers.sheets import SUMMARIES
from gouji.model.errors import ConfigError, ReadError

_SYSTEM_FOLDERS = frozenset({"__MACOSX"})
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})
_FURTHER_REPORT = re.compile(r"(?P<source>.+)#\d+", re.DOTALL)


def discover(
    paths: Sequence[Path],
    out: Path | None = None,
    aside: Collection[Path] = (),
    *,
    join: bool = False,
) -> Discovery:
    """The sources under the paths; a folder is walked in sorted order, a file always read.

    Left out in walks are hidden files and folders, `~$*`, Thumbs.db, desktop.ini, README*,
    links to folders, what is no regular file, gouji's own outputs, the folder `out`, and the files
    `aside` that the run uses otherwise. A ZIP archive is walked like a folder. With `join`, the
    pictures of a folder are the pages of one source, which goes by its name; a folder without
    anything to read is then told as unreadable, and so is one that holds other files too.

    Raises:
        ConfigError: a path does not exist, two sources would share a name, something in `out`
            that gouji did not write would be overwritten, or a path to `join` is a picture.
    """
    excluded = out.resolve() if out else None
    used = {path.resolve() for path in aside}
    parts = [_at(path, excluded, used, join=join) for path in paths]
    found = tuple(source for part in parts for source in part.found)
    _refuse_shared_names(found)
    if out is not None:
        _refuse_overwriting(out, found)
    skipped = tuple(passed for part in parts for passed in part.skipped)
    return Discovery(found, skipped, tuple(p for part in parts for p in part.unreadable))


def _at(path: Path, excluded: Path | None, used: Collection[Path], *, join: bool) -> Discovery:
    """What is found at a path: the file itself, or what is in the folder."""
    if not (mode := _mode(path)):
        raise ConfigError(f"{path}：没有这个文件或文件夹，或无权查看")
    found: list[Found] = []
    skipped: list[Passed] = []
    unreadable: list[Passed] = []
    if not stat.S_ISDIR(mode):
        _enter(path, _printable(path.name), found, skipped, unreadable)
        if join and any(source.member is None and is_picture(source) for source in found):
            raise ConfigError(f"{path}：--join 合并文件夹中的图片；请给出图片所在的文件夹")
    for entry in _walk(path, excluded, unreadable) if stat.S_ISDIR(mode) else ():
        name = _printable(entry.relative_to(path).as_posix())
        reason = _reason_to_skip(entry, excluded)
        if reason or entry.resolve() in used:
            skipped.append(Passed(name, reason or "本次运行所用的文件"))
        elif not stat.S_ISDIR(_mode(entry)):
            _enter(entry, name, found, skipped, unreadable)
        elif join:
            unreadable.append(Passed(name, "文件夹是空的；应为报告各页的图片"))
    discovery = Discovery(tuple(found), tuple(skipped), tuple(unreadable))
    return joined(discovery, _printable(path.resolve().name)) if join else discovery


def _walk(
    folder: Path, excluded: Path | None, unreadable: list[Passed], *, is_top: bool = True
) -> Iterator[Path]:
    """Every file under the folder, in sorted order, and every folder not entered, or empty."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        name = _printable(str(folder))
        unreadable.append(Passed(name, f"无法打开文件夹（{error.strerror}）；请检查权限"))
        return
    if not entries and not is_top:
        yield folder
    for entry in entries:
        if stat.S_ISDIR(_mode(entry)) and not _reason_to_skip(entry, excluded):
            yield from _walk(entry, excluded, unreadable, is_top=False)
        else:
            yield entry


def _enter(
    path: Path,
    name: str,
    found: list[Found],
    skipped: list[Passed],
    unreadable: list[Passed],
) -> None:
    """Takes up a file, or what is in it if it is an archive."""
    try:
        members = members_of(path) if stat.S_ISREG(_mode(path)) else None
    except ReadError as error:
        unreadable.append(Passed(name, str(error)))
        return
    if members is None:
        found.append(Found(path, name))
        return
    for member in members:
        inner = f"{name}/{_printable(member.name)}"
        if reason := _reason_to_skip_member(member.name):
            skipped.append(Passed(inner, reason))
        else:
            found.append(Found(path, inner, member.number))


def _reason_to_skip_member(name: str) -> str | None:
    *folders, last = PurePosixPath(name).parts
    if any(folder.startswith(".") or folder in _SYSTEM_FOLDERS for folder in folders):
        return "隐藏文件"
    return _reason_to_skip_name(last.lower()) or _reason_to_skip_readme(last.lower())


def _reason_to_skip(entry: Path, excluded: Path | None) -> str | None:
    name, mode = entry.name.lower(), _mode(entry)
    reason = _reason_to_skip_name(name)
    if stat.S_ISDIR(mode):
        return reason or _reason_to_skip_folder(entry, excluded)
    if reason := reason or _reason_to_skip_readme(name):
        return reason
    if not stat.S_ISREG(mode):
        return "不是普通文件"
    if is_own_output(entry):
        return "勾稽自己的输出"
    return None


def _reason_to_skip_name(name: str) -> str | None:
    if name.startswith("."):
        return "隐藏文件"
    if name.startswith("~$"):
        return "编辑软件的临时文件"
    if name in _SYSTEM_FILES:
        return "系统文件"
    return None


def _reason_to_skip_readme(name: str) -> str | None:
    return "说明文件" if name.startswith("readme") else None


def _reason_to_skip_folder(folder: Path, excluded: Path | None) -> str | None:
    if folder.is_symlink():
        return "指向文件夹的链接"
    return "本次的输出文件夹" if folder.resolve() == excluded else None


def _mode(path: Path) -> int:
    """The kind of file and its permissions; 0 where a link leads nowhere or access is denied."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _printable(name: str) -> str:
    r"""The name in Unicode; bytes of it that are not UTF-8 become `\x..`."""
    return os.fsencode(PurePath(name)).decode("utf-8", "backslashreplace")


def _refuse_shared_names(found: Iterable[Found]) -> None:
    """Reports go by the names of their sources, `#2` added for the second in a file."""
    paths: dict[str, Path] = {}
    for source in found:
        if source.name in paths:
            raise ConfigError(
                f"{paths[source.name]} 与 {source.path} 的结果会同名（{source.name}）；"
                "请分开运行，或改为给出它们共同的上级文件夹"
            )
        paths[source.name] = source.path
    for name, path in paths.items():
        further = _FURTHER_REPORT.fullmatch(name)
        if further and further["source"] in paths:
            raise ConfigError(f"{path} 的结果会与 {further['source']} 中另一份报告的同名；请改名")


def _refuse_overwriting(out: Path, found: Iterable[Found]) -> None:
    """A run may replace outputs of earlier ones, but nothing that only has their name."""
    reports = (path(out, source.name) for source in found for path in (report_path, workbook_path))
    for path in (*reports, *(out / name for name in (REPORT_LINES, *SUMMARIES))):
        if stat.S_ISREG(_mode(path)) and not is_own_output(path):
            raise ConfigError(f"{path} 已存在，且不是勾稽的输出，不予覆盖；请换一个输出文件夹")
