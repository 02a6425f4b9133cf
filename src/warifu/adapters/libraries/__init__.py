"""Where shipped rule sets and procedures lie."""
