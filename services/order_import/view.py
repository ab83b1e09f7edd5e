"""The ground of what the REST interface shows."""

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """Read from our own values."""

    model_config = ConfigDict(from_attributes=True)
