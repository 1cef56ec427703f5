"""The rows of a CSV file, plain or gzipped, one at a time, each with the line it begins on."""

from __future__ import annotations

import csv
import gzip
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, cast

from sandbox.demand.mapping import FileFormat
from sandbox.errors import InputError, did_you_mean

_DELIMITERS: Final = (";", "\t", "|", ",")


class CsvFile:
    """Reads one file. `header` holds the column names, without surrounding blanks.

    Raises InputError with file and line for whatever cannot be read. A gzip that is broken off, bytes
    of another encoding and quotes that nobody closes are found when their line is reached.
    """

    def __init__(self, path: Path, how: FileFormat) -> None:
        self.path, self._how = path, how
        self._rows = self._read()
        first = next(self._rows, None)
        if first is None or not any(first[1]):
            raise self.error("no header", line=1, remedy="the first line must hold the names of the columns")
        self.header = [name.strip() for name in first[1]]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line number (from 1, the header being 1) and cells of each row after the header. Once only."""
        return self._rows

    def place_of(self, column: str, key: str) -> int:
        """The position of a column that the mapping names under `key`."""
        found = self.header.count(column)
        if found == 1:
            return self.header.index(column)
        if found:
            raise self.error(f"the header has {found} columns of this name", 1, column, "rename all but one")
        raise self.error("no such column", 1, column, self._one_column() or self._known(column, key))

    def _one_column(self) -> str | None:
        """The remedy where the whole header was taken for one name."""
        signs = [sign for sign in _DELIMITERS if sign in self.header[0]] if len(self.header) == 1 else []
        return f"the header has {signs[0]!r} in it: write it as file.delimiter in the mapping" if signs else None

    def _known(self, column: str, key: str) -> str:
        near = did_you_mean(column, self.header)
        return f"{near}{'' if near.endswith('?') else '.'} The mapping names it under {key}"

    def broken(self, row: Sequence[str], line: int) -> InputError:
        """The error for a row that has not as many cells as the header."""
        remedy = f"quote values that contain {self._how.delimiter!r}, or correct file.delimiter in the mapping"
        return self.error(f"{len(row)} columns, but the header has {len(self.header)}", line, None, remedy)

    def error(
        self, message: str, line: int | None = None, column: str | None = None, remedy: str | None = None
    ) -> InputError:
        """An error that points into this file."""
        return InputError(message, file=str(self.path), line=line, field=column, remedy=remedy)

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        begins, reader = 1, None
        try:
            with self._open() as raw:
                reader = csv.reader(self._texts(raw), delimiter=self._how.delimiter, strict=True)
                for row in reader:
                    yield begins, row
                    begins = reader.line_num + 1
        except csv.Error as broken:
            raise self._csv_error(broken, begins) from None
        except (EOFError, gzip.BadGzipFile, zlib.error):
            remedy = "fetch the file again, or drop .gz from its name if it is none"
            raise self.error("the gzip file is broken off or damaged", begins, None, remedy) from None
        except OSError as refused:
            raise self.error(f"cannot be read ({refused.strerror})", remedy="check the path") from None

    def _csv_error(self, broken: csv.Error, begins: int) -> InputError:
        told = str(broken)
        if "unexpected end" in told or "field larger" in told:
            return self.error("a quote opens on this line and is never closed", begins, None, "close it, or remove it")
        if "NUL" in told:
            return self.error("a NUL byte", begins, None, "export the file again as text")
        return self.error(f"broken CSV: {told}", begins, None, "double the quotes inside quoted values")

    def _open(self) -> BinaryIO:
        if self.path.suffix == ".gz":
            return cast(BinaryIO, gzip.open(self.path, "rb"))
        return self.path.open("rb")

    def _texts(self, raw: BinaryIO) -> Iterator[str]:
        """The lines decoded one by one, so that a byte of another encoding is told with its line."""
        encoding, line = self._how.encoding, 0
        try:
            for line, text in enumerate(raw, start=1):
                yield text.decode(encoding) if line > 1 else text.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as wrong:
            remedy = "set file.encoding in the mapping (cp1252 is common), or save the file as UTF-8"
            if line == 1 and wrong.object.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                remedy = 'the file is UTF-16 (Excel\'s "Unicode text"): save it as UTF-8'
            byte = wrong.object[wrong.start]
            raise self.error(f"byte 0x{byte:02x} is not {encoding}", line, None, remedy) from None
