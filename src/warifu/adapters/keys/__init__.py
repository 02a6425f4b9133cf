"""Private keys made and used for requests where they live."""
