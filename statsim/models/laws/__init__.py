"""Laws of one number as models: fitted by every principle, drawn, scored, saved like any other model."""
