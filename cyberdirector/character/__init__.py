"""Characters: body, face, hair, clothes, springs."""
