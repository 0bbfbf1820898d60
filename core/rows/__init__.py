"""Read and write lists of rows with a bounded number of statements.

A list is one array a column on PostgreSQL, a single row plain values, and one JSON document elsewhere; and because a
statement costs more in the driver than in the server, PostgreSQL gets all the changes of an operation as one
statement (docs/decisions/0002).
"""

from .batches import Change, Query, fetch, insert, relation, write
from .tables import Table, any_of, convert, decoders

__all__ = [
    "Change",
    "Query",
    "Table",
    "any_of",
    "convert",
    "decoders",
    "fetch",
    "insert",
    "relation",
    "write",
]
