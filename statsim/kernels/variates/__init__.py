"""Random variates: one law a file, each from the words of a stream."""
