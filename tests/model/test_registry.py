from pathlib import Path

import pytest

from gouji.model import registry
from gouji.model.errors import ModelError
from gouji.model.registry import Origin, current_model, find_model, list_models, use_model


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folder of models, with none in it and none shipped."""
    monkeypatch.setenv("GOUJI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(registry, "_shipped", lambda: tmp_path / "weights")
    return tmp_path / "home" / "models"


@pytest.fixture
def shipped(home: Path, tmp_path: Path) -> Path:
    return make(tmp_path / "weights" / "ogi-small-1")


def make(folder: Path, config: str = "{}") -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(config, "utf-8")
    return folder


def test_without_any_model_the_rules_are_used(home: Path) -> None:
    assert current_model().name == "rules"
    assert [model.name for model in list_models()] == ["rules"]
    assert find_model("rules").folder is None
    assert find_model("rules").version == "rules"


def test_the_shipped_model_is_used_until_another_is_chosen(home: Path, shipped: Path) -> None:
    assert find_model() == current_model()
    assert (current_model().folder, current_model().origin) == (shipped, Origin.SHIPPED)
    make(home / "mine")
    assert use_model("mine").origin is Origin.OWN
    assert current_model().name == "mine"
    assert (home / "current").read_text("utf-8") == "mine\n"
    use_model("rules")
    assert current_model().origin is Origin.RULES


def test_own_models_go_before_shipped_ones_of_the_same_name(home: Path, shipped: Path) -> None:
    own = make(home / shipped.name)
    assert find_model(shipped.name).folder == own
    assert [model.name for model in list_models()] == ["rules", shipped.name]


def test_nothing_but_the_rules_is_called_rules(home: Path) -> None:
    make(home / "rules")
    assert find_model("rules").origin is Origin.RULES
    assert len(list_models()) == 1


def test_a_folder_without_a_configuration_is_no_model(home: Path) -> None:
    (home / "half").mkdir(parents=True)
    assert [model.name for model in list_models()] == ["rules"]
    with pytest.raises(ModelError, match=r"config\.json"):
        find_model(str(home / "half"))


def test_a_model_is_found_by_its_folder(home: Path, tmp_path: Path) -> None:
    folder = make(tmp_path / "run" / "epoch-3")
    for given in (folder, str(folder)):
        found = find_model(given)
        assert (found.name, found.origin) == ("epoch-3", Origin.FOLDER)
        assert find_model(found.reference) == found


def test_an_unknown_name_is_refused_with_those_there_are(home: Path, shipped: Path) -> None:
    for call in (find_model, use_model):
        with pytest.raises(ModelError, match=r"“nobody”.*rules、ogi-small-1"):
            call("nobody")


def test_a_chosen_model_that_is_gone_is_an_error(home: Path, shipped: Path) -> None:
    home.mkdir(parents=True)
    (home / "current").write_text("gone\n", "utf-8")
    with pytest.raises(ModelError, match=r"“gone”.*gouji models use"):
        current_model()


def test_the_version_of_an_own_model_changes_with_its_content(home: Path, shipped: Path) -> None:
    assert find_model(shipped.name).version == shipped.name
    first = find_model(make(home / "mine")).version
    (home / "mine" / "model.onnx").write_bytes(b"1")
    second = find_model("mine").version
    (home / "mine" / "README.md").write_text("a card", "utf-8")
    assert first != second == find_model("mine").version
    assert {v.partition("@")[0] for v in (first, second)} == {"mine"}


def test_without_a_variable_models_lie_in_the_users_data_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GOUJI_HOME", raising=False)
    assert registry.home().is_absolute()
    assert registry.home().parts[-2:] == ("gouji", "models")
