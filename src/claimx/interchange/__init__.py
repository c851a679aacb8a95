"""Foreign annotation formats, one a module, both ways where a format has two."""
