"""The model of data frames: a schema joined to a table mixture."""
