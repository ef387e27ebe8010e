"""The one exception that reaches a user: what is wrong, where, and what to do."""


class UserError(Exception):
    """A problem the user can mend; its message is printed as it is, without a traceback."""
