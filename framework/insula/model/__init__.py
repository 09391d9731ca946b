"""Batch to outputs."""
