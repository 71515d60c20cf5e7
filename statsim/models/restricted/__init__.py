"""What a model can be restricted to: bounds, linear constraints and predicates, for every model of rows."""
