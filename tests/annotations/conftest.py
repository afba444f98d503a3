"""What the tests of annotations share."""

import pytest

from gouji.annotations.corpus import read_annotations
from gouji.model.annotation import Annotation
from gouji.model.form import Form
from tests.annotations.samples import GOLD, small_form, sound_annotation


@pytest.fixture(scope="session")
def form() -> Form:
    """A form of three cells."""
    return small_form()


@pytest.fixture
def sound() -> Annotation:
    """A sound annotation under that form."""
    return sound_annotation()


@pytest.fixture(scope="session")
def gold() -> dict[str, Annotation]:
    """The annotated samples by id."""
    return {annotation.id: annotation for annotation in read_annotations(GOLD)}
