"""Self-contained HTML pages from the marts: the monthly review, and the partner scorecards with the ecosystem graph."""
