"""Tables: what the columns of a data frame are, and the arrays a model sees of them."""
