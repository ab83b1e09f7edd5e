"""What the channel of a return takes as its answer, as its connector declares it."""

from services.order_import.parcel_plan import Refused
from shared.chassis.service import Service
from shared.contracts.returned import ReturnTerms


async def terms_of(service: Service, platform: str) -> ReturnTerms:
    """Raises Refused where returns that buyers opened cannot be answered, Transient while the connector is silent."""
    # Not "" below the connector's own address: a client puts a slash behind that, which is another route.
    above, _, slug = service.settings.connector_url.format(platform=platform).rpartition("/")
    declared = await service.peers.get(above, f"/{slug}")
    if declared["return_terms"] is None:
        raise Refused("return_answer_not_offered", platform=declared["title"])
    return ReturnTerms.model_validate(declared["return_terms"])
