"""The rules of the contract, one module for each topic."""
