"""Intervals for shares: Wilson's, and that of a Beta posterior."""

from math import sqrt

Z = 1.96
"""Intervals hold the truth 95 times in 100."""


def wilson(mean: float, n: int) -> tuple[float, float]:
    """Wilson's interval for a mean of n values in 0..1: exact for yes and no, on the safe side for values between."""
    middle = (mean + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(mean * (1 - mean) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def beta(hits: int, misses: int, inside: float = 0.9) -> tuple[float, float]:
    """In which a share lies so probably, all shares taken for equally likely before: of Beta(1 + hits, 1 + misses)."""
    from scipy.special import betaincinv

    outside = (1 - inside) / 2
    low, high = (float(betaincinv(1 + hits, 1 + misses, at)) for at in (outside, 1 - outside))
    return low, high
