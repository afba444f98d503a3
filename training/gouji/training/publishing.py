"""A retraining killed at its very end: everything is written, only the name is not given."""

from gouji.model.errors import ModelError
from gouji.model.gate_file import GATE
from gouji.model.jsonl import DecodeError, decode, loads
from gouji.model.registry import TRAINING, ModelEntry, Origin
from gouji.training.card import TrainingRecord
from gouji.training.gate import GateRecord
from gouji.training.gate_trial import read_gate
from gouji.training.retraining import Retraining


def finished(job: Retraining) -> GateRecord | None:
    """The comparison that an earlier run of the same retraining has ended with, if there is one.

    The same means: the old model, the samples and all settings are those of now, and the files of
    the new model are those that were compared.

    Raises:
        ModelError: a record in the unfinished folder is broken.
    """
    folder = job.staging
    if job.target.exists() or not (folder / GATE).is_file():
        return None
    record, told = read_gate(folder), _training(job)
    new = ModelEntry(job.target.name, Origin.FOLDER, folder)
    config = job.config.training(told.config.network, told.config.data)
    trained = (told.parent, told.samples, told.config) == (job.parent.version, job.record, config)
    settings = job.config.gate
    compared = (record.old, record.new, record.settings) == (told.parent, new.version, settings)
    return record if trained and compared else None


def _training(job: Retraining) -> TrainingRecord:
    path = job.staging / TRAINING
    try:
        return decode(TrainingRecord, loads(path.read_text("utf-8")))
    except (OSError, ValueError, DecodeError) as error:
        raise ModelError(f"{path}：不是训练记录（{error}）") from error
