"""One file a part of the site: handlers that read, call and render, and the values of each page."""
