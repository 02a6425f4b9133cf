"""How passwords are sealed: Argon2."""
