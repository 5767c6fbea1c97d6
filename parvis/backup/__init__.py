"""`parvis backup` and `parvis restore`: every service's database and every group's offsets, to a folder and back."""
