"""Questions to a finished plan or to a planning task, one a file; each answers in data and in sentences."""
