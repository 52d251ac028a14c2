"""One concrete webhook: its values, its bytes, the request that carries it."""
