"""Speed, measured against a reference of the same run: `make bench`. Ratios are comparable, figures are not."""
