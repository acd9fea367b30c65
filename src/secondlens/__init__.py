"""Secondlens: from the doubt that something is being missed to a second opinion."""
