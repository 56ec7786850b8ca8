"""Figures of the product, measured against floors and peers; `make bench` prints them as ratios."""
