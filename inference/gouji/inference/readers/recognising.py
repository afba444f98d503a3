"""Recognising: pages of a PDF that hold no usable text, read as pictures with the extra `scan`."""

from gouji.inference.readers.pdf import RecognisedPage, RecognisePage, RenderPage
from gouji.inference.readers.picture import is_installed

_DPI = 200


def page_recogniser() -> RecognisePage | None:
    """What recognises a page of a PDF; None without the extra `scan`."""
    if not is_installed():
        return None
    from gouji.inference.scan.assembly import recognise_page  # it loads OpenCV

    def recognise(render: RenderPage, number: int) -> RecognisedPage:
        page = recognise_page(render(_DPI), _DPI, number)
        return RecognisedPage(page.text, page.places, page.alternatives)

    return recognise
