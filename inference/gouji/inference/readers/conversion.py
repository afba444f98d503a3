"""Older office formats: turned into DOCX or XLSX by LibreOffice, where it is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from gouji.inference.readers.limits import Limits
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat

PROGRAMS = ("soffice", "libreoffice")
_SHARE_OF_TIME = 0.8  # of the time that a document may take; what is left is for reading it
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")


def converted(data: bytes, name: str, kind: str, suffix: str, limits: Limits) -> bytes:
    """The bytes of a document as a file of the format `suffix` (`docx` or `xlsx`).

    LibreOffice runs headless with a profile of its own that is thrown away: it takes no settings
    of the user, runs no macros and leaves nothing behind.

    Raises:
        UnsupportedFormat: LibreOffice is not installed.
        Corrupt: it can't read the document.
        LimitExceeded: it takes too long, or makes a file larger than `limits.max_bytes`.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise UnsupportedFormat(
            f"{name}：是 {kind}；请另存为 .{suffix} 后再试，或安装 LibreOffice 后直接读取"
        )
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        source, out = Path(folder) / "document", Path(folder) / "out"
        source.write_bytes(data)
        profile = (Path(folder) / "profile").as_uri()
        command = [
            *(program, "--headless", "--norestore", f"-env:UserInstallation={profile}"),
            *("--convert-to", suffix, "--outdir", str(out), str(source)),
        ]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                check=False,
                timeout=_SHARE_OF_TIME * limits.timeout_s,
                env={key: os.environ[key] for key in _PASSED_ON if key in os.environ}
                | {"HOME": folder},
            )
        except subprocess.TimeoutExpired as error:
            raise LimitExceeded(
                f"{name}：LibreOffice 转换超时；请另存为 .{suffix} 后再试"
            ) from error
        result = out / f"document.{suffix}"
        if not result.is_file():
            said = done.stderr.decode("utf-8", "replace").strip() or f"退出码 {done.returncode}"
            raise Corrupt(f"{name}：LibreOffice 无法打开（{said}）；请另存为 .{suffix} 后再试")
        if result.stat().st_size > limits.max_bytes:
            raise LimitExceeded(f"{name}：转换后超过上限 {limits.max_bytes} 字节；请拆分后再试")
        return result.read_bytes()
