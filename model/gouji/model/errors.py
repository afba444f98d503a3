"""Every exception that gouji raises on purpose.

GoujiError
├── ReadError           a source can't become a Document
│   ├── UnsupportedFormat
│   ├── Encrypted
│   ├── Corrupt
│   └── LimitExceeded
├── FormError           a form file contradicts itself
├── ModelError          a model or its numbers can't be loaded
└── ConfigError         a setting is unknown or out of range

An exception means that there is no result. What went wrong inside a result is a `Finding`.
"""


class GoujiError(Exception):
    """Base of all errors; its text names the file, the place, what was found and what is right."""


class ReadError(GoujiError):
    """A source could not be turned into a Document."""


class UnsupportedFormat(ReadError):
    """The content is of a kind that no reader handles."""


class Encrypted(ReadError):
    """The content is protected by a password."""


class Corrupt(ReadError):
    """The content claims a format but breaks its rules."""


class LimitExceeded(ReadError):
    """The content is larger, or takes longer, than the configured limits allow."""


class FormError(GoujiError):
    """A form file is malformed or contradicts itself."""


class ModelError(GoujiError):
    """A model folder, or the numbers shipped with one, could not be loaded."""


class ConfigError(GoujiError):
    """A setting is unknown, of the wrong type or out of range."""
