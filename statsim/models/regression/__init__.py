"""Regressions as generators: features are drawn, then responses given them."""
