"""The vocabulary: the tokenizer of a model trained from scratch, or that of a pretrained one.

A word of the encoding is a folded character, a number or a mark. Numbers are told apart by their
length alone, so that a model learns places and not amounts.
"""

from collections import Counter
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Replace, Sequence
from tokenizers.pre_tokenizers import Digits
from tokenizers.pre_tokenizers import Sequence as PreTokenizers

from gouji.model.encoding import BLANK_WORD, Encoded
from gouji.model.errors import ModelError
from gouji.model.folding import fold_label
from gouji.model.form import Form
from gouji.model.numerals import MARKS

PAD, UNKNOWN = "[PAD]", "[UNK]"
PAD_ID, UNKNOWN_ID = 0, 1

_LONGEST = 8  # numbers of more digits share a bucket
_BUCKETS = (
    (r"^(?=.*[0-9])(?![+-]?[0-9]+(\.[0-9]+)?$).{2,}$", "<odd>"),  # 约5, 2.5万, 1,23
    (r"^[+-][0-9.]+$", "<signed>"),
    (r"^[0-9]+\.[0-9]+$", "<dec>"),
    *((rf"^[0-9]{{{n}}}$", f"<n{n}>") for n in range(2, _LONGEST)),
    (rf"^[0-9]{{{_LONGEST},}}$", f"<n{_LONGEST}>"),
)


def build_tokenizer(form: Form, texts: Iterable[Encoded], least: int) -> Tokenizer:
    """A tokenizer with one id a word, for words that are tokens of the encoding.

    It knows the characters of the form, the marks, the buckets of numbers, and what stands at
    least `least` times in the texts, the most frequent first.
    """
    normalizer = Sequence([Replace(Regex(pattern), bucket) for pattern, bucket in _BUCKETS])
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(token.word for token in text.tokens)
    seen: Counter[str] = Counter()
    for word, n in counts.items():
        seen[normalizer.normalize_str(word)] += n
    common = sorted((word for word, n in seen.items() if n >= least), key=lambda w: (-seen[w], w))
    fixed = [PAD, UNKNOWN, BLANK_WORD, *(bucket for _, bucket in _BUCKETS), *"0123456789"]
    known = [*fixed, *sorted(MARKS), *sorted(set(_characters(form))), *common]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(known))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizer
    return tokenizer


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
