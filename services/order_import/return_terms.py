"""What the channel of a return takes as its answer, as its connector declares it."""

from services.order_import.parcel_plan import Refused
from shared.chassis.service import Service
from shared.contracts.returned import ReturnTerms


async def declared(service: Service, platform: str) -> tuple[str, ReturnTerms | None]:
    """The platform's name and its terms, None where returns that buyers opened cannot be answered. Raises Transient
    while the connector is silent."""
    # Not "" below the connector's own address: a client puts a slash behind that, which is another route.
    above, _, slug = service.settings.connector_url.format(platform=platform).rpartition("/")
    said = await service.peers.get(above, f"/{slug}")
    return said["title"], ReturnTerms.model_validate(said["return_terms"]) if said["return_terms"] else None


async def terms_of(service: Service, platform: str) -> ReturnTerms:
    """Raises Refused where returns that buyers opened cannot be answered, otherwise as `declared`."""
    title, terms = await declared(service, platform)
    if terms is None:
        raise Refused("return_answer_not_offered", platform=title)
    return terms
