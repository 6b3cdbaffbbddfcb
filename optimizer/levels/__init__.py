"""Two levels of planning: an upper level divides tasks and money, places plan, and both go on until they agree (X-01)."""
