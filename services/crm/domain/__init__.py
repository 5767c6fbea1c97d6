"""Pure rules of crm."""
