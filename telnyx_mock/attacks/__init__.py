"""What a receiver must withstand: forgeries, and malformed requests that are correctly signed."""
