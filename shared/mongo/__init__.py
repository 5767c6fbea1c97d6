"""MongoDB behind about a dozen awaited methods: the only package that names a driver."""
