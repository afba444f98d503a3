"""A retraining killed at its very end: everything is written, only the name is not given."""

from gouji.model.gate_file import GATE
from gouji.model.registry import ModelEntry, Origin
from gouji.training.card import read_training
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
    record, told = read_gate(folder), read_training(folder)
    new = ModelEntry(job.target.name, Origin.FOLDER, folder)
    config = job.config.training(told.config.network, told.config.data)
    trained = (told.parent, told.samples, told.config) == (job.parent.version, job.record, config)
    settings = job.config.gate
    compared = (record.old, record.new, record.settings) == (told.parent, new.version, settings)
    return record if trained and compared else None
