"""What a person can do in more than one step, shared by the browser and the terminal."""
