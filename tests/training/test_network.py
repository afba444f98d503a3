from pathlib import Path

import pytest
import torch
from transformers import BertModel

from gouji.model.errors import ModelError
from gouji.model.jsonl import decode, dumps, encode, loads
from gouji.model.network import IGNORED, TaggerConfig, TaggerNetwork, loss_of, network_around
from gouji.model.tagger import HEADS
from gouji.training.vocabulary import borrow_tokenizer
from tests.training.tiny import LABELS, save_base, tiny_config, tiny_vision

Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@pytest.fixture(autouse=True)
def _one_thread_and_seed() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(3)


def inputs(config: TaggerConfig, batch: int = 3, pieces: int = 11) -> Inputs:
    ids = torch.randint(2, config.vocabulary, (batch, pieces))
    features = torch.stack(
        [torch.randint(0, size, (batch, pieces)) for size in config.features], dim=-1
    )
    return ids, features, torch.ones((batch, pieces), dtype=torch.int64)


@pytest.fixture(scope="module")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny pretrained encoder as the Hub would hold it."""
    folder = tmp_path_factory.mktemp("base")
    save_base(folder)
    return folder


@pytest.mark.parametrize("architecture", ["modernbert", "roformer"])
def test_heads_have_their_labels_for_every_piece(architecture: str) -> None:
    config = tiny_config(tiny_vision(), architecture)
    found = TaggerNetwork(config)(*inputs(config))
    assert {head: tuple(found[head].shape) for head in HEADS} == {
        "table": (3, 11, len(LABELS.tables)),
        "row": (3, 11, len(LABELS.rows)),
        "column": (3, 11, len(LABELS.columns)),
        "field": (3, 11, len(LABELS.fields)),
    }


@pytest.mark.parametrize("architecture", ["modernbert", "roformer"])
def test_padding_changes_no_logit(architecture: str) -> None:
    config = tiny_config(tiny_vision(), architecture)
    network = TaggerNetwork(config).eval()
    ids, features, mask = inputs(config, batch=1)
    longer = [torch.nn.functional.pad(ids, (0, 5)), torch.nn.functional.pad(mask, (0, 5))]
    padded = network(longer[0], torch.nn.functional.pad(features, (0, 0, 0, 5)), longer[1])
    for head, logits in network(ids, features, mask).items():
        torch.testing.assert_close(padded[head][:, :11], logits, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("architecture", ["modernbert", "roformer"])
def test_order_of_words_counts(architecture: str) -> None:
    config = tiny_config(tiny_vision(), architecture)
    network = TaggerNetwork(config).eval()
    for weight in network.encoder.parameters():  # so that attention is not the same everywhere
        weight.data *= 8
    ids, features, mask = inputs(config, batch=1)
    turned = network(ids.flip(1), features.flip(1), mask)["row"].flip(1)
    assert not torch.allclose(network(ids, features, mask)["row"], turned, atol=1e-3)


def test_words_and_features_are_dropped_by_who_trains_alone() -> None:
    config = tiny_config(tiny_vision())
    network = TaggerNetwork(config)
    given = inputs(config)
    shown = [
        torch.cat([ids.flatten(), features.flatten()])
        for ids, features in [network.dropped(*given[:2]) for _ in range(2)]
    ]
    used = [network.train()(*given)["row"] for _ in range(2)]
    assert not torch.equal(*shown)
    assert torch.equal(*used)


def test_features_reach_the_logits() -> None:
    config = tiny_config(tiny_vision())
    network = TaggerNetwork(config).eval()
    ids, features, mask = inputs(config)
    for column in range(features.shape[-1]):
        without = features.clone()
        without[..., column] = (without[..., column] + 1) % config.features[column]
        told = network(ids, features, mask)["table"]
        assert not torch.allclose(told, network(ids, without, mask)["table"], atol=1e-6), column


def test_configuration_comes_back_from_its_json() -> None:
    config = tiny_config(tiny_vision())
    assert decode(TaggerConfig, loads(dumps(encode(config)))) == config


def test_unknown_architecture_is_an_error_that_lists_those_there_are() -> None:
    with pytest.raises(ModelError, match="modernbert、roformer、base"):
        TaggerNetwork(tiny_config(tiny_vision(), "lstm"))


def test_loss_asks_for_labels_that_are_told_alone() -> None:
    config = tiny_config(tiny_vision())
    ids, features, mask = inputs(config)
    logits = TaggerNetwork(config).eval()(ids, features, mask)
    labels = {head: torch.full_like(ids, IGNORED) for head in HEADS}
    labels["candidate"] = torch.ones_like(ids)
    assert loss_of(logits, labels).item() == 0.0
    labels["row"][0, 0] = 5
    expected = -torch.log_softmax(logits["row"][0, 0], dim=-1)[5]
    torch.testing.assert_close(loss_of(logits, labels), expected)


def test_pretrained_encoder_keeps_its_weights_and_takes_the_features(base_folder: Path) -> None:
    tokenizer = borrow_tokenizer(str(base_folder))
    told = tiny_config(tiny_vision(), "base")
    sized = TaggerConfig(
        told.shape, tokenizer.get_vocab_size(), told.features, told.labels, told.longest, 1
    )
    network = network_around(str(base_folder), sized)
    stored = BertModel.from_pretrained(base_folder)
    kept = network.encoder.state_dict()["encoder.layer.0.output.dense.weight"]
    assert torch.equal(kept, stored.state_dict()["encoder.layer.0.output.dense.weight"])
    found = network(*inputs(network.config))
    assert found["column"].shape == (3, 11, len(LABELS.columns))
    again = TaggerNetwork(decode(TaggerConfig, loads(dumps(encode(network.config)))))
    again.load_state_dict(network.state_dict())
    given = inputs(network.config)
    torch.testing.assert_close(network.eval()(*given), again.eval()(*given))


def test_borrowed_tokenizer_splits_numbers_and_knows_blanks(base_folder: Path) -> None:
    tokenizer = borrow_tokenizer(str(base_folder))
    words = [tokenizer.encode([w], is_pretokenized=True).tokens for w in ("12", "总计", "[BLANK]")]
    assert words == [
        ["[CLS]", "1", "2", "[SEP]"],
        ["[CLS]", "总", "##计", "[SEP]"],
        ["[CLS]", "[BLANK]", "[SEP]"],
    ]


def test_pretrained_encoder_for_shorter_texts_is_an_error(base_folder: Path) -> None:
    told = tiny_config(tiny_vision(), "base")
    longer = TaggerConfig(told.shape, 30, told.features, told.labels, 301, 1)
    with pytest.raises(ModelError, match="最多容纳 300"):
        network_around(str(base_folder), longer)


def test_pretrained_encoder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="无法载入"):
        network_around(str(tmp_path), tiny_config(tiny_vision(), "base"))
