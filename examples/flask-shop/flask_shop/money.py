"""Prices are whole cents everywhere; only people see euros."""


def euros(cents: int) -> str:
    """`125000` as `1 250.00 €`, with narrow spaces that do not break."""
    return f"{cents // 100:,}.{cents % 100:02}".replace(",", "\u202f") + "\u202f€"
