"""Reading cells: from the text of a delivered cell to a typed value. Pure functions over polars series."""
