"""Models against data: criteria, comparison of fitted models, and selection among candidates."""
