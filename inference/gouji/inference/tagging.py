"""Tagging with a trained model: encode, predict, decode, and the rules as second opinion."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gouji.inference.confirmation import settled
from gouji.inference.decoding import decode
from gouji.inference.opinions import pooled
from gouji.inference.rules import tag_tables
from gouji.model.calibration import Opinions
from gouji.model.document import Document
from gouji.model.encoding import Encoded, encode
from gouji.model.form import Form
from gouji.model.mention import TableMentions
from gouji.model.segmentation import Segment
from gouji.model.tagger import Flags, Tagger, Tags


@dataclass(frozen=True, slots=True)
class ModelTagger:
    """Tags the tables of a report with a model; `opinions` is None for the model alone."""

    predict: Callable[[Encoded, Flags], Tags]
    opinions: Opinions | None

    @classmethod
    def load(cls, folder: Path, form: Form, *, second_opinion: bool) -> "ModelTagger":
        """The tagger of a model folder.

        Raises:
            ModelError: the folder holds no model for the form; it says why.
        """
        tagger = Tagger.load(folder, form)
        return cls(tagger.predict, tagger.calibration.opinions if second_opinion else None)

    def __call__(
        self, document: Document, segment: Segment, form: Form
    ) -> tuple[TableMentions, ...]:
        """The mentions of every table of the form in one report, in the order of the form.

        The network is asked only about what the rules have not settled.
        """
        rules = () if self.opinions is None else tag_tables(document, segment, form)
        theirs = {table.table: table for table in settled(rules, form)}
        if len(theirs) == len(form.table_ids):
            return rules
        encoded = encode(document.text, (segment.span,))
        tags = self.predict(encoded, _needed(encoded, theirs.values()))
        variants = {name: table.variant for name, table in theirs.items()}
        found = decode(document, segment, form, encoded, tags, variants)
        if self.opinions is None:
            return found
        return tuple(
            theirs.get(of_rules.table) or pooled(of_model, of_rules, form, self.opinions)
            for of_model, of_rules in zip(found, rules, strict=True)
        )


def _needed(encoded: Encoded, tables: Iterable[TableMentions]) -> Flags:
    """The tokens that may fill a cell, without those among the numbers of settled tables."""
    needed = np.array([token.kind is not None for token in encoded.tokens], bool)
    starts = np.array([token.span[0] for token in encoded.tokens], np.int64)
    for table in tables:
        first = min(mention.span[0] for mention in table.mentions)
        last = max(mention.span[1] for mention in table.mentions)
        needed &= (starts < first) | (starts > last)
    return needed
