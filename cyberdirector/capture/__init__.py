"""Video to motion: landmarks, solve, contacts, hands, face."""
