"""Grammar: wording as rules with alternatives, expanded at random into pieces.

The rules are data, text files in `wording/`: `name:` opens a rule, every indented line is one of
its alternatives. In a line `{name}` stands for another rule or for a slot that the caller fills,
`{name:words}` hands words to the slot, `[a|b|]` is a choice within the line.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from random import Random

from gouji.training.synthesis.pieces import Piece

Slot = Callable[[str], Sequence[Piece]]
"""What fills a slot: gets the words given with it, "" if there are none."""

_SIGNS = re.compile(r"[\[\]|{}]")
_RULE = re.compile(r"(?P<name>[a-z][a-z0-9_.]*):")


@dataclass(frozen=True, slots=True)
class Reference:
    """A rule or slot by name, with the words handed to a slot."""

    name: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several wordings."""

    options: tuple["Wording", ...]


Wording = tuple[str | Reference | Choice, ...]
"""Parts that follow each other."""


@dataclass(frozen=True)
class Grammar:
    """Rules by name, each a choice of wordings."""

    rules: Mapping[str, Choice]

    def expand(self, name: str, slots: Mapping[str, Slot], rng: Random) -> list[Piece]:
        """The pieces of a random wording of a rule.

        Raises:
            KeyError: the rule, or one that it names, is neither a rule nor a slot.
        """
        return list(self._pieces(Reference(name), slots, rng))

    def expand_different(
        self, name: str, n: int, slots: Mapping[str, Slot], rng: Random
    ) -> list[list[Piece]]:
        """The pieces of random wordings of up to `n` different alternatives of a rule.

        Raises:
            KeyError: as `expand`.
        """
        options = self.rules[name].options
        return [
            [piece for part in option for piece in self._pieces(part, slots, rng)]
            for option in rng.sample(options, min(n, len(options)))
        ]

    def _pieces(
        self, part: str | Reference | Choice, slots: Mapping[str, Slot], rng: Random
    ) -> Iterator[Piece]:
        if isinstance(part, str):
            yield Piece(part)
        elif isinstance(part, Choice):
            for inner in rng.choice(part.options):
                yield from self._pieces(inner, slots, rng)
        elif part.name in slots:
            yield from slots[part.name](part.words)
        else:
            yield from self._pieces(self.rules[part.name], slots, rng)

    @cached_property
    def slot_names(self) -> frozenset[str]:
        """The names that the rules refer to and that are no rules."""
        named = {name for rule in self.rules.values() for name in _names(rule)}
        return frozenset(named - set(self.rules))

    def n_wordings(self, name: str) -> int:
        r"""In how many ways a rule can be worded; a slot counts as one way.

        >>> parse("a:\n  x[y|z]{b}\n  {c}\nb:\n  1\n  2\n").n_wordings("a")
        5
        """
        return self._count(Reference(name))

    def _count(self, part: str | Reference | Choice) -> int:
        if isinstance(part, Reference):
            rule = self.rules.get(part.name)
            return self._count(rule) if rule else 1
        if isinstance(part, Choice):
            return sum(self._product(option) for option in part.options)
        return 1

    def _product(self, wording: Wording) -> int:
        ways = 1
        for part in wording:
            ways *= self._count(part)
        return ways


@cache
def load_grammar(name: str) -> Grammar:
    """The grammar of a file in `wording/`, read once.

    Raises:
        OSError: there is no such file.
        ValueError: a line is malformed; the message names it.
    """
    path = files("gouji.training.synthesis") / "wording" / f"{name}.txt"
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Grammar:
    """The grammar that a text spells.

    Raises:
        ValueError: a line stands outside a rule, or its brackets do not match.
    """
    rules: dict[str, list[Wording]] = {}
    current: list[Wording] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        rule = _RULE.fullmatch(line)
        if rule:
            current = rules.setdefault(rule["name"], [])
        elif current is None or not line.startswith(" "):
            raise ValueError(f"line {number}: {line!r} belongs to no rule")
        else:
            current.append(_parse_line(line.strip(), number))
    return Grammar({name: Choice(tuple(lines)) for name, lines in rules.items()})


def _parse_line(line: str, number: int) -> Wording:
    options, end = _parse_options(line, 0, number)
    if len(options) > 1 or end != len(line):
        raise ValueError(f"line {number}: brackets do not match in {line!r}")
    return options[0]


def _parse_options(line: str, at: int, number: int) -> tuple[tuple[Wording, ...], int]:
    """The options from `at` up to the bracket that closes them or the end of the line."""
    options: list[Wording] = []
    parts: list[str | Reference | Choice] = []
    while match := _SIGNS.search(line, at):
        if match.start() > at:
            parts.append(line[at : match.start()])
        at = match.end()
        if match[0] == "[":
            inner, at = _parse_options(line, at, number)
            if line[at - 1 : at] != "]":
                raise ValueError(f"line {number}: a bracket is not closed in {line!r}")
            parts.append(Choice(inner))
        elif match[0] == "{":
            at = _parse_reference(line, at, parts, number)
        elif match[0] == "|":
            options.append(tuple(parts))
            parts = []
        else:
            return (*options, tuple(parts)), at
    if at < len(line):
        parts.append(line[at:])
    return (*options, tuple(parts)), len(line)


def _parse_reference(line: str, at: int, parts: list[str | Reference | Choice], number: int) -> int:
    end = line.find("}", at)
    if end < 0:
        raise ValueError(f"line {number}: a brace is not closed in {line!r}")
    name, _, words = line[at:end].partition(":")
    parts.append(Reference(name, words))
    return end + 1


def _names(part: str | Reference | Choice) -> Iterator[str]:
    if isinstance(part, Reference):
        yield part.name
    elif isinstance(part, Choice):
        for option in part.options:
            for inner in option:
                yield from _names(inner)
