"""The mixture over coded mixed-type rows."""
