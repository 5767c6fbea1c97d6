"""House rules: ordered CEL expressions and what follows when one is true."""
