"""`parvis demo`: an agency with twelve brands on simulated networks, whose people talk."""
