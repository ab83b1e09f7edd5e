"""What the shop hands out with a customer and nobody needs: it is not kept, not even in the archive."""

from services.connectors.shopware5.client import Row

SECRETS = ("hashPassword", "encoderName", "sessionId", "confirmationKey", "debit", "paymentData")


def without_secrets(customer: Row) -> Row:
    return {name: value for name, value in customer.items() if name not in SECRETS}
