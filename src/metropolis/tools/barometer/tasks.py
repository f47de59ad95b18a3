"""What the tool does in the background."""

from django_tasks import task

from metropolis.foundation.background.values import SLOW
from metropolis.tools.barometer import operations


@task(queue_name=SLOW)
def compute_edition(id: int, digest: str) -> None:
    """Compute an edition's intervals and what moves them."""
    operations.compute_edition(id=id, digest=digest)
