"""WordPress: blog posts, and the comments under them."""
