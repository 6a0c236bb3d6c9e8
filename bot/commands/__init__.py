"""What the subcommands of `articlebot` do: settings in, text on stdout and an exit code out."""
