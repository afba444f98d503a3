"""The card of a model, in the form that the Hugging Face Hub uses: YAML, then Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from gouji.model.atomic import write_atomically
from gouji.model.errors import ModelError
from gouji.model.jsonl import DecodeError, decode, loads
from gouji.model.registry import CARD, TRAINING
from gouji.training.config import LoopSettings, TrainingConfig
from gouji.training.examples import Vision
from gouji.training.export import Agreement
from gouji.training.metrics import ALL, LEFT_OUT, Counts
from gouji.training.retraining_samples import SamplesRecord

_COLUMNS = (
    ("reports", "报告"),
    ("nonzero", "非零格"),
    ("zero", "零值格"),
    ("blank", "空格"),
    ("row", "行"),
    ("column", "列"),
    ("exact", "整份全对"),
    ("kept_exact", "整份全对（信息未失）"),
    ("false_per_report", "误认/份"),
)
_GROUPS = {ALL: "全部训练版式", LEFT_OUT: "留出版式"}
_HEADS = {"table": "表", "row": "行", "column": "列", "field": "字段"}


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """The content of `training.json`.

    `data_sha256` is the digest of the generator's source and of the data settings: with the same
    one the same reports are trained on. `parent` is the model that training began with: a
    pretrained one, or with `samples` one of gouji's own. `agreement` compares `model.onnx` with
    the weights, whose `scores` are given.
    """

    parent: str | None
    data_sha256: str
    config: TrainingConfig
    families: tuple[str, ...]
    left_out: tuple[str, ...]
    date: str
    steps: int
    best_step: int
    minutes: float
    parameters: int
    agreement: Agreement
    scores: Mapping[str, Counts]
    versions: Mapping[str, str]
    samples: SamplesRecord | None = None


def read_training(folder: Path) -> TrainingRecord:
    """What `training.json` of a model folder says.

    Raises:
        ModelError: there is none, it can't be opened, or it is broken.
    """
    path = folder / TRAINING
    try:
        return decode(TrainingRecord, loads(path.read_text("utf-8")))
    except OSError as error:
        raise ModelError(f"{path}：无法打开（{error.strerror}）") from error
    except (ValueError, DecodeError) as error:
        raise ModelError(f"{path}：不是训练记录（{error}）") from error


def write_card(folder: Path, record: TrainingRecord, vision: Vision) -> None:
    """Writes the card, `README.md`.

    Raises:
        OSError: the file can't be written.
    """
    text = card(folder.resolve().name, record, vision)
    write_atomically(folder / CARD, text.encode())


def card(name: str, record: TrainingRecord, vision: Vision) -> str:
    """The card of a model."""
    front = yaml.safe_dump(_front(name, record), allow_unicode=True, sort_keys=False)
    parts = [
        f"---\n{front}---\n\n# {name}\n\n{_INTRODUCTION}",
        _recipe(record, vision),
        _data(record),
        _scores(record),
        _LIMITS if record.samples is None else _LIMITS.replace(_ALL_SYNTHETIC, _WITH_SAMPLES),
    ]
    return "\n".join(parts)


_INTRODUCTION = """\
gouji 的标注模型：读中文《政府信息公开工作年度报告》的正文，给每个字、数、空格以概率——它是哪张表、
哪一行、哪一列的单元格，或是哪个字段的值。放置与核对由 `gouji.model.reconciling` 完成。

```console
$ gouji extract 报告文件夹 --model 本文件夹
```
"""

_ALL_SYNTHETIC = "训练文本全部为合成：真实报告的成绩须另行评测（`gouji evaluate`）。"
_WITH_SAMPLES = (
    "训练文本除所列样本外为合成：别的报告的成绩须另行评测（`gouji evaluate`）；"
    "与原模型的比较见 `gate.md`。"
)
_LIMITS = f"""\
## 局限

- 只认本表单各版本的行、列与字段；别的表单须另行训练。
- {_ALL_SYNTHETIC}
- 空格消失、边界不存时，列只能由勾稽关系决定，模型所给的列只是概率。
- 数只看位数，不看大小：数值是否合理，由勾稽关系判断。
- 概率须经校准（`calibration.json`）才可信；未经校准时只表示次序。

## 许可

Apache-2.0。
"""


def _front(name: str, record: TrainingRecord) -> dict[str, object]:
    score = record.scores[ALL].scores
    metrics = [
        {"type": "accuracy", "name": key, "value": score[key]}
        for key in ("nonzero", "zero", "blank", "row", "column", "exact")
        if score[key] is not None
    ]
    return {
        "language": ["zh"],
        "license": "apache-2.0",
        "library_name": "gouji",
        "pipeline_tag": "token-classification",
        **({"base_model": record.parent} if record.parent else {}),
        "tags": ["table-extraction", "onnx", "government-information-disclosure"],
        "model-index": [
            {
                "name": name,
                "results": [
                    {
                        "task": {"type": "token-classification"},
                        "dataset": {"name": "synthetic development reports", "type": "synthetic"},
                        "metrics": metrics,
                    }
                ],
            }
        ],
    }


def _recipe(record: TrainingRecord, vision: Vision) -> str:
    network, data, loop = record.config.network, record.config.data, record.config.loop
    kind = "预训练模型" if record.samples is None else "接着训练"
    shape = (
        f"{kind} {record.parent}"
        if record.parent
        else f"{network.architecture}，{network.layers} 层 × {network.hidden}，"
        f"{network.heads} 头，前馈 {network.ffn}"
    )
    rows = [
        ("网络", f"{shape}；参数 {record.parameters / 1e6:.2f} 百万"),
        ("词表", f"{vision.tokenizer.get_vocab_size()} 词：折叠后的字、标记、按位数归并的数"),
        ("窗口", f"{data.window} 词元，其中上文至多 {data.context}"),
        ("优化", f"{_optimizers(loop)}，每步至多 {data.batch_pieces} 词元"),
        ("步数", f"{record.steps}（采用第 {record.best_step} 步），{record.minutes} 分钟"),
        ("随机种子", f"训练 {loop.seed}，数据 {data.seed}，验证 {data.development_seed}"),
        ("日期", record.date),
        ("版本", "，".join(f"{name} {number}" for name, number in record.versions.items())),
    ]
    return f"## 配方\n\n{_table(('项', '值'), rows)}\n训练曲线见 `curves.png`。\n"


def _data(record: TrainingRecord) -> str:
    left_out = "、".join(f"`{name}`" for name in record.left_out) or "无"
    return (
        "## 数据\n\n"
        f"{_samples(record)}合成报告，{len(record.families)} 个版式；未训练的版式：{left_out}。"
        "评测专用的六个版式与 seeds/ 中的报告从不参与训练。\n\n"
        f"数据摘要（生成程序与设置的 SHA-256）：`{record.data_sha256}`\n"
    )


def _samples(record: TrainingRecord) -> str:
    """The samples and their share, nothing if there are none."""
    told = record.samples
    if told is None:
        return ""
    layouts = "、".join(told.layouts)
    return (
        f"标注样本 {len(told.train)} 份（版式：{layouts}），另留出 {len(told.test)} 份只作比较；"
        f"各样本的摘要见 `training.json`。为不忘旧的，报告中 {100 * told.rehearsal:g} % 为"
    )


def _scores(record: TrainingRecord) -> str:
    groups = [name for name in _GROUPS if name in record.scores]
    families = [name for name in record.scores if name not in _GROUPS]
    rows = [_row(_GROUPS.get(name, name), record.scores[name]) for name in (*groups, *families)]
    same = "，".join(
        f"{_HEADS[head]} {_percent(share)}（n = {record.agreement.n[head]}）"
        for head, share in record.agreement.same.items()
    )
    n = record.scores[ALL]
    return (
        "## 成绩\n\n"
        f"未训练过的合成报告上，核对之前，`model.safetensors` 的成绩（全部训练版式：非零格 "
        f"{n.nonzero}，零值格 {n.zero}，空格 {n.blank}）。单元格的表、行、列全对才算对。\n\n"
        f"{_table(('版式', *(title for _, title in _COLUMNS)), rows)}\n"
        f"`model.onnx`（int8）与权重给出同一标签的比例：{same}。\n"
    )


def _row(name: str, counts: Counts) -> tuple[str, ...]:
    scores = counts.scores
    shown = {
        key: _percent(share) if key != "false_per_report" else f"{share or 0.0:.3f}"
        for key, share in scores.items()
    }
    return (name, str(counts.reports), *(shown[key] for key, _ in _COLUMNS[1:]))


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.2f} %"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"{line}\n" for line in _lines(head, rows))


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _optimizers(loop: LoopSettings) -> str:
    rest = f"AdamW，学习率 {loop.learning_rate:g}"
    if loop.optimizer != "muon":
        return rest
    return f"编码器各层的矩阵 Muon，学习率 {loop.muon_learning_rate:g}，其余 {rest}"
