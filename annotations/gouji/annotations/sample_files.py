"""Files of annotations checked line by line: the schema, each sample, and samples met twice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from gouji.annotations.checks import problems
from gouji.annotations.problems import Level, Problem
from gouji.annotations.remarks import remarks
from gouji.model.annotation import Annotation
from gouji.model.errors import ConfigError
from gouji.model.form import Form
from gouji.model.jsonl import DecodeError, Json, decode, loads

_SUFFIX = ".jsonl"
_SHOWN = 60  # characters of a value that a message quotes
_KINDS = {"object": "对象", "array": "数组", "string": "文字", "integer": "整数", "number": "数"}
_KINDS |= {"null": "null"}


@dataclass(frozen=True, slots=True)
class Located:
    """A problem with its place: the file, the line from 1 on, and the id of the sample."""

    path: Path
    line: int
    sample: str
    problem: Problem

    def __str__(self) -> str:
        """`文件:行 [样本] 错误 …`."""
        named = f" [{self.sample}]" if self.sample else ""
        return f"{self.path}:{self.line}{named} {self.problem.level} {self.problem}"


@dataclass(slots=True)
class Findings:
    """What a check came to: every problem, and the samples without errors, in the files' order."""

    n_samples: int = 0
    sound: list[Annotation] = field(default_factory=list)
    located: list[Located] = field(default_factory=list)

    @property
    def n_errors(self) -> int:
        """How many of the problems are errors."""
        return sum(one.problem.level is Level.ERROR for one in self.located)

    @property
    def n_remarks(self) -> int:
        """How many of the problems are remarks."""
        return len(self.located) - self.n_errors

    @property
    def n_wrong(self) -> int:
        """How many samples have an error."""
        wrong = {(o.path, o.line) for o in self.located if o.problem.level is Level.ERROR}
        return len(wrong)


def annotation_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files that the paths name: a file is taken as it is, of a folder every *.jsonl below it.

    Raises:
        ConfigError: a path does not exist, or a folder holds no such file.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob(f"*{_SUFFIX}"))
            if not inside:
                raise ConfigError(f"{path}：文件夹中没有标注文件（*{_SUFFIX}）")
            found.update(dict.fromkeys(inside))
        elif path.exists():
            found[path] = None
        else:
            raise ConfigError(f"{path}：没有这个文件或文件夹")
    return tuple(found)


def check_files(paths: Sequence[Path], form: Form) -> Findings:
    """Every problem of every sample in the files.

    Raises:
        ConfigError: a file can't be read.
    """
    findings = Findings()
    met = _Met()
    for path in paths:
        for number, line in _lines(path):
            findings.n_samples += 1
            sample, found = _check_line(line, form)
            if isinstance(sample, Annotation):
                found += met.again(sample, f"{path}:{number}")
                if all(problem.level is not Level.ERROR for problem in found):
                    findings.sound.append(sample)
            name = sample.id if isinstance(sample, Annotation) else sample
            findings.located += [Located(path, number, name, problem) for problem in found]
    return findings


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise ConfigError(f"{path}：无法打开（{error.strerror}）") from error


def _check_line(line: bytes, form: Form) -> tuple[Annotation | str, list[Problem]]:
    """The sample on a line, or what is known of its id, and its problems."""
    try:
        data = loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return "", [Problem("这一行", f"不是 JSON（{error}）", "每行一个样本，UTF-8 编码")]
    name = str(data.get("id", "")) if isinstance(data, dict) else ""
    if found := [_schema_problem(error) for error in _schema_errors(data)]:
        return name, found
    try:
        annotation = decode(Annotation, data)
    except DecodeError as error:  # whole numbers as 1.0 are numbers to the schema alone
        return name, [Problem(error.path or "样本", f"写法有误（{error}）", "整数不写小数点")]
    return annotation, [*problems(annotation, form), *remarks(annotation, form)]


def annotation_schema() -> dict[str, Json]:
    """The JSON Schema of a line, `gouji.annotation/1`."""
    path = files("gouji.annotations") / "schema" / "annotation.json"
    schema: dict[str, Json] = loads(path.read_text("utf-8"))
    return schema


@cache
def _validator() -> Any:
    return Draft202012Validator(annotation_schema())


def _schema_errors(data: Json) -> list[ValidationError]:
    return sorted(_validator().iter_errors(data), key=lambda error: [*map(str, error.path)])


def _schema_problem(error: ValidationError) -> Problem:
    """What breaks the schema, in the words of a labeller."""
    place = ".".join(map(str, error.absolute_path)) or "样本"
    instance: Json = error.instance
    expected: Json = error.validator_value
    shown = repr(instance) if len(repr(instance)) <= _SHOWN else f"{repr(instance)[:_SHOWN]}…"
    if error.validator == "required":
        missing = [name for name in expected if name not in instance]
        return Problem(place, f"缺少 {'、'.join(missing)}", "请补上")
    if error.validator == "additionalProperties":
        schema: Json = error.schema
        extra = [name for name in instance if name not in schema.get("properties", {})]
        return Problem(place, f"有不认识的 {'、'.join(extra)}", "请改正或删去")
    if error.validator == "type":
        kinds = [expected] if isinstance(expected, str) else expected
        wanted = "或".join(_KINDS.get(kind, kind) for kind in kinds)
        return Problem(place, f"写成了 {shown}", f"应为{wanted}")
    if error.validator in ("minLength", "pattern"):
        return Problem(place, f"写成了 {shown}", _ADVICE.get(place.rpartition(".")[2], "请填写"))
    return Problem(place, f"写成了 {shown}", f"不合格式：{error.message}")


_SHA256 = "应为 64 位小写十六进制数"
_ADVICE = {"date": "应为 YYYY-MM-DD", "source_sha256": _SHA256, "text_sha256": _SHA256}


@dataclass(slots=True)
class _Met:
    """The samples met so far, by id and by text, each with its place."""

    ids: dict[str, str] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def again(self, sample: Annotation, place: str) -> list[Problem]:
        """What a sample repeats of earlier ones.

        White space does not make another text; the further reports of one file share theirs.
        """
        found = []
        text = "".join(sample.text.split()), sample.id.partition("#")[2]
        if (first := self.ids.setdefault(sample.id, place)) != place:
            found.append(Problem("样本", f"id 与 {first} 相同", "请改名，或只留其中一份"))
        elif (first := self.texts.setdefault(text, place)) != place:
            found.append(Problem("样本", f"正文与 {first} 相同", "同一份报告只标一次，请只留一份"))
        return found
