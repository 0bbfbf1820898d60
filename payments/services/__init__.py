"""What can be done with payments: verbs, keyword-only; they raise when they refuse."""
