"""What evidence says when it has no exact value."""


class NotExact(Exception):
    """This quantity has no exact evidence on this instance; the message is the reason."""
