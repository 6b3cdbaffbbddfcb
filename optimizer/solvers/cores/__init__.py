"""Hard pure problems of moderate size: a tight bound, a good plan, a small core between them, and two solvers on it."""
