"""A network, reports and settings small enough for a test."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from gouji.model.annotation import Annotation, CellMention, FieldLabel, Provenance
from gouji.model.encoding import FEATURE_SIZES
from gouji.model.form_file import load_form
from gouji.model.labels import LabelSet
from gouji.model.network import EncoderShape, TaggerConfig
from gouji.model.tagger import WindowSize
from gouji.training.config import TrainingConfig, read_config
from gouji.training.examples import Batching, Vision, encode_report
from gouji.training.synthesis.pieces import Piece, compose
from gouji.training.synthesis.report import Sample
from gouji.training.vocabulary import UNKNOWN_ID, build_tokenizer

FORM = load_form()
LABELS = LabelSet.of(FORM)
WINDOW = WindowSize(48, 8)
ROWS = ("new", "carried_in", "carried_out")
COLUMNS = ("natural", "business", "total")


def annotated(pieces: Sequence[Piece], fields: Mapping[str, str] | None = None) -> Annotation:
    """An annotation of the pieces' text; `fields` gives the words that a field is read from."""
    composed = compose(pieces)
    mentions = tuple(
        CellMention(span, piece.cell, piece.text)
        for piece, span in composed.labelled
        if piece.cell is not None
    )
    places = {
        name: FieldLabel(words, (at, at + len(words)))
        for name, words in (fields or {}).items()
        for at in [composed.text.index(words)]
    }
    return Annotation(
        id="sample",
        source="sample.txt",
        source_sha256="0" * 64,
        text_sha256="0" * 64,
        text=composed.text,
        variants={},
        cells={},
        printed={},
        mentions=mentions,
        others=(),
        fields=places,
        sections=(),
        provenance=Provenance("a test", "Apache-2.0", "某局", "rows", "a test", "2024-01-31"),
    )


def report(number: int) -> Sample:
    """A small report with numbers of its own: the same number gives the same report."""
    pieces = [Piece(f"某某局{2019 + number % 5}年度报告\n")]
    for i, row in enumerate(ROWS):
        pieces.append(Piece(f"本年度{row}申请"))
        for j, column in enumerate(COLUMNS):
            pieces += [Piece("\t"), Piece(str((number + i * j) % 113), f"requests.{row}.{column}")]
        pieces.append(Piece("\n"))
    return Sample(annotated(pieces), f"family {number % 2}", (), keeps=True)


def source(start: int) -> Iterator[Sample]:
    """Small reports without end."""
    while True:
        yield report(start)
        start += 1


@cache
def tiny_vision() -> Vision:
    texts = [encode_report(report(number).annotation) for number in range(4)]
    return Vision(build_tokenizer(FORM, texts, 1), LABELS, WINDOW)


def tiny_config(vision: Vision, architecture: str = "modernbert") -> TaggerConfig:
    return TaggerConfig(
        shape=EncoderShape(architecture, 32, 2, 2, 32, 0.0, 0.1, 0.1),
        vocabulary=vision.tokenizer.get_vocab_size(),
        features=FEATURE_SIZES,
        labels=tuple(
            map(len, (LABELS.tables, LABELS.rows, LABELS.columns, LABELS.fields)),
        ),
        longest=WINDOW.size,
        unknown=UNKNOWN_ID,
    )


def tiny_settings(steps: int) -> TrainingConfig:
    config = read_config()
    network = replace(config.network, hidden=32, layers=2, heads=2, ffn=32)
    data = replace(config.data, window=WINDOW.size, context=WINDOW.context)
    loop = replace(config.loop, steps=steps, warmup_steps=2, evaluate_steps=4)
    return replace(config, network=network, data=data, loop=loop)


def save_base(folder: Path) -> None:
    """Writes a tiny pretrained encoder with its tokenizer, as the Hub would hold it."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"0123456789", "12", "总", "##计", "计"]
    vocabulary = {word: i for i, word in enumerate(words)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        "[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # theirs
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]"
    ).save_pretrained(folder)
    shape = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=300,
    )
    BertModel(shape).save_pretrained(folder)


BATCHING = Batching(pieces=300, windows=4, prose=1.0, pool=5, seed=1)
