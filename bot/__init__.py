"""The bot: questions in from Telegram or a terminal, answers with quotes out.

It knows articles and quotes only through the door of `index`.
"""
