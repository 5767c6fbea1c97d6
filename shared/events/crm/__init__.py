"""Facts stated by `crm`."""
