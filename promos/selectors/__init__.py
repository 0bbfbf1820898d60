"""Questions about codes and what became of them."""
