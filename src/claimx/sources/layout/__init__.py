"""From the glyphs of a page to blocks in reading order: pure steps, each in a module named after what it makes."""
