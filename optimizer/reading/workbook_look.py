"""A cheap look into an .xlsx before it is read: how far its cells reach, what is merged or hidden.

An .xlsx is a zip of XML. A reader makes a full grid up to the farthest cell, so one stray cell in
the last row and column asks for gigabytes. Here the XML is only scanned, piece by piece.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

MOST_BYTES = 6 * 2**30
MOST_CELLS = 120_000_000
_SMALL_AREA = 4_000_000
_EMPTY_SHARE = 50
_PIECE = 1 << 20
_BOOK_BYTES = 16 * 2**20

_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]{0,400}?\br="(\d{1,8})"[^>]{0,400}(?<!/)>')
_FAR = re.compile(rb'<(?:\w+:)?c\b[^>]{0,80}?\br="([A-Z]{2,3})(\d{1,8})"')
_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell ")
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b[^>]{0,400}?\bhidden="(?:1|true)"')
_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, ElementTree.ParseError, RuntimeError, EOFError)
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class NotAWorkbook(ValueError):
    """The file is no readable .xlsx; ``args[0]`` is damaged / encrypted / huge."""


@dataclass(frozen=True)
class Look:
    """One sheet at a glance; ``farthest`` is the cell where its last row and column meet."""

    name: str
    rows: int
    columns: int
    cells: int
    merged: int
    hidden: int

    @property
    def far(self) -> bool:
        """Whether a full grid would be huge, or huge beside what is in it."""
        area = self.rows * self.columns
        return area > MOST_CELLS or (area > _SMALL_AREA and area > _EMPTY_SHARE * max(self.cells, 1))

    @property
    def farthest(self) -> str:
        """Such as ``XFD1048576``."""
        letters, number = "", self.columns
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.rows}"


def look_at(path: Path) -> list[Look]:
    """All worksheets of the workbook in their order. Raises ``NotAWorkbook``."""
    with path.open("rb") as file:
        if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise NotAWorkbook("encrypted")
    try:
        with zipfile.ZipFile(path) as book:
            if sum(info.file_size for info in book.infolist()) > MOST_BYTES:
                raise NotAWorkbook("huge")
            return [_look(book, name, part) for name, part in _sheets(book)]
    except _DAMAGED:
        raise NotAWorkbook("damaged") from None


def _sheets(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Sheet names and the parts of the zip that hold them."""
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        if book.getinfo(part).file_size > _BOOK_BYTES:
            raise NotAWorkbook("huge")
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", str(relation.get("Target")))).lstrip("/")
        for relation in ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    }
    for element in ElementTree.fromstring(book.read("xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            part = targets.get(element.get(f"{_OFFICE}id"), "")
            if "worksheets/" in part:
                yield str(element.get("name")), part


def _look(book: zipfile.ZipFile, name: str, part: str) -> Look:
    rows = columns = cells = merged = hidden = 0
    with book.open(part) as file:
        rest = b""
        while piece := file.read(_PIECE):
            piece = rest + piece
            cut = piece.rfind(b"<")
            piece, rest = (piece[:cut], piece[cut:]) if cut > 0 and len(piece) - cut < _PIECE else (piece, b"")
            rows = max(rows, max(map(int, _ROW.findall(piece)), default=0))
            for letters, row in _FAR.findall(piece):
                rows, columns = max(rows, int(row)), max(columns, _column_number(letters))
            cells += len(_CELL.findall(piece))
            merged += len(_MERGED.findall(piece))
            hidden += len(_HIDDEN.findall(piece))
    return Look(name, rows, max(columns, min(26, cells)), cells, merged, hidden)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
