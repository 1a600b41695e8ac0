"""Sidestage: what a live audio room needs in text."""
