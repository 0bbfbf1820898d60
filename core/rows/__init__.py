"""Read and write lists of rows with a bounded number of statements: each list is one JSON document in SQL.

Measured on PostgreSQL: 20 rows of 30 columns take 30 µs a row from one JSON document and 50 µs from arrays, because
each array is dumped in Python; and a statement costs more in the driver than in the server, so there all the changes
of an operation travel as one statement (docs/decisions/0002).
"""

from .batches import Change, Query, document, fetch, insert, write
from .statements import source_of
from .tables import Table, any_of, convert, decoders

__all__ = [
    "Change",
    "Query",
    "Table",
    "any_of",
    "convert",
    "decoders",
    "document",
    "fetch",
    "insert",
    "source_of",
    "write",
]
