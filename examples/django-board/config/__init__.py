"""The project: settings, addresses and the application."""
