"""Exchange: what every labelling program is given of a sample, and what comes back from it.

Beside the text and its regions travels a ticket: the rest of the annotation, as a string that the
program keeps and never shows. So nothing is lost that the program has no notion of.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from gouji.annotations.field_values import value_of_words
from gouji.annotations.problems import cells_by_id
from gouji.annotations.regions import FIELD, SECTION, Marked, Value, corrected, labels_of
from gouji.model.annotation import Annotation, Provenance
from gouji.model.errors import ConfigError, Corrupt
from gouji.model.form import Form
from gouji.model.jsonl import Json, decode, dumps, encode, loads
from gouji.model.mention import Number
from gouji.model.numerals import parse_numeral
from gouji.model.wording import cell_words

TICKET = "gouji"
"""The key under which the ticket travels."""
UNKNOWN_AGENCY, UNKNOWN_LAYOUT = "未注明", "未归类"
COLOURS = ("#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#17becf")
"""A colour for each table of a form in turn, then fields, then headings."""

_ID = re.compile(r"\S+")
_WRITTEN = re.compile(r"-?[0-9]+\.[0-9]+(?:e[-+][0-9]+)?|-?[0-9]+e[-+][0-9]+")


class Program(StrEnum):
    """A labelling program."""

    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"


@dataclass(frozen=True, slots=True)
class Label:
    """A label as a program offers it: what it is called in gouji, how it is shown, its colour."""

    name: str
    title: str
    colour: str

    @property
    def shown(self) -> str:
        """The name and the title, from which `label_name` finds the name."""
        return f"{self.name} {self.title}"


@dataclass(frozen=True, slots=True)
class Returned:
    """A sample as a program gives it back: what was exported, what is marked, by whom and when."""

    annotation: Annotation
    marked: Marked
    annotator: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """What a person says of the provenance of all samples of an import; empty where not said."""

    annotator: str = ""
    licence: str = ""
    layout: str = ""
    today: str = ""


@cache
def offered_labels(form: Form) -> tuple[Label, ...]:
    """Every label of a form with its title and colour."""
    tables = dict(zip(form.table_ids, COLOURS, strict=False))
    titles = {name: cell_words(cell) for name, cell in cells_by_id(form).items()}
    titles |= {FIELD + kind.id: kind.title or kind.id for kind in form.fields}
    titles |= {SECTION + kind.id: kind.heading for kind in form.sections}
    of_kind = {FIELD: COLOURS[-2], SECTION: COLOURS[-1]}
    return tuple(
        Label(
            name,
            titles[name],
            next(
                (colour for kind, colour in of_kind.items() if name.startswith(kind)),
                tables.get(name.partition(".")[0], COLOURS[0]),
            ),
        )
        for name in labels_of(form)
    )


def label_name(shown: str) -> str:
    """The name of a label, whether it was given alone or as it is shown.

    >>> label_name("requests.new.natural 新收：自然人"), label_name("field:year")
    ('requests.new.natural', 'field:year')
    """
    match = _ID.search(shown)
    return match[0] if match else ""


def ticket_of(annotation: Annotation) -> str:
    """An annotation without its text, as a string."""
    data = encode(annotation)
    del data["text"]
    return dumps(data)


def annotation_of(ticket: Json, text: Json, place: str) -> Annotation:
    """The annotation of a ticket and the text beside it.

    Raises:
        Corrupt: there is no ticket, it is damaged, or the text is not the one exported.
    """
    if not isinstance(ticket, str) or not isinstance(text, str):
        raise Corrupt(f"{place}：没有 {TICKET} 一项或没有正文；只能导入由 gouji 导出后标注的文件")
    try:
        annotation = decode(Annotation, {**loads(ticket), "text": text})
    except (ValueError, TypeError) as error:
        raise Corrupt(f"{place}：{TICKET} 一项已损坏（{error}）；请重新导出后再标注") from error
    return annotation


def stated_value(label: str, entry: str, form: Form, place: str) -> Value:
    """The value that a person wrote beside a region.

    Raises:
        Corrupt: it is not of the kind that the label asks for.
    """
    if not label.startswith(FIELD):
        number = _number(entry)
        if number is None:
            raise Corrupt(f"{place}：{label} 的真值写成了 {entry!r}；应为一个数")
        return number
    kinds = {FIELD + kind.id: kind for kind in form.fields}
    value = value_of_words(entry, kinds[label], None) if label in kinds else None
    if value is None:
        raise Corrupt(f"{place}：{label} 的取值 {entry!r} 读不懂；日期写作 2022-01-31，数写数字")
    return value


def _number(entry: str) -> Number | None:
    """The number that an entry spells; those that we wrote may have more digits than pages do."""
    if numeral := parse_numeral(entry):
        return numeral.value
    return float(entry) if _WRITTEN.fullmatch(entry) else None


def finished(returned: Returned, details: Details, form: Form, place: str) -> Annotation:
    """The annotation as it goes into the corpus, with what is said of its provenance.

    What a person says of all samples counts more than what the program knows, and that more than
    nothing; what an earlier labeller said stays.

    Raises:
        Corrupt: a region has a label that the form does not have.
        ConfigError: nobody says who labelled it, or under which licence the text is.
    """
    known = set(labels_of(form))
    unknown = sorted({r.label for r in returned.marked.regions if r.label not in known})
    if unknown:
        named = "、".join(unknown)
        raise Corrupt(f"{place}：表单中没有标签 {named}；可用的见 gouji forms show {form.id}")
    annotation = corrected(returned.annotation, returned.marked, form)
    return replace(annotation, provenance=_provenance(annotation, returned, details, place))


def _provenance(
    annotation: Annotation, returned: Returned, details: Details, place: str
) -> Provenance:
    old = annotation.provenance
    annotator = details.annotator or old.annotator or returned.annotator
    licence = details.licence or old.licence
    if not annotator:
        raise ConfigError(f"{place}：不知道是谁标注的；请加上 --annotator 姓名")
    if not licence:
        raise ConfigError(f"{place}：不知道原文以什么许可公开；请加上 --licence 许可")
    agency = annotation.fields.get("agency")
    named = str(agency.value) if agency else UNKNOWN_AGENCY
    is_new = bool(details.annotator) or not old.date
    return Provenance(
        source=old.source,
        licence=licence,
        agency=old.agency or named,
        layout=details.layout or old.layout or UNKNOWN_LAYOUT,
        annotator=annotator,
        date=(returned.date or details.today) if is_new else old.date,
    )
