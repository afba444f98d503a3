"""Suggestions: which reports are most worth labelling next, and why.

Worth labelling is what gouji reads badly in a layout that no sample has yet: cells that it flags,
lines that the rules and the tagger read differently, and lines shaped like those of no sample. They
are chosen one after the other; what was chosen counts as labelled for the next.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gouji.annotations.line_shapes import Profile, distance, profile_of
from gouji.annotations.sources import Extract
from gouji.inference.confirmation import settled
from gouji.inference.found import Discovery
from gouji.inference.opinions import compare
from gouji.inference.readers import Limits
from gouji.inference.rules import tag_tables
from gouji.inference.segmenter import segment
from gouji.inference.sources import read_source
from gouji.model.annotation import Annotation
from gouji.model.document import Document
from gouji.model.errors import ReadError
from gouji.model.form import Form
from gouji.model.mention import TableMentions
from gouji.model.registry import ModelEntry
from gouji.model.report import Report, Verdict
from gouji.model.segmentation import Segment

Tag = Callable[[Document, Segment, Form], tuple[TableMentions, ...]]
"""The tables of a report as a tagger alone sees them."""

_LEAST = 0.1  # what is read surely, or looks like a sample, is worth this much of what is not
_SUSPECT = 0.5  # a flagged cell is doubted at least this much


def tagger_alone(entry: ModelEntry, form: Form) -> Tag | None:
    """A model without the rules as second opinion; None for the rules themselves.

    Raises:
        ModelError: the model can't be loaded.
    """
    if entry.folder is None:
        return None
    from gouji.inference.tagging import ModelTagger  # the runtime takes its time to import

    return ModelTagger.load(entry.folder, form, second_opinion=False)


@dataclass(frozen=True, slots=True)
class Disputes:
    """In how many of the lines with numbers the rules and the tagger differ."""

    n_disputed: int = 0
    n_lines: int = 0

    @property
    def share(self) -> float:
        """The share of the lines in dispute."""
        return self.n_disputed / self.n_lines if self.n_lines else 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that could be labelled, and what speaks for it.

    `doubt` is the mean over the cells of how likely each is wrong.
    """

    name: str
    doubt: float
    n_flagged: int
    n_cells: int
    disputes: Disputes
    profile: Profile

    @property
    def difficulty(self) -> float:
        """The probability that a cell is in doubt or in dispute, taken as independent."""
        return 1 - (1 - self.doubt) * (1 - self.disputes.share)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A report to label: its worth, and the sample or earlier suggestion it looks most like.

    `novelty` is the distance from that one, 1 where there is nothing to compare with.
    """

    candidate: Candidate
    worth: float
    novelty: float
    nearest: str | None

    @property
    def reason(self) -> str:
        """Why the report was chosen, in one line."""
        one = self.candidate
        share = one.n_flagged / one.n_cells if one.n_cells else 0.0
        parts = [f"待核 {one.n_flagged} 格（{share:.0%}）" if one.n_flagged else "没有待核的格子"]
        if one.disputes.n_lines:
            n, total = one.disputes.n_disputed, one.disputes.n_lines
            parts.append(f"规则与模型在 {total} 行中的 {n} 行意见不一" if n else "规则与模型一致")
        if self.nearest is None:
            parts.append("还没有样本可比版式")
        else:
            parts.append(f"版式最像 {self.nearest}（相似 {1 - self.novelty:.0%}）")
        return "，".join(parts)


@dataclass(slots=True)
class Surveyed:
    """What is known of the unlabelled reports: candidates, and what is none and why."""

    candidates: list[Candidate] = field(default_factory=list)
    n_labelled: int = 0
    failures: list[str] = field(default_factory=list)


def survey(
    sources: Discovery,
    labelled: Sequence[Annotation],
    extract: Extract,
    tag: Tag | None,
    form: Form,
) -> Surveyed:
    """The reports in sources that are no sample yet.

    Without a tagger there is no second opinion, and no line is in dispute.
    """
    known = {annotation.text_sha256 for annotation in labelled}
    known |= {annotation.source_sha256 for annotation in labelled}
    found = Surveyed()
    found.failures += [f"{passed.name}：{passed.reason}" for passed in sources.unreadable]
    for source in sources.found:
        try:
            document = read_source(source, Limits())
        except ReadError as error:
            found.failures.append(str(error))
            continue
        if document.source.sha256 in known:
            found.n_labelled += 1
            continue
        reports = extract(document, {})
        disputes = _disputes(document, tag, form)
        for number, report in enumerate(reports):
            if report.verdict is Verdict.FAILED:
                found.failures.append(f"{report.source.name}：{report.reason}")
            else:
                apart = disputes[number] if number < len(disputes) else Disputes()
                found.candidates.append(_candidate(document, report, apart))
    return found


def _candidate(document: Document, report: Report, disputes: Disputes) -> Candidate:
    cells = report.cells.values()
    doubts = [max(1 - c.confidence, _SUSPECT if c.review else 0.0) for c in cells]
    spans = [cell.span for cell in cells if cell.span is not None]
    return Candidate(
        name=report.source.name,
        doubt=sum(doubts) / len(doubts) if doubts else 0.0,
        n_flagged=sum(cell.review for cell in cells),
        n_cells=len(cells),
        disputes=disputes,
        profile=profile_of(document.text, spans),
    )


def _disputes(document: Document, tag: Tag | None, form: Form) -> tuple[Disputes, ...]:
    """For each report of a document, the lines in dispute; none where sums settle all tables."""
    if tag is None:
        return ()
    return tuple(_disputed(document, part, tag, form) for part in segment(document, form))


def _disputed(document: Document, part: Segment, tag: Tag, form: Form) -> Disputes:
    rules = tag_tables(document, part, form)
    done = {table.table for table in settled(rules, form)}
    if len(done) == len(form.table_ids):
        return Disputes()
    lines = [
        line
        for theirs, ours in zip(tag(document, part, form), rules, strict=True)
        if ours.table not in done
        for line in compare(theirs, ours, form)
    ]
    return Disputes(sum(not line.agree for line in lines), len(lines))


def suggested(
    candidates: Iterable[Candidate], labelled: Iterable[Annotation], n: int
) -> Iterator[Suggestion]:
    """The `n` candidates most worth labelling, best first; of equals the first by name."""
    left = sorted(candidates, key=lambda candidate: candidate.name)
    nearest: dict[str, tuple[float, str | None]] = {one.name: (1.0, None) for one in left}
    samples = {
        annotation.id: profile_of(annotation.text, [m.span for m in annotation.mentions])
        for annotation in labelled
    }
    _approach(nearest, left, samples)
    for _ in range(min(n, len(left))):
        best = max(left, key=lambda one: _worth(one, nearest[one.name][0]))
        novelty, name = nearest[best.name]
        yield Suggestion(best, _worth(best, novelty), novelty, name)
        left.remove(best)
        _approach(nearest, left, {best.name: best.profile})


def _approach(
    nearest: dict[str, tuple[float, str | None]],
    candidates: Iterable[Candidate],
    samples: Mapping[str, Profile],
) -> None:
    """Takes further samples into account: each candidate keeps the nearest one."""
    for candidate in candidates:
        for name, profile in samples.items():
            apart = distance(candidate.profile, profile)
            if nearest[candidate.name][1] is None or apart < nearest[candidate.name][0]:
                nearest[candidate.name] = apart, name


def _worth(candidate: Candidate, novelty: float) -> float:
    """What labelling a report is expected to bring, from 0.01 to 1.21, without a unit."""
    return (_LEAST + candidate.difficulty) * (_LEAST + novelty)
