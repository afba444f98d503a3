"""Fields: the values of a report outside its tables, read by rules.

Every field of the form is answered. A value that another place contradicts, or that was read from
damaged text, is for review; a value that nothing names is None.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gouji.inference.fields.dates import Period, find_periods, prevailing_year
from gouji.inference.fields.disclosures import find_site_disclosures
from gouji.inference.fields.fees import find_fee
from gouji.inference.fields.found import CONFIDENCE, Found
from gouji.inference.fields.header import Header, read_header
from gouji.inference.fields.prose import Figures
from gouji.inference.fields.received import find_requests
from gouji.inference.fields.titles import Title
from gouji.inference.fields.views import outside, paragraphs_of
from gouji.model.document import Document
from gouji.model.findings import Finding, Span, finding
from gouji.model.folding import Folded
from gouji.model.form import FieldKind, Form
from gouji.model.report import FieldResult
from gouji.model.segmentation import Segment

_HEADER = "header"
_OVERVIEW = "overview"
_OTHER = "other"
_REQUESTS = "overview.requests_received"
_DISCLOSURES = "overview.site_disclosures"
_FEE = "other.handling_fee"
_NAMES = {  # as findings call the fields that may be contradicted
    "year": "年度",
    "period_start": "统计期限",
    "published": "发布日期",
    _REQUESTS: "收到政府信息公开申请数",
    _DISCLOSURES: "网站公开信息数",
    _FEE: "信息处理费",
}
_EARLIEST = "12-15"  # day of its own year before which no annual report can be out


@dataclass(frozen=True, slots=True)
class _Prose:
    """The parts of a report outside its tables, by section."""

    text: str
    parts: tuple[tuple[str, Span], ...]

    def spans(self, *sections: str) -> tuple[Span, ...]:
        """The parts in any of the sections."""
        return tuple(span for section, span in self.parts if section in sections)

    def paragraphs(self, *sections: str) -> tuple[Folded, ...]:
        """The views of the paragraphs in any of the sections."""
        return tuple(paragraphs_of(self.text, self.spans(*sections)))

    def elsewhere(self, *sections: str) -> tuple[Folded, ...]:
        """The views of the paragraphs in all other sections."""
        others = {section for section, _ in self.parts}.difference(sections)
        return self.paragraphs(*others)


def find_fields(
    document: Document, segment: Segment, form: Form
) -> tuple[tuple[FieldResult, ...], tuple[Finding, ...]]:
    """Every field of the form in its order, and a finding T004 for each contradiction.

    A field that is not found has the value None, and as its confidence how sure it is absent; a
    field no rule reads has the confidence 0. Numbers in table regions are never read.
    """
    prose = _prose(document, segment)
    kinds = {kind.id: kind for kind in form.fields}
    header = read_header(document.text, prose.spans(_HEADER), [span for _, span in prose.parts])
    found, findings = _header_fields(header, prose)
    year = found["year"].value if found["year"] else None
    figures = _figures(prose, kinds, year if isinstance(year, int) else None)
    for field, figure in figures.items():
        found[field] = figure.best if figure else None
        if figure and figure.others:
            other = figure.others[0]
            findings.append(_contradiction(field, figure.best.value, other.value, other.span))
    return tuple(_result(kind, found) for kind in form.fields), tuple(findings)


def _prose(document: Document, segment: Segment) -> _Prose:
    tables = [region.span for region in segment.regions]
    return _Prose(
        document.text,
        tuple(
            (section.id, part)
            for section in segment.sections
            for part in outside(section.span, tables)
        ),
    )


def _result(kind: FieldKind, found: Mapping[str, Found | None]) -> FieldResult:
    if kind.id not in found:
        return FieldResult(kind.id, None, 0.0, review=True)
    one = found[kind.id]
    if one is None:
        return FieldResult(kind.id, None, CONFIDENCE.absent, review=False)
    review = one.value is None or one.confidence < CONFIDENCE.review_below
    return FieldResult(kind.id, one.value, one.confidence, review, one.span)


def _header_fields(header: Header, prose: _Prose) -> tuple[dict[str, Found | None], list[Finding]]:
    title = header.title
    periods = find_periods(prose.paragraphs(_HEADER, _OVERVIEW))
    period = periods[0] if periods else None
    found = {
        "title": title.title if title else None,
        "agency": header.agency,
        "year": _year(header, period, prose),
        "period_start": period.start if period else None,
        "period_end": period.end if period else None,
        "published": header.published,
        "index_number": header.index_number,
        "document_number": header.document_number,
    }
    findings = [
        *_check_titles(found, title),
        *_check_period(found, periods),
        *_check_published(found),
    ]
    return found, findings


def _year(header: Header, period: Period | None, prose: _Prose) -> Found | None:
    """The year of the title, else of the period, else of the preamble, else of the overview."""
    if header.title and header.title.year:
        return header.title.year
    if period and isinstance(period.start.value, str):
        start, end = period.start.span
        year = Found(int(period.start.value[:4]), (start, start + 4), period.start.confidence)
        return year if prose.text[start:end][:4].isdigit() else replace(year, span=(start, end))
    return header.preamble_year or prevailing_year(prose.paragraphs(_HEADER, _OVERVIEW))


def _check_titles(found: dict[str, Found | None], title: Title | None) -> Iterator[Finding]:
    """A finding where two titles name different years."""
    if title and title.year and title.other_years:
        _doubt(found, "title", "year")
        other = title.other_years[0]
        yield _contradiction("year", title.year.value, other.value, other.span)


def _check_period(found: dict[str, Found | None], periods: Sequence[Period]) -> Iterator[Finding]:
    """Findings where the period disagrees with the year or with itself; unsure what is in doubt."""
    if not periods or periods[0].start.value is None:
        return
    first = periods[0]
    if len(periods) > 1 and periods[1].start.confidence == first.start.confidence:
        _doubt(found, "period_start", "period_end")
        yield _contradiction("period_start", first.values, periods[1].values, periods[1].start.span)
    year = found["year"]
    years = tuple(int(str(value)[:4]) for value in first.values)
    if year and years != (year.value, year.value):
        _doubt(found, "year", "period_start", "period_end")
        yield _contradiction("year", year.value, years, first.start.span)


def _check_published(found: dict[str, Found | None]) -> Iterator[Finding]:
    """A finding where the day of publication lies before the end of the year reported on."""
    year, published = found["year"], found["published"]
    if year and published and str(published.value) < f"{year.value}-{_EARLIEST}":
        _doubt(found, "published")
        yield _contradiction("published", published.value, year.value, published.span)


def _doubt(found: dict[str, Found | None], *fields: str) -> None:
    for field in fields:
        one = found[field]
        found[field] = one.at_most(CONFIDENCE.contradicted) if one else None


def _contradiction(field: str, one: object, other: object, span: Span) -> Finding:
    shown = [
        " - ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for value in (one, other)
    ]
    return finding(
        "T004",
        f"“{_NAMES[field]}”前后不一：一处是 {shown[0]}，另一处是 {shown[1]}",
        f"the field {field} is contradicted: {shown[0]} in one place, {shown[1]} in another",
        span=span,
    )


def _figures(
    prose: _Prose, kinds: Mapping[str, FieldKind], year: int | None
) -> dict[str, Figures | None]:
    """The figures of the form that sentences state, each looked for first where it belongs."""
    figures: dict[str, Figures | None] = {}
    for field, find in ((_REQUESTS, find_requests), (_DISCLOSURES, find_site_disclosures)):
        figures[field] = find(prose.paragraphs(_OVERVIEW), year) or _less_sure(
            find(prose.elsewhere(_OVERVIEW), year)
        )
    unit = kinds[_FEE].unit if _FEE in kinds else None
    figures[_FEE] = find_fee(prose.paragraphs(_OTHER), year, unit or "元") or _less_sure(
        find_fee(prose.elsewhere(_OTHER), year, unit or "元")
    )
    return {field: figure for field, figure in figures.items() if field in kinds}


def _less_sure(figures: Figures | None) -> Figures | None:
    if figures is None:
        return None
    return Figures(figures.best.at_most(CONFIDENCE.elsewhere), figures.others)
