"""Records which members of one webhook an app in this process reads, and where in its code."""
