"""Keys and signatures; a verification that explains."""
