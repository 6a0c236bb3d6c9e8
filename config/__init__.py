"""The settings: one TOML file with every default, overridden by the environment."""

from config.settings import Settings, SettingsError, load_settings, telegram_token

__all__ = ["Settings", "SettingsError", "load_settings", "telegram_token"]
