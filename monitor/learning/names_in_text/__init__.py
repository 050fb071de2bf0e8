"""Find the names that the text of an entry links to a known actor, such as "Lazarus Group, also known as APT38"."""
