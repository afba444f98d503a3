"""ZIP archives as folders: which files are in one, and the bytes of each."""

import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from gouji.inference.readers.kinds import DAMAGE, is_plain_archive
from gouji.model.errors import Corrupt, Encrypted, LimitExceeded, ReadError

MOST_MEMBERS = 20_000
_ZIP = b"PK"
_UTF8_NAME = 0x800  # of the general purpose flags: the name is UTF-8 (APPNOTE 4.4.4)
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; `number` is its place in the directory, counted from 0."""

    name: str
    number: int


def members_of(path: Path) -> tuple[Member, ...] | None:
    """The files in a ZIP archive, sorted by name; None if the file is not one, or is a document.

    Raises:
        ReadError: the archive can't be opened.
        Corrupt: a name leads out of it, or stands in it twice.
        LimitExceeded: it has more than `MOST_MEMBERS` members.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_ZIP)) != _ZIP:
                return None
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except OSError as error:
        raise ReadError(f"无法打开（{error.strerror}）；请检查文件和权限") from error
    except DAMAGE:  # reading it as a source says that it is damaged
        return None
    if not is_plain_archive([entry.filename for entry in entries]):
        return None
    if len(entries) > MOST_MEMBERS:
        raise LimitExceeded(
            f"压缩包有 {len(entries)} 个成员，超过上限 {MOST_MEMBERS}；请拆分后再试"
        )
    found = [Member(_name(e), n) for n, e in enumerate(entries) if not e.is_dir()]
    for member in found:
        parts = PurePosixPath(member.name).parts
        if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
            raise Corrupt(f"压缩包中有指向包外的名称（{member.name}），不予读取")
    if len({member.name for member in found}) < len(found):
        raise Corrupt("压缩包中有同名的文件，不予读取；请解压后再试")
    return tuple(sorted(found, key=lambda member: PurePosixPath(member.name).parts))


def member_bytes(path: Path, number: int, name: str, max_bytes: int) -> bytes:
    """The bytes of a member; at most one more than allowed is ever unpacked.

    Raises:
        Encrypted: it is locked by a password.
        Corrupt: it is damaged, or packed by a method that is not known.
        LimitExceeded: it unpacks to more than `max_bytes`.
        ReadError: the archive can't be opened.
    """
    data = member_head(path, number, name, max_bytes + 1)
    if len(data) > max_bytes:
        raise LimitExceeded(f"{name}：解压后超过上限 {max_bytes} 字节；请拆分后再试")
    return data


def member_head(path: Path, number: int, name: str, n_bytes: int) -> bytes:
    """The first bytes of a member.

    Raises:
        ReadError: as `member_bytes`, but for the limit.
    """
    try:
        archive = _opened(path, path.stat().st_mtime_ns)
        entry = archive.infolist()[number]
        if entry.flag_bits & _ENCRYPTED:
            raise Encrypted(f"{name}：在压缩包中加了密码；请解除密码后再试")
        with archive.open(entry) as stream:
            return stream.read(n_bytes)
    except OSError as error:
        raise ReadError(f"{name}：无法打开压缩包（{error.strerror}）；请检查文件和权限") from error
    except DAMAGE as error:
        raise Corrupt(f"{name}：在压缩包中已损坏（{error}）；请重新打包") from error


@lru_cache(maxsize=1)
def _opened(path: Path, changed_ns: int) -> zipfile.ZipFile:
    """The archive, kept open for its next member: reading a long directory takes a while."""
    return zipfile.ZipFile(path)


def _name(entry: zipfile.ZipInfo) -> str:
    """The name with `/`; names that are not marked as UTF-8 are UTF-8 or GB18030 all the same."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")
