"""The vocabulary: the tokenizer of a model trained from scratch, or that of a pretrained one.

Characters that touch are joined by byte-pair encoding into the words that reports are full of;
what is damaged stays in characters. Numbers are told apart by their length alone, so that a model
learns places and not amounts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.normalizers import Replace, Sequence
from tokenizers.pre_tokenizers import Digits
from tokenizers.pre_tokenizers import Sequence as PreTokenizers
from tokenizers.trainers import BpeTrainer

from gouji.model.encoding import BLANK_WORD, Encoded
from gouji.model.errors import ModelError
from gouji.model.folding import fold_label
from gouji.model.form import Form
from gouji.model.numerals import MARKS
from gouji.model.pieces import runs

PAD, UNKNOWN = "[PAD]", "[UNK]"
PAD_ID, UNKNOWN_ID = 0, 1

_LEAST_JOINED = 50  # times that two parts have to stand side by side to be joined
_LONGEST_WORD = 6  # characters
_LONGEST = 8  # numbers of more digits share a bucket
_BUCKETS = (
    (r"^(?=.*[0-9])(?![+-]?[0-9]+(\.[0-9]+)?$).{2,}$", "<odd>"),  # 约5, 2.5万, 1,23
    (r"^[+-][0-9.]+$", "<signed>"),
    (r"^[0-9]+\.[0-9]+$", "<dec>"),
    *((rf"^[0-9]{{{n}}}$", f"<n{n}>") for n in range(2, _LONGEST)),
    (rf"^[0-9]{{{_LONGEST},}}$", f"<n{_LONGEST}>"),
)


def build_tokenizer(form: Form, texts: Iterable[Encoded], least: int, size: int = 0) -> Tokenizer:
    """A tokenizer that joins characters of the encoding to words; other tokens have one id each.

    It knows the characters of the form, the marks, the buckets of numbers, and the characters that
    stand at least `least` times in the texts; to these come joined words, the most frequent first,
    until the vocabulary has `size`.
    """
    words = Counter(
        "".join(token.word for token in text.tokens[start:stop])
        for text in texts
        for start, stop in runs(text.tokens)
        if text.tokens[start].kind is None
    )
    seen: Counter[str] = Counter()
    for word, n in words.items():
        for char in word:
            seen[char] += n
    common = sorted((char for char, n in seen.items() if n >= least), key=lambda c: (-seen[c], c))
    fixed = [PAD, UNKNOWN, BLANK_WORD, *(bucket for _, bucket in _BUCKETS), *"0123456789"]
    known = dict.fromkeys([*fixed, *sorted(MARKS), *sorted(set(_characters(form))), *common])
    joined = _joined(words, common, max(0, size - len(known)))
    vocabulary = {word: i for i, word in enumerate([*known, *(a + b for a, b in joined)])}
    tokenizer = Tokenizer(BPE(vocabulary, joined, unk_token=UNKNOWN, ignore_merges=True))
    tokenizer.normalizer = Sequence(
        [Replace(Regex(pattern), bucket) for pattern, bucket in _BUCKETS]
    )
    return tokenizer


def _joined(words: Mapping[str, int], alphabet: Iterable[str], most: int) -> list[tuple[str, str]]:
    """At most `most` pairs to join, in order; no two make the same word."""
    known = set(alphabet)
    learner = Tokenizer(BPE())
    learner.train_from_iterator(
        (word for word, n in sorted(words.items()) if known.issuperset(word) for _ in range(n)),
        BpeTrainer(
            vocab_size=len(known) + most,
            min_frequency=_LEAST_JOINED,
            max_token_length=_LONGEST_WORD,
            show_progress=False,
        ),
    )
    pairs: dict[str, tuple[str, str]] = {}
    for first, second in json.loads(learner.to_str())["model"]["merges"]:
        pairs.setdefault(first + second, (first, second))
    return list(pairs.values())[:most]


def borrow_tokenizer(base: str) -> Tokenizer:
    """The tokenizer of a pretrained model, with numbers split into digits and a word for blanks.

    Raises:
        ModelError: there is no such tokenizer, or it keeps no record of where a word begins.
    """
    from transformers import AutoTokenizer

    try:
        borrowed = AutoTokenizer.from_pretrained(base, use_fast=True)
    except (OSError, ValueError) as error:
        raise ModelError(f"无法载入 {base} 的分词器：{error}") from error
    tokenizer: Tokenizer | None = getattr(borrowed, "backend_tokenizer", None)
    if tokenizer is None:
        raise ModelError(f"{base} 的分词器没有快速版本，不能使用")
    before = [Digits(individual_digits=True)]
    if tokenizer.pre_tokenizer is not None:
        before.append(tokenizer.pre_tokenizer)
    tokenizer.pre_tokenizer = PreTokenizers(before)
    tokenizer.add_special_tokens([BLANK_WORD])
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def unknown_id(tokenizer: Tokenizer) -> int:
    """The id for words that are not known; 0 if the tokenizer has none."""
    names = (UNKNOWN, "<unk>", "[MASK]", "<mask>")
    found = (tokenizer.token_to_id(name) for name in names)
    return next((i for i in found if i is not None), 0)


def _characters(form: Form) -> Iterable[str]:
    """The characters of every title of the form, folded."""
    for variants in form.variants.values():
        for table in variants.values():
            for block in table.blocks:
                rows = [(r.title, *r.aliases, *r.group) for r in block.rows]
                columns = [(c.title, c.group or "") for c in block.columns]
                for titles in [(block.title or "",), *rows, *columns]:
                    yield from fold_label("".join(titles))
    for kind in form.sections:
        yield from fold_label("".join((kind.heading, *kind.aliases)))
    for field in form.fields:
        yield from fold_label(field.title or "")
