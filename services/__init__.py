"""The stages side by side; `services.local` runs them all in one process."""
