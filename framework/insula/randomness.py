"""A draw is a function of (seed, fold, epoch, purpose): resuming, parallel folds and order can't change a result."""

from hashlib import blake2b


def draw(seed: int, *purpose: object) -> int:
    """Return a seed for a generator: the same for the same arguments, on every machine."""
    text = "\x1f".join(map(str, (seed, *purpose)))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 2
