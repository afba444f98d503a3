"""From the distributions of a line to strings: the likeliest path, and the likeliest strings.

Prefix beam search after A. Y. Hannun, A. L. Maas, D. Jurafsky, A. Y. Ng: First-pass large
vocabulary continuous speech recognition using bi-directional recurrent DNNs, 2014, without a
language model.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from gouji.inference.scan.networks import Probabilities

Strings = tuple[tuple[str, float], ...]
"""Strings with probabilities, likeliest first; what is missing to 1 belongs to other strings."""

_NEGLIGIBLE = 1e-6


def best_path(probabilities: Probabilities, characters: Sequence[str]) -> tuple[str, float]:
    """The string of the likeliest class of every frame, and the least sure of its characters.

    The second is the mean probability of the frames that give the characters; 0.0 for no string.
    """
    likeliest = probabilities.argmax(axis=1)
    text, sure = [], []
    last = 0
    for frame, chosen in enumerate(likeliest.tolist()):
        if chosen and chosen != last:
            text.append(characters[chosen])
            sure.append(float(probabilities[frame, chosen]))
        last = chosen
    return "".join(text), float(np.mean(sure)) if sure else 0.0


def best_strings(
    probabilities: Probabilities, classes: Mapping[str, Sequence[int]], n: int, beam: int = 16
) -> Strings:
    """The `n` likeliest strings over an alphabet, the empty one among them.

    `classes` maps a character to the classes that are read as it. A probability is the sum over
    all paths that spell the string; paths through other classes count for none.
    """
    alphabet = list(classes)
    folded = np.stack([probabilities[:, list(classes[c])].sum(axis=1) for c in alphabet], 1)
    blank = probabilities[:, 0]
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for frame, row in enumerate(folded.tolist()):
        steps = [(char, p) for char, p in zip(alphabet, row, strict=True) if p > _NEGLIGIBLE]
        grown = _grown(beams, float(blank[frame]), steps, dict(zip(alphabet, row, strict=True)))
        ranked = sorted(grown.items(), key=lambda entry: (-sum(entry[1]), entry[0]))
        beams = dict(ranked[:beam])
    found = sorted(((text, sum(p)) for text, p in beams.items()), key=lambda e: (-e[1], e[0]))
    return tuple((text, min(1.0, p)) for text, p in found[:n] if p > 0)


def _grown(
    beams: Mapping[str, tuple[float, float]],
    blank: float,
    steps: Sequence[tuple[str, float]],
    row: Mapping[str, float],
) -> dict[str, tuple[float, float]]:
    """The prefixes after one frame more: probabilities of paths that end in a blank, or do not."""
    ends_blank: dict[str, float] = defaultdict(float)
    ends_char: dict[str, float] = defaultdict(float)
    for prefix, (p_blank, p_char) in beams.items():
        ends_blank[prefix] += (p_blank + p_char) * blank
        if prefix:
            ends_char[prefix] += p_char * row[prefix[-1]]
        for char, p in steps:
            before = p_blank if prefix.endswith(char) else p_blank + p_char
            ends_char[prefix + char] += before * p
    return {
        prefix: (ends_blank[prefix], ends_char[prefix]) for prefix in {**ends_blank, **ends_char}
    }
