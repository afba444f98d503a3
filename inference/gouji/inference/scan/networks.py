"""The networks that read pictures: where they lie, and how they are run.

They are those of PP-OCRv6 (small) as the rapidocr package ships them; its code is not used. The
recogniser takes lines 48 pixels high and gives, for every eight pixels of width, a distribution
over its classes: the blank of CTC, the characters listed in its metadata, the space.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it carries no types
from numpy.typing import NDArray

T = TypeVar("T")

Gray = NDArray[np.uint8]
"""A picture in gray, (height, width), 0 black."""

Probabilities = NDArray[np.float32]
"""(frames, classes); every row sums to 1 and class 0 is the blank."""

PACKAGE = "rapidocr"
_DETECTOR, _RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_HEIGHT = 48
_STRIDE = 8
_NARROWEST, _WIDEST = 16, 3200
_BATCH = 800  # pixels of width in one run, which bounds its memory
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]


def _session(name: str) -> Any:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"no package {PACKAGE}", name=PACKAGE)
    path = Path(spec.submodule_search_locations[0]) / "models" / name
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # sizes differ from batch to batch: it would only grow
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@dataclass(frozen=True, eq=False)
class Alphabet:
    """The characters that the classes of a recogniser stand for, the blank as ""."""

    characters: tuple[str, ...]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The class of every character."""
        return {char: i for i, char in enumerate(self.characters)}


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The picture of a single line, and by what its width is squeezed before it is read."""

    gray: Gray
    squeeze: float = 1.0

    @property
    def width(self) -> int:
        """Pixels of width that the network is given."""
        height, width = int(self.gray.shape[0]), int(self.gray.shape[1])
        wide = ceil(_HEIGHT * self.squeeze * width / height)
        return min(_WIDEST, max(_NARROWEST, wide))


class Recogniser:
    """Reads pictures of single lines, over the characters of its `alphabet`."""

    def __init__(self) -> None:
        """Load the network.

        Raises:
            ModuleNotFoundError: the package that ships it is not installed.
        """
        self._session = _session(_RECOGNISER)
        listed = self._session.get_modelmeta().custom_metadata_map["character"]
        self.alphabet = Alphabet(("", *listed.splitlines(), " "))

    def __call__(self, strips: Sequence[Strip], read: Callable[[int, Probabilities], T]) -> list[T]:
        """What `read` makes of the distributions of every strip, given its number, in their order.

        The distributions of a whole page would take hundreds of megabytes.
        """
        widths = [strip.width for strip in strips]
        found: dict[int, T] = {}
        for batch in _batches(widths):
            widest = max(widths[i] for i in batch)
            given = np.zeros((len(batch), 3, _HEIGHT, widest), np.float32)
            for place, i in enumerate(batch):
                size = (widths[i], _HEIGHT)
                shown = cv2.resize(strips[i].gray, size, interpolation=cv2.INTER_LINEAR)
                given[place, :, :, : widths[i]] = shown.astype(np.float32) / 127.5 - 1
            (out,) = self._session.run(None, {"x": given})
            for place, i in enumerate(batch):
                found[i] = read(i, out[place, : ceil(widths[i] / _STRIDE) + 1])
        return [found[i] for i in range(len(strips))]


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Strips of like widths together, no batch wider in all than allowed."""
    batch: list[int] = []
    for i in sorted(range(len(widths)), key=widths.__getitem__):
        if batch and (len(batch) + 1) * widths[i] > _BATCH:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


class Detector:
    """Finds text: a map of how likely every pixel belongs to a line."""

    def __init__(self) -> None:
        """Load the network.

        Raises:
            ModuleNotFoundError: the package that ships it is not installed.
        """
        self._session = _session(_DETECTOR)

    def __call__(self, gray: Gray) -> NDArray[np.float32]:
        """(height, width) of the picture, whose sides are whole multiples of 32."""
        shown = np.repeat(gray.astype(np.float32)[None] / 255, 3, 0)
        (out,) = self._session.run(None, {"x": ((shown - _MEAN) / _DEVIATION)[None]})
        found: NDArray[np.float32] = out[0, 0]
        return found


recogniser = cache(Recogniser)
detector = cache(Detector)
