"""One source from file to reports: what a worker process of a bulk run does with it."""

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

from gouji.inference.cell_pictures import CellPictures
from gouji.inference.config import Settings
from gouji.inference.corrections import Corrections, Values
from gouji.inference.found import Found
from gouji.inference.readers import Recognition
from gouji.inference.sources import read_source, sha256_of
from gouji.inference.writers.outputs import workbook_path
from gouji.inference.writers.report_folder import ReportFolder, report_line
from gouji.inference.writers.report_workbook import report_workbook
from gouji.inference.writers.rows import ReportRows, report_rows
from gouji.model.atomic import write_atomically
from gouji.model.document import Document
from gouji.model.errors import GoujiError
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.registry import RULES
from gouji.model.report import MadeBy, Report

DEFAULT_MODEL = RULES

_ERRORS_OF_A_NAME = frozenset(
    (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.EISDIR, errno.ENOTDIR, errno.EEXIST)
)

Extract = Callable[[Document, Values], tuple[Report, ...]]
"""The reports in a document, given the corrections of its source."""

MakeExtract = Callable[[Form, Settings, str], Extract]
"""Builds the extractor for a form, settings and the name of a model."""


def make_extractor(form: Form, settings: Settings, model: str) -> Extract:
    """The extractor of gouji.

    Raises:
        ModelError: there is no model of this name.
    """
    from gouji.inference.pipeline import Extractor  # a worker imports it once its threads are set

    return Extractor(form, settings, model)


class OutputError(OSError):
    """A report can't be written, and no other could be either."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is the same for every source of a run.

    `model` is the name of a model or the path of its folder, `model_version` what the reports
    say of it (its name if nothing else is given). `folder` takes the reports as files; without
    one they are handed back as lines of JSON. With `force`, reports of an earlier run are made
    anew even if nothing has changed. Each report also becomes a workbook in the folder
    `workbooks`, if any, in which blank cells hold 0 if `blank_as_zero`, and what there is to
    review in it is shown in `pictures`.
    """

    settings: Settings
    folder: ReportFolder | None = None
    corrections: Corrections = field(default_factory=Corrections)
    model: str = DEFAULT_MODEL
    model_version: str | None = None
    form: str = "ogi"
    force: bool = False
    workbooks: Path | None = None
    blank_as_zero: bool = False
    pictures: CellPictures | None = None
    make_extract: MakeExtract = make_extractor

    def made_by(self, form: Form) -> MadeBy:
        """What the reports without corrections say of their origin."""
        model = self.model_version or self.model
        return MadeBy(version("gouji"), model, form.sha256, self.settings.sha256)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a source: its reports, or the reason, in Chinese, why there are none.

    `kept` says that the reports are those of an earlier run. `lines` holds the reports as JSON
    if there is no folder for them; `trace` is for the log alone.
    """

    name: str
    sha256: str | None = None
    reports: tuple[ReportRows, ...] = ()
    lines: tuple[str, ...] = ()
    kept: bool = False
    failure: str | None = None
    trace: str | None = None


@dataclass(frozen=True)
class Worker:
    """Turns sources into reports; what is costly to build is built once, with the first source.

    `on_page` is called before and after every page that is recognised.
    """

    task: Task
    on_page: Callable[[], None] = lambda: None

    @cached_property
    def form(self) -> Form:
        """The form that the reports follow."""
        return load_form(self.task.form)

    @cached_property
    def _extract(self) -> Extract:
        return self.task.make_extract(self.form, self.task.settings, self.task.model)

    @cached_property
    def _recognition(self) -> Recognition:
        return Recognition(self.task.settings.recognition.ocr, self.on_page)

    @cached_property
    def _of_run(self) -> MadeBy:
        return self.task.made_by(self.form)

    def __call__(self, source: Found) -> Outcome:
        """The outcome for a source; its reports are kept if an earlier run made the same.

        Raises:
            ReadError: the source can't be read.
            OutputError: the reports can't be written.
        """
        if earlier := self._earlier(source):
            self._save_workbooks(source, earlier)
            return self._outcome(source, earlier, lambda: self._read(source).text, kept=True)
        document = self._read(source)
        sha256 = document.source.sha256
        made = self._extract(document, self.task.corrections.of(sha256))
        reports = tuple(
            replace(
                report,
                source=replace(report.source, reports=len(made)),
                made_by=self._made_by(sha256),
            )
            for report in made
        )
        self._save(reports)
        self._save_workbooks(source, reports)
        return self._outcome(source, reports, lambda: document.text, kept=False)

    def _read(self, source: Found) -> Document:
        return read_source(source, self.task.settings.limits, self._recognition)

    def _made_by(self, sha256: str) -> MadeBy:
        settings = self.task.corrections.settings_sha256(self.task.settings.sha256, sha256)
        return replace(self._of_run, settings_sha256=settings)

    def _earlier(self, source: Found) -> tuple[Report, ...]:
        """The reports of an earlier run, none if this one would make others."""
        if self.task.folder is None or self.task.force:
            return ()
        reports = self.task.folder.load_all(source.name)
        if not reports:
            return ()
        sha256 = reports[0].source.sha256
        fit = all(
            report.made_by == self._made_by(sha256) and report.source.sha256 == sha256
            for report in reports
        )
        unchanged = fit and sha256_of(source, self.task.settings.limits) == sha256
        return reports if unchanged else ()

    def _save(self, reports: Iterable[Report]) -> None:
        if self.task.folder is None:
            return
        for report in reports:
            name = report.source.name
            with _writing(name, self.task.folder.path(name)):
                self.task.folder.save(report, self.form)

    def _save_workbooks(self, source: Found, reports: Sequence[Report]) -> None:
        """Writes them even if the reports are kept: the way blanks are shown may have changed."""
        if self.task.workbooks is None:
            return
        for report in reports:
            path = workbook_path(self.task.workbooks, report.source.name)
            content = report_workbook(report, self.form, blank_as_zero=self.task.blank_as_zero)
            with _writing(report.source.name, path):
                write_atomically(path, content)
        if self.task.pictures is not None:
            self.task.pictures.save(source, reports, self.task.settings.limits)

    def _outcome(
        self, source: Found, reports: tuple[Report, ...], text: Callable[[], str], *, kept: bool
    ) -> Outcome:
        text = cache(text)
        return Outcome(
            name=source.name,
            sha256=reports[0].source.sha256,
            reports=tuple(
                report_rows(report, self.form, lambda index: text().count("\n", 0, index) + 1)
                for report in reports
            ),
            lines=()
            if self.task.folder
            else tuple(report_line(report, self.form) for report in reports),
            kept=kept,
        )


@contextmanager
def _writing(name: str, path: Path) -> Iterator[None]:
    """Tells an error that is the fault of the name of the report from one that hits all."""
    try:
        yield
    except OSError as error:
        if error.errno in _ERRORS_OF_A_NAME:
            raise GoujiError(f"{name}：无法写入 {path}（{error.strerror}）") from error
        raise OutputError(error.errno, error.strerror, str(path)) from error
