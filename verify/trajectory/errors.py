"""What trajectory evidence says when it cannot be exact."""


class NotExact(ValueError):
    """The quantity has no exact evidence here; the message is the reason."""
