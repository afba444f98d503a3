import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.processors import TemplateProcessing

from gouji.model.encoding import N_FEATURES, Encoded, encode
from gouji.model.errors import ModelError
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.jsonl import encode as as_data
from gouji.model.labels import LabelSet
from gouji.model.tagger import HEADS, Tagger

FORM = load_form()
LABELS = LabelSet.of(FORM)
WIDTHS = dict(
    zip(HEADS, map(len, (LABELS.tables, LABELS.rows, LABELS.columns, LABELS.fields)), strict=True)
)
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "新", "收", "1", "2", "3", "[BLANK]")
TEXT = "新收\t1\t\t3\n" * 4 + "一句话2。\n" + "收新\t3\t2\n" * 9


def weights(seed: int = 7) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """For every head the logits of each word."""
    draw = np.random.default_rng(seed)
    return {
        head: draw.normal(0, 3, (len(WORDS), n)).astype(np.float32) for head, n in WIDTHS.items()
    }


def network(widths: Mapping[str, int] = WIDTHS, n_features: int = N_FEATURES) -> bytes:
    """A network that looks logits up by word and multiplies them by the token's first feature."""
    tables = weights()
    first = [
        helper.make_node("Slice", ["features", "zero", "one", "axis"], ["slice"]),
        helper.make_node("Cast", ["slice"], ["factor"], to=TensorProto.FLOAT),
    ]
    held = [
        numpy_helper.from_array(tables[head][:, :n], f"of {head}") for head, n in widths.items()
    ]
    held += [
        numpy_helper.from_array(np.array([value], np.int64), name)
        for name, value in (("zero", 0), ("one", 1), ("axis", 2))
    ]
    looked_up = [
        helper.make_node("Gather", [f"of {head}", "ids"], [f"raw {head}"]) for head in widths
    ]
    scaled = [helper.make_node("Mul", [f"raw {head}", "factor"], [head]) for head in widths]
    outputs = [
        helper.make_tensor_value_info(head, TensorProto.FLOAT, ["b", "n", n])
        for head, n in widths.items()
    ]
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["b", "n"]),
        helper.make_tensor_value_info("mask", TensorProto.INT64, ["b", "n"]),
        helper.make_tensor_value_info("features", TensorProto.INT64, ["b", "n", n_features]),
    ]
    graph = helper.make_graph([*first, *looked_up, *scaled], "lookup", inputs, outputs, held)
    opset = [helper.make_opsetid("", 17)]
    made = helper.make_model(graph, opset_imports=opset, ir_version=9)
    return bytes(made.SerializeToString())


def config(form: Form = FORM, labels: LabelSet = LABELS, size: int = 16) -> dict[str, Any]:
    return {
        "name": "tiny",
        "form": {"id": form.id, "sha256": form.sha256},
        "labels": as_data(labels),
        "window": {"size": size, "context": size // 4},
        "network": {"kind": "lookup"},
    }


def tokenizer(*, framed: bool = False) -> Tokenizer:
    known = {word: i for i, word in enumerate(WORDS)}
    made = Tokenizer(BPE(known, [], unk_token="[UNK]", ignore_merges=True))
    if framed:
        made.post_processor = TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    return made


@dataclass(frozen=True)
class Folder:
    path: Path

    def write(self, name: str, content: Any) -> "Folder":
        data = content if isinstance(content, bytes | str) else json.dumps(content)
        (self.path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return self


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("config.json", config()).write("calibration.json", {})
    return made.write("model.onnx", network()).write("tokenizer.json", tokenizer().to_str())


def encoded(text: str = TEXT) -> Encoded:
    return encode(text, ((0, len(text)),))


def softmax(logits: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, Any]:
    found = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(found / found.sum(axis=-1, keepdims=True))


def expected(text: Encoded, head: str) -> np.ndarray[Any, Any]:
    known = {word: i for i, word in enumerate(WORDS)}
    logits = weights()[head][[known.get(token.word, 1) for token in text.tokens]]
    return softmax(logits * text.features[:, :1].astype(np.float32))


@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("size", [12, 16, 500])
def test_every_token_has_the_probabilities_of_its_own_piece(
    folder: Folder, size: int, framed: bool
) -> None:
    folder.write("config.json", config(size=size))
    folder.write("tokenizer.json", tokenizer(framed=framed).to_str())
    text = encoded()
    tags = Tagger.load(folder.path, FORM).predict(text)
    may_fill = np.array([token.kind is not None for token in text.tokens])
    assert 0 < may_fill.sum() < len(may_fill)
    for head in HEADS:
        found = getattr(tags, head)
        wanted = may_fill if head in ("row", "column") else np.ones_like(may_fill)
        assert np.allclose(found[wanted], expected(text, head)[wanted], atol=1e-6)
        assert not found[~wanted].any()


def test_texts_fed_together_are_tagged_as_each_alone(folder: Folder) -> None:
    tagger = Tagger.load(folder.path, FORM)
    texts = [encoded(), encoded("新收 3\n"), encoded(""), encoded(TEXT * 3)]
    for text, tags in zip(texts, tagger.predict_many(texts), strict=True):
        alone = tagger.predict(text)
        for head in HEADS:
            assert np.array_equal(getattr(tags, head), getattr(alone, head))
            assert getattr(tags, head).shape == (len(text.tokens), WIDTHS[head])


def test_windows_without_a_needed_token_are_not_fed(folder: Folder) -> None:
    tagger = Tagger.load(folder.path, FORM)
    text = encoded(TEXT * 3)
    last = np.arange(len(text.tokens)) >= len(text.tokens) - 2
    all_of_it, part = tagger.predict(text), tagger.predict(text, last)
    told = np.array([row.any() for row in part.table])
    assert told[last].all()
    assert not told.all()
    for head in HEADS:
        assert np.array_equal(getattr(part, head)[told], getattr(all_of_it, head)[told])
        assert not getattr(part, head)[~told].any()
    assert not tagger.predict(text, np.zeros_like(last)).table.any()


def test_logits_are_calibrated(folder: Folder) -> None:
    folder.write("calibration.json", {"heads": {"table": {"temperature": 2.0}}})
    text = encoded()
    tags = Tagger.load(folder.path, FORM).predict(text)
    halved = softmax(np.log(expected(text, "table")) / 2)
    assert np.allclose(tags.table, halved, atol=1e-5)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        Tagger.load(tmp_path / "nowhere", FORM)


@pytest.mark.parametrize(
    "name", ["config.json", "model.onnx", "tokenizer.json", "calibration.json"]
)
@pytest.mark.parametrize("content", [None, "{broken"])
def test_a_lost_or_broken_file_is_named(folder: Folder, name: str, content: str | None) -> None:
    if content is None:
        (folder.path / name).unlink()
    else:
        folder.write(name, content)
    with pytest.raises(ModelError, match=name):
        Tagger.load(folder.path, FORM)


FEWER = replace(LABELS, rows=LABELS.rows[:-1])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("config.json", config(replace(FORM, sha256="0" * 64)), "另一版本的表单"),
        ("config.json", config(labels=FEWER), "标签"),
        ("config.json", {**config(), "window": {"size": 8, "context": 4}}, "窗口"),
        ("config.json", {**config(), "label": 1}, "label"),
        ("model.onnx", network({**WIDTHS, "row": 3}), "输入输出"),
        ("model.onnx", network({"table": WIDTHS["table"]}), "输入输出"),
        ("model.onnx", network(n_features=N_FEATURES + 1), "输入输出"),
        ("tokenizer.json", "{}", "分词器"),
    ],
)
def test_a_model_that_does_not_fit_is_refused_with_the_reason(
    folder: Folder, name: str, content: Any, reason: str
) -> None:
    folder.write(name, content)
    with pytest.raises(ModelError, match=reason) as caught:
        Tagger.load(folder.path, FORM)
    assert str(folder.path) in str(caught.value)
