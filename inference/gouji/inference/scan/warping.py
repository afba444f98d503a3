"""Warping: where the pixels of a picture that was made plane come from."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.networks import Gray

Numbers = NDArray[Any]
"""Floats."""

_STEP = 16  # pixels between nodes


@dataclass(frozen=True)
class Lattice:
    """A picture of `shape` (height, width) made from another.

    `nodes` (rows, columns, 2) are x and y in the other picture of every 16th pixel of this one.
    """

    nodes: Numbers
    shape: tuple[int, int]

    def at(self, points: Numbers) -> Numbers:
        """Where points (..., 2), x before y, stand in the other picture."""
        rows, columns = self.nodes.shape[:2]
        x, y = points[..., 0] / _STEP, points[..., 1] / _STEP
        j = np.floor(x).astype(np.int64).clip(0, columns - 2)
        i = np.floor(y).astype(np.int64).clip(0, rows - 2)
        right, below = (x - j)[..., None], (y - i)[..., None]
        upper = (1 - right) * self.nodes[i, j] + right * self.nodes[i, j + 1]
        lower = (1 - right) * self.nodes[i + 1, j] + right * self.nodes[i + 1, j + 1]
        found: Numbers = (1 - below) * upper + below * lower
        return found

    def picture(self, other: Gray) -> Gray:
        """This picture, given the other one."""
        x, y = (np.arange(n, dtype=np.float32) / _STEP for n in self.shape[::-1])
        columns, rows = np.meshgrid(x, y)
        node_x, node_y = (np.ascontiguousarray(self.nodes[..., k], np.float32) for k in (0, 1))
        from_x, from_y = (
            cv2.remap(node, columns, rows, cv2.INTER_LINEAR) for node in (node_x, node_y)
        )
        made = cv2.remap(other, from_x, from_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(made, np.uint8)

    def after(self, before: "Lattice") -> "Lattice":
        """The same picture made from what its other one was made from."""
        return Lattice(before.at(self.nodes), self.shape)

    def enlarged(self, times: float, shape: tuple[int, int]) -> "Lattice":
        """The same for both pictures so many times as large."""
        return Lattice(self.at(nodes(shape) / times) * times, shape)


def nodes(shape: tuple[int, int]) -> Numbers:
    """The pixels (rows, columns, 2) of a picture of this shape that are nodes of a lattice."""
    y, x = (np.arange(0, n + _STEP, _STEP, dtype=np.float64) for n in shape)
    found: Numbers = np.stack(np.meshgrid(x, y), axis=-1)
    return found


def mapped(matrix: Numbers, points: Numbers) -> Numbers:
    """Where a projective map (3, 3) brings points (..., 2)."""
    found = points @ matrix[:, :2].T + matrix[:, 2]
    plane: Numbers = found[..., :2] / found[..., 2:]
    return plane
