from dataclasses import fields, replace
from pathlib import Path

import pytest

from gouji.inference.config import Settings, parse_config, read_settings
from gouji.inference.readers import Ocr
from gouji.inference.readers.limits import Limits
from gouji.model.errors import ConfigError


def test_file_changes_what_it_names_and_leaves_the_rest() -> None:
    settings = parse_config("[limits]\ntimeout_s = 5\n[reconciling]\nseed = 7\n", "c.toml")
    default = Settings()
    assert settings.limits == replace(default.limits, timeout_s=5.0)
    assert settings.reconciling == replace(default.reconciling, seed=7)


def test_empty_file_gives_the_shipped_settings() -> None:
    assert parse_config("", "c.toml") == Settings()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("limits = 3", ("limits", "3")),
        ('[recognition]\nocr = "often"', ["ocr", "以下之一", "auto, always, never", "often"]),
        ("workers = 3", ("workers", "limits、reconciling")),
        ("[limitz]", ("limitz",)),
        ("[limits]\nmax_byte = 3", ("[limits]", "max_byte", "max_bytes")),
        ("[limits]\nmax_bytes = '3'", ("[limits]", "max_bytes", "整数", "'3'")),
        ("[limits]\nmax_bytes = 3.5", ("max_bytes", "整数")),
        ("[limits]\nmax_bytes = true", ("max_bytes", "整数")),
        ("[limits]\ntimeout_s = '5'", ("timeout_s", "数")),
        ("[limits]\ntimeout_s = 2020-01-01", ("timeout_s", "数")),
        ("[limits]\ntimeout_s = -1", ("[limits]", "timeout_s", "正数")),
        ("[limits]\nmax_chars = 0", ("max_chars", "正数")),
        ("[reconciling]\nmarginn = 3", ("[reconciling]", "marginn")),
        ("[reconciling]\nmargin = 0.5", ("[reconciling]", "margin")),
        ("[reconciling]\nmargin = -1", ("[reconciling]", "margin")),
        ("[reconciling]\nmisprint = 2.0", ("[reconciling]", "misprint")),
        ("[limits]\ntimeout_s = inf", ("timeout_s", "inf")),
        ("[reconciling]\nsolver_time = nan", ("solver_time", "nan")),
        ("[tagging]\nsecond_opinions = true", ("[tagging]", "second_opinion")),
        ("[tagging]\nsecond_opinion = 1", ("second_opinion", "true 或 false")),
        ("[limits", ("TOML",)),
    ],
)
def test_wrong_setting_is_named_with_what_would_be_right(text: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.toml")
    assert str(caught.value).startswith("c.toml")
    for part in parts:
        assert part in str(caught.value)


def changed(value: object) -> object:
    """Another value of the same setting."""
    if isinstance(value, Ocr):
        return Ocr.NEVER
    if isinstance(value, bool):
        return not value
    assert isinstance(value, int | float)
    return type(value)(value / 2)


def test_every_setting_changes_the_digest() -> None:
    default = Settings()
    digests = {default.sha256}
    for stage in fields(Settings):
        settings = getattr(default, stage.name)
        for setting in fields(settings):
            value = getattr(settings, setting.name)
            others = replace(settings, **{setting.name: changed(value)})
            digests.add(replace(default, **{stage.name: others}).sha256)
    n_settings = sum(len(fields(getattr(default, stage.name))) for stage in fields(Settings))
    assert len(digests) == n_settings + 1


def test_same_settings_written_differently_have_one_digest() -> None:
    whole = parse_config("[limits]\ntimeout_s = 5", "a.toml")
    real = parse_config("[reconciling]\n[limits]\ntimeout_s = 5.0", "b.toml")
    assert whole.sha256 == real.sha256 != Settings(Limits(timeout_s=6)).sha256


def test_settings_are_read_from_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("[limits]\nmax_bytes = 5\n", "utf-8-sig")
    assert read_settings(path).limits.max_bytes == 5


@pytest.mark.parametrize("content", [None, "设置".encode("gb18030")])
def test_unreadable_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "c.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"c\.toml"):
        read_settings(path)
