"""The commands that reproduce a finding."""
