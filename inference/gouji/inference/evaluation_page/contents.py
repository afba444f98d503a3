"""What an evaluation report is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gouji.inference.ablation import Row
from gouji.inference.evidence import Evaluated
from gouji.inference.lineage import Version
from gouji.model.form import Form


@dataclass(frozen=True, slots=True)
class Contents:
    """One system in detail, and all systems in comparison.

    `command` is the command line that asked for it, `gouji` the version that scored. `texts`
    holds the text of the worst reports by the name of their gold, `failures` the reason, by the
    same name, for those that gave no report. `history` holds the models that were evaluated, in the
    order of their lineage.
    """

    command: str
    gouji: str
    form: Form
    system: str
    detail: Evaluated
    ablation: tuple[Row, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    history: tuple[tuple[Version, Evaluated], ...] = ()
