"""How the bundled models were made. Needs the extra `train`; nothing here runs when answering."""
