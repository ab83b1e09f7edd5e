"""The operator's commands: everything a person types to run one installation."""
