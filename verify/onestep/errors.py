"""What is said when a quantity has no exact value here."""


class NotExact(Exception):
    """This quantity cannot be measured exactly on this instance; the message says why."""
