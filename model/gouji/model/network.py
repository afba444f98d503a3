"""The torch network: words and structure features in, the logits of four heads out.

An encoder of transformers with relative positions, built from scratch or taken from a pretrained
model, is fed the sum of word and feature embeddings; table, row, column and field are told by
linear heads of their own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import (
    AutoConfig,
    AutoModel,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedModel,
    RoFormerConfig,
    RoFormerModel,
)

from gouji.model.errors import ModelError
from gouji.model.tagger import HEADS

ARCHITECTURES = ("modernbert", "roformer", "base")
IGNORED = -100
"""The label of a token that says nothing to the loss."""

_OTHERS = 0.1  # what a token that may fill no cell weighs beside one that may
HEAD_SHARES = {"row": 1.0, "column": 1.0, "field": 0.2}
"""What the other heads weigh beside that of the tables."""
_WHOLE = 0.25  # share of the feature dropout that hits all features of a text at once
_ROPE_THETA = 10_000.0  # for windows of some hundred tokens; ModernBERT's own is for 8192
_INITIAL = 0.02


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """What the encoder is built from; for the architecture `base` the pretrained model tells.

    `ffn` is the inner width of the feed-forward layers (of the gated one of ModernBERT half of
    what it computes). `dropout` acts on the encoder's layers, `feature_dropout` is the probability
    that a text does not tell one of its features, `word_dropout` that of a word is not known.
    """

    architecture: str
    hidden: int
    layers: int
    heads: int
    ffn: int
    dropout: float
    feature_dropout: float
    word_dropout: float


@dataclass(frozen=True, slots=True)
class TaggerConfig:
    """Everything that the network is built from, as it stands in `config.json`.

    `features` are the class counts of the structure features, `labels` the label counts of the
    heads in the order of `HEADS`. `longest` counts the pieces of the longest window, `unknown` is
    the id of a word that is not in the vocabulary. `base` is the configuration of the pretrained
    encoder, empty without one.
    """

    shape: EncoderShape
    vocabulary: int
    features: tuple[int, ...]
    labels: tuple[int, ...]
    longest: int
    unknown: int
    base: Mapping[str, Any] = field(default_factory=dict)


class TaggerNetwork(nn.Module):
    """The network; of words and features nothing is dropped here, but by who trains it."""

    def __init__(self, config: TaggerConfig, encoder: PreTrainedModel | None = None) -> None:
        """A network with random weights, or around a pretrained encoder.

        Raises:
            ModelError: the architecture is unknown.
        """
        super().__init__()
        self.config = config
        self.encoder = _built(config) if encoder is None else encoder
        width = int(self.encoder.config.hidden_size)
        self.features = nn.ModuleList(nn.Embedding(size, width) for size in config.features)
        # all features together start as loud as a word; a pretrained encoder starts undisturbed
        loudness = _INITIAL / len(config.features) ** 0.5 if encoder is None else _INITIAL / 10
        for embedding in self.features.parameters():
            nn.init.normal_(embedding, std=loudness)
        self.dropout = nn.Dropout(config.shape.dropout)
        self.heads = nn.ModuleDict(
            {head: nn.Linear(width, n) for head, n in zip(HEADS, config.labels, strict=True)}
        )

    def forward(self, ids: Tensor, features: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """The logits of each head, float32 (batch, pieces, labels).

        `ids` and `mask` have shape (batch, pieces), `features` (batch, pieces, N_FEATURES), all
        int64; the mask is 0 where a text has ended.
        """
        embedded = self.encoder.get_input_embeddings()(ids)  # (batch, pieces, hidden)
        for column, embedding in enumerate(self.features):
            embedded = embedded + embedding(features[..., column])
        unseen = (1.0 - mask[:, None, None, :].to(embedded.dtype)) * torch.finfo(torch.float32).min
        attended: Any = unseen  # (batch, 1, 1, pieces), added to the scores of attention
        if self.config.shape.architecture == "modernbert":  # its own masks can't be exported
            attended = {"full_attention": unseen}
        found = self.encoder(inputs_embeds=embedded, attention_mask=attended)
        hidden = self.dropout(found.last_hidden_state)
        return {head: layer(hidden) for head, layer in self.heads.items()}

    def dropped(self, ids: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """What is shown in training: some words unknown; some features not told.

        Features are left out of whole texts, columns and tokens. Shapes are those of `forward`.
        """
        shape = self.config.shape
        n, length, width = features.shape
        unknown = torch.rand(n, length) < shape.word_dropout
        p = shape.feature_dropout
        untold = (
            (torch.rand(n, 1, width) < p)
            | (torch.rand(n, 1, 1) < _WHOLE * p)
            | (torch.rand(n, length, 1) < _WHOLE * p)
        )
        return ids.masked_fill(unknown, self.config.unknown), features.masked_fill(untold, 0)


def network_around(base: str, config: TaggerConfig) -> TaggerNetwork:
    """The network around a pretrained encoder, a name or folder.

    The encoder's embeddings are made to hold the vocabulary of the configuration, and its own
    configuration is kept in that of the network.

    Raises:
        ModelError: there is no such encoder, or it holds shorter texts than the windows.
    """
    try:
        encoder = AutoModel.from_pretrained(base, attn_implementation="eager")
    except (OSError, ValueError) as error:
        raise ModelError(f"无法载入预训练模型 {base}：{error}") from error
    longest = getattr(encoder.config, "max_position_embeddings", config.longest)
    if longest < config.longest:
        raise ModelError(f"预训练模型 {base} 最多容纳 {longest} 个词元，窗口需要 {config.longest}")
    if encoder.get_input_embeddings().num_embeddings < config.vocabulary:
        encoder.resize_token_embeddings(config.vocabulary, mean_resizing=False)
    words = encoder.get_input_embeddings().num_embeddings
    told = json.loads(encoder.config.to_json_string(use_diff=False))  # with keys that are strings
    full = replace(config, vocabulary=words, base=told)
    return TaggerNetwork(full, encoder)


def loss_of(logits: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> Tensor:
    """The sum of the heads' cross-entropies, a scalar.

    `labels` holds int64 (batch, pieces) for each head, `IGNORED` where a head is not asked, and
    under `candidate` 1 where a token may fill a cell. Rows and columns are learned on cells alone.
    """
    weight = table_weight(labels)
    table = labels["table"].flatten()
    each = cross_entropy(
        logits["table"].flatten(0, 1), table, ignore_index=IGNORED, reduction="none"
    )
    total = (each * weight).sum() / weight.sum().clamp(min=1.0)
    for head, share in HEAD_SHARES.items():
        asked = labels[head] != IGNORED
        if bool(asked.any()):
            total = total + share * cross_entropy(logits[head][asked], labels[head][asked])
    return total


def table_weight(labels: Mapping[str, Tensor]) -> Tensor:
    """What each token weighs for the head of the tables, (batch * pieces,); labels as `loss_of`."""
    weight = _OTHERS + (1.0 - _OTHERS) * labels["candidate"].flatten()
    return weight * (labels["table"].flatten() != IGNORED)


def _built(config: TaggerConfig) -> PreTrainedModel:
    shape = config.shape
    common: dict[str, Any] = {
        "vocab_size": config.vocabulary,
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.ffn,
        "max_position_embeddings": config.longest,
        "pad_token_id": 0,
        "attn_implementation": "eager",  # on one thread up to half as fast again as sdpa
    }
    if shape.architecture == "modernbert":
        return ModernBertModel(_modernbert(shape, common))
    if shape.architecture == "roformer":
        return RoFormerModel(
            RoFormerConfig(
                **common,
                embedding_size=shape.hidden,
                hidden_dropout_prob=shape.dropout,
                attention_probs_dropout_prob=0.0,
            )
        )
    if shape.architecture == "base" and config.base:
        told = {**config.base, "vocab_size": config.vocabulary}
        encoder_config = AutoConfig.for_model(told.pop("model_type"), **told)
        encoder: PreTrainedModel = AutoModel.from_config(  # type: ignore[no-untyped-call]  # theirs
            encoder_config, attn_implementation="eager"
        )
        return encoder
    raise ModelError(f"未知的网络结构 {shape.architecture}；可用：{'、'.join(ARCHITECTURES)}")


def _modernbert(shape: EncoderShape, common: Mapping[str, Any]) -> ModernBertConfig:
    """All layers see the whole window."""
    return ModernBertConfig(
        **common,
        layer_types=["full_attention"] * shape.layers,
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": _ROPE_THETA},
            "sliding_attention": {"rope_type": "default", "rope_theta": _ROPE_THETA},
        },
        attention_dropout=0.0,
        embedding_dropout=shape.dropout,
        mlp_dropout=shape.dropout,
        cls_token_id=None,
        sep_token_id=None,
        bos_token_id=None,
        eos_token_id=None,
    )
