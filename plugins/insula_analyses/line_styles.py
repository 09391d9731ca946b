"""Line styles: colours and dashes that tell lines apart on a light and on a dark page."""

COLOURS = ("#3b82c4", "#d9534f", "#2e9e5b", "#c98a12", "#8e63ce", "#1a9fa8", "#d1649a", "#8a7a5c")
LINES = ("-", "--", ":", "-.")


def style(number: int) -> dict[str, str]:
    """Return colour and line style of the n-th of several lines; no two of 32 are the same."""
    return {"color": COLOURS[number % len(COLOURS)], "linestyle": LINES[number // len(COLOURS) % len(LINES)]}
