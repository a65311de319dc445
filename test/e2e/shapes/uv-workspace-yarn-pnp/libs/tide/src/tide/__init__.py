TABLE = ("high", "low")
