"""Reading files from people one does not know: a PDF's text, and a picture made anew.

>>> from metropolis.engine_kit import InvalidInput
>>> try:
...     read_pdf(b"<html>")
... except InvalidInput as error:
...     print(error, error.data)
The PDF is refused: not-a-pdf. {'reason': 'not-a-pdf'}
"""

from metropolis.foundation.documents.engine.pdf import PdfText, read_pdf
from metropolis.foundation.documents.engine.picture import clean_picture

__all__ = ["PdfText", "clean_picture", "read_pdf"]
