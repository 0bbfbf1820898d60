"""The companies paid through, behind one protocol; none of them touches the database."""
