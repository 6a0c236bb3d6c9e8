"""What ends the bot."""


class BotError(Exception):
    """The bot cannot run; the message is a sentence that says why and what to do."""
