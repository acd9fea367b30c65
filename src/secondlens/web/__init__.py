"""The browser door: pages that work without JavaScript, for this computer alone."""
