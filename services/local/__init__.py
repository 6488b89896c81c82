"""All stages in one process: the main job, files, debugging, tests."""
