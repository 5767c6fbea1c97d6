"""`parvis brand`: a whole brand's data, handed out or erased by every service."""
