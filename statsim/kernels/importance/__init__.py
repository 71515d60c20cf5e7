"""Importance sampling: log densities at many points, Student proposals, weighted moments."""
