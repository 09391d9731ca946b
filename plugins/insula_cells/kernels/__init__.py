"""Kernels: whole sequences of liquid cells in one call, with their gradients, compiled by Numba for this processor."""
